import fc from 'fast-check'
import type { BlockContent, PhrasingContent, Root, RootContent } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { withLiveCommands } from '../../src/commands/live-commands.ts'
import { emphasis, heading, list, paragraph, strong, table, typed } from '../../src/message.ts'
import { readMarkdown } from '../../src/parsing/discord.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { tree } from '../mdast.ts'
import { runs } from '../properties.ts'

const text = (value: string): PhrasingContent => ({ type: 'text', value })
const lineEnd: PhrasingContent = { type: 'break' }
const link = (url: string, ...children: PhrasingContent[]): PhrasingContent => ({
  type: 'link',
  url,
  children,
})
const quote = (...children: BlockContent[]): RootContent => ({ type: 'blockquote', children })
const code = (lang: string | null, value: string): RootContent => ({ type: 'code', lang, value })

/** Parses a text, and fails if any formatting is lost. */
function read(source: string): RootContent[] {
  const { body, lost } = readMarkdown(source)
  expect(lost).toEqual([])
  return body.children
}

/** The text that Discord is sent for a tree, where it is one message. */
function shown(body: Root): string {
  const [first, ...rest] = renderDiscord({ body })
  fc.pre(rest.length === 0)
  const [part] = first?.components[0].components ?? []
  return part?.type === 10 ? part.content : ''
}

test('styles and headings are what they are on Discord', () => {
  expect(read('# One\n## Two\n### Three\n#### Four\n#Five')).toEqual([
    heading(1, 'One'),
    heading(2, 'Two'),
    heading(3, 'Three'),
    paragraph('#### Four', lineEnd, '#Five'),
  ])
  expect(read('**b** *i* _i_ ***bi*** `c *d*` snake_case_name 2 * 3 * 4')).toEqual([
    paragraph(
      ...[strong('b'), ' ', emphasis('i'), ' ', emphasis('i'), ' ', emphasis(strong('bi')), ' '],
      ...[{ type: 'inlineCode' as const, value: 'c *d*' }, ' snake_case_name 2 * 3 * 4'],
    ),
  ])
  expect(read('~~gone~~ ~100 to ~200')).toEqual([
    paragraph({ type: 'delete', children: [text('gone')] }, ' ~100 to ~200'),
  ])
})

test('marks hold beside punctuation, and not where a backslash stands before them', () => {
  expect(read('**Note:**this, ~~c.~~d')).toEqual([
    paragraph(strong('Note:'), 'this, ', { type: 'delete', children: [text('c.')] }, 'd'),
  ])
  expect(read('\\*a\\* \\# \\|\\|x\\|\\| \\<@1> \\@here https\\://x.org c:\\dir')).toEqual([
    paragraph('*a* # ||x|| <@1> @here https://x.org c:\\dir'),
  ])
})

test('a line end is one, an empty line parts paragraphs, and small print is a line in italics', () => {
  expect(read('a\r\nb  \nc\n\n\nd\n-# small **print**\ne')).toEqual([
    paragraph('a', lineEnd, 'b', lineEnd, 'c'),
    paragraph('d'),
    paragraph(emphasis('small ', strong('print'))),
    paragraph('e'),
  ])
})

test('syntax that Discord does not know stays as typed', () => {
  const typed = [
    ...[
      'Title',
      '===',
      'more',
      '---',
      '    not code',
      '[a]: <b>',
      '![^1] &amp; <b>x</b> <!-- c -->',
    ],
    ...['>close', '+ plus', '1) one', '- ', 'a\\', 'www.x.org a@b.org', '[ ] todo', '|||a|||'],
  ]
  const children = typed.flatMap((line, index) => [
    ...(index > 0 ? [lineEnd] : []),
    text(line.trim()),
  ])
  expect(read(typed.join('\n'))).toEqual([paragraph(...children)])
})

test('a quote ends with its lines, one of three marks with the message', () => {
  expect(read('> a\n> **b**\n> > c\nd\n>>> e\n\n> f')).toEqual([
    quote(paragraph('a', lineEnd, strong('b'), lineEnd, '> c')),
    paragraph('d'),
    quote(paragraph('e'), paragraph('> f')),
  ])
  expect(read('> # T\n> - a\n> \n> ```\n> x\n> ```')).toEqual([
    quote(
      heading(1, 'T') as BlockContent,
      list([['a']]) as BlockContent,
      code(null, 'x') as BlockContent,
    ),
  ])
})

