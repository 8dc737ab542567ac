import fc from 'fast-check'
import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { reservedNames } from '../../src/commands/builtin.ts'
import { unreadFiles } from '../../src/content/files.ts'
import { parseEdition } from '../../src/content/parse.ts'
import { edition, folder, section } from './fixture.ts'

const BETA = 'sections/02-beta.md'
const FRONT = 'command: beta\ntitle: Beta\nsummary: The second section.'
const HEAD = folder()[0]?.text ?? ''

/** Lists the problems (`!`) and warnings (`?`) of a folder, each with its place. */
function told(changes: Record<string, string | undefined>, hasDrafts = false): string[] {
  const result = parseEdition(folder(changes), reservedNames, undefined, hasDrafts)
  const { problems = [], warnings = [] } = result
  return [...problems, ...warnings].map(
    ({ file, line, message, fix, isWarning }) =>
      `${isWarning ? '?' : '!'} ${file}:${line}: ${message} ${fix}`,
  )
}

/** Lists the problems and warnings of a body, whose first line is line 7. */
const ofBody = (body: string) => told({ [BETA]: section(FRONT, body) })

const lost = (rule: string) =>
  `These rows are text, because a table has a line of dashes below its header. Write \`${rule}\` below the header.`

test.each([
  ['| X | Y |\n| 1 | 2 |', 7, lost('|---|---|')],
  ['x\n\n| X |\n| 1 |\n| 2 |', 9, lost('|---|')],
  ['Gauges:\n| X | Y | Z |\n| 1 | 2 | 3 |', 8, lost('|---|---|---|')],
  ['X | Y\n1 | 2', 7, lost('|---|---|')],
  ['| X | Y |', 7, lost('|---|---|')],
  ['| X | Y |\n|—|—|\n| 1 | 2 |', 7, lost('|---|---|')],
  ['- item\n\n  | X | Y |\n  | 1 | 2 |', 9, lost('|---|---|')],
  ['> | X | Y |\n> | 1 | 2 |', 7, lost('|---|---|')],
  [
    '| X | Y |\n|---|---|\n| 1 | 2 |\n\n| 3 | 4 |',
    11,
    'This row is text, because an empty line ends the table above. Take out the empty line.',
  ],
  [
    'x\n\n| X | Y |\n|---|---|',
    9,
    'This table has a header and no row. Add a row below the line of dashes, or take the table out.',
  ],
])('a table that is not whole is told with its line: %j', (body, line, words) => {
  expect(ofBody(body)).toEqual([`? ${BETA}:${line}: ${words}`])
})

test.each([
  'Read | write, and so on.',
  'one | two\nthree',
  '||spoiler||\n||another||',
  '`a | b`\n`c | d`',
  '```\n| X | Y |\n| 1 | 2 |\n```',
  'The value |x| is small.\n|x| is small.',
  '\\| X \\| Y \\|',
])('a text with bars is no table: %j', body => {
  expect(ofBody(body)).toEqual([])
})

test('each row of bars is a row of a table, or has a warning (200 tables)', () => {
  const word = fc.constantFrom('1', 'река', '港口', 'two words', '**bold**', 'a-b')
  const rows = fc.integer({ min: 2, max: 5 }).chain(width =>
    fc.array(fc.array(word, { minLength: width, maxLength: width }), {
      minLength: 2,
      maxLength: 5,
    }),
  )
  fc.assert(
    fc.property(rows, fc.boolean(), (cells, isFramed) => {
      const lines = cells.map(row => (isFramed ? `| ${row.join(' | ')} |` : row.join(' | ')))
      const [found = '', ...others] = ofBody(lines.join('\n'))
      expect([found.slice(0, 24 + BETA.length), others]).toEqual([
        `? ${BETA}:7: These rows are text`.slice(0, 24 + BETA.length),
        [],
      ])
      const rule = /`(.*)`/.exec(found)?.[1] ?? ''
      expect(ofBody(lines.toSpliced(1, 0, rule).join('\n'))).toEqual([])
    }),
    { numRuns: 200 },
  )
})

