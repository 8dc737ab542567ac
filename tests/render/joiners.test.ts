import fc from 'fast-check'
import type { Link } from 'mdast'
import { expect, test } from 'vitest'
import { commandName, paragraph, strong } from '../../src/message.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { isLink, telegramFinds } from '../../src/render/telegram-finds.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

const JOINER = '\u2060'

/** Returns the text that Telegram gets for one line; `‖` stands for a joiner. */
function sent(text: string): string {
  const [body] = renderTelegram({ body: { type: 'root', children: [paragraph(text)] } })
  const html = body?.method === 'sendMessage' ? body.text : ''
  return parseTelegramHtml(html).text.replaceAll(JOINER, '‖')
}

/** Checked with Telegram's own parser (TDLib 1.8.65): each of these lines is found in whole, as a link or a tag. */
const FOUND = [
  ...[
    'notes.sh',
    'PE、.NET',
    'x×.net',
    'x〈.net',
    'x～.net',
    '–.net',
    'x.onion',
    'münchen.de',
    'пример.рф',
    '例え.jp',
  ],
  ...[
    'x.org:8080/a_(b)',
    'http://x.yz',
    'https://x.org/план',
    'ftp://x.org',
    'tg://resolve?domain=x',
    'TON://abc',
  ],
  ...['a@b.org', 'first.last@mail.example.com', '@desk', '@gif', '/threats', '/go@sitrep_bot'],
  ...['#tag', '#·tag', '#\u200Ctag', '#1a', '#план', '$USD', '$1INCH', '#tag@channel'],
  `#${'a'.repeat(256)}`,
]

/** Checked likewise: nothing is found in these. */
const NOT_FOUND = [
  ...[
    '12/24',
    '2.75',
    '9.5.2026',
    '15.000',
    '$80',
    'OSCE/ODIHR',
    'U.S.',
    'and/or',
    'e.g. this',
    '1.5.2.',
  ],
  ...[
    'http://shift-server/now',
    'localhost:3000',
    'wiki.local',
    'x.y',
    'file.Net',
    '.net',
    'x_y._z.org_',
  ],
  ...[
    '@me',
    '#1',
    '##',
    '#tag#',
    `#${'a'.repeat(300)}#`,
    '$usd',
    '$TOOLONGTAG',
    'a/b/c',
    '//x',
    '</x>',
    'x@y',
    'a#b',
    'a$USD',
    'mailto:x',
  ],
]

test('text in which Telegram finds nothing has no joiner', () => {
  for (const text of NOT_FOUND) expect(sent(text)).toBe(text)
})

test('Telegram finds nothing behind the joiners, and the text is the same', () => {
  for (const text of FOUND) {
    expect(telegramFinds(text)).toMatchObject([{ start: 0, end: text.length }])
    const shown = sent(text)
    expect(shown).not.toBe(text)
    expect(shown.replaceAll('‖', '')).toBe(text)
    expect(telegramFinds(shown.replaceAll('‖', JOINER))).toEqual([])
  }
  expect(sent('PE、.NET')).toBe('PE、.‖NET')
})

test.each([
  ['ba.ba.ba', 'ba.‖ba.‖ba'],
  ['a.com/?a.com/?', 'a.‖com/?a.‖com/?'],
  ['tg://a/tg://b', 'tg:‖//a/tg:‖//b'],
  ['http://a.zz/?http://b.zz', 'http:‖//a.‖zz/?http:‖//b.zz'],
])('the first find of a row of addresses has the joiners of all: %s', (text, shown) => {
  const [find] = telegramFinds(text)
  const cuts = [0, ...(find?.cuts ?? []), text.length]
  const pieces = cuts.slice(1).map((end, index) => text.slice(cuts[index], end))
  expect(pieces.join('‖')).toBe(shown)
  expect(sent(text)).toBe(shown)
})

test('a row of mail addresses, each of which Telegram finds only behind a joiner, has no find left', () => {
  const text = 'a@b.c.mailto:'.repeat(20)
  const shown = sent(text)
  expect(shown.replaceAll('‖', '')).toBe(text)
  expect(telegramFinds(shown.replaceAll('‖', JOINER))).toEqual([])
})

test.each([
  ['/\u030Astop', '/‖stop'],
  ['evil.\u030Aorg', 'evil.‖org'],
  ['evil.\u202Eorg', 'evil.‖org'],
  ['@\u0333evilbot', '@‖evilbot'],
  ['#\u033Ftag', '#‖tag'],
  ['A\u030Arhus, Dvu\u030Ar', '\u00C5rhus, Dv\u016Fr'],
])('marks that Telegram deletes are no part of the text: %j', (text, shown) => {
  const [body] = renderTelegram({ body: { type: 'root', children: [paragraph(text)] } })
  const html = body?.method === 'sendMessage' ? body.text : ''
  expect(html.replaceAll(JOINER, '‖')).toBe(shown)
})

test.each([
  ['haber.İO', 'haber.‖İO'],
  ['KİTAP.BİZ', 'KİTAP.‖BİZ'],
  ['Bitti.İn', 'Bitti.İn'],
  ['a.com:80.b.org', 'a.‖com:80.b.‖org'],
  ['0192.168.0.1:8080.abc.org', '0192.168.0.1:8080.abc.‖org'],
])('TDLib finds the same in %s', (text, shown) => {
  expect(sent(text)).toBe(shown)
})

