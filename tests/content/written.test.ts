import fc from 'fast-check'
import type { Nodes } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { parseEdition } from '../../src/content/parse.ts'
import { checkSource } from '../../src/content/source-limits.ts'
import { edition, folder, section } from './fixture.ts'

const BETA = 'sections/02-beta.md'
const FRONT = 'command: beta\ntitle: Beta\nsummary: The second section.'
const BUILTIN = new Set(['briefing', 'events', 'receipt'])

/** Lists the problems (`!`) and warnings (`?`) of a folder, each with its place. */
function told(changes: Record<string, string | undefined>): string[] {
  const { problems = [], warnings = [] } = parseEdition(folder(changes), BUILTIN)
  return [...problems, ...warnings].map(
    ({ file, line, message, fix, isWarning }) =>
      `${isWarning ? '?' : '!'} ${file}:${line}: ${message} ${fix}`,
  )
}

/** Lists the problems and warnings of a body, whose first line is line 7. */
const ofBody = (body: string) => told({ [BETA]: section(FRONT, body) })
/** Lists the problems and warnings of a field of the front matter, on line 3. */
const ofTitle = (title: string) =>
  told({ [BETA]: section(`command: beta\ntitle: ${title}\nsummary: S`) })

function bodyOf(body: string): Nodes[] {
  return edition({ [BETA]: section(FRONT, body) }).sections[1]?.body.children ?? []
}

const deep = 'This is nested more than 20 levels deep. Nest it less deeply.'

test.each([
  ['a line below a heading', 'Winter plan\n--------------------------------\n\nSnow.'],
  ['a rule', `${'- '.repeat(30)}\n\n${'* '.repeat(30)}\n\n${'-'.repeat(30)}`],
  ['marks without a blank', `${'+'.repeat(30)} ${'*'.repeat(30)}`],
  ['a number', '1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21.22.23.24'],
  ['code in a fence', `\`\`\`\n${'> '.repeat(30)}\n${'- '.repeat(30)}x\n\`\`\``],
  ['code in a fence of a quote', `> ~~~\n> ${'- '.repeat(30)}x\n> ~~~`],
  ['code in a fence of an item', `- \`\`\`\n  ${'- '.repeat(30)}x\n  \`\`\``],
  ['indented code', `x\n\n    ${'> '.repeat(30)}\n    ${'- '.repeat(30)}x`],
  ['the rule of a table', `|${' a |'.repeat(30)}\n|${'---|'.repeat(30)}\n|${' 1 |'.repeat(30)}`],
])('%s nests nothing', (_, body) => {
  expect(ofBody(body)).toEqual([])
})

test.each([
  ['items', `${'- '.repeat(21)}x`, 7],
  ['numbered items', `${'1. '.repeat(21)}x`, 7],
  ['quotes', `x\n\n${'>'.repeat(21)} x`, 9],
  ['items below a fence that is closed', `\`\`\`\n\`\`\`\n${'- '.repeat(21)}x`, 9],
  ['items below a quote, whose end closes its fence', `> \`\`\`\n${'- '.repeat(21)}x`, 8],
  ['quotes below an item', `- a\n\n    ${'> '.repeat(21)}x`, 9],
])('more than 20 %s are nested too deeply', (_, body, line) => {
  expect(ofBody(body)).toEqual([`! ${BETA}:${line}: ${deep}`])
})

test('marks nest only where they open lists and quotes (200 texts)', () => {
  const marks = fc
    .array(fc.constantFrom('> ', '- ', '* ', '1. ', '+ '), { minLength: 15, maxLength: 26 })
    .map(each => each.join(''))
  const flat = marks.chain(text =>
    fc.constantFrom(
      `\`\`\`\n${text}x\n\`\`\``,
      `> ~~~\n> ${text}x\n> ~~~`,
      `x\n\n    ${text}x\n    ${text}y`,
      `Heading\n${'-'.repeat(text.length)}`,
      `x\n    ${text}x`,
      '* '.repeat(text.length),
      `| a |\n|${'-'.repeat(text.length)}|\n| 1 |`,
      text.replaceAll(' ', 'x'),
    ),
  )
  fc.assert(
    fc.property(fc.array(flat, { maxLength: 6 }), marks, (blocks, nested) => {
      const text = `${blocks.join('\n\n')}\n\nend\n\n`
      expect(checkSource(text.replace(/^>+/gm, '>'))).toBeUndefined()
      const levels = nested.split(' ').length - 1
      const line = text.replace(/^>+/gm, '>').split('\n').length
      const found = checkSource(`${text.replace(/^>+/gm, '>')}${nested}x`)
      expect(found?.line).toBe(levels > 20 ? line : undefined)
    }),
    { numRuns: 200 },
  )
})

