import { expect, onTestFinished, test } from 'vitest'
import { diffEditions, NOTHING_CHANGED } from '../../src/content/diff.ts'
import { EVENT_FILTERS, readEdition } from '../../src/content/edition.ts'
import { edition, folder, problems, section } from './fixture.ts'

const BETA = 'sections/02-beta.md'
const FRONT = 'command: beta\ntitle: Beta\nsummary: The second section.'
const EVENT = 'id: second, name: A, start: 2026-06-01, end: 2026-06-02, participants: All'

test('a sound folder becomes an edition of plain JSON, its sections in the order of the files', () => {
  const parsed = edition({ 'sections/00-zero.md': section('command: zero\ntitle: Z\nsummary: S') })
  expect(parsed.sections.map(({ command }) => command)).toEqual(['zero', 'alpha'])
  expect(JSON.parse(JSON.stringify(parsed))).toEqual(parsed)
})

test('a file that is missing is named, and so is a folder without sections', () => {
  const none = { 'edition.yaml': undefined, 'events.yaml': undefined }
  expect(problems({ ...none, 'sections/01-alpha.md': undefined })).toEqual([
    'edition.yaml:1 The file is missing. | Create it; content/README.md lists its keys.',
    'sections:1 There is no section. | Add one, such as 01-summary.md; content/README.md shows how.',
  ])
})

test('broken YAML is told with its line, in front matter too', () => {
  expect(problems({ 'edition.yaml': 'id: a\ntitle: b: c\n' })).toEqual([
    'edition.yaml:2 YAML reads part of this text as a key or a list, because of its colon or hyphen. | Put quotes around the whole text.',
  ])
  expect(problems({ [BETA]: section(`${FRONT}\ntitle: Again`) })).toEqual([
    `${BETA}:5 \`title\` appears twice. | Keep one of them.`,
  ])
})

test('a file with thousands of problems lists the first 20 and counts the others', {
  tags: 'slow',
}, () => {
  const text = 'a: "\n'.repeat(13_000)
  // Front matter is short enough for hundreds.
  for (const [path, source, digits] of [
    ['edition.yaml', text, 5],
    [BETA, section(text.slice(0, 4000)), 3],
  ] as const) {
    const found = problems({ [path]: source })
    expect(found).toHaveLength(21)
    expect(found.at(-1)).toMatch(
      new RegExp(
        `^${path}:\\d+ And \\d{${digits}} more problems from here on. \\| Fix those above first.$`,
      ),
    )
  }
})

test('an alias bomb in YAML is refused, not expanded', () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [${'*a, '.repeat(9)}]\nc: &c [${'*b, '.repeat(9)}]\nd: [${'*c, '.repeat(9)}]\n`
  expect(problems({ 'edition.yaml': bomb })[0]).toMatch(
    /^edition\.yaml:1 Names of YAML \(`\*…`\) repeat values too often\./,
  )
})

test('a key that is a list is reported as unknown, and no warning of the process quotes it', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => warnings.push(warning)
  process.on('warning', note)
  onTestFinished(() => void process.off('warning', note))
  expect(problems({ 'edition.yaml': '? [a]\n: b\n' }).join('\n')).toMatch(/\[ a \]/)
  await new Promise(resolve => setImmediate(resolve))
  expect(warnings).toEqual([])
})

test('missing, unknown and mistyped keys are told together, each on its line', () => {
  const front = 'command: beta\ntitle: 2023\nsumary: S\naliases: x\nexercises: maybe'
  const lists = 'content/README.md lists the keys and shows how they are written.'
  expect(problems({ [BETA]: section(front) })).toEqual([
    `${BETA}:2 \`summary\` is missing. | Add a line \`summary: …\`.`,
    `${BETA}:3 \`title\` must be text. | Put it in quotes.`,
    `${BETA}:4 \`sumary\` is not a key that is known here. | Fix its spelling or take it out. ${lists}`,
    `${BETA}:5 \`aliases\` must be a list. | Write [one, two], or a line starting with \`- \` for each.`,
    `${BETA}:6 \`exercises\` must be true or false. | Write true or false, without quotes.`,
  ])
})