test('lists nest by their indents, count on, and end where a line begins at the left', () => {
  const item = (...children: BlockContent[]) => ({
    ...{ type: 'listItem' as const, spread: false, children },
  })
  expect(read('Intro\n- a\n  - b\n    still b\n- c **d**\nend')).toEqual([
    paragraph('Intro'),
    {
      ...{ type: 'list', ordered: false, spread: false },
      children: [
        item(paragraph('a'), list([['b', lineEnd, 'still b']]) as BlockContent),
        item(paragraph('c ', strong('d'))),
      ],
    },
    paragraph('end'),
  ])
  expect(read('3. a\n\n4. b\n* c')).toEqual([
    {
      ...{ type: 'list', ordered: true, spread: true, start: 3 },
      children: [item(paragraph('a')), item(paragraph('b'))],
    },
    list([['c']]),
  ])
})

test('a gap below lines of a list begins another list, and the deepest are one', () => {
  expect(read('- a\n- b\n\n- c')).toEqual([list([['a'], ['b']]), list([['c']])])
  expect(read('- a\n    - b\n  - c\n- d')).toEqual(read('- a\n  - b\n  - c\n- d'))
  const deep = Array.from({ length: 30 }, (_, depth) => `${' '.repeat(depth)}- ${depth}`)
  expect(textOf(read(deep.join('\n'))[0])).toBe([...deep.keys()].join(''))
})

test('a code block may begin and end anywhere, and is none where it does not end', () => {
  expect(read('see ```js\n# x\n\n> y``` there\n```\n  a\n``` \n```z')).toEqual([
    paragraph('see'),
    code('js', '# x\n\n> y'),
    paragraph('there'),
    code(null, '  a'),
    paragraph('```z'),
  ])
  expect(read('\\```x\ny\n```')).toEqual([paragraph('```x', lineEnd, 'y', lineEnd, '```')])
  expect(read('` ` a')).toEqual([paragraph('` ` a')])
  expect(read('```\n \n```')).toEqual([paragraph('```'), paragraph('```')])
})

test('a table is one, with styles in its cells', () => {
  const cell = (...children: PhrasingContent[]) => ({ type: 'tableCell', children })
  expect(read('| a | b |\n|---|--:|\n| **1** | 2 |')).toEqual([
    {
      type: 'table',
      align: [null, 'right'],
      children: [
        { type: 'tableRow', children: [cell(text('a')), cell(text('b'))] },
        { type: 'tableRow', children: [cell(strong('1')), cell(text('2'))] },
      ],
    },
  ])
})

test('links lead to the web or to a mailbox, all others are their words', () => {
  expect(read('[a *b*](https://x.org "t") <https://y.org> (https://z.org/a_b?c=1&amp=2).')).toEqual(
    [
      paragraph(
        ...[link('https://x.org', text('a '), emphasis('b')), ' '],
        ...[link('https://y.org', text('https://y.org')), ' ('],
        ...[link('https://z.org/a_b?c=1&amp=2', text('https://z.org/a_b?c=1&amp=2')), ').'],
      ),
    ],
  )
  expect(read('[m](mailto:a@b.org) ![i](https://x.org/i.png)')).toEqual([
    paragraph(link('mailto:a@b.org', text('m')), ' !', link('https://x.org/i.png', text('i'))),
  ])
  expect(read('[a](javascript:alert(1)) [b **x**](/c) [](/c) <data:d> [e](x.org/f "t")')).toEqual([
    paragraph(
      ...[
        link('javascript:alert(1)', text('a')),
        ' [b ',
        strong('x'),
        '](/c) [](/c) <data:d> [e](x.org/f "t")',
      ],
    ),
  ])
})

