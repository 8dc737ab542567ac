import fc from 'fast-check'
import type { Nodes } from 'mdast'
import { expect, test } from 'vitest'
import { addressLength } from '../../src/content/autolinks.ts'
import { parseMarkdown, parseText } from '../../src/content/markdown.ts'
import { renderTelegram } from '../../src/render/telegram.ts'

/** The addresses of the links in a text, as Telegram gets them. */
function linksOf(source: string): string[] {
  const parsed = parseMarkdown(source)
  if ('problems' in parsed) throw new Error(parsed.problems[0]?.message)
  const bodies = renderTelegram({ body: parsed.body })
  const text = bodies.map(each => (each.method === 'sendMessage' ? each.text : '')).join('\n')
  return [...text.matchAll(/<a href="([^"]+)">/g)].map(([, url = '']) => url)
}

test('the mark behind an address is no part of it', () => {
  expect(
    linksOf(
      'See “https://example.org/plan”, «https://example.org/j»… 见 https://example.org/a。明天。',
    ),
  ).toEqual(['https://example.org/plan', 'https://example.org/j', 'https://example.org/a'])
  expect(linksOf('(https://x.org/a) https://x.org/b_(c), https://x.org/d_(e)).')).toEqual([
    ...['https://x.org/a', 'https://x.org/b_(c)', 'https://x.org/d_(e)'],
  ])
  expect(linksOf('www.x.org/a” “www.x.org”，b')).toEqual(['http://www.x.org/a', 'http://www.x.org'])
})

test('a link in brackets keeps its address', () => {
  expect(
    linksOf('<https://x.org/a”> [https://x.org/b”](https://x.org/b”) [c](https://x.org/c。)'),
  ).toEqual([...['https://x.org/a”', 'https://x.org/b”', 'https://x.org/c。']])
})

test('bold around an address ends where it does', () => {
  const source = '**https://x.org/a** **https://x.org/b**，c ~~https://x.org/d”~~ *https://x.org/e*'
  const parsed = parseMarkdown(source)
  expect(linksOf(source)).toEqual(['a', 'b', 'd', 'e'].map(path => `https://x.org/${path}`))
  expect(JSON.stringify(parsed)).not.toMatch(/\*|~/)
})

test('an asterisk or a tilde that ends no style belongs to the address', () => {
  const wildcard = 'https://web.archive.org/web/2026*/https://example.org/a'
  for (const [before, after] of [
    ['See ', ' now'],
    ['*b* and 2 * 3: ', ' and *c*'],
    ['**bold ', ' still** not'],
    ['[a *b](https://x.org "c") ', ' e'],
  ] as const) {
    expect(linksOf(`${before}${wildcard}${after}`)).toContain(wildcard)
  }
  expect(linksOf('https://x.org/a~~b www.x.org/*/b* https://x.org/a**b')).toEqual([
    ...['https://x.org/a~~b', 'http://www.x.org/*/b', 'https://x.org/a**b'],
  ])
  expect(linksOf('*see https://x.org/a*b ~~https://x.org/c~~d ***https://x.org/e***f')).toEqual([
    ...['https://x.org/a', 'https://x.org/c', 'https://x.org/e'],
  ])
})

test('quotes, backticks and angle brackets end an address', () => {
  expect(linksOf('"https://x.org/a"—b <see https://x.org/c> x https://x.org/d`')).toEqual(
    ['a', 'c', 'd'].map(path => `https://x.org/${path}`),
  )
})

test('an address behind a beginning that becomes none is found', () => {
  expect(
    linksOf(
      '(https://-https://x.org/a) mailto:(https://x.org/b) "www.x.org/c mailto:a:www.x.org/d',
    ),
  ).toEqual([...['https://x.org/a', 'https://x.org/b', 'http://www.x.org/c', 'http://www.x.org/d']])
  expect(linksOf('a [b (https://x.org/c *d* (https://x.org/e)')).toEqual([
    ...['https://x.org/c', 'https://x.org/e'],
  ])
})

const inside = fc.constantFrom(
  'a',
  'Z',
  '7',
  'план',
  '漢',
  'ا',
  'é',
  '-',
  '_',
  '%20',
  '(b)',
  '=',
  '&',
  '/',
  'x’s',
  '中—文',
  '*',
  '~~',
  'a**b',
)
const behind = fc.constantFrom(
  ...[
    '.',
    ',',
    ';',
    '!',
    '?',
    ')',
    '”',
    '“',
    '’',
    '"',
    "'",
    '»',
    '«',
    '›',
    '」',
    '』',
    '…',
    '–',
    '—',
    '。',
    '，',
    '！',
    '？',
    '：',
  ],
  ...['）', '】', '、', '،', '؛', '؟', '।', '॥', '၊', '။', '።', '~~', '**'],
)

test('of any letters, an address ends before the marks behind it', () => {
  fc.assert(
    fc.property(fc.array(inside), fc.array(behind, { minLength: 1 }), (letters, marks) => {
      const address = `https://x.org/${letters.join('')}z`
      expect(address.slice(0, addressLength(address + marks.join('')))).toBe(address)
    }),
    { numRuns: 500 },
  )
})

test('behind an ideographic mark or a quote, the text goes on', () => {
  for (const mark of [
    '。',
    '，',
    '、',
    '！',
    '）',
    '」',
    '”',
    '»',
    '…',
    '،',
    '।',
    '\u3000',
    '\u00A0',
  ]) {
    expect(linksOf(`https://x.org/a${mark}明天 b`)).toEqual(['https://x.org/a'])
  }
})

test('a letter before www makes it no address, beside a mail address as without one', () => {
  expect(linksOf('éwww.a.org')).toEqual([])
  expect(linksOf('éwww.a.org a@b.org')).toEqual([])
})

test('a text without `@` is parsed as with the search for mail addresses', () => {
  const part = fc.constantFrom(
    ...['word ', 'www.a.org ', 'https://a.org/b_c ', 'mailto:', '**', '_', '`', '[', '](', ')'],
    ...['\n', '\n\n', '- ', '> ', '| a |\n|---|\n', '&#64;', 'é', '[^1]', '~~', '.', '-', '+'],
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), parts => {
      const text = parts.join('')
      // An address in a paragraph of its own begins the search.
      const [, ...rest] = parseText(`a@b.org\n\n${text}`).children
      const withoutPositions = (nodes: readonly Nodes[]) =>
        JSON.parse(JSON.stringify(nodes, (key, value) => (key === 'position' ? undefined : value)))
      expect(withoutPositions(rest)).toEqual(withoutPositions(parseText(text).children))
    }),
  )
})

test('a bar in an address of a table has no backslash', () => {
  expect(linksOf('| a | b |\n|-|-|\n| https://x.org/\\|y | www.x.org/\\|z |')).toEqual([
    ...['https://x.org/|y', 'http://www.x.org/|z'],
  ])
})