test.each([
  ['fences', `\`\`\`\n${'unit_1_a_b\n'.repeat(900)}\`\`\``],
  ['quotes', `> \`\`\`\n${'> unit_1_a_b\n'.repeat(900)}> \`\`\``],
  ['indents', `x\n\n${'    unit_1_a_b\n'.repeat(900)}`],
])('the marks of code in %s are not counted', (_, body) => {
  expect(ofBody(body)).toEqual([])
})

test('marks are counted by row and by item, and the mend leaves a table whole', () => {
  const rows = '| [a](https://a.org) | [b](https://b.org) |\n'
  expect(checkSource(`| a | b |\n| - | - |\n${rows.repeat(520)}`)).toBeUndefined()
  expect(checkSource('- [a](https://a.org)\n'.repeat(1100))).toBeUndefined()
  const wide = `| a | b |\n| - | - |\n| ${'*a'.repeat(2100)} | b |`
  expect(checkSource(wide)).toMatchObject({ line: 3, fix: 'Divide it into several rows.' })
  // Without as many cells in its header, it is no table but one paragraph.
  expect(checkSource(`a\n| - | - |\n${rows.repeat(520)}`)?.fix).toMatch('empty lines')
})

test.each([
  ['**注意：**改期。', 7],
  ['line\n**Note:**moved', 8],
  ['~~Noon ~~one o’clock', 7],
  ['слово**（да）**слово', 7],
  ['a *(b)*c', 7],
  ['**See [this](https://a.org):**now', 7],
  ['| a |\n| - |\n| **Где:**там |', 9],
])('marks that readers would see are told: %s', (body, line) => {
  const [found = '', ...others] = ofBody(body)
  expect(found.startsWith(`? ${BETA}:${line}: These marks are shown as they are`)).toBe(true)
  expect(others).toEqual([])
})

test.each([
  '2 * 3 * 4 and 2 ** 3',
  '**bold** *italic* ~~struck~~ a*b*c **a**, (**b**)',
  '\\*\\*Note:\\*\\*moved',
  '`**Note:**moved`',
  '**注意**：改期',
])('marks that are style, code or text are not told: %s', body => {
  expect(ofBody(body)).toEqual([])
})

test('every pair of marks becomes style or is told (200 texts)', () => {
  const scripts = ['word', 'слово', '言葉', 'λόγος', 'كلمة', 'शब्द']
  const text = fc.record({
    marks: fc.constantFrom('**', '~~'),
    outer: fc.constantFrom(...scripts, ''),
    inner: fc.constantFrom(...scripts),
    start: fc.constantFrom('', '(', '“', '¿', '（'),
    end: fc.constantFrom('', ':', '：', '.', '。', ' ', '”', '！'),
  })
  fc.assert(
    fc.property(text, ({ marks, outer, inner, start, end }) => {
      const body = `${outer}${marks}${start}${inner}${end}${marks}${outer}`
      const isBlank = end === ' ' && outer === ''
      if (isBlank) return
      const shown = ofBody(body)
      if (shown.length === 0)
        expect(
          bodyOf(body)
            .map(node => textOf(node))
            .join(),
        ).not.toMatch(/[*~]/)
      else expect(shown.join()).toMatch('These marks are shown')
    }),
    { numRuns: 200 },
  )
})

const wordless = 'This image has no words. Write what it shows: `![words](…)`.'

test.each([
  ['Before ![](https://example.org/map.png) after', 7],
  ['x\n![ ](https://example.org/map.png)', 8],
  ['![][map]\n\n[map]: https://example.org/map.png', 7],
  ['| a |\n| - |\n| ![](https://example.org/map.png) |', 9],
  ['[![](https://example.org/map.png)](https://example.org)', 7],
])('a picture without words is a problem: %s', (body, line) => {
  expect(ofBody(body)).toEqual([`! ${BETA}:${line}: ${wordless}`])
})

