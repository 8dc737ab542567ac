import { expect, test } from 'vitest'
import { checkCost } from '../../src/content/cost.ts'
import { parseMarkdown } from '../../src/content/markdown.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'

const BYTES = 64 * 1024 - 200

function fill(part: string): string {
  return part.repeat(BYTES / Buffer.byteLength(part))
}

/** CPU time of `work`, in milliseconds. The machine may be busy with other tests. */
function cpuOf(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const after = process.threadCpuUsage()
  return (after.user - before.user + after.system - before.system) / 1000
}

const REFUSED = {
  'headings below a letter': ['a\n=\n', 2002],
  'headings of dashes, apart': ['b\n-\n\n', 3002],
  'one-line quotes': ['> a\n\n', 2001],
  'lists in quotes': ['> - > - > - > - a\n', 1001],
  'lists in lists': ['- a\n  - b\n    - c\n      - d\n', 4005],
  'nested items': ['- a\n  - b\n', 2003],
  notes: ['[^a]: n\n\n', 2001],
  'items of a list': ['- a\n', 6667],
  paragraphs: ['a\n\n', 20_001],
} as const

test.for(Object.entries(REFUSED))(
  '64 KiB of %s is refused at once, with its line',
  ([, [part, line]]) => {
    const source = fill(part)
    const took = cpuOf(() => expect(checkCost(source)?.line).toBe(line))
    expect(took).toBeLessThan(300)
  },
)

const TAKEN = {
  'lines of www': 'www.example.org/x\n',
  'a list of www': '- www.example.org\n',
  'a list of mail addresses': '- desk@example.org\n',
  'quotes of a line':
    '> They came to the port in the north, and they left on the same day as well.\n\n',
  'backticks that close nothing': '` `` ',
  rules: '---\n\n',
  'text without blanks': '部队抵达港口，船只离开。',
  'brackets behind an address': `http://a.b/${')'.repeat(3900)} `,
  prose: 'The quick brown fox jumps over the lazy dog. ',
}

test.for(Object.entries(TAKEN))('64 KiB of %s is parsed and rendered in time', ([, part]) => {
  const source = fill(part)
  // Compiling the code takes as long as the work, so the second run counts.
  const took = [1, 2].map(() =>
    cpuOf(() => {
      const parsed = parseMarkdown(source)
      if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems[0]))
      renderTelegram({ body: parsed.body })
      renderDiscord({ body: parsed.body })
    }),
  )
  // The aim is a second on an idle machine. CPU time doubles where other tests use the caches.
  expect(Math.min(...took)).toBeLessThan(2000)
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