test('marks that readers would see are reported once a line, with their words', () => {
  const stray = 'These marks are shown as they are, because a letter stands beside them:'
  const found = ofBody('a **Note:**moved, **Two:**x\n~~Noon ~~one, **注意：**改期')
  expect(found.map(each => each.split('. Write')[0])).toEqual([
    `? ${BETA}:7: ${stray} \`**Note:**\`, \`**Two:**\``,
    `? ${BETA}:8: ${stray} \`~~Noon ~~\`, \`**注意：**\``,
  ])
  expect(ofBody('**A:**b '.repeat(5))[0]).toContain(
    '`**A:**`, `**A:**`, `**A:**` and 2 more. Write',
  )
  expect(ofBody(`**${'word '.repeat(20)}:**b`)[0]).toContain(
    '`**word word word word word word word wor…`.',
  )
})

test.each([
  ['x {{lang}} y', '{{lang}}'],
  ['[a](https://example.org/{{page}}/b)', '{{page}}'],
  ['- {% include note.md %}', '{% include note.md %}'],
])('a placeholder is told: %s', (body, words) => {
  expect(ofBody(body)).toEqual([
    `? ${BETA}:7: \`${words}\` is shown as it is typed. Write the text itself, because nothing fills in placeholders.`,
  ])
})

test('a placeholder in code has no warning, and one in a field has', () => {
  expect(ofBody('`{{lang}}` and\n\n    {{lang}}')).toEqual([])
  const titled = (title: string) =>
    told({ [BETA]: section(`command: beta\ntitle: ${title}\nsummary: S`) })
  expect(titled('In {{lang}}')[0]).toMatch(`? ${BETA}:3: \`{{lang}}\` is shown as it is typed.`)
  expect(titled('{{lang}}')).toEqual([
    `! ${BETA}:3: \`title\` must be text. Write the text itself, because nothing fills in placeholders.`,
  ])
})

test('a line end is taken in a paragraph, joins a heading, and is explained before text', () => {
  const body = (text: string) => edition({ [BETA]: section(FRONT, text) }).sections[1]?.body
  expect(JSON.stringify(body('one<br>two'))).toContain('{"type":"break"}')
  const [heading] = body('## One<br>two\n\nx')?.children ?? []
  expect(heading && textOf(heading)).toBe('One two')
  expect(JSON.stringify(heading)).not.toContain('break')
  expect(ofBody('one\n\n<br>\ntext')).toEqual([
    `! ${BETA}:9: HTML cannot be shown in a chat. Put an empty line below the \`<br>\`, or write it at the end of a line.`,
  ])
})

test.each([
  ['![a][r]\n\n[r]: 01-alpha.md', '01-alpha.md'],
  ['![a][r]\n\n[r]: /alpha', '/alpha'],
  ['[![a][r]](https://example.org)\n\n[r]: ./01-alpha.md', './01-alpha.md'],
  ['![a](mailto:desk@example.org)', 'mailto:desk@example.org'],
])('a picture has the address of a picture: %j', (body, address) => {
  expect(ofBody(body)).toEqual([
    `! ${BETA}:7: The address \`${address}\` is not that of an image. Write the path of an image, such as \`map.png\`, or a whole address, https://… or http://…`,
  ])
})

test('a link leads to an alias of a built-in command, unless a section has the name', () => {
  const link = (body: string, more: Record<string, string> = {}) => {
    const { edition } = parseEdition(
      folder({ [BETA]: section(FRONT, body), ...more }),
      reservedNames,
    )
    return JSON.stringify(edition?.sections[1]?.body)
  }
  expect(link('[x](/menu)')).toContain('"value":"/help"')
  expect(link('[x](/start)')).toContain('"value":"/start"')
  expect(link('[x](/overview)')).toContain('"value":"/briefing"')
  const named = { 'edition.yaml': `${HEAD}commands: {help: pomoc}\n` }
  expect(link('[x](/menu)', named)).toContain('"value":"/pomoc"')
  const own = {
    'sections/03-menu.md': section('command: own\ntitle: O\nsummary: S\naliases: [menu]'),
  }
  expect(link('[x](/menu)', own)).toContain('"value":"/own"')
  const without = { 'edition.yaml': `${HEAD}commands: {help: false}\n` }
  expect(told({ [BETA]: section(FRONT, '[x](/menu)'), ...without })[0]).toMatch(
    `! ${BETA}:7: There is no command \`/menu\`.`,
  )
})

