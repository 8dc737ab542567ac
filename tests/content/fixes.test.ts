import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reservedNames } from '../../src/commands/builtin.ts'
import { parseEdition } from '../../src/content/parse.ts'
import { folder, section } from './fixture.ts'

const BETA = 'sections/02-beta.md'
const FRONT = 'command: beta\ntitle: Beta\nsummary: The second section.'
const [HEAD = '', EVENTS = ''] = folder().map(({ text }) => text)

type Changes = Record<string, string | undefined>

/** The problems and warnings of a folder. */
function found(changes: Changes, hasDrafts = false) {
  const { problems = [], warnings } = parseEdition(
    folder(changes),
    reservedNames,
    undefined,
    hasDrafts,
  )
  return [...problems, ...warnings]
}

const body = (text: string): Changes => ({ [BETA]: section(FRONT, text) })
const front = (text: string): Changes => ({ [BETA]: section(text) })
const field = (line: string) => front(`command: beta\n${line}\nsummary: S`)
const edition = (from: string, to: string): Changes => ({ 'edition.yaml': HEAD.replace(from, to) })
const commands = (map: string): Changes => ({ 'edition.yaml': `${HEAD}commands: ${map}\n` })
const event = (from: string, to: string): Changes => ({
  'events.yaml': EVENTS.replace(from, to),
})
const timed = (start: string, end = '2026-06-01T11:00', more = 'note: x'): Changes => ({
  'events.yaml': EVENTS.replace(/start: .*/, `start: ${start}`).replace(
    /end: .*/,
    `end: ${end}\n  ${more}`,
  ),
})
const both = (text: (value: string) => Changes, before: string, after: string) =>
  [text(before), text(after)] as const

const table = (rows: string) => `| a | b |\n| - | - |\n${rows}`
const nested = (depth: number) => `${'- '.repeat(depth)}x`