test('two marks count beside blanks and inside of words, one asterisk only beside a word', () => {
  const struck = (value: string) => ({ type: 'delete' as const, children: [text(value)] })
  expect(read("**Where: **pier 4\n~~Noon ~~one o'clock")).toEqual([
    paragraph(strong('Where: '), 'pier 4', lineEnd, struck('Noon '), "one o'clock"),
  ])
  expect(readMarkdown('__Bring __papers, a__b__c, __init__.py')).toEqual({
    body: {
      type: 'root',
      children: [
        paragraph(strong('Bring '), 'papers, a', strong('b'), 'c, ', strong('init'), '.py'),
      ],
    },
    lost: ['underline'],
  })
  for (const typed of ['2 * 3 * 4', '2 ** 3', 'a_b_c', '\\_\\_a\\_\\_', '____']) {
    expect(read(typed)).toEqual([paragraph(typed.replaceAll('\\', ''))])
  }
})

test('places of a server and phone numbers are words', () => {
  const typed =
    '<id:customize>, <id:browse>, <id:guide>, <id:linked-roles> or <id:linked-roles:123>'
  expect(readMarkdown(typed)).toEqual({
    body: {
      type: 'root',
      children: [
        paragraph('Channels & Roles, Browse Channels, Server Guide, Linked Roles or Linked Roles'),
      ],
    },
    lost: ['mention'],
  })
  expect(read('<+38733987654> <+387 33 987-654> <id:other> <+>')).toEqual([
    paragraph('+38733987654 +387 33 987-654 <id:other> <+>'),
  ])
})

test('an address that Discord does not link is shown on both platforms', () => {
  const { body } = readMarkdown('[sign up](example.org/sign) or [call](tel:+38733987654)')
  expect(shown(body)).toBe('\\[sign up\\](example.org/sign) or call (+38733987654)')
  const [sent] = renderTelegram({ body })
  expect(sent).toMatchObject({
    text: '[sign up](example.\u2060org/sign) or call (+38733987654)',
  })
})

test('an address ends before the mark behind it, and bold around it ends where it does', () => {
  expect(read('**见 https://x.org/a。**再 “https://x.org/b”, **https://x.org/c**，d')).toEqual([
    paragraph(
      ...[strong('见 ', link('https://x.org/a', text('https://x.org/a')), '。'), '再 “'],
      ...[link('https://x.org/b', text('https://x.org/b')), '”, '],
      ...[strong(link('https://x.org/c', text('https://x.org/c'))), '，d'],
    ),
  ])
})

test('hidden text is shown and underlined text is bold, and both are reported', () => {
  expect(readMarkdown('||a **b||c** ||https://x.org|| || __d__')).toEqual({
    body: {
      type: 'root',
      children: [
        paragraph(
          ...['a ', strong('bc'), ' ', link('https://x.org', text('https://x.org'))],
          ...[' || ', strong('d')],
        ),
      ],
    },
    lost: ['underline', 'spoiler'],
  })
  expect(readMarkdown('||a\n\n- b||')).toEqual({
    body: { type: 'root', children: [paragraph('a'), list([['b']])] },
    lost: ['spoiler'],
  })
})

test('mentions read as names where those are known, emoji as theirs, and both are reported', () => {
  const names = new Map([
    ['@1', 'Ann*'],
    ['@&2', 'Staff'],
    ['#3', 'news'],
  ])
  expect(readMarkdown('<@1> <@!1> <@&2> <#3> <@9> <#9> </cmd sub:4> @everyone', names)).toEqual({
    body: {
      type: 'root',
      children: [
        paragraph(
          '@Ann* @Ann* @Staff #news @somebody #somewhere ',
          typed('/cmd sub'),
          ' @everyone',
        ),
      ],
    },
    lost: ['mention'],
  })
  expect(readMarkdown('@here').lost).toEqual(['mention'])
  expect(readMarkdown('<:yes:5><a:no:6> :+1:')).toEqual({
    body: { type: 'root', children: [paragraph(':yes::no: :+1:')] },
    lost: ['emoji'],
  })
})