test('a broken link offers a target that is there, and never its own file', () => {
  const shelters = { 'sections/03-shelters.md': section('command: shelters\ntitle: S\nsummary: S') }
  const fixOf = (address: string) =>
    told({ ...shelters, [BETA]: section(FRONT, `[x](${address})`) })[0]?.split('`. ')[1]
  expect(fixOf('02-shelters.md')).toBe('Write `03-shelters.md`, if you mean that.')
  expect(fixOf('sections/shelters.md')).toBe('Write `03-shelters.md`, if you mean that.')
  expect(fixOf('shelter.md')).toBe('Write `03-shelters.md`, if you mean that.')
  expect(fixOf('/sheltres')).toBe('Write `/shelters`, if you mean that.')
  const none = 'Write the file of a section, or its command with a slash, or take this link out.'
  expect(fixOf('03-beta.md')).toBe(none)
  expect(fixOf('/nothing_like_it')).toBe(none)
})

test('a link to a draft says so', () => {
  const draft = {
    'sections/_06-new.md': section('command: fresh\ntitle: N\nsummary: S\naliases: [newest]'),
  }
  const fix = 'Publish `sections/_06-new.md` by taking the `_` off its name, or take this link out.'
  for (const [address, what] of [
    ['_06-new.md', 'file `sections/_06-new.md`'],
    ['06-new.md', 'file `sections/06-new.md`'],
    ['/fresh', 'command `/fresh`'],
    ['/newest', 'command `/newest`'],
  ] as const) {
    const changes = { ...draft, [BETA]: section(FRONT, `[x](${address})`) }
    expect(told(changes)).toEqual([
      `! ${BETA}:7: The ${what} is a draft, which readers do not see. ${fix}`,
    ])
    expect(told(changes, true)).toEqual([])
    const lines = {
      ...changes,
      'sections/_06-new.md': draft['sections/_06-new.md'].replaceAll('\n', '\r\n'),
    }
    expect(told(lines)).toEqual(told(changes))
  }
})

test('a link to a draft that takes the place of a file offers the file', () => {
  const changes = {
    'sections/_01-alpha.md': section('command: alpha\ntitle: Alpha\nsummary: S'),
    [BETA]: section(FRONT, '[x](_01-alpha.md)'),
  }
  expect(told(changes)).toEqual([
    `! ${BETA}:7: The file \`sections/_01-alpha.md\` is a draft, which readers do not see. Write \`01-alpha.md\`.`,
  ])
  expect(told(changes, true)).toEqual([])
})

test('a link to a file that cannot be read or is not read says so, or nothing', () => {
  const unread = { 'sections/08-up.MD': 'x', [BETA]: section(FRONT, '[x](08-up.MD)') }
  expect(told(unread)).toEqual([
    `! ${BETA}:7: The file \`sections/08-up.MD\` is not read, because its name does not end in \`.md\`. Rename it to \`sections/08-up.md\`.`,
  ])
  const sources = folder({ [BETA]: section(FRONT, '[x](03-c.md)') })
  const { problems } = parseEdition([...sources, { path: 'sections/03-c.md' }], reservedNames)
  expect(problems).toBeUndefined()
})

test('a folder without sections names what may be meant as one', () => {
  const fixOf = (path: string) => told({ 'sections/01-alpha.md': undefined, [path]: 'x' })
  const none = '! sections:1: There is no section. '
  expect(fixOf('sections/01-x.markdown')).toEqual([
    `${none}Rename \`sections/01-x.markdown\` to \`sections/01-x.md\`.`,
  ])
  expect(fixOf('Sections/')).toEqual([`${none}Rename \`Sections/\` to \`sections\`.`])
  expect(fixOf('sections/_01-x.md')).toEqual([
    `${none}Take the \`_\` off the name of \`sections/_01-x.md\`.`,
  ])
})