/** Faults, each as the files before and after the editor does what the fix says. */
const MENDED: readonly (readonly [Changes, Changes])[] = [
  // Comments.
  both(body, 'a %% secret %% b', 'a <!-- secret --> b'),
  both(body, '%%\nsecret\n\n- more\n%%', '<!--\nsecret\n\n- more\n-->'),
  both(body, 'a {>>secret<<}', 'a <!--secret-->'),
  both(body, 'a <!-- open\n\nclosed -->', '<!-- open\n\nclosed -->'),
  both(body, '30 %% more', '30 \\%% more'),
  both(body, 'x\n\n    <!-- a -->', 'x\n\n<!-- a -->'),
  both(body, 'x\n\n    %% a %%', 'x\n\n```\n%% a %%\n```'),
  both(field, 'title: Beta <!-- old -->', '# old\ntitle: Beta'),
  both(field, 'title: Beta %% old %%', '# old\ntitle: Beta'),
  both(body, '![a %% b](https://x.org/a.png)', '![a](https://x.org/a.png) <!-- b -->'),
  // Marks of other tools.
  both(body, 'Ferries^[not in storms]', 'Ferries[^1]\n\n[^1]: not in storms'),
  both(body, 'go to example.org', 'go to https://example.org'),
  both(body, 'The area is $x^2$.', 'The area is x².'),
  both(body, '[TOC]\n\nx', 'x'),
  both(body, 'a;b;c\n1;2;3', '| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |'),
  both(body, '**a b', '**a b**'),
  both(body, '> [!WARNNG]\n> x', '> [!WARNING]\n> x'),
  // Files, front matter and YAML.
  [{ 'sections/01-beta.md': section(FRONT) }, { [BETA]: section(FRONT) }],
  both(front, `${FRONT}\n${'# note\n'.repeat(700)}`, FRONT),
  both(text => ({ 'edition.yaml': text + HEAD }), '%note\n', ''),
  both(field, 'title: Beta\naliases: [b]]', 'title: Beta\naliases: [b]'),
  both(field, 'title: Beta\naliases: [b, , c]', 'title: Beta\naliases: [b, c]'),
  both(field, 'title: "Beta"#b', 'title: "Beta#b"'),
  both(field, 'title: !!binary QQ==', 'title: "!!binary QQ=="'),
  both(field, 'title: !!set {a}', 'title: "!!set {a}"'),
  both(field, 'title: "\\u2800"', 'title: Beta'),
  both(commands, '{__proto__: a}', '{search: find}'),
  both(field, 'title: | Beta', 'title: "| Beta"'),
  both(field, 'title: Beta\naliases: [\n  - b\n]', 'title: Beta\naliases:\n  - b'),
  // Links.
  both(body, '[l](/alpha details)', '[l](/alpha)'),
  both(body, '[l](https://x.org/a b)', '[l](https://x.org/a%20b)'),
  both(body, '![l](<https://x.org/a b.png> “t”)', '![l](<https://x.org/a%20b.png>)'),
  both(body, '[l](https://x.org “title”)', '[l](https://x.org)'),
  both(body, '[l](see page 5)', '[l\\](see page 5)'),
  both(body, '[l](https://x.org', '[l](https://x.org)'),
  both(body, '(l)[https://x.org]', '[l](https://x.org)'),
  both(body, '[l] (https://x.org)', '[l](https://x.org)'),
  both(body, '[l] (01-alpha.md)', '[l](01-alpha.md)'),
  both(body, '[l](x.org)', '[l](https://x.org)'),
  both(body, '[l](02-alpha.md)', '[l](01-alpha.md)'),
  both(body, '[l](/alhpa)', '[l](/alpha)'),
  both(body, '[l](/nothing)', 'l'),
  both(body, '[l](/{{page}})', '[l](/alpha)'),
  both(body, '[this][that]', '\\[this][that]'),
  both(body, '[this][that]', '[this][that]\n\n[that]: https://x.org'),
  both(body, 'note[^9]', 'note[^9]\n\n[^9]: Words.'),
  both(body, 'note[^9]', 'note\\[^9]'),
  both(body, 'a[^1]\n\n[^1]: x\n[^1]: y', 'a[^1]\n\n[^1]: x'),
  both(body, 'a\n\n[^1]: x', 'a[^1]\n\n[^1]: x'),
  [
    {
      ...body('[l](06-new.md)'),
      'sections/_06-new.md': section('command: n\ntitle: N\nsummary: S'),
    },
    {
      ...body('[l](06-new.md)'),
      'sections/06-new.md': section('command: n\ntitle: N\nsummary: S'),
    },
  ],
  [
    { ...body('[l](_01-alpha.md)'), 'sections/_01-alpha.md': folder()[2]?.text },
    { ...body('[l](01-alpha.md)'), 'sections/_01-alpha.md': folder()[2]?.text },
  ],
  // Pictures and HTML.
  both(body, '![](https://x.org/a.png)', '![words](https://x.org/a.png)'),
  both(body, '![a](ftp://x.org/map.png)', '![a](map.png)'),
  both(body, '![a](data:image/png;base64,x)', '![a](https://x.org/map.png)'),
  both(body, '![a](../../map.png)', '![a](map.png)'),
  both(body, '![a](C:/map.png)', '![a](map.png)'),
  both(body, '![a](maps\\north.png)', '![a](maps/north.png)'),
  both(body, table('| ![a](map.png) | b |'), `${table('| a | b |')}\n\n![a](map.png)`),
  both(body, `![${'a'.repeat(1001)}](map.png)`, `![${'a'.repeat(1000)}](map.png)\n\na`),
  both(body, 'a[^1]\n\n[^1]: ![a](map.png)', 'a[^1]\n\n![a](map.png)\n\n[^1]: x'),
  both(body, '![a](/alpha)', '![a](https://x.org/map.png)'),
  both(body, '![a&#x2066;b](https://x.org/a.png)', '![ab](https://x.org/a.png)'),
  both(body, '![&#xE0041;x](https://x.org/a.png)', '![x](https://x.org/a.png)'),
  both(body, '<!-- note --> text', '<!-- note -->\ntext'),
  both(body, '- <!-- a --> item', '- <!-- a -->\n  item'),
  both(body, 'a <b>b</b>', 'a **b**'),
  both(body, 'a <b>b', 'a \\<b>b'),
  both(body, 'one\n\n<br>\ntext', 'one\n\n<br>\n\ntext'),
  // Tables.
  both(body, table('| 1 | 2 |\nText below.'), table('| 1 | 2 |\n\nText below.')),
  both(body, table('| 1 | 2 |\nOne\ntwo'), table('| 1 | 2 |\n\nOne\ntwo')),
  both(body, '| a |\n| - |\n| 1 |\nText', '| a |\n| - |\n| 1 |\n\nText'),
  both(body, table('| 1 |'), table('| 1 | |')),
  both(body, table('| 1 | 2 | 3 |'), table('| 1 | 2 \\| 3 |')),
  both(body, '| a | b |\n| - |\n| 1 | 2 |', 'x\n\n| a | b |\n| - | - |\n| 1 | 2 |'),
  both(body, '| a | b |\n| 1 | 2 |', '| a | b |\n|---|---|\n| 1 | 2 |'),
  both(body, table('| 1 | 2 |\n\n| 3 | 4 |'), table('| 1 | 2 |\n| 3 | 4 |')),
  both(body, '| a | b |\n| - | - |', table('| 1 | 2 |')),
  both(body, `> ${table('| 1 | 2 |').replaceAll('\n', '\n> ')}`, table('| 1 | 2 |')),
  both(body, `## ${'x'.repeat(61)}\n\n${table('| 1 | 2 |')}`, `## x\n\n${table('| 1 | 2 |')}`),
  both(body, 'a\tb\n1\t2', '|a|b|\n|---|---|\n|1|2|'),
  both(body, 'Name\tPlace\tDay', '|Name|Place|Day|\n|---|---|---|\n|x|y|z|'),
  both(body, '\ta\tb\n\t1\t2', '||a|b|\n|---|---|---|\n||1|2|'),
  both(body, '+---+---+\n| a | b |\n+---+---+', table('| 1 | 2 |')),
  both(body, '│ a │ b │\n│ 1 │ 2 │', table('| 1 | 2 |')),
  // Typed lists, headings, tasks, callouts and rules.
  ...['•', '・', '▪', '\uF0B7'].map(mark => both(body, `${mark} a\n${mark} b`, '- a\n- b')),
  ...['–', '—', '·'].map(mark => both(body, `${mark} a\n${mark} b`, '- a\n- b')),
  both(body, '•\ta\n•\tb', '- a\n- b'),
  both(body, '-one\n-two', '- one\n- two'),
  both(body, '1.one\n2.two', '1. one\n2. two'),
  both(body, '1)one', '1) one'),
  both(body, 'a) one\nb) two', '1. one\n2. two'),
  both(body, '一、港口\n二、道路', '1. 港口\n2. 道路'),
  both(body, '##Gauges', '## Gauges'),
  both(body, '####### Gauges', '###### Gauges'),
  both(body, '[ ] Call\n[x] Done', '- [ ] Call\n- [x] Done'),
  both(body, '[!NOTE]\nWords.', '> [!NOTE]\n> Words.'),
  both(body, ':::note\nWords.\n:::', '> [!NOTE] note\n> Words.'),
  both(body, 'a\n\n=====', 'a\n\n---\n\nb'),
  both(body, 'a\n\n———', 'a'),
  // Marks that readers see.
  both(body, '**Note:**moved', '**Note**: moved'),
  both(body, '**Note:**moved', '\\*\\*Note:\\*\\*moved'),
  both(body, 'a :tada:', 'a 🎉'),
  both(body, 'a {{lang}}', 'a English'),
  both(body, 'a\u0007b \u200B', 'ab'),
  both(body, 'a \u200Bb\u200B', 'a b'),
  both(body, 'a \u202Ab\u202C', 'a b'),
  both(body, '&#x2066;', 'x'),
  both(body, nested(21), nested(9)),
  both(body, `${'*a'.repeat(2100)}`, `${`${'\\*a'.repeat(900)}\n\n`.repeat(3)}`),
  both(
    body,
    table(`| ${'*a'.repeat(2100)} | b |`),
    table(`| ${'\\*a'.repeat(900)} | b |\n`.repeat(2)),
  ),
  both(body, '```\na\n\nb', '```\na\n```\n\nb'),
  both(
    body,
    'a\n\n    | b | c |\n    |---|---|\n    | 1 | 2 |',
    'a\n\n| b | c |\n|---|---|\n| 1 | 2 |',
  ),
  both(body, 'a\n\n<!-- b\n\nc', 'a\n\n<!-- b\n\nc -->'),
  both(body, 'a ==marked== word', 'a **marked** word'),
  both(body, '[l](sections/01-alpha.md)', '[l](01-alpha.md)'),
  // Merge conflicts.
  both(body, '<<<<<<< HEAD\nOne.\n=======\nTwo.\n>>>>>>> branch', 'Two.'),
  [
    event('name: First', 'name: First\n<<<<<<< HEAD\n=======\n  note: x\n>>>>>>> b'),
    event('name: First', 'name: First\n  note: x'),
  ],
  // Front matter.
  [{ [BETA]: 'Words.' }, { [BETA]: section(FRONT) }],
  [{ [BETA]: `---\n${FRONT}\n\nWords.\n` }, { [BETA]: `---\n${FRONT}\n---\n\nWords.\n` }],
  [{ [BETA]: `${FRONT}\n---\n\nWords.\n` }, { [BETA]: section(FRONT) }],
  [{ [BETA]: `\n${section(FRONT)}` }, { [BETA]: section(FRONT) }],
  [{ [BETA]: section(FRONT).replaceAll('---', ' ---') }, { [BETA]: section(FRONT) }],
  [{ [BETA]: section(FRONT).replaceAll('---', '—') }, { [BETA]: section(FRONT) }],
  [{ [BETA]: section(FRONT).replaceAll('---', '----') }, { [BETA]: section(FRONT) }],
  both(body, `---\n${FRONT}\n---\n\nWords.`, 'Words.'),
  both(body, `${FRONT}\n---\n\nWords.`, 'Words.'),
  both(field, "title: 'It's on'", 'title: "It\'s on"'),
  both(field, 'title: First\nand second', 'title: First\n  and second'),
  both(field, 'title First', 'title: First'),
  both(field, 'title: “x”', 'title: "x"'),
  both(field, 'title: „x“', 'title: "„x“"'),
  both(field, 'title: “Gauges: all”', 'title: "Gauges: all"'),
  both(field, 'title:Beta', 'title: Beta'),
  both(field, 'title：Beta', 'title: Beta'),
  both(field, 'title: Gauges: all', 'title: "Gauges: all"'),
  both(field, 'title: Room #3', 'title: "Room #3"'),
  both(field, 'title: A **bold** word', 'title: A bold word'),
  both(field, 'title: a :tada:', 'title: a 🎉'),
  both(field, 'title: 2026', 'title: "2026"'),
  both(field, 'title: [a, b]', 'title: a, b'),
  both(field, 'title: {{language}}', 'title: English'),
  both(field, 'title:', 'title: Words'),
  both(field, 'title: ""', 'title: Words'),
  both(field, 'title: "a\\e[31m"', 'title: a'),
  both(field, `title: ${'x'.repeat(61)}`, `title: ${'x'.repeat(60)}`),
  both(field, 'title: ALPHA', 'title: Beta'),
  both(field, 'title: B\ntitle: B', 'title: B'),
  both(field, 'title: B\nnone: x', 'title: B'),
  both(field, 'title: B\naliases: x', 'title: B\naliases: [x]'),
  both(field, 'title: B\naliases: [x, x]', 'title: B\naliases: [x]'),
  both(field, 'title: B\nexercises: yes', 'title: B\nexercises: true'),
  both(field, 'title: B\nasOf: 2026', 'title: B\nasOf: 2026-03'),
  both(field, 'title: B\nasOf: 2026–03', 'title: B\nasOf: 2026-03'),
  both(field, 'title: B\nasOf: [2026-03]', 'title: B\nasOf: 2026-03'),
  both(field, 'title: B\nnotes', 'title: B'),
  both(field, 'title: "a', 'title: "a"'),
  both(field, 'title: "\\q"', 'title: "\\\\q"'),
  both(field, 'title: *all', 'title: "*all"'),
  both(field, 'title: * all', 'title: "* all"'),
  both(field, 'title: - all', 'title: "- all"'),
  both(field, 'title: B\naliases:\n\t- x', 'title: B\naliases:\n  - x'),
  both(field, 'title: B\naliases: [&a x, *a]', 'title: B\naliases: [x]'),
  [front('command: b-b\ntitle: B\nsummary: S'), front('command: b_b\ntitle: B\nsummary: S')],
  [front('command: help\ntitle: B\nsummary: S'), front('command: own\ntitle: B\nsummary: S')],
  [front('command: b\ntitle: B'), front('command: b\ntitle: B\nsummary: Words')],
  // The edition and its commands.
  [edition('language: en', 'language: klingonese-x'), edition('language: en', 'language: sr-Latn')],
  [edition('id: test', '- id'), {}],
  [{ 'edition.yaml': '- a\n' }, {}],
  [edition('licence: MIT', 'licence: MIT\n---\nid: x'), {}],
  both(commands, '{reciept: false}', '{receipt: false}'),
  both(commands, '{receipt: no}', '{receipt: false}'),
  both(commands, '{receipt: }', '{receipt: false}'),
  both(commands, '{receipt: [a]}', '{receipt: other}'),
  both(commands, '[receipt]', '{receipt: false}'),
  both(commands, '{stop: false}', '{stop: halt}'),
  both(commands, '{exercises: about}', '{exercises: drills}'),
  both(commands, '{exercises: alpha}', '{exercises: drills}'),
  [{ 'edition.yaml': `${HEAD}draft: "true"\n` }, { 'edition.yaml': `${HEAD}draft: false\n` }],
  [{ 'edition.yaml': `${HEAD}draft: true\n` }, {}],
  [{ 'edition.yaml': `${HEAD}accent: blue\n` }, { 'edition.yaml': `${HEAD}accent: "#1d4ed8"\n` }],
  [
    front('command: beta\ntitle: Beta\nsummary: S\nicon: ship'),
    front('command: beta\ntitle: Beta\nsummary: S\nicon: ⚓️'),
  ],
  // Events.
  [event('2026-06-01', '2026–06–01'), {}],
  [event('2026-06-01', '2026.6.1'), {}],
  [event('2026-06-01', '1 June 2026'), {}],
  [timed('2026-06-01 10:00'), timed('2026-06-01T10:00')],
  [timed('2026-06-01T10:00Z'), timed('2026-06-01T10:00')],
  [timed('2026-06-01T10:00', '2026-06-01T24:00'), timed('2026-06-01T10:00', '2026-06-02T00:00')],
  [timed('2026-06-01T25:00'), timed('2026-06-01T10:00')],
  [timed('2026-06-01', '9999-12-31'), timed('2026-06-01', '2026-12-31')],
  [timed('2026-06-01T10:00', '2026-06-01'), timed('2026-06-01T10:00')],
  [
    timed('2026-06-01T10:00', '2026-06-01T11:00', 'zone: Sarajevo'),
    timed('2026-06-01T10:00', '2026-06-01T11:00', 'zone: Europe/Sarajevo'),
  ],
  [timed('2026-06-01', '2026-06-02', 'zone: UTC'), timed('2026-06-01', '2026-06-02')],
  [
    timed('2026-06-01', '2026-06-02', 'repeat: monthly'),
    timed('2026-06-01', '2026-06-02', 'repeat: FREQ=MONTHLY;BYDAY=1MO'),
  ],
  ...['RRULE:FREQ=MONTHLY;UNTIL=20270601', 'freq=monthly; until=2027-06-01'].map(
    rule =>
      [
        timed('2026-06-01', '2026-06-02', `repeat: ${rule}`),
        timed('2026-06-01', '2026-06-02', 'repeat: FREQ=MONTHLY;UNTIL=20270601'),
      ] as const,
  ),
  [timed('2026-06-01T10:00', '2026-06-01T10:00'), timed('2026-06-01T10:00', '2026-06-01T10:01')],
  [
    timed('2026-06-01', '2026-06-02', 'repeat: FREQ=WEEKLY\n  except: [2026-06-08, 2026-06-16]'),
    timed('2026-06-01', '2026-06-02', 'repeat: FREQ=WEEKLY\n  except: [2026-06-08, 2026-06-15]'),
  ],
  [
    timed('2026-06-01', '2026-06-02', 'except: [2026-07-01]'),
    timed('2026-06-01', '2026-06-02', 'except: [2026-07-01]\n  repeat: FREQ=MONTHLY'),
  ],
  [
    timed('2026-06-01', '2026-06-02', 'except: [2026-06-01]\n  repeat: FREQ=MONTHLY;COUNT=1'),
    timed('2026-06-01', '2026-06-02', 'repeat: FREQ=MONTHLY;COUNT=1'),
  ],
  [
    timed('2000-01-01', '2020-01-01', 'repeat: FREQ=DAILY'),
    timed('2000-01-01', '2000-01-01', 'repeat: FREQ=DAILY'),
  ],
  [
    timed('2026-06-01', '2026-06-02', 'repeat: FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30'),
    timed('2026-06-01', '2026-06-02', 'repeat: FREQ=MONTHLY;BYMONTHDAY=30'),
  ],
  [
    timed('2026-06-01', '2026-06-02', 'reminders: [2 hours]'),
    timed('2026-06-01', '2026-06-02', 'reminders: [2h]'),
  ],
  [
    timed('2026-06-01', '2026-06-02', 'link: example.org'),
    timed('2026-06-01', '2026-06-02', 'link: https://example.org'),
  ],
  [event('2026-06-01', '2026-07-01'), event('2026-06-01', '2026-05-01')],
  [event('id: first', 'id: all'), event('id: first', 'id: other')],
  [event('status: scheduled', 'status: maybe'), event('scheduled', 'postponed')],
  [event('  status: scheduled\n', ''), {}],
  [
    { 'events.yaml': EVENTS.repeat(2) },
    { 'events.yaml': EVENTS + EVENTS.replace('first', 'second') },
  ],
  [event('  name', 'name'), {}],
  [event('  name', ' name'), {}],
  [event('  name', '    name'), {}],
  [event('  name', '\tname'), {}],
  [
    { 'events.yaml': EVENTS + EVENTS.replace('- id: first', '  id: second') },
    { 'events.yaml': EVENTS + EVENTS.replace('first', 'second') },
  ],
  // Files.
  [{ 'edition.yaml': undefined, 'edition.yml': HEAD }, {}],
  [{ 'edition.yaml': undefined, '_edition.yaml': HEAD }, {}],
  [{ 'edition.yaml': undefined }, {}],
  [{ 'sections/01-alpha.md': undefined }, {}],
  [{ 'sections/01-alpha.md': undefined, 'sections/_01-alpha.md': 'x' }, {}],
  [{ 'sections/beta.md': section(FRONT) }, { 'sections/03-beta.md': section(FRONT) }],
  [{ 'sections/02-beta.md.txt': section(FRONT) }, { 'sections/02-beta.md': section(FRONT) }],
  [{ 'sections/02-beta.docx': 'x' }, { 'sections/02-beta.md': section(FRONT) }],
  [{ 'sections/01-alpha.MD': 'x' }, {}],
  [{ 'sections/old/': 'x' }, {}],
]