test('a command of another bot stays text, and one of this bot is its own', () => {
  const names = new Map([['/7', 'stop']])
  const body = (source: string) => readMarkdown(source, names).body.children
  expect(body('Type </stop:7> or **</stop:7>**')).toEqual([
    paragraph('Type /stop or ', strong('/stop')),
  ])
  for (const other of ['</stop:8>', '</stop:77>', '</stop sub:8>', '</help:7>']) {
    const words = other.slice(1).split(':')[0] ?? ''
    expect(body(`Type ${other} now`)).toEqual([paragraph('Type ', typed(words), ' now')])
    const message = { body: readMarkdown(`Type ${other}, or **${other}**.`, names).body }
    expect(withLiveCommands(message, () => true)).toBe(message)
  }
})

test('a time stays one, with a text for readers elsewhere; one that there is not is text', () => {
  const time: PhrasingContent = {
    ...{ type: 'time', at: '2026-06-01T09:05:00Z', value: '1 June 2026, 09:05 UTC' },
  }
  expect(
    read('<t:1780304700:R> <t:1780304700> <t:99999999999999> <t:999999999999> <t:1:x>'),
  ).toEqual([
    paragraph({ ...time, style: 'R' }, ' ', time, ' <t:99999999999999> <t:999999999999> <t:1:x>'),
  ])
})

test('a text nested beyond all reason is read without its formatting', () => {
  const nested = `${'*a '.repeat(30)}${'a* '.repeat(30)}`.trim()
  expect(readMarkdown(`${nested} \n \n# b`)).toEqual({
    body: { type: 'root', children: [paragraph(nested), paragraph('# b')] },
    lost: ['formatting'],
  })
  expect(readMarkdown('*'.repeat(4000)).lost).toEqual(['formatting'])
})

test('whatever comes is read in no time, and keeps its letters', { tags: 'slow' }, () => {
  const marks = [
    ...['*', '**a', '*a ', '_a_', '[', '[a](', '](', '![', '>', '> ', '|', '||a', '`', '```\n'],
    ...['<', '<@', '<t:', '@', '~~a ', '- ', '- a\n', '# ', '\\', 'https://a.b||', 'a|b\n-|-\n'],
    ...[
      '  - a\n',
      '\n',
      ' ',
      '\t',
      '(',
      '_*a_',
      '\0',
      '\ud800',
      '>>> ',
      'a\n\n',
      '1. a\n',
      '-# a\n',
    ],
  ]
  const letters = (text: string) => text.replace(/[^a-z]/g, '')
  for (const mark of marks) {
    const source = mark.repeat(4000).slice(0, 6000)
    const began = process.threadCpuUsage()
    const { body } = readMarkdown(source)
    expect(process.threadCpuUsage(began).user, JSON.stringify(mark)).toBeLessThan(2e6)
    expect(letters(textOf(body))).toBe(letters(source))
  }
})

test('no 4,000 characters keep the event loop for 150 ms', { tags: 'slow' }, () => {
  readMarkdown('- **a** [b](https://c.example)\n'.repeat(50))
  const parts = [
    '- a\n',
    'a\n\n',
    '1. a\n',
    '-# a\n',
    '# a\n',
    '> - a\n',
    '*a _b ',
    '*_~~',
    '<t:',
    '<',
  ]
  const tables = ['a|b\n-|-\n', '||a|| ', '|a', '[a](', '``a', '[a](https://b.example)', '~~a~~ ']
  const slow = [...parts, ...tables].filter(part => {
    const source = part.repeat(4000).slice(0, 4000)
    // The least of three: the first also compiles. CPU time, since the machine may be busy.
    const took = [1, 2, 3].map(() => {
      const before = process.threadCpuUsage().user
      readMarkdown(source)
      return (process.threadCpuUsage().user - before) / 1000
    })
    return Math.min(...took) > 150
  })
  expect(slow).toEqual([])
})

