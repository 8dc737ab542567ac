import type { SourceFile } from '../../src/content/files.ts'
import { random } from '../random.ts'

const EDITION =
  'id: a\ntitle: A\nsummary: S\npublisher: P\nsource: S\nasOf: 2026-01\nlanguage: en\nlicence: L\n'

const SYLLABLES = [
  ...'se cu ri ty sta bi li po fo rum bor der ver sum mit mar ket th in re co de pr st mi'.split(
    ' ',
  ),
  ...'na eu ba ro an tra con ing er al or пра во ми ре гра νο μος'.split(' '),
]

const draw = random(17)
const pick = <T>(from: readonly T[], share = draw()): T =>
  from[Math.floor(share * from.length)] as T

/** 20,000 different words; word n of them is drawn about n⁻¹ of the time. */
const WORDS = [...new Set(Array.from({ length: 24_000 }, () => made(2 + Math.floor(draw() * 4))))]

function made(syllables: number): string {
  return Array.from({ length: syllables }, () => pick(SYLLABLES)).join('')
}

function common(): string {
  return WORDS[Math.floor(WORDS.length ** draw()) - 1] ?? ''
}

function sentence(words: number): string {
  return Array.from({ length: words }, common).join(' ')
}

/** A briefing of so many sections, each of about `bytes` bytes: prose, lists and tables. */
export function largeFolder(sections = 60, bytes = 56 * 1024): SourceFile[] {
  return [
    { path: 'edition.yaml', text: EDITION },
    { path: 'events.yaml', text: '' },
    ...Array.from({ length: sections }, (_, number): SourceFile => {
      let text = `---\ncommand: s${number}\ntitle: ${sentence(3)} ${number}\nsummary: ${sentence(9)}.\n---\n\n`
      for (let part = 0; Buffer.byteLength(text) < bytes; part++) {
        const lines = (make: () => string) => Array.from({ length: 6 }, make).join('\n')
        const table = `| ${common()} | ${common()} |\n| --- | --- |\n${lines(() => `| ${common()} | ${sentence(4)} |`)}`
        // In every other part: more tables than this would make `/tables` too long.
        const end = part % 2 === 0 ? table : lines(() => `${sentence(9)}.`)
        text += `## ${sentence(3)} ${part}\n\n${sentence(18)}. **${sentence(3)}** ${sentence(12)}.\n\n${lines(() => `- ${sentence(8)}`)}\n\n${end}\n\n`
      }
      return { path: `sections/${String(number).padStart(2, '0')}-s.md`, text }
    }),
  ]
}

/** Returns queries of all kinds: beginnings of two letters, typos, long and unknown words, many words. */
export function queries(count: number): string[] {
  const kinds: (() => string)[] = [
    () => Array.from({ length: 12 }, () => pick(SYLLABLES).slice(0, 2)).join(' '),
    () => Array.from({ length: 12 }, () => common().slice(0, 3)).join(' '),
    () => sentence(12),
    () => sentence(40),
    () => common(),
    () => Array.from({ length: 12 }, () => slipped(pick(WORDS))).join(' '),
    () => Array.from({ length: 50 }, () => WORDS[0]).join(' '),
    () => made(60),
    () => Array.from({ length: 100 }, () => pick([...'aespтν'])).join(' '),
    () => `what ${slipped(common())} ${common()}`,
  ]
  return Array.from({ length: count }, (_, index) => (kinds[index % kinds.length] ?? common)())
}

function slipped(word: string): string {
  const at = Math.floor(draw() * word.length)
  return `${word.slice(0, at)}x${word.slice(at + 1)}`
}

/** The passages of such a briefing, without its Markdown: 60 sections of 550 sentences, items and rows. */
export function largePassages() {
  const sections = Array.from({ length: 60 }, () => sentence(3))
  return sections.flatMap(title =>
    Array.from({ length: 550 }, () => ({ title, heading: sentence(4), text: sentence(10) })),
  )
}

/** A briefing of 1,000 sections like the shipped ones: two paragraphs, a list of four items, a table of four rows. */
export function thousandSections(): SourceFile[] {
  // 2,000 different words, the earlier ones more often: word n is drawn about n⁻¹ of the time.
  const syllables = 'se cu ri ty sta bi li po fo rum bor der ri ver sum mit mar ket'.split(' ')
  const words = Array.from({ length: 2000 }, (_, index) =>
    [index, index >> 3, index >> 7].map(part => syllables[part % syllables.length]).join(''),
  )
  const draw = (seed: number) => words[Math.floor(2000 ** (((seed * 7919) % 1009) / 1009)) - 1]
  const phrase = (seed: number) =>
    Array.from({ length: 14 }, (_, index) => draw(seed * 131 + index * 17)).join(' ')
  const sections = Array.from({ length: 1000 }, (_, number): SourceFile => {
    const lines = (make: (index: number) => string) => [0, 1, 2, 3].map(make).join('\n')
    const text = [
      `---\ncommand: s${number}\ntitle: Section ${number}\nsummary: ${phrase(number)}.\n---`,
      `${phrase(number + 1)}. ${phrase(number + 2)}.`,
      lines(index => `- **Item ${index}:** ${phrase(number + index)}.`),
      `## Table\n\n| Name | What |\n| --- | --- |\n${lines(index => `| ${words[index]} ${number} | ${phrase(index)} |`)}`,
      `${phrase(number + 3)}. ${phrase(number + 4)}.`,
    ].join('\n\n')
    return { path: `sections/${String(number).padStart(4, '0')}-s.md`, text: `${text}\n` }
  })
  return [{ path: 'edition.yaml', text: EDITION }, { path: 'events.yaml', text: '' }, ...sections]
}