test('a file that holds another kind of thing is told so', () => {
  expect(problems({ 'edition.yaml': '- a\n' })[0]).toMatch('The file must be a set of keys')
  expect(problems({ 'edition.yaml': '' })[0]).toMatch('The file is empty')
  expect(problems({ 'events.yaml': 'a: 1\n' })[0]).toMatch('The file must be a list')
  expect(problems({ 'events.yaml': '- just words\n' })[0]).toMatch('The entry must be a set')
})

test('no exercises are an empty list, or a file of comments', () => {
  expect(edition({ 'events.yaml': '# none yet\n' }).events).toEqual([])
  expect(edition({ 'events.yaml': '[]' }).events).toEqual([])
})

test('a summary has at most 300 characters, counted as readers count them', () => {
  const of = (text: string) => section(`command: beta\ntitle: Beta\nsummary: ${text}`)
  expect(problems({ [BETA]: of('x'.repeat(312)) })).toEqual([
    `${BETA}:4 \`summary\` has 312 characters; 300 is the most. | Shorten it by 12.`,
  ])
  expect(problems({ [BETA]: of('𝒳'.repeat(300)) })).toEqual([])
  expect(problems({ [BETA]: of('""') })).toEqual([
    `${BETA}:4 \`summary\` is empty. | Write some text.`,
  ])
})

test('a name must be one that both platforms accept', () => {
  const refused = ['Beta', 'be-ta', 'bé', 'b'.repeat(33)]
  for (const name of refused) {
    expect(problems({ [BETA]: section(`command: ${name}\ntitle: B\nsummary: S`) })).toEqual([
      `${BETA}:2 \`${name}\` cannot be the name of a command on Discord and Telegram. | Use only a–z, 0–9 and _, at most 32 of them.`,
    ])
  }
  expect(problems({ [BETA]: section(`command: ${'b'.repeat(32)}\ntitle: B\nsummary: S`) })).toEqual(
    [],
  )
})

test('names are unique: no command or alias is taken twice or from a built-in command', () => {
  expect(
    problems({ [BETA]: section(`${FRONT}\naliases:\n  - help\n  - alpha\n  - beta`) }),
  ).toEqual([
    `${BETA}:6 The name \`help\` is taken by a built-in command. | Choose another name.`,
    `${BETA}:7 The name \`alpha\` is taken by sections/01-alpha.md (line 2). | Choose another name.`,
    `${BETA}:8 The name \`beta\` appears twice in this file. | Keep one of them.`,
  ])
})

test('a clash of names shows together with other faults of the same front matter', () => {
  expect(problems({ [BETA]: section('command: alpha\nsummary: S') })).toEqual([
    `${BETA}:2 \`title\` is missing. | Add a line \`title: …\`.`,
    `${BETA}:2 The name \`alpha\` is taken by sections/01-alpha.md (line 2). | Choose another name.`,
  ])
})

test('titles are unique: plain words name a section by them', () => {
  expect(problems({ [BETA]: section('command: beta\ntitle: ALPHA\nsummary: S') })).toEqual([
    `${BETA}:3 The title \`ALPHA\` is taken by sections/01-alpha.md (line 3). | Choose another title.`,
  ])
})

test('sections stand in the order of their numbers, not of their names', () => {
  const sections = ['10-j', '9-i', '1-a'].map(name => [
    `sections/${name}.md`,
    section(`command: ${name.slice(-1)}\ntitle: ${name}\nsummary: S`),
  ])
  const order = edition({ 'sections/01-alpha.md': undefined, ...Object.fromEntries(sections) })
  expect(order.sections.map(({ command }) => command)).toEqual(['a', 'i', 'j'])
})

test('front matter that is not closed is told so', () => {
  expect(problems({ [BETA]: '---\ncommand: beta\n\n| a |\n' })).toEqual([
    `${BETA}:1 The front matter is not closed. | Write a line \`---\` below its keys.`,
  ])
})

