import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { parseYaml } from '../../src/content/yaml.ts'
import { explainYamlError } from '../../src/content/yaml-faults.ts'
import { problems, section } from './fixture.ts'

const EVENT = (number: number) =>
  `- id: x-${number}\n  name: Exercise ${number}\n  start: 2026-06-01\n  end: 2026-06-10\n  participants: A [B], {C}\n  status: scheduled\n`

/** The problems of YAML, as `line message fix`. */
function told(text: string): string[] {
  return parseYaml('a.yaml', text).problems.map(
    ({ line, message, fix }) => `${line} ${message} ${fix}`,
  )
}

test.for([
  [
    'title: a: b',
    'YAML reads part of this text as a key or a list, because of its colon or hyphen.',
  ],
  ['title: a\ntitle: b', '`title` appears twice.'],
  ['- a: b\n  c: {d: e, d: f}', '`d` appears twice.'],
  ['aliases: [a, b\ntitle: c', 'The bracket `[` is not closed.'],
  ['title: "a\nsummary: b', 'The quote `"` is not closed.'],
  ["title: 'a\nsummary: b", "The quote `'` is not closed."],
  [
    'title: "a \\d b"',
    'A backslash between double quotes starts a code, and this code is unknown.',
  ],
  ['title: @desk', 'Text in YAML can’t start with this character.'],
  ['title: `a`', 'Text in YAML can’t start with this character.'],
  ['title: | text', 'There is text after the mark `|` or `>`.'],
  ['aliases: [a b]]', 'This closing bracket has no opening one.'],
  ['aliases: [a, , b]', 'This comma has no entry.'],
  ['aliases: ["a" "b"]', 'The entries between these brackets are not separated.'],
  ['title: "a"#b', '`#` begins a comment here.'],
  ['%title: a', 'YAML reads a line that starts with `%` as an instruction.'],
  [
    'title: - a',
    'YAML reads part of this text as a key or a list, because of its colon or hyphen.',
  ],
  ['title: &a &b c', 'YAML reads text that starts with `&`, `*` or `!` as a name or a type.'],
  ['title: *b', 'YAML reads `*b` as a name, and nothing has this name.'],
  ['title: a\n---\ntitle: b', 'The file has several documents.'],
] as const)('faulty YAML has words for an editor: %s', ([text, message]) => {
  expect(told(text).join('\n')).toContain(message)
})

test('no message of the YAML library reaches an editor', () => {
  const parts = [
    'a',
    ': ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '&a ',
    '*a ',
    '!b ',
    '|',
    '>',
    '%',
    '@',
    '#',
    ',',
    '\n',
    '  ',
    '\t',
    '? ',
    '---\n',
    '\\',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 25 }), given => {
      const text = given.join('')
      const shown = told(text).join('\n')
      for (const error of parseDocument(text, { prettyErrors: false, logLevel: 'error' }).errors) {
        expect(shown).not.toContain(error.message)
        const { message, fix } = explainYamlError(error)
        expect([message, fix]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/\.$/)])
      }
    }),
    { numRuns: 2000 },
  )
})

test('YAML that is nested deeply is refused with its line', () => {
  const deep = 'This is nested more than 20 levels deep. Nest it less deeply.'
  for (const mark of ['- ', '? ', '? &a ', '[', '{a: ', '[? ', '- - ? ']) {
    expect(told(`a: b\nc:\n  ${mark.repeat(21)}`)).toEqual([`3 ${deep}`])
  }
  // Quotes in names, types and plain text begin no text in quotes.
  for (const name of ['&"', "!'"]) {
    expect(told(`? ${name} ${'? &a '.repeat(21)}`)).toEqual([`1 ${deep}`])
  }
  expect(told(`a'b: ${'['.repeat(21)}`)).toEqual([`1 ${deep}`])
  expect(told('['.repeat(3000) + ']'.repeat(3000))).toEqual([`1 ${deep}`])
  expect(
    told(Array.from({ length: 30 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')),
  ).toEqual([`21 ${deep}`])
})

test('only nested values count, not lines of a text', () => {
  const growing = Array.from({ length: 30 }, (_, depth) => `${' '.repeat(depth + 2)}- x`).join('\n')
  for (const lines of [
    growing,
    '  [x\n'.repeat(30),
    '  a: {\n'.repeat(30),
    '  - "x\n'.repeat(30),
  ]) {
    for (const mark of ['|', '>-', '|+']) expect(told(`a: ${mark}\n  x\n${lines}`)).toEqual([])
  }
  expect(told(`${'- '.repeat(20)}x`)).toEqual([])
  expect(told(`a: "${'['.repeat(30)}"\nb: x ${'['.repeat(30)}\nc: 1 # ${'['.repeat(30)}`)).toEqual(
    [],
  )
})

test('500 exercises are taken, whatever brackets, quotes and comments they have', () => {
  const events = Array.from({ length: 500 }, (_, number) => EVENT(number)).join('# [[[ [\n')
  expect(problems({ 'events.yaml': events })).toEqual([])
  const noted = Array.from({ length: 30 }, (_, number) =>
    EVENT(number).replace('A [B], {C}', `"It's [a, b) and \\"{"`),
  )
  expect(problems({ 'events.yaml': noted.join('') })).toEqual([])
})

test('front matter that is too long is refused before it is parsed', () => {
  const file = 'sections/01-alpha.md'
  const front = 'command: alpha\ntitle: Alpha\nsummary: S\n'
  expect(problems({ [file]: section(`${front}${'#\n'.repeat(1000)}`) })).toEqual([])
  for (const filler of ['#\n', '#\r\n', ':\n', 'a: b\n']) {
    const found = problems({ [file]: section(front + filler.repeat(4000)) })
    expect(found).toEqual([
      expect.stringMatching(
        /^sections\/01-alpha\.md:1 The front matter has \d+ characters; 4096 is the most\. \| Keep only the keys here, /,
      ),
    ])
  }
})