test('a picture is a link that says so, beside the link that it stands in', () => {
  const map = { type: 'link', url: 'https://example.org/map.png' }
  const words = [{ type: 'text', value: 'Map of the port (picture)' }]
  for (const body of [
    '![Map of the port](https://example.org/map.png)',
    '![Map of the port][m]\n\n[m]: https://example.org/map.png',
  ]) {
    expect(bodyOf(body)).toEqual([{ type: 'paragraph', children: [{ ...map, children: words }] }])
  }
  expect(bodyOf('[![Map](https://example.org/map.png)](https://example.org)')).toEqual([
    {
      type: 'paragraph',
      children: [
        {
          type: 'link',
          url: 'https://example.org',
          title: null,
          children: [{ type: 'text', value: 'Map' }],
        },
        { type: 'text', value: ' (' },
        { ...map, children: [{ type: 'text', value: 'picture' }] },
        { type: 'text', value: ')' },
      ],
    },
  ])
})

test.each([
  ['[text](https://example.org/a b)', 7],
  ['x\nand ![text](https://example.org/a b) too', 8],
  ['| a |\n| - |\n| [text](02-north shore.md) |', 9],
])('a link with a blank in its address is a problem: %s', (body, line) => {
  expect(ofBody(body)[0]).toMatch(`! ${BETA}:${line}: This looks like a link but is none.`)
})

test('what looks like a link is text in code, and behind a backslash', () => {
  expect(ofBody('`[a](b c)` and [a\\](b c), list[0] (one)')).toEqual([])
})

test('a line end of a cell is taken in every spelling, and no other HTML', () => {
  const table = (cell: string) => `| a |\n| - |\n| ${cell} |`
  const [found] = bodyOf(table('one<br>two <BR/> three<br />'))
  expect(JSON.stringify(found)).toContain(
    JSON.stringify([
      { type: 'text', value: 'one' },
      { type: 'break' },
      { type: 'text', value: 'two' },
      { type: 'break' },
      { type: 'text', value: 'three' },
    ]),
  )
  for (const cell of ['<b>x</b>', 'x<hr>', '<brx>', '<br class="x">']) {
    expect(ofBody(table(cell))[0]).toMatch(`! ${BETA}:9: HTML cannot be shown in a chat.`)
  }
})

test('tables below the items of lists are tables of the section', () => {
  const body =
    '## Camps\n\n- item\n\n  | a |\n  | - |\n  | 1 |\n\n- next\n  - deeper\n\n    | b |\n    | - |\n    | 2 |'
  expect(ofBody(body)).toEqual([])
  const { tables = [] } = edition({ [BETA]: section(FRONT, body) }).sections[1] ?? {}
  expect(tables.map(({ title }) => title)).toEqual(['Camps', 'Camps (2)'])
})

test('tables with the same heading are told apart by the headings above it', () => {
  const table = '\n\n| a |\n| - |\n| 1 |\n\n'
  const titles = (body: string) =>
    edition({ [BETA]: section(FRONT, body) }).sections[1]?.tables.map(({ title }) => title)
  expect(titles(`## 2025\n### March${table}## 2026\n### March${table}`)).toEqual([
    '2025: March',
    '2026: March',
  ])
  expect(
    titles(`## A\n### X\n#### May${table}## B\n### X\n#### May${table}### June${table}`),
  ).toEqual(['A: X: May', 'B: X: May', 'June'])
  expect(titles(`## March${table}## March${table}${table}## March (2)${table}`)).toEqual([
    'March',
    'March (2)',
    'March (3)',
    'March (2) (2)',
  ])
})

test('no two tables of a section have one name or one id (200 sections)', () => {
  const part = fc.record({
    depth: fc.integer({ min: 1, max: 4 }),
    heading: fc.constantFrom(
      'March',
      'march',
      'March (2)',
      '2025',
      '2025: March',
      'x'.repeat(59),
      '…',
    ),
    tables: fc.integer({ min: 0, max: 2 }),
  })
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), parts => {
      const body = parts.map(
        ({ depth, heading, tables }) =>
          `${'#'.repeat(depth)} ${heading}\n\n${'| a |\n| - |\n| 1 |\n\n'.repeat(tables)}`,
      )
      const { tables = [] } =
        edition({ [BETA]: section(FRONT, `x\n\n${body.join('')}`) }).sections[1] ?? {}
      for (const names of [
        tables.map(({ title }) => title.toLowerCase()),
        tables.map(({ id }) => id),
      ]) {
        expect(new Set(names).size).toBe(names.length)
      }
      // A button's line has at most 64 bytes, with the mark of a post before it.
      for (const { id } of tables) expect(Buffer.byteLength(`+/tables ${id}`)).toBeLessThan(65)
    }),
    { numRuns: 200 },
  )
})