test('the fix for the address of a picture names no section', () => {
  expect(ofBody('![Map](ftp://x.org/map.png)')).toEqual([
    `! ${BETA}:7: The address \`ftp://x.org/map.png\` cannot be offered to readers. Write the path of an image, such as \`map.png\`, or a whole address, https://… or http://…`,
  ])
})

test('beside a wrong entry of `commands`, no section is told that its name is taken', () => {
  const own = { [BETA]: section(FRONT.replace('beta', 'receipt'), '[x](/drills)') }
  const wrong = (commands: string) =>
    told({ ...own, 'edition.yaml': `${HEAD}commands: ${commands}\n` })
  expect(wrong('{reciept: false, exercises: drills}')).toEqual([
    expect.stringMatching(/^! edition\.yaml:10: `reciept` is not a built-in command\. /),
  ])
  expect(wrong('{receipt: no}')).toEqual([
    '! edition.yaml:10: `no` is text here, not false. Write false to leave the command out.',
  ])
  expect(wrong('{receipt: }')).toEqual([expect.stringContaining('`receipt` is empty.')])
  expect(wrong('[receipt]')).toEqual([expect.stringContaining('must be a set of names')])
  expect(wrong('{receipt: false')).toEqual([
    expect.stringContaining('The bracket `{` is not closed.'),
  ])
  // Other problems of the file leave the names known.
  const titled = HEAD.replace('title: A briefing\n', '')
  const commands = 'commands: {receipt: false, exercises: drills}\n'
  expect(told({ ...own, 'edition.yaml': titled + commands })).toEqual([
    '! edition.yaml:1: `title` is missing. Add a line `title: …`.',
  ])
})

test('a link to the command of a section with broken front matter is no problem of its own', () => {
  const broken = { 'sections/03-c.md': '---\ncommand: shelters\ntitle: b: c\n---\n\nx\n' }
  const found = told({ ...broken, [BETA]: section(FRONT, '[x](/shelters)') })
  expect(found.map(each => each.split(' YAML')[0])).toEqual(['! sections/03-c.md:3:'])
})

test('people can always leave: their commands are renamed, but not left out', () => {
  for (const name of ['stop', 'unsubscribe', 'privacy', 'forget']) {
    expect(told({ 'edition.yaml': `${HEAD}commands:\n  ${name}: false\n` })).toEqual([
      `! edition.yaml:11: \`${name}\` must be there, because people can leave at any time. Rename it, or take this line out.`,
    ])
    expect(told({ 'edition.yaml': `${HEAD}commands: {${name}: other}\n` })).toEqual([])
  }
})

test('the new name of a command is not that of another, and may be its own', () => {
  const named = (commands: string) => told({ 'edition.yaml': `${HEAD}commands: ${commands}\n` })
  for (const others of ['about: false, ', 'about: sources, ', '']) {
    expect(named(`{${others}exercises: about}`)).toEqual([
      '! edition.yaml:10: The name `about` is taken by a built-in command. Choose another name.',
    ])
  }
  expect(named('{exercises: exercises}')).toEqual([])
  expect(named('{exercises: menu}')).toEqual([])
})

test('a new name that is the command of a section is a problem of edition.yaml', () => {
  expect(told({ 'edition.yaml': `${HEAD}commands: {exercises: alpha}\n` })).toEqual([
    '! edition.yaml:10: The name `alpha` is taken by sections/01-alpha.md (line 2). Choose another name.',
  ])
})

test('a published section keeps its name if a draft before or behind it takes the same one', () => {
  const draft = { 'sections/_00-first.md': section('command: alpha\ntitle: First\nsummary: S') }
  expect(told(draft, true)).toEqual([
    '! sections/_00-first.md:2: The name `alpha` is taken by sections/01-alpha.md (line 2). Choose another name.',
  ])
  expect(told(draft)).toEqual([])
})

