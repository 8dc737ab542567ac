import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMarkdown } from '../../src/content/markdown.ts'
import { shown as shownAnywhere } from '../shown-markdown.ts'

/** Returns a text as Telegram and Discord show it. */
const shown = (source: string) => shownAnywhere(source).slice(0, 2)

test.each([
  ['NOTE', 'ℹ️', 'Note'],
  ['TIP', '💡', 'Tip'],
  ['IMPORTANT', '❗', 'Important'],
  ['WARNING', '⚠️', 'Warning'],
  ['caution', '🛑', 'Caution'],
  ['DANGER', '🛑', 'Danger'],
  ['info', 'ℹ️', 'Info'],
  ['SUCCESS', '✅', 'Success'],
  ['Question', '❓', 'Question'],
  ['HINT', '💡', 'Hint'],
])('a quote of the kind %s begins with a sign and a bold label', (kind, sign, label) => {
  expect(shown(`> [!${kind}]\n> Ice on *roads*.`)).toEqual([
    `<blockquote>${sign} <b>${label}</b>\nIce on <i>roads</i>.</blockquote>`,
    `> ${sign} **${label}**\n> Ice on *roads*.`,
  ])
  expect(shown(`> [!${kind}]\n>\n> - a`)).toEqual([
    `<blockquote>${sign} <b>${label}</b>\n• a</blockquote>`,
    `> ${sign} **${label}**\n> \n> - a`,
  ])
})

test.each([
  ['[!WARNING] Bridge closed\n> Use the ferry.', '⚠️ <b>Bridge closed</b>\nUse the ferry.'],
  ['[!danger]- Text', '🛑 <b>Text</b>'],
  ['[!danger]-\n> Text', '🛑 <b>Danger</b>\nText'],
  ['[!tip]+ Save *time*\n> Ask.', '💡 <b>Save </b><b><i>time</i></b>\nAsk.'],
  ['[!tip] A **bold** title', '💡 <b>A bold title</b>'],
  ['[!faq]', '❓ <b>FAQ</b>'],
  ['[!tldr]\n> Short.', 'ℹ️ <b>TLDR</b>\nShort.'],
  ['[!OTHER]\n> a', 'ℹ️ <b>Other</b>\na'],
  ['[!road-works] North', 'ℹ️ <b>North</b>'],
  ['[!road-works]\n> a', 'ℹ️ <b>Road works</b>\na'],
  ['[!важно] Мост закрыт', 'ℹ️ <b>Мост закрыт</b>'],
  ['[!note|left] Title', 'ℹ️ <b>Title</b>'],
  ['[!NOTE] Two  \n> lines', 'ℹ️ <b>Two</b>\nlines'],
  ['[!NOTE] `code` and more\n> **b** c', 'ℹ️ <code>code</code><b> and more</b>\n<b>b</b> c'],
])(
  'a kind with a title or a mark of folding, and other kinds, are shown as well: %j',
  (source, text) => {
    const [telegram, discord] = shown(`> ${source}`)
    expect(String(telegram).replace(/<\/?blockquote>/g, '')).toBe(text)
    expect(discord).not.toContain('[!')
  },
)

test('no callout keeps its mark (200 callouts)', () => {
  const kind = fc.stringMatching(/^[a-zA-Z][a-z-]{0,9}$/)
  const title = fc.constantFrom('', ' Bridge closed', ' *Two* words', ' Мост', ' 橋')
  const fold = fc.constantFrom('', '-', '+')
  fc.assert(
    fc.property(kind, fold, title, fc.boolean(), (kind, fold, title, hasText) => {
      const all = shown(`> [!${kind}]${fold}${title}${hasText ? '\n> Text below.' : ''}`)
      for (const each of all) {
        expect(each).not.toMatch(/\[!|\]/)
        if (hasText) expect(each).toMatch(/\n(?:> )?Text below\./)
        for (const word of title.replaceAll('*', '').split(' ')) expect(each).toContain(word)
      }
    }),
    { numRuns: 200 },
  )
})

test('a mark that begins no quote stays as it was written', () => {
  expect(shown('> a [!NOTE]')[0]).toBe('<blockquote>a [!NOTE]</blockquote>')
  expect(shown('[!NOTE]')[0]).toBe('[!NOTE]')
  expect(shown('> [!] a')[0]).toBe('<blockquote>[!] a</blockquote>')
})

test.each([
  '\\[!NOTE] x',
  '[\\!NOTE] x',
  '[!NOTE\\] x',
  '&#91;!NOTE] x',
  '\\[!NOTE]\n> x',
  '[!NO\\-TE] x',
])('an escaped mark stays text: %j', source => {
  const typed = source.replaceAll('\\', '').replace('&#91;', '[').replace('\n> ', ' ')
  expect(shown(`> ${source}`)[0]).toBe(`<blockquote>${typed}</blockquote>`)
  expect(shown(`Above.\n\n- a\n\n  > ${source}`)[0]).toContain(typed.slice(0, '[!NOTE]'.length))
})

test('a mark is read behind blanks, tabs, line ends of Windows and a byte order mark', () => {
  for (const source of [
    '>   [!NOTE] x',
    '>\t[!NOTE] x',
    'a\r\n\r\n> [!NOTE] x',
    '\uFEFF> [!NOTE] x',
  ]) {
    expect(shown(source)[0], source).toContain('ℹ️ <b>x</b>')
  }
})

test('the title of a callout leads what follows it in the quote, and stands alone otherwise', () => {
  const leads = (source: string) => {
    const parsed = parseMarkdown(source)
    const quote = parsed.body?.children[0]
    const first = quote?.type === 'blockquote' ? quote.children[0] : undefined
    return first?.type === 'paragraph' && first.data?.leads === true
  }
  for (const led of ['\n>\n> Text.', ' Bring\n> - one', ' Bring\n>\n> ```\n> code\n> ```']) {
    expect(leads(`> [!WARNING]${led}`), led).toBe(true)
  }
  for (const alone of ['', ' Closed', '\n> Text.', ' Closed\n> Text.\n>\n> More.']) {
    expect(leads(`> [!WARNING]${alone}`), alone).toBe(false)
  }
})