test('notes stand at the end, in the order of their marks', () => {
  const body =
    'Ferries sail[^b] or not[^1].\n\n[^1]: Not in **storms**.\n[^b]: See[^c].\n[^c]: Deep.\n\nAfter.'
  expect(ofBody(body)).toEqual([])
  const [first, after, ...notes] = bodyOf(body)
  expect(JSON.stringify(first)).toMatch(/"label":"1".*"label":"2"/)
  expect(after).toMatchObject({ type: 'paragraph' })
  expect(notes.map(note => [(note as { label?: string }).label, textOf(note)])).toEqual([
    ['1', 'See.'],
    ['2', 'Not in storms.'],
    ['3', 'Deep.'],
  ])
})

test('a mark without a note and a note that stands twice are problems, a lost note is told', () => {
  expect(ofBody('a\nFerries[^x]')[0]).toMatch(`! ${BETA}:8: \`[^x]\` refers to nothing.`)
  expect(ofBody('a[^1]\n\n[^1]: x\n[^1]: y')[0]).toMatch(`! ${BETA}:10: The note \`[^1]\``)
  expect(ofBody('a\n\n[^1]: x')[0]).toMatch(`? ${BETA}:9: No mark refers to the note`)
})

test('links to sections become their words and the command', () => {
  const command = { type: 'command', value: '/alpha' }
  for (const address of ['01-alpha.md', './01-alpha.md#north', '/alpha', '/a1', '<01-alpha.md>']) {
    const alpha = section('command: alpha\ntitle: Alpha\nsummary: S\naliases: [a1]')
    const read = edition({
      'sections/01-alpha.md': alpha,
      [BETA]: section(FRONT, `[*the* words](${address})`),
    })
    expect(read.sections[1]?.body.children[0]).toMatchObject({
      children: [
        { type: 'emphasis' },
        { type: 'text', value: ' words' },
        { type: 'text', value: ' (' },
        command,
        { type: 'text', value: ')' },
      ],
    })
  }
  expect(bodyOf('[](/alpha)')).toEqual([{ type: 'paragraph', children: [command] }])
  expect(ofBody('[a](/exercises) [b][r]\n\n[r]: 01-alpha.md')).toEqual([])
})

test('a link whose words have its command is not followed by it', () => {
  const command = { type: 'command', value: '/alpha' }
  const text = (value: string) => ({ type: 'text', value })
  for (const [source, ...children] of [
    ['[Closures (/alpha)](/alpha)', text('Closures ('), command, text(')')],
    ['[see `/alpha`](01-alpha.md) now', text('see '), command, text(' now')],
    ['[/ALPHA: all](/alpha)', command, text(': all')],
    ['[a **/alpha** b](/alpha)', text('a '), { type: 'strong', children: [command] }, text(' b')],
    ['[x/alpha](/alpha)', text('x/alpha'), text(' ('), command, text(')')],
    ['[/alphabet](/alpha)', text('/alphabet'), text(' ('), command, text(')')],
  ]) {
    expect(bodyOf(source as string), source as string).toEqual([{ type: 'paragraph', children }])
  }
})

test('a link to no section is a problem with its line', () => {
  const found = ofBody('x\n[a](09-x.md)\n[b](/nothing) [c][r]\n\n[r]: ./no.md')
  expect(found.map(each => each.split('. ')[0])).toEqual([
    `! ${BETA}:8: There is no file \`sections/09-x.md\``,
    `! ${BETA}:9: There is no command \`/nothing\``,
    `! ${BETA}:11: There is no file \`sections/no.md\``,
  ])
})

test.each([
  ['asOf: 2026', '`2026` is neither a date nor a month. Write 2026-03-15 or 2026-03.'],
  ['asOf: 2024', '`2024` is neither a date nor a month. Write 2024-03-15 or 2024-03.'],
  ['asOf: [2026-03]', '`asOf` must be text. Write 2026-03, without brackets.'],
  ['asOf:', '`asOf` is empty. Write 2026-03-15 or 2026-03.'],
  ['aliases: [7, x y]', '`x y` cannot be the name of a command on Discord and Telegram.'],
])('a mend mends at once: %s', (key, message) => {
  expect(told({ [BETA]: section(`${FRONT}\n${key}`) }).join('\n')).toContain(
    `${BETA}:5: ${message}`,
  )
})

