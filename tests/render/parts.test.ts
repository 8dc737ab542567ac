import fc from 'fast-check'
import type { Root } from 'mdast'
import { expect, test } from 'vitest'
import { parseMarkdown } from '../../src/content/markdown.ts'
import type { TableStyle } from '../../src/message.ts'
import type { Block } from '../../src/render/blocks.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { flow } from '../../src/render/flow.ts'
import { parts as divide } from '../../src/render/parts.ts'
import { finish } from '../../src/render/steps.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { readDiscord } from '../discord-markdown.ts'
import { inOrder, tree, wordsOf } from '../mdast.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

function bodyOf(markdown: string): Root {
  const parsed = parseMarkdown(markdown)
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  return parsed.body
}

/** The text of each part as readers see it, without its number. */
function partsOf(body: Root, style: TableStyle): Record<'telegram' | 'discord', string[]> {
  const telegram = renderTelegram({ body }, style).map(part =>
    'text' in part ? parseTelegramHtml(part.text).text.replace(/\n\n\d+\/\d+$/, '') : '',
  )
  return { telegram, discord: renderDiscord({ body }, style).map(readDiscord) }
}

function foot(part: string): string {
  return part.trimEnd().split('\n').at(-1) ?? ''
}

const ROWS = Array.from(
  { length: 130 },
  (_, i) => `| C${100 + i} | Camp ${i} | ${1 + (i % 28)} May |`,
)
const CAMPS = `## Camps\n\n| Code | Place | Day |\n| --- | --- | --- |\n${ROWS.join('\n')}`
const STYLES = ['grid', 'cards'] as const

test.for([...STYLES])(
  'heading, header and a row of a table (%s) stand together, whatever is above them',
  style => {
    fc.assert(
      fc.property(fc.integer({ min: 3000, max: 4100 }), length => {
        const body = bodyOf(`${'text '.repeat(length / 5)}\n\n${CAMPS}`)
        for (const parts of Object.values(partsOf(body, style))) {
          for (const part of parts) {
            expect(foot(part)).not.toMatch(/Camps|Code.*Place|─/)
            if (/C[123]\d\d/.test(part) && style === 'grid')
              expect(part.match(/Code {2}Place +Day\n─/g)).toHaveLength(1)
          }
          expect(parts.find(part => part.includes('C100'))).toMatch(/Camps\n+(?:• )?Code/)
        }
      }),
      { numRuns: 40 },
    )
  },
)

test('each part of cards has the line above them once, also where a card is cut', () => {
  const long = `| K${'x'.repeat(20)} | ${'word '.repeat(1500)} | z |`
  const rows = [...ROWS.slice(0, 60), long, ...ROWS.slice(60)].join('\n')
  // Cards name their columns themselves, except a name with a link.
  const header = '| Code | [Place](https://example.org/map) | Day |'
  const body = bodyOf(`${header}\n| --- | --- | --- |\n${rows}\n\nThe end.`)
  for (const parts of Object.values(partsOf(body, 'cards'))) {
    expect(parts.length).toBeGreaterThan(2)
    for (const part of parts) {
      expect(part).toMatch(/^Code · Place.* · Day\n/)
      expect(part.match(/Code · Place/g)).toHaveLength(1)
    }
  }
})

test('a header of cards that is too large for every part stands once', () => {
  const names = Array.from({ length: 120 }, (_, index) => `[Name ${index}](https://x.org)`)
  const table = [names, names.map(() => '---'), ...[1, 2, 3].map(row => names.map(() => `${row}`))]
  const body = bodyOf(table.map(row => `| ${row.join(' | ')} |`).join('\n'))
  for (const parts of Object.values(partsOf(body, 'cards'))) {
    expect(parts.join('\n').match(/Name 0[^·\n]* ·/g)).toHaveLength(1)
    expect(inOrder(wordsOf(body), parts.join('\n'))).toBe(true)
  }
})

const LEADS = {
  'a heading': '## The north',
  'two headings': '## The north\n\n### The port',
  'a line that ends in a colon': 'They bring the following:',
  'an item that ends in a colon': '- They bring the following:',
  'a wide colon': '他们带来：',
  'a colon before an emoji': 'The camps: 👇',
  'a colon in quotes': 'The camps, “open:”',
  'a colon in brackets': 'Camps (open:)',
  'a colon before a star': 'Camps: \\*',
  'a colon of Ethiopic': 'Camps ፦',
  'a heading in a quote': '> ## The north',
  'a rule': '---',
  'the kind of a callout': '> [!WARNING]\n>\n> Closed today.',
  'the title of a callout': '> [!WARNING] Bring\n> - one',
  'the last sentence of a long paragraph': `${'They came. '.repeat(60)}They bring the following:`,
}