test('HTML is refused, but for comments, and no text is lost between two of them', () => {
  const fix = 'Write it in Markdown; put a `\\` before a `<` that is text.'
  for (const body of ['<div>x</div>', 'a <b>b']) {
    expect(problems({ [BETA]: section(FRONT, body) })[0]).toBe(
      `${BETA}:7 HTML cannot be shown in a chat. | ${fix}`,
    )
  }
  expect(problems({ [BETA]: section(FRONT, 'A <img src="map.png"> map') })[0]).toContain(
    'Write `![words](map.png)`;',
  )
  expect(problems({ [BETA]: section(FRONT, '<!-- a --> TEXT <!-- b -->') })[0]).toContain(
    'Put the text on the next line, below the comment.',
  )
  expect(problems({ [BETA]: section(FRONT, '<!-- a\nb -->\n\nc <!-- d --> e') })).toEqual([])
})

test('a reference to nothing is found', () => {
  const fix = 'Add a line `[…]: https://…`, or put a `\\` before the first bracket.'
  expect(problems({ [BETA]: section(FRONT, '[this][that]\n\nnote[^9] and [sic]') })).toEqual([
    `${BETA}:7 \`[this][that]\` refers to nothing. | ${fix}`,
    `${BETA}:9 \`[^9]\` refers to nothing. | Add a line \`[^9]: …\` with the note, or put a \`\\\` before the bracket.`,
  ])
  const mended = '\\[this][that]\n\nnote\\[^9], a@b.org, `[a][b]`'
  expect(problems({ [BETA]: section(FRONT, mended) })).toEqual([])
})

test('a table stands in no quote, and below a heading that can name a button', () => {
  const table = '| a |\n| - |\n| 1 |'
  const inQuote = `- item\n\n  > ${table.replaceAll('\n', '\n  > ')}`
  expect(problems({ [BETA]: section(FRONT, inQuote) })).toEqual([
    `${BETA}:9 This table stands in a quote or a note. | Take it out, on its own.`,
  ])
  for (const heading of ['##', `## ${'x'.repeat(61)}`]) {
    for (const below of [table, `- item\n\n  ${table.replaceAll('\n', '\n  ')}`]) {
      expect(problems({ [BETA]: section(FRONT, `${heading}\n\n${below}`) })).toEqual([
        `${BETA}:7 The heading above names a table, and so a button. | Give it 1 to 60 characters.`,
      ])
    }
  }
})

test('text that is nested too deeply is refused, however deeply', () => {
  const nested = (depth: number) => problems({ [BETA]: section(FRONT, `${'> '.repeat(depth)}x`) })
  expect(nested(18)).toEqual([])
  expect(nested(21)).toEqual([
    `${BETA}:7 This is nested more than 20 levels deep. | Nest it less deeply.`,
  ])
  expect(nested(3000)).toHaveLength(1)
  expect(nested(30_000)).toHaveLength(1)
})

test('the limit of problems is one for each file, and 20 are listed whole', {
  tags: 'slow',
}, () => {
  const table = (rows: number) => section(FRONT, `| a | b |\n| - | - |\n${'| 1 |\n'.repeat(rows)}`)
  expect(problems({ [BETA]: table(20) })).toHaveLength(20)
  const found = problems({ [BETA]: table(6000), 'edition.yaml': 'id: a\n'.repeat(100) })
  expect(found.filter(each => each.startsWith(BETA))).toHaveLength(21)
  expect(found.filter(each => each.startsWith('edition.yaml'))).toHaveLength(21)
  expect(found.at(-1)).toContain('And 5980 more problems from here on.')
})

test('no 60 KB of marks keep anyone waiting', { tags: 'slow' }, () => {
  const parts = [' ', '-', '|-', '| ', '[', '[a', ']', '<!--', '\t-', '*a_ ', '> - ', '1. ', '`a``']
  const slow = parts.filter(part => {
    const before = process.threadCpuUsage()
    problems({ [BETA]: section(FRONT, part.repeat(60_000 / part.length)) })
    return process.threadCpuUsage(before).user > 2e6
  })
  expect(slow).toEqual([])
})