test.each([
  ['[X, Y]', 'X, Y'],
  ['{X, Y}', 'X, Y'],
  ['["a: b", c]', '"a: b, c"'],
  ['\n  - X\n  - Y', 'X, Y'],
  ['2027', '"2027"'],
  ['true', '"true"'],
])('who does what the mend of a text says has no second problem: %s', (given, written) => {
  const event = (participants: string) => ({
    'events.yaml': `- id: x\n  name: X\n  start: 2026-06-01\n  end: 2026-06-02\n  status: scheduled\n  participants: ${participants}\n`,
  })
  const [found = ''] = told(event(given))
  const isNumber = written.startsWith('"') && !written.includes(',')
  const fix = isNumber ? 'Put it in quotes.' : `Write ${written} in one line, without brackets.`
  expect(found).toBe(`! events.yaml:6: \`participants\` must be text. ${fix}`)
  expect(told(event(written))).toEqual([])
})

test('several documents in one file have nothing to do with colons', () => {
  const documents = `${folder()[1]?.text}---\n- id: second\n`
  expect(told({ 'events.yaml': documents })[0]).toMatch(
    /^! events\.yaml:7: The file has several documents\. Keep one document: remove the line `---`/,
  )
})

test('the key of a missing status is told as missing, with its values', () => {
  expect(told({ 'events.yaml': '- id: x\n' }).join('\n')).toContain(
    '`status` is missing. Add a line `status: …`. It is one of scheduled, postponed, cancelled.',
  )
})

test.each([
  ['Number #3 of all', '`#3 of all` is not part of `title`'],
  ['Room # 5', '`# 5` is not part of `title`'],
  ['A **bold** word', '`title` is plain text, so readers see the marks of `**bold**`'],
  ['see `code`', '`title` is plain text, so readers see the marks of ``code``'],
  ['one [a](https://a.org)', '`title` is plain text'],
  ['&a Text', '`&a` is not part of `title`'],
  ['"Party :tada: now"', '`:tada:` is shown as it is typed'],
  ['"a\\u202Eb"', 'A character that turns the writing direction (U+202E) is left out'],
])('a plain field that is shown otherwise is told: %s', (title, message) => {
  expect(ofTitle(title).map(each => each.startsWith(`? ${BETA}:3: ${message}`))).toEqual([true])
})

test.each(['C# and F#', '5 * 3', 'snake_case_name', '10:30:15', 'Beta     # a comment', '"x" #3'])(
  'a plain field that is shown as it is written is not told: %s',
  title => {
    expect(ofTitle(title)).toEqual([])
  },
)

test('a field of several lines is told on the line of the mark', () => {
  expect(ofTitle('>-\n  one\n  two _three_ four')[0]).toMatch(`? ${BETA}:5: \`title\` is plain`)
  expect(told({ 'edition.yaml': `${folder()[0]?.text}notKnown:\n  - one\n  - A ~~b~~\n` })).toEqual(
    [expect.stringMatching(/^\? edition\.yaml:12: `notKnown` is plain text/)],
  )
})

test.each([
  ['Party :tada: now', 7],
  ['x\n:+1::smile:!', 8],
])('a name of an emoji is told: %s', (body, line) => {
  expect(ofBody(body)[0]).toMatch(`? ${BETA}:${line}: `)
})

test.each([
  '10:30:15',
  'std::vector::x',
  '`:tada:`',
  '\\:tada:',
  'https://a.org/:tada:/',
  '12:am:',
])('this is no name of an emoji: %s', body => {
  expect(ofBody(body)).toEqual([])
})

test.each([
  ['x\n~struck~ out', '`~struck~`', '`~~…~~`'],
  ['H~2~O', '`~2~`', '`~~…~~`'],
  ['see\n[[Shelters|the list]] and', '`[[Shelters|the list]]`', '`[words](02-file.md)`'],
  ['x\n![[map.png]]', '`![[map.png]]`', '`![words](map.png)`'],
  ['a\n==not open==', '`==not open==`', '`**…**`'],
  ['x\n\n## Camps {#camps}', '`{#camps}`', 'Delete it.'],
  ['x {.note}', '`{.note}`', 'Delete it.'],
  ['Ferries^[not in storms]', '`^[not in storms]`', '`[^1]: …`'],
  ['go to\nexample.org', '`example.org` is text and no link', '`https://example.org`'],
  ['x\n**port.rs/map** is', '`port.rs/map`', '`https://port.rs/map`'],
  ['| a |\n| - |\n| forms.example.com/a?b=c, |', '`forms.example.com/a?b=c`', 'for a link'],
])('marks of other tools that readers would see are told: %s', (body, found, fix) => {
  const [told = '', ...others] = ofBody(body)
  expect(told).toContain(found)
  expect(told).toContain(fix)
  expect(told.startsWith(`? ${BETA}:${6 + body.split('\n').length}: `), told).toBe(true)
  expect(others).toEqual([])
})

