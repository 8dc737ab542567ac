import { expect, test } from 'vitest'
import { parseEdition } from '../../src/content/parse.ts'
import { folder, section } from './fixture.ts'

const FILE = 'sections/01-alpha.md'
const FRONT = 'command: alpha\ntitle: Alpha\nsummary: S'

/** The problems and warnings of a folder, as `! line message` and `? line message`. */
function told(changes: Record<string, string>): string[] {
  const { problems = [], warnings } = parseEdition(folder(changes), new Set(['help']))
  return [...problems, ...warnings].map(
    ({ line, message, fix, isWarning }) => `${isWarning ? '?' : '!'} ${line} ${message} ${fix}`,
  )
}

const toldOf = (body: string) => told({ [FILE]: section(FRONT, body) })

test.for(['**Note: at six.\n\nAt eight.', '~~gone for good', '_Note that', 'a `b c', '`a` and `b'])(
  'an open mark has a warning with its line: %s',
  body => {
    const [found, ...others] = toldOf(`x\n\n${body}`)
    expect(found).toMatch(/^\? 9 The mark `.+` is shown as it is, because no mark in this/)
    expect(others).toEqual([])
  },
)

test('an open mark of a heading or a cell has a warning', () => {
  expect(toldOf('## **Head')).toHaveLength(1)
  expect(toldOf('| **a | b |\n| --- | --- |\n| c | d |')).toHaveLength(1)
})

test.for([
  ...['**a** *b* __c__ `d` ~~e~~', '2 ** 3', 'Total** and ** a note', '\\*\\*a', '***a', 'it`s'],
  ...['src/**/*.ts', 'See _config.yml and snake_case', '~100 and ~200', '**a\nb**'],
])('marks that end, or are text, have no warning of an open mark: %s', body => {
  expect(toldOf(body).filter(each => each.includes('The mark'))).toEqual([])
})

test.for([
  ['> [!WARNNG]\n> x', '? 7 `[!WARNNG]` is no known kind of callout. Did you mean `[!WARNING]`?'],
  ['> [!tpis]\n> x', undefined],
  [
    '> [!Importent] title\n> x',
    '? 7 `[!Importent]` is no known kind of callout. Did you mean `[!IMPORTANT]`?',
  ],
  ['> [!NOTES]\n> x', '? 7 `[!NOTES]` is no known kind of callout. Did you mean `[!NOTE]`?'],
  ['> [!NOTE]\n> x', undefined],
  ['> [!Recipe]\n> x', undefined],
] as const)('a typo in the kind of a callout is told: %s', ([body, expected]) => {
  expect(toldOf(body)).toEqual(expected === undefined ? [] : [expected])
})

test.for(['[TOC]', '[toc]', '[[_TOC_]]', '[[toc]]'])('a table of contents is told: %s', mark => {
  expect(toldOf(`${mark}\n\nx`)).toEqual([
    '? 7 This looks like a table of contents, but readers see the mark. Delete it, because each command of the bot is in its menu.',
  ])
})

test.for(['$x^2$', '$$a = b_1$$', '$\\frac{1}{2}$'])('mathematics is told: %s', formula => {
  expect(toldOf(`The area is ${formula}.`)).toEqual([
    `? 7 \`${formula}\` is shown as it is typed. Write it in plain characters, such as x² or ½.`,
  ])
})

test('prices and names of variables are no mathematics', () => {
  expect(toldOf('From $80 to $90 = 10, US$5, $HOME_DIR and $PATH.')).toEqual([])
})

test('a table with semicolons is told, and sentences with them are not', () => {
  const [found = ''] = toldOf('Below:\nName;Day;Place\nA;1 May;Bar\nB;2 May;Kotor')
  expect(found).toContain(
    '? 8 These lines look like a table, but readers see text, because semicolons',
  )
  expect(found).toContain('`|---|---|---|`')
  expect(toldOf('one; two; three\nfour; five; six')).toEqual([])
  expect(toldOf('a;b\nc')).toEqual([])
})

test('warnings are told together with problems', () => {
  const found = told({ [FILE]: section(FRONT, 'See :tada: and [x](nowhere).') })
  expect(found.map(each => each[0])).toEqual(['!', '?'])
})

test('two sections with the same number have a warning', () => {
  const other = section('command: beta\ntitle: Beta\nsummary: S')
  expect(told({ 'sections/01-beta.md': other })).toEqual([
    '? 1 `01-alpha.md` has the same number 1, so it stands first by its name alone. Give one of them another number.',
  ])
  expect(
    told({
      'sections/02-beta.md': other,
      'sections/10-gamma.md': other.replace(/beta/gi, 'gamma'),
    }),
  ).toEqual([])
})
