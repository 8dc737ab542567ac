import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import type { PhrasingContent, Root, RootContent, Table } from 'mdast'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { heading, list, message, paragraph, strong, table } from '../../src/message.ts'
import { renderText, type TextOptions } from '../../src/render/text.ts'
import { inOrder, tree, wordsOf } from '../mdast.ts'
import { anyCharacter, runs } from '../properties.ts'

const PLAIN: TextOptions = { columns: 80, style: 'grid', colour: false }

function show(body: RootContent[], options: Partial<TextOptions> = {}): string {
  return renderText(message(body), { ...PLAIN, ...options })
}

const options = fc.record({
  columns: fc.constantFrom(20, 32, 40, 80, 100),
  style: fc.constantFrom('grid' as const, 'cards' as const),
})

test('no word of any tree is lost and their order is kept', () => {
  fc.assert(
    fc.property(tree, options, (body: Root, given) => {
      const shown = renderText({ body }, { ...given, colour: false })
      expect(inOrder(wordsOf(body, true), shown)).toBe(true)
    }),
    { numRuns: runs(2000) },
  )
})

test('colour changes nothing but colour', () => {
  fc.assert(
    fc.property(tree, options, (body: Root, given) => {
      const coloured = renderText({ body }, { ...given, colour: true })
      const plain = renderText({ body }, { ...given, colour: false })
      // Blanks at the border of a style may differ, and so may the length of the rule below them.
      const squeeze = (text: string) => stripVTControlCharacters(text).replace(/[\s═─]+/g, '')
      expect(squeeze(coloured)).toBe(squeeze(plain))
    }),
    { numRuns: runs(500) },
  )
})

test('a line ends in the same place with colour where a style begins with a blank', () => {
  const value = '\u{16FE0} ! !\u{16FE0}\u2E80 !\uA4D0 \u2E80 !'
  const time = { type: 'time' as const, start: '2026-06-01', end: '2026-06-10', value }
  const cell = (...children: PhrasingContent[]) => ({ type: 'tableCell' as const, children })
  const rows: Table = {
    type: 'table',
    align: [],
    children: [{ type: 'tableRow', children: [cell(strong('\u202F'), time), cell()] }],
  }
  const body: RootContent[] = [{ type: 'blockquote', children: [rows] }]
  const plain = `│ ${value}`
  expect(show(body, { columns: 20 })).toBe(plain)
  expect(stripVTControlCharacters(show(body, { columns: 20, colour: true }))).toBe(plain)
})

test('a letter and its accent are the same with colour where a style parts them', () => {
  const body = [paragraph('e', strong('\u0301'))]
  expect(stripVTControlCharacters(show(body, { colour: true }))).toBe(show(body))
})

test('plain text carries no control character but line ends and tabs', () => {
  fc.assert(
    fc.property(tree, options, (body: Root, given) => {
      const shown = renderText({ body }, { ...given, colour: false })
      expect(shown).not.toMatch(/(?![\t\n])\p{Cc}/u)
    }),
    { numRuns: runs(500) },
  )
})

test('lines are no wider than asked for where words allow it', () => {
  const words = fc.array(
    fc.string({ unit: fc.constantFrom(...'abcé'), minLength: 1, maxLength: 12 }),
  )
  fc.assert(
    fc.property(words, fc.integer({ min: 24, max: 100 }), (given, columns) => {
      const body = [list([[given.join(' ')]]), paragraph(given.join(' '))]
      for (const line of show(body, { columns }).split('\n')) {
        expect(stringWidth(line)).toBeLessThanOrEqual(columns)
      }
    }),
  )
})

test('a table that fits is a grid, aligned as its columns are', () => {
  const rows = table([
    ['Name', 'Count'],
    ['漢字', '1'],
    ['b', '200'],
  ])
  rows.align = [null, 'right']
  expect(show([rows])).toBe(['Name  Count', '────  ─────', '漢字      1', 'b       200'].join('\n'))
})

test('a table that does not fit becomes cards, each with the names of its columns', () => {
  const rows = table([
    ['Country', 'Type', 'Date'],
    ['Albania', 'Joint Training Program', 'June 2023'],
    ['Kosovo', '', 'August 2023'],
  ])
  const cards = [
    'Country: Albania',
    'Type: Joint Training Program',
    'Date: June 2023',
    '',
    'Country: Kosovo',
    'Date: August 2023',
  ].join('\n')
  expect(show([rows], { columns: 32 })).toBe(cards)
  expect(show([rows], { style: 'cards' })).toBe(cards)
  expect(show([rows], { columns: 60 })).toMatch(/^Country {2}Type/)
})