test('a section without front matter has its body checked', () => {
  expect(problems({ [BETA]: '# Beta\n\n| a | b |\n| - | - |\n| 1 |\n' })).toEqual([
    `${BETA}:1 The front matter is missing. | Start the file with a line \`---\`, the keys, and another line \`---\`.`,
    `${BETA}:5 This row has 1 cell, the header 2. | Add or remove a \`|\`; write \`\\|\` for one that is text.`,
  ])
})

test('a ragged table is told row by row', () => {
  const table = '| a | b |\n| - | - |\n| 1 |\n| 1 | 2 |\n| 1 | 2 | 3 |'
  const fix = 'Add or remove a `|`; write `\\|` for one that is text.'
  expect(problems({ [BETA]: section(FRONT, table) })).toEqual([
    `${BETA}:9 This row has 1 cell, the header 2. | ${fix}`,
    `${BETA}:11 This row has 3 cells, the header 2. | ${fix}`,
  ])
})

test('text that was meant as a table but is none is found', () => {
  const fix = 'Give the line of dashes as many cells as the header, with an empty line above both.'
  for (const table of ['| a | b |\n| - |\n| 1 | 2 |', 'a | b\n--- | --- | ---\n1 | 2']) {
    expect(problems({ [BETA]: section(FRONT, table) })).toEqual([
      `${BETA}:7 This looks like a table but is none. | ${fix}`,
    ])
  }
  expect(problems({ [BETA]: section(FRONT, 'Read | write, and so on — or -- not.') })).toEqual([])
})

test('only whole http, https and mailto addresses are offered to readers', () => {
  const unsafe = [
    'javascript:alert(1)',
    'https://./',
    'JaVaScRiPt:x',
    'data:text/html,x',
    '../x.md',
    '//x.org',
    'http:x',
  ]
  for (const address of unsafe) {
    const expected = `The address \`${address}\` cannot be offered to readers.`
    const image = address === '../x.md' ? [] : [`![a](${address})`]
    for (const body of [`[a](${address})`, ...image, `[a][r]\n\n[r]: ${address}`]) {
      const found = problems({ [BETA]: section(FRONT, body) })
      expect(found).toHaveLength(1)
      expect(found[0]).toContain(expected)
    }
  }
  const safe = '[a](https://x.org) [b](http://x.org) <mailto:a@x.org> <https://x.org> www.x.org'
  expect(problems({ [BETA]: section(FRONT, safe) })).toEqual([])
})

test('control characters are found in every file', () => {
  expect(problems({ [BETA]: section(FRONT, 'fine\r\nbell\x07') })).toEqual([
    `${BETA}:8 There is a character that cannot be shown (U+0007) at column 5. | Delete it.`,
  ])
  expect(problems({ 'events.yaml': '# a\x1b[31m\n' })).toEqual([
    'events.yaml:1 There is a character that cannot be shown (U+001B) at column 4. | Delete it.',
  ])
  expect(problems({ [BETA]: section(FRONT, 'left \u2066right') })).toEqual([
    `${BETA}:7 There is a character that cannot be shown (U+2066) at column 6. | Delete it.`,
  ])
})

test('all forbidden characters of all lines are named, those of a line at once', () => {
  const body = `a\u200Bb\u200B\n\nc\u2066\n${'x\u200B'.repeat(7)}`
  expect(problems({ [BETA]: section(FRONT, body) })).toEqual([
    `${BETA}:7 There are 2 characters that cannot be shown (U+200B at column 2, U+200B at column 4). | Delete them.`,
    `${BETA}:9 There is a character that cannot be shown (U+2066) at column 2. | Delete it.`,
    `${BETA}:10 There are 7 characters that cannot be shown (U+200B at column 2, U+200B at column 4, U+200B at column 6, U+200B at column 8, U+200B at column 10, 2 more). | Delete them.`,
  ])
})

