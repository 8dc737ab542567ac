import fc from 'fast-check'
import { visit } from 'unist-util-visit'
import { expect, test } from 'vitest'
import { NODES, TOO_MANY } from '../../src/content/body.ts'
import { checkCost } from '../../src/content/cost.ts'
import { parseText } from '../../src/content/markdown.ts'
import { checkSource } from '../../src/content/source-limits.ts'
import { fill } from './costly.ts'

/** CPU time of `work`, in milliseconds. The machine may be busy with other tests. */
function cpuOf(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const after = process.threadCpuUsage()
  return (after.user - before.user + after.system - before.system) / 1000
}

const REFUSED: Readonly<Record<string, readonly [source: string, line: number]>> = {
  'headings below a letter': [fill('a\n=\n'), 2002],
  'headings of dashes, apart': [fill('b\n-\n\n'), 3002],
  'one-line quotes': [fill('> a\n\n'), 2001],
  'lists in quotes': [fill('> - > - > - > - a\n'), 1001],
  'lists in lists': [fill('- a\n  - b\n    - c\n      - d\n'), 4005],
  'nested items': [fill('- a\n  - b\n'), 2003],
  notes: [fill('[^a]: n\n\n'), 2001],
  'items of a list': [fill('- a\n'), 6667],
  tasks: [fill('- [ ] a:\n'), 6667],
  paragraphs: [fill('a\n\n'), 20_001],
  'headings, apart': [fill('# a\n\n'), 20_001],
  'rows of a table': [`|a|b|\n|-|-|\n${fill('|c|d|\n').slice(60)}`, 4002],
}

test.for(Object.entries(REFUSED))(
  '64 KiB of %s is refused at once, with its line',
  ([, [source, line]]) => {
    const took = cpuOf(() => expect(checkCost(source)?.line).toBe(line))
    expect(took).toBeLessThan(300)
  },
)

test.for(['~a~', 'a~ ', '~a~~', '~~a ~b~ c~~ ', 'a~\n', '\\~~a~~ '])(
  '64 KiB of %j in one paragraph is refused at once, because each tilde searches all before it',
  part => {
    const took = cpuOf(() =>
      expect(checkSource(fill(part))).toMatchObject({
        message: 'This paragraph has more than 2000 of the marks * _ [ ] ~.',
      }),
    )
    expect(took).toBeLessThan(300)
  },
)

test('tildes of texts are accepted', () => {
  const [range, struck, about] = ['5~10 km ', '~~old~~ new ', '~5 km, https://x.org/~desk/ ']
  for (const source of [
    range.repeat(1900),
    struck.repeat(1900),
    about.repeat(1900),
    fill('~ '),
    fill(`${range.repeat(500)}\n\n`),
    fill(`- ${struck.repeat(3)}\n`),
    `| a | b |\n| - | - |\n${'| 5~10 | ~~a~~ |\n'.repeat(1000)}`,
    `\`\`\`\n${'~a~'.repeat(9000)}\n\`\`\``,
  ]) {
    expect(checkSource(source)).toBeUndefined()
  }
})

/** The nodes of a body, as the limit counts them. */
function nodesOf(source: string): number {
  let nodes = 0
  visit(parseText(source), () => {
    nodes += 1
  })
  return nodes
}

const PART = fc.constantFrom(
  ...[
    'a\n\n',
    '# b\n\n',
    '# c\n',
    '- d\n',
    '- [x] e\n',
    '1. **f**\n',
    '`g`\n\n',
    '---\n\n',
    '![h](i)\n\n',
  ],
  ...[
    '[j]: k\n\n',
    '<!-- l -->\n\n',
    '\n|m|n|\n|-|-|\n',
    '|o|**p**|\n',
    '| |\n',
    '|q\\|r|\n',
    '#s\n\n',
    '[ ] t\n\n',
  ],
)

test('no file is refused for fewer pieces than the limit', () => {
  fc.assert(
    fc.property(fc.array(PART, { minLength: 1, maxLength: 12 }), parts => {
      const source = `${parts.join('')}\n\n`
      // A few nodes more each time: the lists and tables at the ends of two copies may be one.
      const copies = Math.floor(NODES / nodesOf(source.repeat(2))) * 2
      expect(checkCost(source.repeat(Math.min(copies, 4000)))?.message).not.toBe(TOO_MANY.message)
    }),
    { numRuns: 50 },
  )
})

test('a rule ends a table, so rules below one are no rows', () => {
  expect(checkCost(`| a |\n|-|\n${'***\n'.repeat(10_001)}`)).toBeUndefined()
})

test('marks in a fence cost nothing', () => {
  for (const fence of ['```', '~~~~', '````js']) {
    const source = `${fence}\n${'a\n=\n> b\n\n'.repeat(3000)}${fence.slice(0, 4).replace(/j.*/, '')}\n\nend`
    expect(checkCost(source)).toBeUndefined()
  }
})

test('a rule, the line of a table and a list of one level are no copies', () => {
  expect(checkCost('---\n\n'.repeat(3000))).toBeUndefined()
  expect(checkCost('- a\n'.repeat(3000))).toBeUndefined()
  expect(checkCost('> a\n'.repeat(3000))).toBeUndefined()
})

test('code in a fence of a quote or an item costs nothing', () => {
  expect(checkCost(`> \`\`\`\n${'> - a\n'.repeat(2000)}> \`\`\``)).toBeUndefined()
  expect(checkCost(`1. x\n\n    ~~~\n${'    - a\n'.repeat(7000)}    ~~~`)).toBeUndefined()
})