test.each([
  ['sections/08-up.MD', 'its name does not end in `.md`', 'Rename it to `sections/08-up.md`.'],
  ['sections/x.markdown', 'its name does not end in `.md`', 'Rename it to `sections/02-x.md`.'],
  ['sections/08-x.md.txt', 'its name does not end in `.md`', 'Rename it to `sections/08-x.md`.'],
  ['sections/08-x', 'its name does not end in `.md`', 'Rename it to `sections/08-x.md`.'],
  [
    'sections/08-x.docx',
    'its name does not end in `.md`',
    'Save it as plain text, as `sections/08-x.md`.',
  ],
  [
    'sections/01-alpha.MD',
    'its name does not end in `.md`',
    'Take it away, because there is a file `sections/01-alpha.md`.',
  ],
  ['08-x.md', 'sections are files in the folder `sections`', 'Rename it to `sections/08-x.md`.'],
  [
    'Edition.yml',
    'its name is not `edition.yaml`',
    'Take it away, because there is a file `edition.yaml`.',
  ],
])('a file that is not read is told: %s', (path, reason, fix) => {
  expect(told({ [path]: 'x' })).toEqual([
    `? ${path}:1: This file is not read, because ${reason}. ${fix}`,
  ])
})

test('the fix for a file that is not read is a name that is read (200 names)', () => {
  const part = fc.stringMatching(/^[a-z0-9_]{1,8}$/)
  const ending = fc.constantFrom('.MD', '.markdown', '.Md', '.mdx', '.txt', '.md.txt')
  fc.assert(
    fc.property(fc.option(fc.nat(99)), part, ending, (number, name, end) => {
      const path = `sections/${number === null ? '' : `${number}-`}${name}${end}`
      const [found] = unreadFiles([path, 'sections/01-alpha.md'], true)
      const fixed = /`(.*)`\.$/.exec(found?.fix ?? '')?.[1] ?? ''
      const body = section('command: gamma\ntitle: Gamma\nsummary: S')
      const others = told({ [fixed]: body }, true).filter(each => !each.includes('the same number'))
      expect(others).toEqual([])
      expect(unreadFiles([fixed], true)).toEqual([])
    }),
    { numRuns: 200 },
  )
})

test('a folder beside the sections is to be emptied, and one in their place to be renamed', () => {
  const isRead = ['sections/01-alpha.md', 'edition.yaml']
  expect(unreadFiles([...isRead, 'section/'], true)[0]?.fix).toBe(
    'Move its files to `sections/`, or take it away.',
  )
  expect(unreadFiles(['edition.yaml', 'section/'], true)[0]?.fix).toBe('Rename it to `sections`.')
})

test('a file that is not read is named beside problems of other files', () => {
  const broken = { [BETA]: 'no front matter', 'sections/08-up.MD': 'x', '09-x.md': 'x' }
  expect(told(broken).map(each => each.split(': ')[0])).toEqual([
    `! ${BETA}:1`,
    '? 09-x.md:1',
    '? sections/08-up.MD:1',
  ])
})

test('the names of a draft edition count where no edition is published', () => {
  const changes = {
    'edition.yaml': undefined,
    '_edition.yaml': `${HEAD}commands: {exercises: calendar, receipt: false}\n`,
    [BETA]: section('command: receipt\ntitle: Beta\nsummary: S', '[x](/calendar)'),
  }
  expect(told(changes)).toEqual([
    '! edition.yaml:1: The file is missing. Take the `_` off the name of the draft `_edition.yaml` to publish it.',
  ])
  expect(told(changes, true)).toEqual([])
})

test('a missing file names the file that is meant for it', () => {
  const without = (other: string) => told({ 'edition.yaml': undefined, [other]: HEAD })
  expect(without('edition.yml')).toEqual([
    '! edition.yaml:1: The file is missing. Rename `edition.yml` to it.',
  ])
  expect(without('_edition.yaml')).toEqual([
    '! edition.yaml:1: The file is missing. Take the `_` off the name of the draft `_edition.yaml` to publish it.',
  ])
})

test('work on a draft is reported under its name', () => {
  const files: string[] = []
  const sources = folder({ '_edition.yaml': HEAD, '_events.yaml': '[]' })
  parseEdition(sources, reservedNames, path => files.push(path), true)
  expect(files).toEqual(
    expect.arrayContaining(['_edition.yaml', '_events.yaml', 'sections/01-alpha.md']),
  )
  expect(files).not.toContain('edition.yaml')
})