test('equal problems of a line are one problem with a count', () => {
  const fix = 'Write it in Markdown; put a `\\` before a `<` that is text.'
  expect(problems({ [BETA]: section(FRONT, 'a <b>b</b> <i>c</i>\n<u>d') })).toEqual([
    `${BETA}:7 HTML cannot be shown in a chat. This line has 4 of these. | ${fix}`,
    `${BETA}:8 HTML cannot be shown in a chat. | ${fix}`,
  ])
  const edition = folder()[0]?.text ?? ''
  expect(problems({ 'edition.yaml': `${edition}notKnown: [1, 2, 3]\n` })).toEqual([
    'edition.yaml:10 The entry must be text. This line has 3 of these. | Put it in quotes.',
  ])
})

test('characters that are written as an escape are found as well', () => {
  const front = 'command: beta\ntitle: "A\\e[31m"\nsummary: "x\\u2066"'
  expect(problems({ [BETA]: section(front, 'left &#x2066; right') })).toEqual([
    `${BETA}:3 \`title\` has a character that cannot be shown (U+001B). | Delete it.`,
    `${BETA}:4 \`summary\` has a character that cannot be shown (U+2066). | Delete it.`,
    `${BETA}:7 There is a character that cannot be shown (U+2066). | Delete it.`,
  ])
})

test('a section whose file name does not say its place is told so', () => {
  expect(problems({ 'sections/beta.md': section(FRONT) })).toEqual([
    'sections/beta.md:1 The name of this file does not say where the section stands. | Start it with a number and a hyphen, such as 03-partnerships.md.',
  ])
})

test('dates of exercises are days of the calendar, in order', () => {
  const of = (start: string, end: string) =>
    `- id: x\n  name: X\n  start: ${start}\n  end: ${end}\n  participants: All\n  status: scheduled\n`
  const fix = (year: number) => `Write year, month and day, such as ${year}-06-01.`
  expect(problems({ 'events.yaml': of('2026-02-30', '1 June 2026') })).toEqual([
    `events.yaml:3 \`2026-02-30\` is not a date of the calendar. | ${fix(2026)}`,
    `events.yaml:4 \`1 June 2026\` is not a date of the calendar. | ${fix(2026)}`,
  ])
  expect(problems({ 'events.yaml': of('2026-06-10', '2026-06-01') })).toEqual([
    'events.yaml:4 The event ends before it starts. | Swap `start` and `end`, or fix the year.',
  ])
  expect(problems({ 'events.yaml': of('2026-06-10', '2026-06-10') })).toEqual([])
})

test('an event with times ends later than it starts', () => {
  const event = (end: string) =>
    `- id: x\n  name: X\n  start: 2026-06-01T10:00\n  end: ${end}\n  participants: All\n  status: scheduled\n`
  expect(problems({ 'events.yaml': event('2026-06-01T10:00') })).toEqual([
    'events.yaml:4 The event ends when it starts. | Write a later time as `end`, or dates without times.',
  ])
  expect(problems({ 'events.yaml': event('2026-06-01T09:00') })).toEqual([
    'events.yaml:4 The event ends before it starts. | Swap `start` and `end`, or fix the year.',
  ])
})

test('an id cannot be a word that stands for several exercises', () => {
  for (const id of EVENT_FILTERS) {
    const [found] = problems({ 'events.yaml': `- {id: ${id}}\n` })
    expect(found).toContain(`\`${id}\` cannot be the id of an event.`)
  }
})

test('an exercise that ends before it starts shows together with its other faults', () => {
  const events = '- {id: A B, start: 2026-06-10, end: 2026-06-01, status: maybe, more: 1}\n'
  const found = problems({ 'events.yaml': events })
  expect(found.map(problem => problem.replace(/ \|.*/, ''))).toEqual([
    'events.yaml:1 `A B` cannot be the id of an event.',
    'events.yaml:1 `name` is missing.',
    'events.yaml:1 `participants` is missing.',
    'events.yaml:1 `maybe` is not a value of `status`.',
    'events.yaml:1 `more` is not a key that is known here.',
    'events.yaml:1 The event ends before it starts.',
  ])
})

test('ids of exercises are unique, also where another exercise has a fault', () => {
  const events = `- {${EVENT}, status: scheduled}\n- {${EVENT}, status: maybe}\n`
  expect(problems({ 'events.yaml': events })).toEqual([
    'events.yaml:2 `maybe` is not a value of `status`. | Write one of scheduled, postponed, cancelled.',
    'events.yaml:2 The id `second` is taken: line 1 has it too. | Give this event an id of its own.',
  ])
})

