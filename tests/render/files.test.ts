import { expect, test } from 'vitest'
import { parseMarkdown } from '../../src/content/markdown.ts'
import { TABLE_STYLES } from '../../src/message.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { expectDiscordTakes, readDiscord } from '../discord-markdown.ts'
import { inOrder, wordsOf } from '../mdast.ts'
import { random } from '../random.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

/** Words of a dozen scripts. */
const SCRIPTS: Record<string, { words: string; stop: string; gap?: string }> = {
  Latin: { words: 'port river ferry winter north bridge council storm', stop: '.' },
  Bosnian: { words: 'luka rijeka čamac đak žetva šuma džep ćuprija', stop: '.' },
  Cyrillic: { words: 'лука река брод зима север мост савет џеп', stop: '.' },
  Greek: { words: 'λιμάνι ποτάμι πλοίο χειμώνας βορράς γέφυρα', stop: '.' },
  Arabic: { words: 'ميناء نهر سفينة شتاء شمال جسر', stop: '؟' },
  Hebrew: { words: 'נמל נהר ספינה חורף צפון גשר', stop: '.' },
  Hindi: { words: 'बंदरगाह नदी नाव सर्दी उत्तर पुल', stop: '।' },
  Chinese: { words: '港口 河流 渡船 冬天 北方 桥梁', stop: '。', gap: '' },
  Japanese: { words: '港は 川に フェリー 冬の 北から 橋を', stop: '。', gap: '' },
  Korean: { words: '항구 강 배 겨울 북쪽 다리', stop: '.' },
  Thai: { words: 'ท่าเรือ แม่น้ำ เรือ ฤดูหนาว ทิศเหนือ สะพาน', stop: ' ', gap: '' },
  Georgian: { words: 'ნავსადგური მდინარე ბორანი ზამთარი ჩრდილოეთი', stop: '.' },
}

/** Writes a file as an editor would: headings, prose, lists, tables, code, quotes, links, tasks. */
function write(script: string, seed: number): string {
  const { words, stop, gap = ' ' } = SCRIPTS[script] ?? { words: 'a', stop: '.' }
  const draw = random(seed)
  const below = (most: number) => Math.floor(draw() * most)
  const pick = <T>(from: readonly T[]) => from[below(from.length)] as T
  const times = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index))
  const all = words.split(' ')
  const phrase = (count: number) => times(count, () => pick(all)).join(gap)
  const sentence = () => phrase(4 + below(12)) + stop
  const prose = () => times(1 + below(9), sentence).join(gap)
  const kinds: (() => string)[] = [
    prose,
    prose,
    () =>
      `${prose()} **${phrase(2)}** ${phrase(3)} [${phrase(2)}](https://example.org/${below(99)}) ${sentence()}`,
    () => `${phrase(4)}:\n\n${times(2 + below(8), () => `- ${phrase(5)}`).join('\n')}`,
    () => times(3 + below(4), index => `${index + 1}. ${phrase(4)}\n   - ${phrase(3)}`).join('\n'),
    () => times(3, index => `- [${index % 2 ? 'x' : ' '}] ${phrase(4)}`).join('\n'),
    () => `> ${prose()}\n>\n> ${prose()}`,
    () =>
      `\`\`\`sh\n${times(2 + below(30), index => `step_${index} --run ${index}`).join('\n')}\n\`\`\``,
    () => '---',
    () => {
      const columns = 2 + below(3)
      const row = (cell: () => string) => `| ${times(columns, cell).join(' | ')} |`
      const rows = times(3 + below(58), index =>
        row(() => pick([phrase(1 + below(3)), String(index)])),
      )
      return [row(() => phrase(1)), row(() => '---'), ...rows].join('\n')
    },
  ]
  return times(6 + below(14), index => {
    const heading = below(3) === 0 ? `${'#'.repeat(2 + below(2))} ${phrase(2)} ${index}\n\n` : ''
    return heading + pick(kinds)()
  }).join('\n\n')
}

const FILES = Object.keys(SCRIPTS).flatMap((script, nth) =>
  [1, 2, 3, 4, 5].map(number => ({ script, number, source: write(script, nth * 10 + number) })),
)

/** The last line of a part that says nothing without the next: a rule, a header, a line with a colon. */
const LEAD = /[:：─]$|^———$/

test.for(FILES)(
  'file $number in $script is shown whole, and no part ends with a lead',
  ({ source }) => {
    const parsed = parseMarkdown(source)
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
    const { body } = parsed
    const headings = new Set([...source.matchAll(/^#+ (.*)$/gm)].map(([, words]) => words))
    for (const style of TABLE_STYLES) {
      // A dark image has the layout of a light one.
      if (style === 'dark-picture') continue
      const captions = new Set<string>()
      const telegram = renderTelegram({ body }, style).map(part => {
        const { text, most } =
          'text' in part
            ? { text: part.text, most: 4096 }
            : { text: part.caption ?? '-', most: 1024 }
        const read = parseTelegramHtml(text).text
        expect(read.length).toBeLessThanOrEqual(most)
        if ('photo' in part) {
          expect(parseTelegramHtml(part.instead).text.length).toBeLessThanOrEqual(4096)
        }
        const words = read.replaceAll('\u2060', '').replace(/\n\n\d+\/\d+$/, '')
        if ('photo' in part) captions.add(words)
        return words
      })
      const discord = renderDiscord({ body }, style)
      for (const part of discord) expectDiscordTakes(part)
      for (const parts of [telegram, discord.map(readDiscord)]) {
        expect(inOrder(wordsOf(body), parts.join('\n'))).toBe(true)
        for (const part of parts.slice(0, -1)) {
          const foot = part.trimEnd().split('\n').at(-1) ?? ''
          // A heading or a rule may stand directly above an image, in its caption.
          if (captions.has(part)) continue
          expect(foot).not.toMatch(LEAD)
          expect(headings.has(foot.trim())).toBe(false)
        }
      }
    }
  },
)