test('a line end in a cell begins a line in each form of a table', () => {
  const lines: PhrasingContent[] = ['two', 'three'].flatMap((value, index) => [
    ...(index > 0 ? [{ type: 'break' as const }] : []),
    { type: 'text' as const, value },
  ])
  for (const style of ['grid', 'cards'] as const) {
    for (const columns of [20, 80]) {
      const rows = table([
        ['Name', 'What'],
        [[strong('one')], lines],
        [lines, '4'],
      ])
      expect(show([rows], { style, columns })).toBe(
        'Name: one\nWhat: two\nthree\n\nName: two\nthree\nWhat: 4',
      )
    }
  }
})

test('a table of fifty columns is shown whole', () => {
  const names = Array.from({ length: 50 }, (_, index) => `column${index}`)
  const shown = show([table([names, names.map(name => `value-of-${name}`)])])
  expect(inOrder([names, names.map(name => `value-of-${name}`)], shown)).toBe(true)
})

test('a word of 10,000 characters stays in one piece', () => {
  const word = 'x'.repeat(10_000)
  expect(show([paragraph(`before ${word} after`)])).toContain(word)
})

test('headings, lists, quotes, code and rules look as they should', () => {
  const body: RootContent[] = [
    heading(1, 'One'),
    heading(2, 'Two'),
    heading(3, 'Three'),
    paragraph('A ', strong('bold'), ' word.'),
    list([['first'], ['second']], true),
    {
      type: 'list',
      children: [
        {
          type: 'listItem',
          checked: true,
          children: [
            { type: 'paragraph', children: [{ type: 'text', value: 'done' }] },
            list([['inner']]),
          ],
        } as never,
      ],
    },
    { type: 'blockquote', children: [paragraph('quoted') as never, paragraph('twice') as never] },
    { type: 'code', value: 'let a = 1\n  b()' },
    { type: 'thematicBreak' },
    {
      type: 'paragraph',
      children: [
        { type: 'link', url: 'https://x.org', children: [{ type: 'text', value: 'a page' }] },
        { type: 'text', value: ' and ' },
        {
          type: 'link',
          url: 'https://y.org',
          children: [{ type: 'text', value: 'https://y.org' }],
        },
      ],
    },
  ]
  expect(show(body)).toBe(
    [
      ...['One', '═══', '', 'Two', '───', '', 'Three', '', 'A bold word.', ''],
      ...['1. first', '2. second', '', '• [x] done', '  • inner', ''],
      ...['│ quoted', '│', '│ twice', '', '    let a = 1', '      b()', ''],
      ...['────────────────────', '', 'a page <https://x.org> and https://y.org'],
    ].join('\n'),
  )
})

test('a control character in a button does not reach the terminal', () => {
  const actions = [{ label: 'Bell\x07', command: '/next' }]
  expect(renderText({ ...message([]), actions }, PLAIN)).toBe('[1] Bell\uFFFD  /next')
})

test('buttons that do not fit beside what they type have it below', () => {
  const actions = [{ label: 'Next: Partnerships with local governments', command: '/partnerships' }]
  expect(renderText({ ...message([]), actions }, { ...PLAIN, columns: 32 })).toBe(
    '[1] Next: Partnerships with\n    local governments\n    /partnerships',
  )
})

test('a footnote and what is struck keep their marks', () => {
  const body = {
    type: 'paragraph' as const,
    children: [
      { type: 'delete' as const, children: [{ type: 'text' as const, value: 'old' }] },
      { type: 'footnoteReference' as const, identifier: '1' },
    ],
  }
  expect(show([body])).toBe('~~old~~[1]')
})

test('the address of every link is shown', () => {
  const segment = fc.string({ unit: anyCharacter }).map(encodeURIComponent)
  const address = fc
    .tuple(fc.constantFrom('http', 'https'), fc.domain(), segment, segment, segment)
    .map(([scheme, host, path, query, hash]) => `${scheme}://${host}/${path}?${query}#${hash}`)
  fc.assert(
    fc.property(address, fc.string(), (url, value) => {
      const link = { type: 'link' as const, url, children: [{ type: 'text' as const, value }] }
      expect(show([{ type: 'paragraph', children: [link] }])).toContain(url.normalize())
    }),
  )
})

test('buttons are a numbered list with what they type', () => {
  const actions = [
    { label: 'Details', command: '/threats details' },
    { label: 'A page', url: 'https://x.org' },
  ]
  expect(renderText({ ...message([paragraph('Hi.')]), actions }, PLAIN)).toBe(
    'Hi.\n\n[1] Details  /threats details\n[2] A page   https://x.org',
  )
})