test('the date and the language of the edition are checked', () => {
  const yaml =
    'id: a\ntitle: T\nsummary: S\npublisher: P\nsource: S\nasOf: 2026-13\nlanguage: klingonese-x\nlicence: L\nnotKnown: [1]\n'
  expect(problems({ 'edition.yaml': yaml })).toEqual([
    'edition.yaml:6 `2026-13` is neither a date nor a month. | Write 2026-03-15 or 2026-03.',
    'edition.yaml:7 `klingonese-x` is not a language that this runtime knows. | Write a language tag such as en or sr-Latn.',
    'edition.yaml:9 The entry must be text. | Put it in quotes.',
  ])
})

test('all problems of all files are told at once, in the order of files and lines', () => {
  const found = problems({
    'edition.yaml': undefined,
    'events.yaml': '- {}\n',
    'sections/01-alpha.md': 'no front matter, [a](x:y)\n',
    [BETA]: section('command: help\ntitle: T\nsummary: S', '| a |\n| - |\n| 1 | 2 |'),
  })
  expect(found.map(problem => problem.split(' ')[0])).toEqual([
    'edition.yaml:1',
    ...Array.from({ length: 6 }, () => 'events.yaml:1'),
    'sections/01-alpha.md:1',
    'sections/01-alpha.md:1',
    `${BETA}:2`,
    `${BETA}:9`,
  ])
})

test('lines are right in files with Windows line ends', () => {
  const file = section(FRONT, '| a | b |\n| - | - |\n| 1 |').replaceAll('\n', '\r\n')
  expect(problems({ [BETA]: file })[0]).toMatch(`${BETA}:9 This row has 1 cell`)
})

test('references are resolved, comments and definitions are gone, tables have ids and titles', () => {
  const body =
    'See [this][r]. <!-- not for readers -->\n\n<!-- nor this -->\n\n[r]: https://x.org\n\n' +
    '## One\n\n| a |\n| - |\n| 1 |\n\n| b |\n| - |\n| 2 |\n\n~100 and ~200'
  const beta = edition({ [BETA]: section(FRONT, body) }).sections[1]
  expect(beta?.body.children.map(({ type }) => type)).toEqual([
    'paragraph',
    'heading',
    'table',
    'table',
    'paragraph',
  ])
  expect(beta?.body.children[0]).toEqual({
    type: 'paragraph',
    children: [
      { type: 'text', value: 'See ' },
      { type: 'link', url: 'https://x.org', children: [{ type: 'text', value: 'this' }] },
      { type: 'text', value: '. ' },
    ],
  })
  expect(beta?.body.children[4]).toEqual({
    type: 'paragraph',
    children: [{ type: 'text', value: '~100 and ~200' }],
  })
  expect(beta?.tables.map(({ id, title }) => ({ id, title }))).toEqual([
    { id: 'one', title: 'One' },
    { id: 'one-2', title: 'One (2)' },
  ])
})

test('a section has the date of the edition unless it has its own', () => {
  const dated = section(`${FRONT}\nasOf: 2026-03-04`)
  expect(edition({ [BETA]: dated }).sections.map(({ asOf }) => asOf)).toEqual([
    '2026-01',
    '2026-03-04',
  ])
})

test('a stored edition of the form in which all events were exercises is read', () => {
  const now = edition({ 'sections/02-beta.md': section(`${FRONT}\nevents: true`) })
  const { events, eventNames: _, commands: __, sections, ...rest } = now
  const former = {
    ...rest,
    sections: sections.map(({ events: exercises, ...more }) => ({ ...more, exercises })),
    exercises: events,
  }
  const read = readEdition(JSON.stringify({ form: 1, edition: former }))
  expect(read).toMatchObject({ events, sections, eventNames: { command: 'exercises' } })
  expect(read && diffEditions(read, now)).toEqual(NOTHING_CHANGED)
})