test.each([
  '~100 to ~200, 5~10~15, ~/bin:~/lib, ~~a~~ b ~~c~~',
  'a == b == c, x===y==z, 5%% and 10%%, a || b || c, x^2 {a: b}',
  '`[[x]] ==y== ~z~ example.org` \\[[x]] \\==x\\==',
  'Node.js, readme.md, notes.sh, U.S., e.g. x.y, a@example.org, and/or, src/main.rs/x, Booking.com',
  'https://example.org/x www.example.org/y [example.org](https://example.org) <https://example.org>',
])('text that is meant as it stands is not told: %s', body => {
  expect(ofBody(body)).toEqual([])
})

test('marks of other tools are told in plain fields, but not in their addresses', () => {
  expect(ofTitle('A [[page]], ==x== and nato.int')).toEqual([
    expect.stringContaining('`[[page]]` is shown as it is typed'),
    expect.stringContaining('`==x==` is shown as it is typed'),
    expect.stringContaining('`nato.int` is text and no link'),
  ])
  expect(ofTitle('https://example.org/==x==/~y~/z.com www.example.org/a')).toEqual([])
})

test('characters that turn the direction are taken out and told, also written as an escape', () => {
  for (const body of ['left \u202Eright', 'left &#x202E;right']) {
    expect(ofBody(body)).toEqual([
      `? ${BETA}:7: A character that turns the writing direction (U+202E) is left out. Delete it.`,
    ])
    expect(bodyOf(body).map(node => textOf(node))).toEqual(['left right'])
  }
})

test('an edition renames and leaves out built-in commands, whose names are then free', () => {
  const yaml = (commands: string) => `${folder()[0]?.text}commands: ${commands}\n`
  const named = yaml('{exercises: drills, receipt: false}')
  const taken = { [BETA]: section(`${FRONT}\naliases: [receipt, start]`, '[x](/drills)') }
  expect(told({ ...taken, 'edition.yaml': named })).toEqual([])
  expect(told({ [BETA]: section(`${FRONT}\naliases: [drills]`), 'edition.yaml': named })).toEqual([
    `! ${BETA}:5: The name \`drills\` is taken by edition.yaml (line 10). Choose another name.`,
  ])
  expect(told({ 'edition.yaml': yaml('{nothing: x}') })[0]).toMatch('is not a built-in command')
  expect(told({ 'edition.yaml': yaml('{briefing: false}') })[0]).toMatch('opens each chat')
  expect(told({ 'edition.yaml': yaml('{exercises: a b}') })[0]).toMatch('cannot be the name')
})

test('a forbidden character beside one of direction is a problem all the same', () => {
  expect(ofBody('left \u202Eright \u0007 end')).toEqual([
    `! ${BETA}:7: There is a character that cannot be shown (U+0007) at column 13. Delete it.`,
    `? ${BETA}:7: A character that turns the writing direction (U+202E) is left out. Delete it.`,
  ])
  expect(JSON.stringify(bodyOf('[x](https://a.org/&#x202e;b)'))).not.toContain('\u202E')
})

test('a comment in a heading is no part of the name of its table, and struck words keep their marks', () => {
  const table = '\n\n| a |\n| - |\n| 1 |'
  const heading = `## ~~Old~~ gauges <!-- ${'x'.repeat(60)} -->`
  expect(ofBody(heading + table)).toEqual([])
  const { tables = [] } = edition({ [BETA]: section(FRONT, heading + table) }).sections[1] ?? {}
  expect(tables.map(({ id, title }) => [id, title])).toEqual([['old-gauges', '~~Old~~ gauges']])
})

test('a problem of a draft names the file of the draft', () => {
  const sources = folder({ 'edition.yaml': undefined, 'events.yaml': undefined })
  const [head = '', events = ''] = folder().map(({ text }) => text)
  const drafts = [
    { path: '_edition.yaml', text: `${head}commands: {exercises: alpha}\n` },
    { path: '_events.yaml', text: events + events },
  ]
  const { problems = [] } = parseEdition([...drafts, ...sources], BUILTIN, undefined, true)
  expect(problems.map(({ file }) => file)).toEqual(['_edition.yaml', '_events.yaml'])
  expect(problems[0]).toMatchObject({ line: 10, message: expect.stringContaining('01-alpha.md (') })
})