test.each([
  ['x\n\nA %% secret %% b %% c %%', 9, '%%'],
  ['%%\nsecret', 7, '%%'],
  ['## A %%b%%', 7, '%%'],
  ['| a |\n| - |\n| b %%c%% |', 9, '%%'],
  ['> - a %%c%%', 7, '%%'],
  ['a\nb <!-- open\n\nclosed -->', 8, '<!--'],
  ['a {>>why<<} b', 7, '{>>'],
  ['a {/* why */} b', 7, '{/*'],
])('a remark of editors that readers would see is a problem: %j', (body, line, mark) => {
  const [found, ...others] = ofBody(body)
  expect(found).toMatch(
    `! ${BETA}:${line}: \`${mark}\` begins no comment here, so readers would see`,
  )
  expect(
    others.filter(each => each.includes(`:${line}: `) && !each.includes('2 of these')),
  ).toEqual([])
})

test('a comment is shown nowhere, or is a problem (200 texts)', () => {
  const mark = fc.constantFrom(['%%', '%%'], ['<!--', '-->'], ['{>>', '<<}'])
  const around = fc.constantFrom(
    (text: string) => text,
    (text: string) => `Words ${text} words.`,
    (text: string) => `- item ${text}`,
    (text: string) => `> ${text.replaceAll('\n', '\n> ')}`,
    (text: string) => `## Title ${text}`,
    (text: string) => `| a |\n| - |\n| b ${text} |`,
    (text: string) => `    ${text}`,
    (text: string) => `a[^1]\n\n[^1]: note ${text}`,
    (text: string) => `![alt ${text}](https://x.org/a.png)`,
    (text: string) => `[words ${text}](/alpha)`,
  )
  const inside = fc.constantFrom(
    'secret',
    ' secret ',
    '\nsecret\n',
    '\n\nsecret\n\n',
    ' **secret** ',
  )
  fc.assert(
    fc.property(mark, around, inside, fc.boolean(), ([open, close], around, inside, isOpen) => {
      const source = section(FRONT, around(`${open}${inside}${isOpen ? '' : close}`))
      const { edition } = parseEdition(folder({ [BETA]: source }), reservedNames)
      expect(JSON.stringify(edition?.sections[1] ?? '')).not.toContain('secret')
    }),
    { numRuns: 200 },
  )
})

test.each(['title', 'summary'])('a remark in the field %s is a problem', key => {
  const front = FRONT.replace(new RegExp(`${key}: .*`), `${key}: Words %% secret %%`)
  expect(told({ [BETA]: section(front) })[0]).toMatch(/^! \S+:[34]: `%%` begins no comment in /)
})

test.each([
  '50 %% of it, or 100%%.'.replace(' %%', '%%'),
  '`%% code %%` and `<!-- code -->`',
  '```\n%% mermaid\n<!-- html -->\n```',
  'https://example.org/a%20b%20c',
  'A <!-- real --> comment',
  'TODO: 5 // 2',
])('a text without a remark has no problem: %j', body => {
  expect(ofBody(body)).toEqual([])
})

test.each([
  ['x\n\n• one\n• two', 9, 'list'],
  ['Camps:\n– one\n– two', 8, 'list'],
  ['> ・one\n> ・two', 7, 'list'],
  ['1.first\n2.second', 7, 'list'],
  ['##x', 7, 'heading'],
  ['a\n###x', 8, 'heading'],
  ['a\n[x] b', 8, 'task'],
  ['[!TIP] b', 7, 'callout'],
  ['| a |\n| - |\n| 1 |\n\n• one\n• two', 11, 'list'],
  ['a\tb\n1\t2', 7, 'table'],
  ['See:\nCamp\tPlace\tDay\n1\t2\t3', 8, 'table'],
])('a text in another form than that of Markdown has a warning: %j', (body, line, what) => {
  const [found = '', ...others] = ofBody(body)
  expect(found.startsWith(`? ${BETA}:${line}: `)).toBe(true)
  expect(found).toContain(`like a ${what}`)
  expect(others).toEqual([])
})

