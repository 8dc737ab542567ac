import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Message, message, paragraph, table } from '../../src/message.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { judgeDiscord, judgeTelegram } from '../../src/render/objections.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { parseTelegram } from '../../src/render/telegram-parser.ts'
import { tree } from '../mdast.ts'
import { askBot } from '../request.ts'
import { openBot } from '../shipped.ts'

/** Every objection to the bodies that the renderers make of a message. */
function objectionsTo(said: Message): string[] {
  return (['grid', 'cards'] as const).flatMap(style => [
    ...renderDiscord(said, style).flatMap(body => judgeDiscord(body).objections),
    ...renderTelegram(said, style).flatMap(body => judgeTelegram(body).objections),
  ])
}

test('no answer of the shipped briefing has an objection', async () => {
  const bot = openBot()
  for (const { name, parameters } of bot.menu()) {
    const choices = parameters.flatMap(each => each.choices.map(({ value }) => value))
    for (const value of ['', ...choices]) {
      const line = `/${name} ${value}`.trim()
      const reply = await askBot(bot, line)
      expect(reply && objectionsTo(reply.message), line).toEqual([])
    }
  }
})

test('no message of any words, tables and buttons has an objection', () => {
  const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 300 })
  const label = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(
      fc.array(words, { minLength: 1, maxLength: 12 }),
      fc.array(fc.tuple(words, words), { minLength: 2, maxLength: 20 }),
      fc.uniqueArray(label, { maxLength: 30 }),
      (paragraphs, rows, labels) => {
        const actions = labels.map((each, index) => ({ label: `b${each}`, command: `/${index}` }))
        const body = [...paragraphs.map(text => paragraph(text)), table(rows)]
        expect(objectionsTo(message(body, actions))).toEqual([])
      },
    ),
    { numRuns: 60 },
  )
})

test('no message of any Markdown has an objection', () => {
  fc.assert(
    fc.property(tree, body => {
      expect(objectionsTo({ body })).toEqual([])
    }),
    { numRuns: 100 },
  )
})

const text = (content: string) => ({ type: 10, content })
const row = (...components: object[]) => ({ type: 1, components })
const button = (more: object = {}) => ({
  type: 2,
  style: 2,
  label: 'Go',
  custom_id: '/go',
  ...more,
})
const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index))

test.each<[object[], string[]]>([
  [[text(' ')], ['A text is empty.']],
  [[text('x'.repeat(4001))], ['The message has 4001 of 4000 characters.']],
  [many(41, () => text('x')), ['The message has 41 of 40 components.']],
  [[row()], ['A row is empty.']],
  [[row(...many(6, n => button({ custom_id: `${n}` })))], ['A row has 6 of 5 buttons.']],
  [[row(button(), button())], ['Two buttons have the same custom_id.']],
  [[row(button({ label: '' }))], ['A button has no label.']],
  [[row(button({ label: 'x'.repeat(81) }))], ['A label has 81 of 80 characters.']],
  [[row(button({ custom_id: 'x'.repeat(101) }))], ['A custom_id has 101 of 100 characters.']],
  [
    [row({ type: 2, style: 5, label: 'Go', url: 'javascript:alert(1)' })],
    ['A button cannot open javascript:alert(1).'],
  ],
  [[row({ type: 3, custom_id: 'menu', options: [] })], ['A menu has no choices.']],
  [
    [row({ type: 3, custom_id: 'm', options: many(26, n => ({ label: 'x', value: `${n}` })) })],
    ['A menu has 26 of 25 choices.'],
  ],
  [
    [row({ type: 3, custom_id: 'm', options: many(2, () => ({ label: 'x', value: 'x' })) })],
    ['Two choices of a menu have the same value.'],
  ],
])('Discord objects to broken components %#', (components, objections) => {
  const body = { components } as Parameters<typeof judgeDiscord>[0]
  expect(judgeDiscord(body).objections).toEqual(objections)
})