test.each([
  ['https://.', false],
  ['https://./', false],
  ['http://{@1.1', false],
  ['https://"@example.org', false],
  ['http://a@1.1', true],
  ['http://.a.b', true],
])('whether Telegram keeps a link to %s', (address, isKept) => {
  expect(isLink(address)).toBe(isKept)
})

test('the address of a link keeps its marks as escapes, and its words lose them', () => {
  const link: Link = {
    type: 'link',
    url: 'https://x.org/A\u030A',
    children: [{ type: 'text', value: 'A\u030A' }],
  }
  const [body] = renderTelegram({
    body: { type: 'root', children: [{ type: 'paragraph', children: [link] }] },
  })
  expect(body?.method === 'sendMessage' ? body.text : '').toBe(
    '<a href="https://x.org/A%CC%8A">\u00C5</a>',
  )
})

test('a joiner stands in a tag of more than 256 characters, of which Telegram links the first 256', () => {
  const tag = `#${'a'.repeat(300)}`
  expect(telegramFinds(tag)).toMatchObject([{ start: 0, end: 257 }])
  expect(sent(`${tag} b`)).toBe(`#‖${'a'.repeat(300)} b`)
})

test.each([
  [[commandName('/help'), strong('@evil_bot')], '/‖help@evil_bot'],
  [['see notes.sh/?', commandName('/help'), ' now'], 'see notes.‖sh/?/help now'],
  [[commandName('/help'), strong('x')], '/‖helpx'],
  [['(', commandName('/help'), ')'], '(/help)'],
  [[commandName('/help'), ' ', commandName('/stop'), '.'], '/help /stop.'],
])('a live command is no part of a longer find: %#', (words, text) => {
  const [body] = renderTelegram({ body: { type: 'root', children: [paragraph(...words)] } })
  const html = body?.method === 'sendMessage' ? body.text : ''
  expect(parseTelegramHtml(html).text.replaceAll(JOINER, '‖')).toBe(text)
})

test('a version number that Telegram would take for an address is code, because no joiner stands between digits', () => {
  const html = (...words: Parameters<typeof paragraph>) => {
    const [body] = renderTelegram({ body: { type: 'root', children: [paragraph(...words)] } })
    return body?.method === 'sendMessage' ? body.text : ''
  }
  expect(html('Version 2.4.1.7 of http://10.0.0.1:80/x.')).toBe(
    'Version <code>2.4.1.7</code> of <code>http://10.0.0.1:80/x</code>.',
  )
  expect(html('See ', strong('2.4'), '.1.7 now')).toBe('See <code>2.4.1.7</code> now')
  expect(html('v2.4.1.7, 2.4.1.7.8 and 2.4.1')).toBe('v2.4.1.7, 2.4.1.7.8 and 2.4.1')
  const link = {
    type: 'link',
    url: 'https://x.org',
    children: [{ type: 'text', value: '1.2.3.4' }],
  }
  expect(html(link as Link)).toBe('<a href="https://x.org">1.2.3.4</a>')
  expect(sent('Version 1.2.3.4 of http://10.0.0.1:80/x')).not.toContain('‖')
  expect(sent('http://x1.23')).toBe('http:‖//x1.23')
})

test('each address of a text becomes code, in whichever runs it stands', () => {
  const words = ['1.1.1.1 ', strong('2.2'), '.2.2 ', strong('3.3.3.3 and 4.4'), '.4', strong('.4')]
  const [body] = renderTelegram({
    body: { type: 'root', children: [paragraph(...words, ', 5')] },
  })
  expect(body?.method === 'sendMessage' ? body.text : '').toBe(
    '<code>1.1.1.1</code> <code>2.2.2.2</code> <code>3.3.3.3</code><b> and </b><code>4.4.4.4</code>, 5',
  )
})

const piece = fc.constantFrom(
  ...[
    'a',
    'Z',
    '7',
    '.',
    '.',
    '/',
    '@',
    '#',
    '$',
    'USD',
    'net',
    'Net',
    'org',
    '-',
    '_',
    ':',
    '://',
    'http',
    'tg',
    '?',
    '(',
  ],
  ...[
    ')',
    '[',
    "'",
    '<',
    '«',
    '”',
    '…',
    '—',
    '、',
    '。',
    '～',
    '\u200C',
    '\u00A0',
    ' ',
    'é',
    'ж',
    '漢',
    'ا',
    '👍',
    '1.2.3.4',
  ],
)

test('of any text, each joiner stands in what Telegram would find, and it finds nothing else', () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), drawn => {
      const text = drawn.join('').replace(/\s+/g, ' ').trim()
      fc.pre(/[^\s\u200C\u00A0]/.test(text))
      const shown = sent(text)
      const pieces = shown.split('‖')
      const isBehindFind = (before: string, after: string) =>
        telegramFinds(before + after).some(({ start }) => start < before.length)
      for (let index = 1; index < pieces.length; index++) {
        const [before, after] = [pieces.slice(0, index), pieces.slice(index)]
        // Telegram finds something before this place, without any joiner or without this one: a joiner can end one find
        // and begin another.
        const isNeeded = ['', JOINER].some(each =>
          isBehindFind(before.join(each), after.join(each)),
        )
        expect(isNeeded).toBe(true)
      }
      const left = telegramFinds(shown.replaceAll('‖', JOINER))
      expect(left.flatMap(({ cuts }) => cuts)).toEqual([])
      expect(shown.replaceAll('‖', '')).toBe(text)
    }),
    { numRuns: 1000 },
  )
})
