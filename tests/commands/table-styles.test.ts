import type { Table } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { defaults } from '../../src/chats/subscription.ts'
import { pagePanel } from '../../src/commands/panel.ts'
import { parseTableStyle, tableSamples } from '../../src/commands/table-styles.ts'
import { TABLE_STYLES } from '../../src/message.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { renderText } from '../../src/render/text.ts'
import { texts } from '../../src/texts.ts'
import { edition, section } from '../content/fixture.ts'
import { shipped } from '../shipped.ts'

const WORDS = texts.settings.tables

const tablesIn = (...[edition, chosen]: Parameters<typeof tableSamples>): Table[] =>
  tableSamples(edition, chosen).flatMap(node => (node.type === 'table' ? [node] : []))

const rowsOf = (table: Table | undefined) =>
  table?.children.map(row => row.children.map(cell => textOf(cell)))

const withTable = (table: string) =>
  edition({ 'sections/01-alpha.md': section('command: alpha\ntitle: Alpha\nsummary: One.', table) })

test('each style has its own label, and every label is a name of its style', () => {
  const labels = TABLE_STYLES.map(style => WORDS[style])
  expect(new Set(labels).size).toBe(TABLE_STYLES.length)
  for (const style of TABLE_STYLES) {
    for (const name of [style, WORDS[style], `as ${WORDS[style]}`]) {
      expect(parseTableStyle(name.toLowerCase()), name).toBe(style)
    }
  }
})

test.each(['', 'tables', 'imaginary', 'grid cards', 'darkness', 'as a'])(
  'the words “%s” name no style',
  value => {
    expect(parseTableStyle(value)).toBeUndefined()
  },
)

test.each([
  ['grid', 'picture'],
  ['cards', 'picture'],
  ['picture', 'picture'],
  ['dark-picture', 'dark-picture'],
] as const)('a chat with %s sees a grid, cards and a %s of the same table', (chosen, picture) => {
  const nodes = tableSamples(shipped, chosen)
  const tables = tablesIn(shipped, chosen)
  expect(tables.map(({ data }) => data?.style)).toEqual(['grid', 'cards', picture])
  expect(nodes.filter(({ type }) => type !== 'table').map(node => textOf(node))).toEqual([
    ...[WORDS.grid, WORDS.cards, texts.settings.someImage],
  ])
  // Text below a picture would be another message on Telegram.
  expect(nodes.at(-1)).toEqual(tables.at(-1))
  expect(new Set(tables.map(table => JSON.stringify(rowsOf(table)))).size).toBe(1)
})

test('the sample is the first table of the briefing whose first columns fit a phone', () => {
  expect(rowsOf(tablesIn(shipped, 'grid')[0])).toEqual([
    ['Country', 'Engagement Type'],
    ['Albania', 'Joint Training Program'],
    ['Kosovo', 'Information Session'],
  ])
  const wide = withTable(
    '| Gauge | Level | Trend | From |\n| --- | ---: | --- | --- |\n| [A](https://example.org) | 1 | ~~Up~~ | 3 |\n| B | 2 | Down | 3 |\n| C | 3 | Up | 3 |',
  )
  const [sample] = tablesIn(wide, 'grid')
  expect(rowsOf(sample)).toEqual([
    ['Gauge', 'Level', 'Trend'],
    ['A', '1', '~~Up~~'],
    ['B', '2', 'Down'],
  ])
  expect(sample?.align).toEqual([null, 'right', null])
})

test.each([
  ['no table', 'Words.'],
  ['a table of one row', '| A | B |\n| --- | --- |\n| 1 | 2 |'],
  ['a table of one column', '| A |\n| --- |\n| 1 |\n| 2 |'],
  ['a wide table', `| A | B |\n| --- | --- |\n| ${'long '.repeat(9)} | 2 |\n| 3 | 4 |`],
  ['wide characters', `| A | B |\n| --- | --- |\n| ${'漢'.repeat(15)} | 22 |\n| 3 | 4 |`],
])('a briefing with %s has a sample of our own', (_, body) => {
  expect(rowsOf(tablesIn(withTable(body), 'grid')[0])).toEqual(texts.settings.sample)
})

/** The page of the setting, for another chat with a long name. */
const page = (edition: typeof shipped, chosen: (typeof TABLE_STYLES)[number]) =>
  pagePanel('tables', {
    subscription: { ...defaults('America/Argentina/ComodRivadavia'), tableStyle: chosen },
    now: Temporal.Instant.from('2026-11-23T08:00:00Z'),
    elsewhere: { title: 'N'.repeat(255), prefix: '@news ' },
    edition,
  })

test.each(TABLE_STYLES)(
  'a chat with %s sees all samples in one message on each platform',
  chosen => {
    const wide = '| A | B |\n| --- | --- |\n| &&&&&&&&&&&& | <<<<<<<<<<<<<<<< |\n| 12 | 3 |'
    for (const edition of [shipped, withTable('Words.'), withTable(wide)]) {
      const shown = page(edition, chosen)
      const theme = chosen === 'dark-picture' ? 'dark' : 'light'
      const picture = { type: 'png', drawing: { kind: 'table', theme } }
      const [photo, ...others] = renderTelegram(shown, chosen)
      expect(others).toEqual([])
      expect(photo).toMatchObject({
        method: 'sendPhoto',
        photo: picture,
        instead: expect.any(String),
      })
      const [body, ...more] = renderDiscord(shown, chosen)
      expect(more).toEqual([])
      expect(body).toMatchObject({ pictures: [{ picture, instead: expect.any(String) }] })
      // The grid is a grid and the cards are cards in every chat: in the caption, and without the picture.
      expect(JSON.stringify(photo).match(/<pre>/g)).toHaveLength(2)
      const text = renderText(shown, { columns: 80, style: chosen, colour: false })
      expect(text.match(/^─/gm)).toHaveLength(1)
    }
  },
)
