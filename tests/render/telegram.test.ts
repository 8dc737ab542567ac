import fc from 'fast-check'
import type { RootContent } from 'mdast'
import { expect, test } from 'vitest'
import { quoted } from '../../src/announcements/preview.ts'
import {
  type Action,
  heading,
  list,
  type Message,
  message,
  paragraph,
  quiet,
  table,
} from '../../src/message.ts'
import { renderTelegram, type TelegramText } from '../../src/render/telegram.ts'
import { inOrder, tree, wordsOf } from '../mdast.ts'
import { runs } from '../properties.ts'
import { findAccidents, parseTelegramHtml } from '../telegram-html.ts'

/** The parts that are texts: without a picture, all of them. */
function textsOf(given: Message, table: 'grid' | 'cards' = 'grid'): TelegramText[] {
  return renderTelegram(given, table).flatMap(body => (body.method === 'sendMessage' ? [body] : []))
}

const style = fc.constantFrom('grid' as const, 'cards' as const)

function show(body: RootContent[]): string[] {
  return textsOf(message(body)).map(({ text }) => text)
}

/** Returns the text of all parts as readers see it, without part marks and joiners. */
function read(given: Message, table: 'grid' | 'cards' = 'grid'): string {
  return textsOf(given, table)
    .map(({ text }) => parseTelegramHtml(text).text.replace(/\n\n\d+\/\d+$/, ''))
    .join('\n')
    .replaceAll('\u2060', '')
}

test('every part of any tree is taken by a strict parser, within every limit, without accidents', () => {
  fc.assert(
    fc.property(tree, style, (body, given) => {
      for (const { text: html } of textsOf({ body }, given)) {
        const { text, entities } = parseTelegramHtml(html)
        expect(text.length).toBeLessThanOrEqual(4096)
        expect(entities.length).toBeLessThanOrEqual(100)
        expect(findAccidents(text, entities)).toEqual([])
      }
    }),
    { numRuns: runs(1500) },
  )
})

test('no word of any tree is lost and their order is kept', () => {
  fc.assert(
    fc.property(tree, style, (body, given) => {
      expect(inOrder(wordsOf(body), read({ body }, given))).toBe(true)
    }),
    { numRuns: runs(1500) },
  )
})

test('long trees are split into parts that say so, and lose nothing', () => {
  fc.assert(
    fc.property(fc.array(tree, { minLength: 20, maxLength: 30 }), trees => {
      const body = { type: 'root' as const, children: trees.flatMap(({ children }) => children) }
      const bodies = textsOf({ body })
      for (const [index, { text: html }] of bodies.entries()) {
        const { text } = parseTelegramHtml(html)
        expect(text.length).toBeLessThanOrEqual(4096)
        if (bodies.length > 1) expect(text.endsWith(`\n\n${index + 1}/${bodies.length}`)).toBe(true)
      }
      expect(inOrder(wordsOf(body), read({ body }))).toBe(true)
    }),
    { numRuns: runs(40) },
  )
})

test('styles, links, code, quotes and lists are what was meant', () => {
  const text = (value: string) => ({ type: 'text' as const, value })
  const body: RootContent[] = [
    heading(1, 'Title & more'),
    {
      type: 'paragraph',
      children: [
        text('a '),
        { type: 'strong', children: [text('b '), { type: 'emphasis', children: [text('c')] }] },
        { type: 'delete', children: [text('d')] },
        text(' '),
        { type: 'inlineCode', value: '/threats' },
        text(' '),
        { type: 'link', url: 'https://x.org?a=1&b="', children: [text('e')] },
      ],
    },
    list([['one'], ['two']], true),
    { type: 'blockquote', children: [paragraph('q1') as never, paragraph('q2') as never] },
    { type: 'code', lang: 'ts', value: 'a < b' },
  ]
  expect(show(body)).toEqual([
    [
      '<b>Title &amp; more</b>\na <b>b </b><b><i>c</i></b><s>d</s> <code>/threats</code> <a href="https://x.org?a=1&amp;b=&quot;">e</a>',
      '1. one\n2. two',
      '<blockquote>q1\n\nq2</blockquote>',
      '<pre><code class="language-ts">a &lt; b</code></pre>',
    ].join('\n\n'),
  ])
})

test('an instant is shown in the reader’s own time, calendar dates stay as they are', () => {
  const body: RootContent[] = [
    {
      type: 'paragraph',
      children: [
        { type: 'time', at: '2026-06-01T09:00:00Z', value: '1 June, 09:00 UTC' },
        { type: 'text', value: ' / ' },
        { type: 'time', start: '2026-06-01', end: '2026-06-10', value: '1–10 June 2026' },
      ],
    },
  ]
  expect(show(body)).toEqual([
    '<tg-time unix="1780304400" format="Dt">1 June, 09:00 UTC</tg-time> / 1–10 June 2026',
  ])
})

