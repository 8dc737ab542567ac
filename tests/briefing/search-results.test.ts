import fc from 'fast-check'
import { toString as lettersOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { hit } from '../../src/briefing/hit.ts'
import { searchResults } from '../../src/briefing/search-results.ts'
import { reservedNames } from '../../src/commands/builtin.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import { loadEdition } from '../../src/content/load.ts'
import { wordsIn } from '../../src/content/words.ts'
import type { Message } from '../../src/message.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { edition, section } from '../content/fixture.ts'
import { answerTo } from '../shipped.ts'

const CODE = Array.from({ length: 40 }, (_, step) => `step ${step}: run tool ${step}`).join('\n')

const BODY = `Soldiers came to the port. They build the following:

- [x] Boats for the river
- [ ] Bridges for the river

| Event | Date |
| --- | --- |
| Harbour tour | ~~8 May~~ 15 May |
| ~~Concert~~ | 16 May |

Ask by [the form](https://example.org/form). The ~~bazaar is open~~ market is closed.

Skadar\\
Drin. Косово и Ђурђевић.

\`\`\`
${CODE}
\`\`\`

${'plain words '.repeat(200)} needle ${'and more of them '.repeat(200)}
`

const registry = createRegistry(
  edition({ 'sections/01-alpha.md': section('command: alpha\ntitle: Alpha\nsummary: S.', BODY) }),
)

async function ask(query: string, of = registry): Promise<Message> {
  return (await answerTo(`/search ${query}`, of)).message
}

/** The results as Telegram shows them, without title and number. */
async function results(query: string, of = registry, title = 'Alpha'): Promise<string[]> {
  const html = renderTelegram(await ask(query, of)).map(body => ('text' in body ? body.text : ''))
  return html
    .join('\n')
    .split('\n')
    .flatMap(line => new RegExp(`^\\d+\\. <b>${title}</b> — (.*)$`).exec(line)?.[1] ?? [])
}

test.for([
  ['concert', '<b><s>Concert</s></b> · 16 May'],
  ['harbour', '<b>Harbour</b> tour · <s>8 May</s> 15 May'],
  ['bazaar', 'The <b><s>bazaar</s></b><s> is open</s> market is closed.'],
  ['boats', '☑ <b>Boats</b> for the river'],
  ['bridges', '☐ <b>Bridges</b> for the river'],
  ['event', '<b>Event</b> · Date'],
  ['following', 'They build the <b>following</b>:'],
  ['drin', 'Skadar <b>Drin</b>.'],
  ['kosovo', '<b>Косово</b> и Ђурђевић.'],
  ['Djurdjevic', 'Косово и <b>Ђурђевић</b>.'],
  ['step 7', '<b>step 7</b>: run tool <b>7</b>'],
])(
  'a search for “%s” shows the match in bold, with the marks of its text',
  async ([query = '', shown]) => {
    expect((await results(query))[0]).toBe(shown)
  },
)

test('a word of a title or a heading brings one result, which names it, and the sentences that have it', async () => {
  const body = `First sentence. Second sentence about ferries.

## Ferries and boats

They sail daily. Some rest. A ferries’ harbour is near.

## Fares

| Line | Price |
| --- | --- |
| North | 2 |
| South | 3 |
`
  const front = 'command: alpha\ntitle: Alpha\nsummary: The sea is near. It is wide.'
  const of = createRegistry(edition({ 'sections/01-alpha.md': section(front, body) }))
  expect(await results('alpha', of)).toEqual(['The sea is near.'])
  expect(await results('boats', of)).toEqual(['Ferries and <b>boats</b>'])
  expect((await results('ferries', of)).toSorted()).toEqual([
    '<b>Ferries</b> and boats',
    'A <b>ferries</b>’ harbour is near.',
    'Second sentence about <b>ferries</b>.',
  ])
  expect(await results('fares', of)).toEqual(['<b>Fares</b>'])
  // A heading still tells which of two sentences is meant.
  expect(await results('boats daily', of)).toEqual(['They sail <b>daily</b>.'])
  const { actions } = await ask('fares', of)
  expect(actions).toEqual([{ label: 'Alpha', command: '/alpha' }])
  const events = await results('exercises', of, 'Exercises')
  expect(events).toHaveLength(1)
})

test('the text of /about is found, also if the edition leaves the command out', async () => {
  const head = `id: a\ntitle: A\nsummary: S\npublisher: P\nsource: The harbour report\nasOf: 2026-01
language: en\nlicence: Free for schools\nnotKnown: [The price of salt]\nnaming: Towns by their charters\n`
  for (const isLeftOut of [false, true]) {
    const commands = isLeftOut ? ({ about: false } as const) : {}
    const of = createRegistry({ ...edition({ 'edition.yaml': head }), commands })
    for (const [query = '', text] of [
      ...[
        ['harbour', 'The <b>harbour</b> report.'],
        ['salt', 'The price of <b>salt</b>'],
      ],
      ...[
        ['charters', 'Towns by their <b>charters</b>'],
        ['schools', 'Free for <b>schools</b>'],
      ],
    ]) {
      expect(await results(query, of, 'About'), query).toEqual([text])
    }
    const { actions = [] } = await ask('salt', of)
    expect(actions.some(each => 'command' in each && each.command === '/about')).toBe(!isLeftOut)
  }
})

test('a link in a result leads where it leads in the text', async () => {
  const [shown] = await results('form')
  expect(shown).toMatch(/href="https:\/\/example\.org\/form"/)
})

test('a row of a table is quoted without its empty cells', async () => {
  const body = `| Town | Since | Until |
| --- | --- | --- |
| Budva | 2020 | |
| Kotor | | 2021 |
| | 2022 | Tivat |
| Perast | | |
| Risan | <!-- none --> | 2023 |
`
  const front = 'command: alpha\ntitle: Alpha\nsummary: S.'
  const of = createRegistry(edition({ 'sections/01-alpha.md': section(front, body) }))
  const found = ['budva', 'kotor', 'tivat', 'perast', 'risan'].map(word => results(word, of))
  expect((await Promise.all(found)).flat()).toEqual([
    '<b>Budva</b> · 2020',
    '<b>Kotor</b> · 2021',
    '2022 · <b>Tivat</b>',
    '<b>Perast</b>',
    '<b>Risan</b> · 2023',
  ])
})

test.for([
  ['（', '（'],
  ['「港口', '「'],
  ['港口《', '《'],
  ['“港口”（', '（'],
])('a quote that is cut ends with no opening bracket: %s', ([word = '', bracket = '']) => {
  for (let length = 280; length <= 300; length++) {
    for (const text of [
      `港口${'部队'.repeat(length)}`.slice(0, length) + bracket + '部队到达'.repeat(50),
      `${'port x '.repeat(length).slice(0, length)}[(“${'words of it '.repeat(50)}`,
    ]) {
      const terms = ['港口', 'port']
      const nodes = hit({ command: '/a', title: 'A', asOf: '2026', text, terms })
      const shown = lettersOf({ type: 'paragraph', children: nodes })
      expect(shown, word).toMatch(/[^\p{Ps}\p{Pi}\s]…$/u)
      expect(shown.length).toBeLessThanOrEqual(300)
      expect(shown.length).toBeGreaterThan(200)
    }
  }
})

test('a quote that is cut begins with no mark that ends what was cut', () => {
  for (let length = 130; length < 150; length++) {
    const text = `${'部队'.repeat(length)}）。”${'到达'.repeat(24)}港口${'到达'.repeat(200)}`
    const nodes = hit({ command: '/a', title: 'A', asOf: '2026', text, terms: ['港口'] })
    expect(lettersOf({ type: 'paragraph', children: nodes })).toMatch(/^…\p{L}.*港口/u)
  }
})

test('a long sentence is cut around the match', async () => {
  const [shown = ''] = await results('needle')
  expect(shown).toMatch(/^….*<b>needle<\/b>.*…$/)
  expect(shown.replace(/<[^>]*>/g, '').length).toBeLessThanOrEqual(300)
})

test('beyond five results a button shows more', async () => {
  const { actions } = await ask('tool')
  expect(actions?.[0]).toEqual({ label: 'More results', command: '/search tool more' })
  expect(await results('tool')).toHaveLength(5)
  expect(await results('tool more')).toHaveLength(20)
  expect((await ask('tool more')).actions?.[0]?.label).toBe('Alpha')
  expect((await ask('needle')).actions?.[0]?.label).toBe('Alpha')
})

test('words that end in “more” are searched, unless the line is that of the button', async () => {
  const title = async (line: string) =>
    lettersOf((await answerTo(line, registry)).message.body.children[0])
  // Plain words are no line of a button.
  expect(await title('tool more')).toBe('5 of 40 results for “tool more”')
  expect(await title('/search tool more')).toBe('20 of 40 results for “tool”')
  // There are no more results than the first answer has.
  expect(await title('/search needle more')).toBe('1 result for “needle more”')
  expect(await title('/search tool more more')).toBe('20 of 40 results for “tool more”')
  const { actions } = (await answerTo('tool more', registry)).message
  expect(actions?.[0]).toEqual({ label: 'More results', command: '/search tool more more' })
})

test.for([
  ...[
    'pomozite mi molim',
    'bitte hilf mir',
    'por favor',
    'lorem ipsum dolor sit amet',
    'asdfghjkl',
  ],
  ...['помогите мне пожалуйста', 'te lutem më ndihmo', '请帮助我', 'hvala lijepa', 'qwertz uiop'],
])('nonsense finds nothing: %s', async query => {
  const shipped = await loadEdition('content', reservedNames)
  if (!shipped.edition) throw new Error('The shipped content is broken.')
  expect(createRegistry(shipped.edition).search(query, 5)).toEqual([])
})

test('a hit of any text has at most 300 units, and every match that it shows is bold', () => {
  const word = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom('port', '港口', 'Приштина', 'x'.repeat(400), '👩‍👩‍👧‍👦', 'نص'),
  )
  const span = fc.record(
    {
      text: fc.array(word, { maxLength: 40 }).map(words => words.join(' ')),
      struck: fc.constant(true as const),
    },
    { requiredKeys: ['text'] },
  )
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 4 }), fc.nat(), (spans, choice) => {
      const text = spans.map(each => each.text).join('')
      const words = wordsIn(text)
      const term = words[choice % (words.length || 1)]?.word ?? ''
      const nodes = hit({ command: '/a', title: 'A', asOf: '2026', text, spans, terms: [term] })
      const shown = lettersOf({ type: 'paragraph', children: nodes })
      expect(shown.length).toBeLessThanOrEqual(300)
      expect(shown.isWellFormed() || !text.isWellFormed()).toBe(true)
      if (text.trim().length <= 300) expect(shown).toBe(text.trim())
      expect(JSON.stringify(nodes).includes('"strong"')).toBe(term !== '')
    }),
    { numRuns: 200 },
  )
})