test.each([
  '– Good day, she said.',
  '-5 °C and 1.5 m',
  '1.2.3.4 is an address, 9.5.2026 a day',
  '#energy #gas',
  '**bold** at the beginning\n*italic* too',
  'a) is the first of all.',
  'One\ttab',
  '> [!NOTE] Title\n> Words.',
  '- [ ] task\n- [x] done',
  '```\na\tb\n1\t2\n• x\n```',
  '1.\tone\n2.\ttwo',
  '[1] and [2] are numbers (https://example.org).',
  'f(x)[0] and (see)[1]',
])('a text that only begins like another form has no warning: %j', body => {
  expect(ofBody(body)).toEqual([])
})

test('text below a table is told once, with the line of the text', () => {
  const found = ofBody('| a | b |\n| - | - |\n| 1 | 2 |\nFirst line\nsecond line\n[^1]: x')
  expect(found[0]).toBe(
    `! ${BETA}:10: This text is a row of the table above, because no empty line is between them. Put an empty line above it.`,
  )
  expect(found.slice(1)).toEqual([expect.stringContaining('No mark refers to the note')])
})

test('the marks of a merge conflict are the one problem of their file', () => {
  const conflict = '<<<<<<< HEAD\ntitle: A\n=======\ntitle: B\n>>>>>>> other'
  const mark = 'Git has left the marks of a merge conflict here.'
  for (const [file, text, line] of [
    [BETA, `---\ncommand: beta\n${conflict}\nsummary: S\n---\n\nx <b>\n`, 3],
    ['edition.yaml', HEAD.replace('title: A briefing', conflict), 2],
    ['events.yaml', `${conflict.replaceAll('title', '- id')}\n`.replaceAll('\n', '\r\n'), 1],
  ] as const) {
    expect(told({ [file]: text })).toEqual([expect.stringContaining(`! ${file}:${line}: ${mark}`)])
  }
  expect(ofBody('<<<<<<<< and <<<<<<<')).toEqual([])
  expect(ofBody('One\n\n>>>>>>> other')[0]).toContain(mark)
})

test.each([
  ['title: “x”', 3, 'Readers see the quotes `“` and `”` of `title`'],
  ['title: „x“', 3, 'Readers see the quotes `„` and `“` of `title`'],
  ['title: «x»', 3, 'Readers see the quotes `«` and `»` of `title`'],
  ['title: “a: b”', 3, 'YAML takes `“` for text and not for a quote.'],
  ['title:Beta', 3, 'The colon behind the key has no blank behind it.'],
  ['title：Beta', 3, 'The colon behind the key has no blank behind it.'],
  ['title:\u00A0Beta', 3, 'The colon behind the key has no blank behind it.'],
])('a quote or colon that YAML does not take is named: %s', (field, line, message) => {
  const [found, ...others] = told({ [BETA]: section(`command: beta\n${field}\nsummary: S`) })
  expect(found).toContain(`${BETA}:${line}: ${message}`)
  expect(others).toEqual([])
})

test.each(['title: “A” and “B”', 'title: "“A”"', "title: '«A»'", 'title: It’s on'])(
  'quotes that an editor means are no fault: %s',
  field => {
    expect(told({ [BETA]: section(`command: beta\n${field}\nsummary: S`) })).toEqual([])
  },
)

test.each(['command: start', 'command: beta\naliases: [start]'])(
  'a section that takes the command which opens each chat has a warning: %s',
  names => {
    expect(told({ [BETA]: section(`title: B\nsummary: S\n${names}`) })).toEqual([
      expect.stringContaining(
        'Telegram opens each chat with `/start`, so readers see this instead',
      ),
    ])
    expect(told({ 'edition.yaml': `${HEAD}commands: {help: start}\n` })).toHaveLength(1)
  },
)

test.each(['briefing', 'help', 'stop', 'search', 'tables'])(
  'a section cannot have the name of the built-in command %s',
  name => {
    expect(told({ [BETA]: section(`command: ${name}\ntitle: B\nsummary: S`) })).toEqual([
      `! ${BETA}:2: The name \`${name}\` is taken by a built-in command. Choose another name.`,
    ])
  },
)