const word = fc.oneof(
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
    .filter(word => !/[\s\p{C}]/u.test(word)),
  fc.constantFrom(
    ...['*', '**', '_', '__x__', '~~', '||', '`', '```', '>', '#', '-', '-#', '1.', '+', '\\', '|'],
    ...['[x](y)', '<@1>', '@here', '<t:1:R>', '<:a:1>', ':b:', 'https://x.org', '<b>', '&amp;'],
  ),
)
const words = fc.array(word, { minLength: 1, maxLength: 4 }).map(words => words.join(' '))
const style = fc.constantFrom('strong' as const, 'emphasis' as const, 'delete' as const)
const phrase = fc.letrec<{ one: PhrasingContent; some: PhrasingContent[] }>(tie => ({
  some: fc.array(tie('one'), { minLength: 1, maxLength: 4 }),
  one: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    words.map(text),
    fc.record({ type: style, children: tie('some') }),
    words.map((value): PhrasingContent => ({ type: 'inlineCode', value })),
    words.map(label => link('https://x.org/a_(b)?c=1&d', text('to '), strong(label))),
    fc.nat().map(id => link(`https://y.org/${id}`, text(`https://y.org/${id}`))),
    fc.constant<PhrasingContent>({ type: 'time', at: '2026-06-01T09:00:00Z', value: 'then' }),
  ),
}))
const someLines = fc
  .array(phrase.some, { minLength: 1, maxLength: 3 })
  .map(all => paragraph(...all.flatMap((each, index) => (index > 0 ? [lineEnd, ...each] : each))))
const someList = fc.letrec<{ list: BlockContent }>(tie => ({
  list: fc
    .record({
      items: fc.array(fc.tuple(someLines, fc.option(tie('list'), { maxDepth: 3 })), {
        ...{ minLength: 1, maxLength: 3 },
      }),
      start: fc.option(fc.integer({ min: 0, max: 999 })),
      spread: fc.boolean(),
    })
    .map(
      ({ items, start, spread }): BlockContent => ({
        ...{ type: 'list', ordered: start !== null, start, spread },
        children: items.map(([first, inner]) => ({
          ...{ type: 'listItem', spread: false },
          children: inner ? [first, inner] : [first],
        })),
      }),
    ),
})).list
/** Two lists side by side would be one. */
const parted = (blocks: BlockContent[]) =>
  blocks.filter(({ type }, index) => type !== 'list' || blocks[index - 1]?.type !== 'list')
const simple = fc.oneof(
  { weight: 3, arbitrary: someLines },
  someList,
  fc
    .record({ lang: fc.constantFrom(null, 'ts'), value: words })
    .map((node): BlockContent => ({ type: 'code', ...node })),
)
const block = fc.oneof(
  { weight: 4, arbitrary: simple },
  fc
    .record({ depth: fc.constantFrom(1 as const, 2 as const, 3 as const), children: phrase.some })
    .map((node): BlockContent => ({ type: 'heading', ...node })),
  fc
    .array(simple, { minLength: 1, maxLength: 3 })
    .map((children): BlockContent => ({ type: 'blockquote', children: parted(children) })),
  fc
    .array(fc.tuple(words, words), { minLength: 2, maxLength: 3 })
    .map(rows => table(rows.map(([a, b]) => [[a], [b]].flat()))),
)
/** The blocks of an announcement. */
const announcement = fc
  .array(block, { minLength: 1, maxLength: 5 })
  .map((children): Root => ({ type: 'root', children: parted(children) }))

test('an announcement parsed from its own Discord rendering is equal', () => {
  fc.assert(
    fc.property(announcement, body => {
      const once = shown(body)
      const { body: back, lost } = readMarkdown(once)
      // A table comes back as a line and a list, with an empty line between them.
      const dense = (text: string) => text.replace(/\n\n(?=- )/g, '\n')
      expect(dense(shown(back))).toBe(dense(once))
      expect(lost).toEqual([])
    }),
    { numRuns: runs(400) },
  )
})

test('a parsed text, rendered and parsed again, is equal', () => {
  fc.assert(
    fc.property(tree, body => {
      const once = shown(readMarkdown(shown(body)).body)
      expect(shown(readMarkdown(once).body)).toBe(once)
    }),
    { numRuns: runs(500) },
  )
})

test('a bare mail address is a link, with its subject in the address alone', () => {
  const [sent] = renderTelegram(readMarkdown('To mailto:a@b.org?subject=x, <mailto:c@d.org> now'))
  expect(sent).toMatchObject({ text: 'To a@b.org, c@d.org now' })
})