test('an address in a result stays whole', () => {
  const spans = [
    { text: 'Marko Marković · ' },
    { text: 'marko.markovic@grad.rs', url: 'mailto:marko.markovic@grad.rs' },
    { text: ' · ' },
    { text: 'https://grad.rs/marko', url: 'https://grad.rs/marko' },
  ]
  const text = spans.map(each => each.text).join('')
  const nodes = hit({ command: '/a', title: 'A', asOf: '2026', text, spans, terms: ['marko'] })
  const body = {
    type: 'root' as const,
    children: [{ type: 'paragraph' as const, children: nodes }],
  }
  const [shown] = renderTelegram({ body })
  expect(shown).toMatchObject({
    text: '<b>Marko</b> Marković · marko.markovic@grad.rs · <b><a href="https://grad.rs/marko">https://grad.rs/marko</a></b>',
  })
})

test('the answer names a word that nothing has', async () => {
  const shipped = await loadEdition('content', reservedNames)
  if (!shipped.edition) throw new Error('The shipped content is broken.')
  const found = createRegistry(shipped.edition).search('kosovo xyzzyq', 5)
  const { body } = searchResults(
    shipped.edition,
    { words: 'kosovo xyzzyq', found },
    [],
    Temporal.PlainDate.from('2026-11-30'),
  )
  expect(JSON.stringify(body)).toContain('Nothing has “xyzzyq”.')
})

test('a button leads to the event that was found, not to the list', () => {
  const { edition } = registry
  const found = registry.search('first', 5).filter(({ label }) => label !== undefined)
  const results = { words: 'first', found }
  const { actions } = searchResults(edition, results, [], Temporal.PlainDate.from('2026-05-01'))
  expect(actions).toEqual([{ label: 'First', command: '/exercises first' }])
})