test('text that only looks like a link, mention, command or tag is split by a word joiner', () => {
  const words = 'notes.sh @everyone /threats #tag $USD https://x.org a@b.org U.S. 3.5 and/or'
  const shown = parseTelegramHtml(show([paragraph(words)])[0] ?? '')
  expect(findAccidents(shown.text, shown.entities)).toEqual([])
  expect(shown.text.replaceAll('\u2060', '')).toBe(words)
})

test('the parser of these tests refuses what Telegram refuses', () => {
  const refused = [
    '<b>a',
    'a</b>',
    '<b><i>a</b></i>',
    '<h1>a</h1>',
    'a < b',
    'a & b',
    '&nbsp;',
    '<a>x</a>',
    '<code><b>a</b></code>',
    '<b><code>a</code></b>',
    '<pre><i>a</i></pre>',
    '<b x="y">a</b>',
    '<blockquote>a<blockquote>b</blockquote></blockquote>',
    '<b> </b>',
    '',
    '<code class="language-ts">a</code>',
    '<a href="javascript:x">a</a>',
  ]
  for (const html of refused) expect(() => parseTelegramHtml(html), html).toThrow('Bad Request')
  expect(findAccidents('see notes.sh @desk /go #tag $USD', [])).toHaveLength(5)
})

test('a table that fits 32 columns is a grid, a wider one or one with links is cards', () => {
  const small = table([
    ['Name', 'Count'],
    ['a', '1'],
  ])
  expect(show([small])).toEqual(['<pre>Name  Count\n────  ─────\na     1</pre>'])
  const wide = table([
    ['Country', 'Type'],
    ['North Macedonia', 'Capacity Building Workshop'],
  ])
  expect(show([wide])).toEqual([
    '• Country: <b>North Macedonia</b>\nType: Capacity Building Workshop',
  ])
})

test('a word of 10,000 characters and a table of 50 columns are shown whole', () => {
  for (const character of ['x', '漢', '👩‍👩‍👧‍👦', 'ש', 'é']) {
    const word = character.repeat(Math.ceil(10_000 / character.length))
    const shown = textsOf(message([paragraph('before'), paragraph(word)]))
    const parts = shown.map(({ text }) => parseTelegramHtml(text).text.replace(/\n\n\d\/\d$/, ''))
    expect(parts.join('').replace(/\n\n|\u2060/g, '')).toBe(`before${word}`)
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(4096)
  }
  const names = Array.from({ length: 50 }, (_, index) => `column${index}`)
  const wide = message([table([names, names.map(name => `value-${name}`)])])
  expect(inOrder([names, names.map(name => `value-${name}`)], read(wide))).toBe(true)
})

test('no heading is left alone at the foot of a part', () => {
  const long = 'word '.repeat(790).trim()
  const [first = '', second = ''] = show([paragraph(long), heading(2, 'Next'), paragraph(long)])
  expect(first).not.toMatch('Next')
  expect(second).toMatch(/^<b>Next<\/b>\nword/)
})

test('a long quote is folded, a short one and a preview are not', () => {
  const quote = (text: string): RootContent => ({
    type: 'blockquote',
    children: [paragraph(text) as never],
  })
  expect(show([quote('short')])[0]).toBe('<blockquote>short</blockquote>')
  expect(show([quote('word '.repeat(100))])[0]).toMatch(/^<blockquote expandable>word/)
  const preview = quoted([paragraph('word '.repeat(100)), quote('inner '.repeat(100))])
  expect(show([preview])[0]).toMatch(/^<blockquote>word.*inner.*<\/blockquote>$/s)
})

test('buttons stand in rows that a phone shows, under the last part, with their lines', () => {
  const actions = [
    { label: 'Details', command: '/threats details' },
    { label: 'Page', url: 'https://x.org' },
    { label: 'Next: Partnerships with local governments', command: '/partnerships' },
  ]
  const bodies = textsOf({ ...message([paragraph('x '.repeat(3000))]), actions })
  expect(bodies.map(({ reply_markup }) => reply_markup)).toEqual([
    undefined,
    {
      inline_keyboard: [
        [
          { text: 'Details', callback_data: '/threats details' },
          { text: 'Page', url: 'https://x.org' },
        ],
        [{ text: 'Next: Partnerships with local governments', callback_data: '/partnerships' }],
      ],
    },
  ])
})