test.for(Object.entries(LEADS))('%s does not end a part', ([, lead]) => {
  const alone = /(?:The north|The port|Warning|Bring|[:：፦][ 👇”)*]*|———)$/u
  fc.assert(
    fc.property(fc.integer({ min: 3000, max: 4100 }), fc.boolean(), (length, isLong) => {
      const next = isLong ? 'word '.repeat(900) : '- one item'
      const body = bodyOf(`${'text '.repeat(length / 5)}\n\n${lead}\n\n${next}\n\nThe end.`)
      for (const parts of Object.values(partsOf(body, 'grid'))) {
        for (const part of parts) expect(foot(part)).not.toMatch(alone)
        expect(inOrder(wordsOf(body), parts.join('\n'))).toBe(true)
      }
    }),
    { numRuns: 25 },
  )
})

test.for([
  ['部队抵达港口，船只离开。', /。$/],
  ['部隊は港に到着しました！', /！$/],
  ['「部队抵达港口。」', /。」$/],
  ['漢', /漢$/],
  ['（部队）《港口》', /[^（《]$/],
  ['ทหารมาถึงท่าเรือ', /(?:ทหาร|มา|ถึง|ท่าเรือ)$/],
  ['កងទ័ពបានមកដល់', /\p{M}*$/u],
] as const)('a paragraph of “%s” fills its parts', ([sentence, end]) => {
  const text = sentence.repeat(9000 / sentence.length)
  for (const above of ['', 'Short.\n\n', '介绍 ', '介绍。']) {
    const body = bodyOf(above + text)
    const { telegram, discord } = partsOf(body, 'grid')
    for (const part of telegram.slice(0, -1)) expect(part.length).toBeGreaterThan(3900)
    // Discord counts bytes: up to three for each of these letters.
    for (const part of discord.slice(0, -1)) expect(Buffer.byteLength(part)).toBeGreaterThan(9500)
    for (const parts of [telegram, discord]) {
      for (const part of parts) expect(part).toMatch(end)
      expect(parts.join('').replace(/\s/g, '')).toBe((above + text).replace(/\s/g, ''))
    }
  }
})

test('a heading keeps a paragraph that would fill a part of its own', () => {
  for (const length of [4060, 4079, 4080]) {
    const body = bodyOf(`## Next\n\n${'w'.repeat(40)} ${'x'.repeat(length - 41)}\n\nThe end.`)
    const [first = ''] = partsOf(body, 'grid').telegram
    expect(first).toMatch(/^Next\nw/)
  }
})

test('a grid whose header is longer than a part comes to an end', () => {
  const mark = 'a\u0301'
  const table = (cell: string) => `| ${cell} | b |\n| --- | --- |\n| c | d |\n| e | f |`
  for (const cell of [`a${'\u0301'.repeat(5000)}`, `${mark.repeat(3)}${'\u0301'.repeat(300)}`]) {
    const { telegram } = partsOf(bodyOf(table(cell)), 'grid')
    expect(telegram.length).toBeLessThan(5)
    expect(telegram.join('\n')).toMatch(/e +f/)
  }
})

function lettersOf(block: Block): string {
  if (block.kind === 'picture') return ''
  return block.kind === 'code' ? block.text : block.runs.map(({ text }) => text).join('')
}

/** Whether a block of at most 300 units says nothing without the next one. */
function isLead(block: Block): boolean {
  if (block.kind !== 'text') return false
  return (
    block.heading !== undefined || block.leads === true || /[:：﹕︓፡፦՝]\s*$/.test(lettersOf(block))
  )
}

test('no part of any tree ends with a lead, unless it has nothing else', () => {
  const lengthOf = (blocks: readonly Block[]) =>
    blocks.reduce((sum, block) => sum + lettersOf(block).length, 0)
  fc.assert(
    fc.property(tree, fc.integer({ min: 20, max: 200 }), (body, most) => {
      const blocks = flow({ body }, { columns: 32, style: 'grid', links: () => true })
      const divided = finish(divide(blocks, part => lengthOf(part) / most))
      for (const part of divided.slice(0, -1)) {
        const last = part.at(-1)
        expect(part.length).toBeGreaterThan(0)
        if (last && lettersOf(last).length <= 300 && !part.every(isLead)) {
          expect(isLead(last), JSON.stringify(part)).toBe(false)
        }
      }
      const heads = new Set(blocks.map(block => (block.kind === 'text' ? block.head : undefined)))
      const words = (all: readonly Block[]) =>
        all
          // A part repeats the header of cards.
          .filter(
            (block, index) =>
              block.kind !== 'text' ||
              !heads.has(block) ||
              (blocks.includes(block) && all.indexOf(block) === index),
          )
          .map(block => (block.kind === 'text' ? lettersOf(block) : ''))
          .join('')
          .replace(/\s/g, '')
      expect(words(divided.flat())).toBe(words(blocks))
    }),
    { numRuns: 300 },
  )
})