/** Fixes whose faults need a file system, a worker's limits or a large file. Other tests have them. */
const ELSEWHERE = [
  'Check the folder and its permissions',
  'Check that it is a file',
  'Take it away.',
  'Split it up',
  'Save the file with the encoding',
  'Save the file as plain text',
  'Fix those above first',
  'Change this draft',
  'Write the values out',
  'Align the lines that belong together',
  // tests/content/pictures.test.ts
  'Check its permissions',
  'Keep both sides together',
  'Put an image in its place',
  'Put the image itself',
  'Put the image there',
  'Save one of its frames',
  'Save the image as JPEG',
  'Take some of them out',
  'Write a whole address, https://… or http://…',
  // tests/content/relative-dates.test.ts
  'Write {{today}}',
]

test.each(MENDED)('a fix that is done leaves no problem: %j', (before, after) => {
  const problems = found(before)
  expect(problems.length).toBeGreaterThan(0)
  expect(found(after), problems[0]?.fix).toEqual([])
})

test('each fix of the checks is tried', () => {
  const all = MENDED.flatMap(([before]) => found(before).map(({ fix }) => fix)).join('\n')
  const folder = join(import.meta.dirname, '../../src/content')
  const literal =
    /['`]((?:Add|Begin|Change|Check|Choose|Close|Create|Delete|Divide|Fix|Give|Keep|Move|Nest|Put|Rename|Save|Shorten|Split|Start|Swap|Take|Use|Write) (?:[^'`\\$]|\\.)*)/g
  const missing = readdirSync(folder).flatMap(name =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(literal)]
      .map(([, fix = '']) => fix.replaceAll('\\`', '`').replaceAll('\\\\', '\\').trim())
      .filter(fix => ![...ELSEWHERE].some(each => fix.startsWith(each)) && !all.includes(fix))
      .map(fix => `${name}: ${fix}`),
  )
  expect(missing).toEqual([])
})

test('the examples of the guide have no problem', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../content/README.md'), 'utf8')
  const examples = [...guide.matchAll(/^```\n([\s\S]*?)^```$/gm)].map(([, text]) => text ?? '')
  const [written = '', events = '', words = '', named = ''] = examples
  expect(examples).toHaveLength(4)
  const shelters = section('command: shelters\ntitle: Shelters\nsummary: S')
  expect(
    found({
      'sections/02-shelters.md': shelters,
      'sections/03-energy.md': written,
      'events.yaml': events,
      'edition.yaml': HEAD.replace(/^events:.*\n/m, '') + words + named,
    }),
  ).toEqual([])
})