test('more than five choices are a page of equal columns in their order, hours four a row', () => {
  const rowsOf = (actions: readonly Action[]) =>
    textsOf({ ...message([paragraph('x')]), actions }).flatMap(({ reply_markup }) =>
      (reply_markup?.inline_keyboard ?? []).map(row => row.map(({ text }) => text)),
    )
  const choices = (labels: readonly string[]) =>
    labels.map((label, index) => ({ label, command: `/s${index}` }))
  const hours = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`)
  const chosen = hours.with(9, '✓ 09:00')
  for (const labels of [hours, chosen]) {
    const rows = rowsOf(choices(labels))
    expect(rows.map(({ length }) => length)).toEqual([4, 4, 4, 4, 4, 4])
    expect(rows.flat()).toEqual(labels)
  }
  const days = ['Monday', 'Tuesday', '✓ Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
  expect(rowsOf(choices(days)).map(({ length }) => length)).toEqual([2, 2, 2, 1])
  const back = { label: 'Back', command: '/back', isStep: true } as const
  const send = { label: 'Send', command: '/send', role: 'primary' } as const
  const rows = rowsOf([send, ...choices(hours), back])
  expect(rows[0]).toEqual(['Send'])
  expect(rows.at(-1)).toEqual(['Back'])
  expect(rows.flat()).toEqual(['Send', ...hours, 'Back'])
  // Long titles keep a row of their own.
  const titles = hours.map(hour => `A long title of a section, ${hour}`)
  expect(rowsOf(choices(titles)).every(({ length }) => length === 1)).toBe(true)
  // Few choices stand in rows of any lengths.
  expect(rowsOf(choices(['Details', 'A title of some letters', 'x']))).toEqual([
    ['Details'],
    ['A title of some letters', 'x'],
  ])
})

test('a list, and what leads to it, have no empty lines on Telegram', () => {
  const spread = list([['one'], ['two'], ['three']])
  if (spread.type === 'list') spread.spread = true
  const body = (words: string) => [heading(1, 'Title'), paragraph(words), spread, paragraph('End.')]
  expect(show(body('It has three parts:'))).toEqual([
    '<b>Title</b>\nIt has three parts:\n• one\n• two\n• three\n\nEnd.',
  ])
  expect(show(body('It has three parts.'))).toEqual([
    '<b>Title</b>\nIt has three parts.\n\n• one\n• two\n• three\n\nEnd.',
  ])
  expect(show([paragraph('Dear readers:'), paragraph('It begins.')])).toEqual([
    'Dear readers:\n\nIt begins.',
  ])
})

test('more than a hundred buttons go on in further parts, none is lost', () => {
  const actions = Array.from({ length: 250 }, (_, index) => ({
    label: `Section ${index}`,
    command: `/s${index}`,
  }))
  const bodies = textsOf({ ...message([paragraph('All')]), actions })
  const buttons = bodies.map(({ reply_markup }) => reply_markup?.inline_keyboard.flat() ?? [])
  for (const some of buttons) expect(some.length).toBeLessThanOrEqual(100)
  expect(buttons.flat()).toHaveLength(250)
  for (const { text } of bodies) parseTelegramHtml(text)
})

test('nothing to show is no message', () => {
  expect(show([])).toEqual([])
  expect(show([paragraph('\u200B')])).toEqual([])
})

test('cards name their columns, and a line above them names a column without values or with a link', () => {
  const missions = ['120 soldiers in missions', '30 soldiers in missions']
  const wide = (header: Parameters<typeof table>[0][0], cells = missions) =>
    show([table([header, ['Troops deployed abroad', ...cells]])])[0]
  const troops = '<b>Troops deployed abroad</b>'
  expect(wide(['', 'Albania', 'Kosovo'])).toBe(
    `• ${troops}\nAlbania: ${missions[0]}\nKosovo: ${missions[1]}`,
  )
  expect(wide(['Row', '', 'Kosovo'])).toBe(
    `• Row: ${troops}\n${missions[0]}\nKosovo: ${missions[1]}`,
  )
  expect(wide(['', '', ''])).toBe(`• ${troops}\n${missions[0]}\n${missions[1]}`)
  expect(wide(['Row', 'Albania', 'Kosovo'], ['120 soldiers in missions', ''])).toBe(
    `<i>Row</i> · <i>Albania</i> · <i>Kosovo</i>\n• Row: ${troops}\nAlbania: ${missions[0]}`,
  )
  const linked = {
    type: 'link' as const,
    url: 'https://x.org',
    children: [{ type: 'text' as const, value: 'Albania' }],
  }
  expect(wide(['Row', linked, ''])).toMatch(
    /^<i>Row<\/i> · <i><a href="https:\/\/x.org">Albania<\/a><\/i>\n• Row: /,
  )
})

const ROW = '<b>Security Assistance</b>'
const SENTENCE = 'Provide necessary military training and resources to local forces.'

test('several rows of two columns are a list of pairs below the names of the columns', () => {
  const rows = [
    ['Mechanism', 'Description'],
    ['Security Assistance', SENTENCE],
    ['', 'Facilitate dialogue between the parties.'],
    ['Cultural Programs', ''],
  ]
  expect(show([paragraph('It names these:'), table(rows)])).toEqual([
    `It names these:\n<i>Mechanism</i> · <i>Description</i>\n• ${ROW} — ${SENTENCE}\n` +
      '• <b>—</b> — Facilitate dialogue between the parties.\n• <b>Cultural Programs</b>',
  ])
  // A single row, and a column without a name, keep their cards.
  expect(show([table(rows.slice(0, 2))])[0]).toBe(`• Mechanism: ${ROW}\nDescription: ${SENTENCE}`)
  expect(show([table([['', 'Description'], ...rows.slice(1)])])[0]).toMatch(
    `• ${ROW}\nDescription: ${SENTENCE}\n• `,
  )
})

test('a table with a line end in a cell is cards, because its rows are no single lines', () => {
  const broken = {
    type: 'emphasis' as const,
    children: [{ type: 'text' as const, value: 'Kosovo' }, { type: 'break' as const }],
  }
  for (const columns of [2, 3]) {
    const rows = [
      ['Country', 'Engagement Type', 'Date'],
      ['Albania', 'Joint Training Program', 'June 2023'],
    ]
    const shown = (cell: typeof broken | string) =>
      show([
        table([...rows, [cell, SENTENCE.slice(0, 40), '2023']].map(row => row.slice(0, columns))),
      ])
    expect(shown('Kosovo')[0]).toContain('• <b>Albania</b> — Joint')
    expect(shown(broken)[0]).toContain('• Country: <b>Albania</b>\nEngagement Type: Joint')
  }
})

test('short rows of more columns are one line each, and long rows or rows with gaps are cards', () => {
  const header = ['Country', 'Engagement Type', 'Date']
  const albania = ['Albania', 'Joint Training Program', 'June 2023']
  const kosovo = ['Kosovo', 'Information Session', 'August 2023']
  expect(show([table([header, albania, kosovo])])[0]).toBe(
    '<i>Country</i> · <i>Engagement Type</i> · <i>Date</i>\n' +
      '• <b>Albania</b> — Joint Training Program · June 2023\n' +
      '• <b>Kosovo</b> — Information Session · August 2023',
  )
  const kosovoCard =
    '• Country: <b>Kosovo</b>\nEngagement Type: Information Session\nDate: August 2023'
  for (const other of [kosovo.with(1, SENTENCE), kosovo.with(1, ''), kosovo.slice(0, 2)]) {
    expect(show([table([header, kosovo, other])])[0]).toContain(kosovoCard)
  }
})

test('each part of a list of pairs has the names of the columns once', () => {
  const rows = Array.from({ length: 100 }, (_, index) => [`Row ${index}`, SENTENCE])
  const parts = show([table([['Mechanism', 'Description'], ...rows])])
  expect(parts.length).toBeGreaterThan(1)
  for (const part of parts) {
    expect(part).toMatch(/^<i>Mechanism<\/i> · <i>Description<\/i>\n• /)
    expect(part.match(/Mechanism/g)).toHaveLength(1)
  }
})

test('a source stands below its text without an empty line', () => {
  expect(show([paragraph('Text.'), quiet('Source: X.'), paragraph('More.')])).toEqual([
    'Text.\n<i>Source: X.</i>\n\nMore.',
  ])
})

test('a grid shows what is struck out', () => {
  const struck = (value: string) => ({
    type: 'delete' as const,
    children: [{ type: 'text' as const, value }],
  })
  const rows = table([
    ['Event', 'Date'],
    ['Tour', '15 May'],
    [struck('Concert'), '16 May'],
  ])
  expect(show([rows])[0]).toContain('\n~~Concert~~  16 May')
})

test('a button’s role is its style, and the label stays as it is', () => {
  const [body] = renderTelegram(
    message(
      [paragraph('x')],
      [
        { label: 'Send', command: '/a', role: 'primary' },
        { label: 'Edit', command: '/b' },
        { label: 'Discard', command: '/c', role: 'danger' },
      ],
    ),
  )
  expect(body?.reply_markup?.inline_keyboard).toEqual([
    [
      { text: 'Send', style: 'primary', callback_data: '/a' },
      { text: 'Edit', callback_data: '/b' },
      { text: 'Discard', style: 'danger', callback_data: '/c' },
    ],
  ])
})