test.each<[string, string]>([
  ['', 'The message text is empty.'],
  ['&#32;\n<b> </b>', 'The message text is empty.'],
  ['x'.repeat(4097), 'The message has 4097 of 4096 characters.'],
  ['<b>x</b>'.repeat(101), 'The message has 101 of 100 entities.'],
  ['<b>x', '<b> is not closed.'],
  ['<b><i>x</b></i>', '</b> closes <i>.'],
  ['x</b>', '</b> closes nothing.'],
  ['<b>x</b', 'An end tag is not complete.'],
  ['<h1>x</h1>', 'Telegram doesn’t know the tag <h1>.'],
  ['x<br>', 'Telegram doesn’t know the tag <br>.'],
  ['1 < 2', 'A < begins no tag.'],
  ['<b', '<b> is not a complete tag.'],
  ['<a href=https://x.org>x</a>', '<a> is not a complete tag.'],
  ['<a href="https://x.org>x</a>', '<a> is not a complete tag.'],
  ['<span>x</span>', 'Telegram knows <span> only as class "tg-spoiler".'],
  ['<tg-time unix="1" format="Q">x</tg-time>', 'Telegram doesn’t know the time format Q.'],
  ['<tg-emoji>x</tg-emoji>', '<tg-emoji> has no emoji-id.'],
  ['&#55357;', 'The text has half of a surrogate pair.'],
])('Telegram objects to %s', (source, objection) => {
  expect(judgeTelegram({ text: source }).objections).toEqual([objection])
})

// The text and the number of entities are those of Telegram's own parser (TDLib, parseTextEntities).
test.each<[string, string, number]>([
  ['<b>1 &lt; 2</b> &amp &quot;3&GT;', '1 < 2 & "3&GT;', 1],
  [
    '&nbsp; & &ampx &apos; &#8217; &#x1F600; &#0; &#x10ffff;',
    '&nbsp; & &ampx &apos; ’ 😀 &#0; &#x10ffff;',
    0,
  ],
  ['<SPAN class=tg-spoiler>x</span ><b></b><B ID>y</>', 'xy', 2],
  [
    '<a href="https://x.org/?a&amp;b">x</a><a href="ftp://x">y</a><a>https://x.org</a>',
    'xyhttps://x.org',
    2,
  ],
  ['<pre><code class="language-js">x</code></pre><pre><code>y</code></pre>', 'xy', 3],
  ['<b title=\'>\'>x</b><tg-time unix="1" format="wDt">y</tg-time><tg-time>z</tg-time>', 'xyz', 2],
])('Telegram reads %s', (source, shown, entities) => {
  expect(parseTelegram(source)).toEqual({ shown, entities })
})

test('Telegram objects to a caption of 1,025 characters, and to long data of a button', () => {
  const buttons = [
    [
      { text: '', callback_data: 'ä'.repeat(33) },
      { text: 'Go', url: 'ftp://a' },
    ],
  ]
  const body = { photo: 1, caption: 'x'.repeat(1025), reply_markup: { inline_keyboard: buttons } }
  expect(judgeTelegram(body).objections).toEqual([
    'The message has 1025 of 1024 characters.',
    'A button has no text.',
    'The data of a button has 66 of 64 bytes.',
    'A button has neither data nor a link.',
  ])
})

test('the limits that a message uses are counted', () => {
  const [discord] = renderDiscord(message([paragraph('Grüße & <Worte>')]))
  expect(discord && judgeDiscord(discord).limits).toMatchObject([
    { name: 'characters', used: 16, most: 4000 },
    { name: 'components', used: 2, most: 40 },
    { name: 'bytes' },
  ])
  const [telegram] = renderTelegram(message([paragraph('Grüße & <Worte>')]))
  expect(telegram && judgeTelegram(telegram).limits).toEqual([
    { name: 'characters', used: 15, most: 4096 },
    { name: 'entities', used: 0, most: 100 },
    { name: 'buttons', used: 0, most: 100 },
  ])
})
