import fc from 'fast-check'
import type { PhrasingContent, Root } from 'mdast'
import { expect, test } from 'vitest'
import { parseMarkdown } from '../../src/content/markdown.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { renderText } from '../../src/render/text.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

function read(source: string): Root {
  const parsed = parseMarkdown(source)
  if ('problems' in parsed) throw new Error(parsed.problems[0]?.message)
  return parsed.body
}

function onTelegram(body: Root): string {
  const texts = renderTelegram({ body }).map(each =>
    each.method === 'sendMessage' ? each.text : '',
  )
  for (const text of texts) parseTelegramHtml(text)
  return texts.join('\n').replaceAll('\u2060', '‖')
}

function onDiscord(body: Root): string {
  const parts = renderDiscord({ body }).flatMap(({ components: [{ components }] }) => components)
  return parts.flatMap(part => (part.type === 10 ? [part.content] : [])).join('\n')
}

const shown = (source: string) => [onTelegram(read(source)), onDiscord(read(source))]

test('a mail address is shown once, and Telegram finds it by itself', () => {
  expect(
    shown(
      'Questions to desk@example.org or to [the night shift](mailto:night@example.org?subject=Log).',
    ),
  ).toEqual([
    'Questions to desk@example.org or to the night shift (night@example.org).',
    'Questions to <desk@example.org> or to the night shift (<night@example.org>).',
  ])
  expect(
    shown(
      '<mailto:a@x.org>, [b@x.org](mailto:b@x.org), [both](mailto:a@x.org,b%40x.org?cc=c@x.org)',
    ),
  ).toEqual([
    'a@x.org, b@x.org, both (a@x.org, b@x.org)',
    '<a@x.org>, <b@x.org>, both (<a@x.org>, <b@x.org>)',
  ])
  expect(shown('| A | B |\n| - | - |\n| x | **[us](mailto:?to=a@x.org)** |')).toEqual([
    '• A: <b>x</b>\nB: <b>us (</b><b>a@x.org</b><b>)</b>',
    '- A: **x**\n  B: **us (**\u200B**<a@x.org>**\u200B**)**',
  ])
})

test('an address that Telegram does not keep stands behind its words', () => {
  expect(shown('The [shift list](http://shift-server/now) is inside.')).toEqual([
    'The shift list (http://shift-server/now) is inside.',
    'The [shift list](<http://shift-server/now>) is inside.',
  ])
  for (const url of ['http://localhost:3000/a', 'https://intranet', 'http://user@srv/']) {
    expect(onTelegram(read(`[x][r]\n\n[r]: ${url}`))).toBe(`x (${url})`)
    expect(onTelegram(read(`<${url}>`))).toBe(url)
  }
  for (const url of [
    'http://wiki.local',
    'http://10.0.0.1:80/x',
    'http://[2001:db8::1]/x',
    'https://пример.рф/план',
  ]) {
    expect(onTelegram(read(`[x](${url})`))).toBe(`<a href="${url}">x</a>`)
  }
})

test('nothing is escaped in the words of Discord’s links', () => {
  expect(
    shown('[read_me first](https://example.org/a) and [X | Y](https://example.org/b)')[1],
  ).toBe('[read_me first](<https://example.org/a>) and [X | Y](<https://example.org/b>)')
  expect(shown('[#1: + a > b, 5 @ 6](https://x.org)')[1]).toBe(
    '[#1: + a > b, 5 @ 6](<https://x.org>)',
  )
  // Words that Discord would style stand before their address.
  expect(
    shown('[\\*x\\*](https://x.org) [a\\_ \\_b](https://x.org) [\\|\\|c\\|\\|](https://x.org)')[1],
  ).toBe('\\*x\\* (<https://x.org>) a\\_ \\_b (<https://x.org>) \\|\\|c\\|\\| (<https://x.org>)')
})

test('a line end in the words of a link is a blank on Discord, so no mark begins a line', () => {
  expect(shown('[a\\\n\\# b\\\n1\\. c](https://x.org)')[1]).toBe('[a # b 1. c](<https://x.org>)')
})

test('an address that is shown in full can be pressed on Discord', () => {
  expect(
    shown(
      'See [Vue.js](https://vuejs.org), [[DOC] plan](https://example.org/p) and www.example.org/x',
    )[1],
  ).toBe(
    'See Vue.js (<https://vuejs.org>), [[DOC] plan](<https://example.org/p>) and <http://www.example.org/x>',
  )
  expect(
    shown(
      '[https://a.example](https://b.example) [a\\]b](https://b.example) [\\[2\\]](https://b.example)',
    )[1],
  ).toBe(
    'https\\://a.example (<https://b.example>) a\\]b (<https://b.example>) [[2]](<https://b.example>)',
  )
  expect(shown('[x.org/a_b](https://x.org/a_b)')[1]).toBe('<https://x.org/a_b>')
})

test('an address that is its own link has no joiner, words that look like one have', () => {
  expect(shown('**https://x.org/a** [x.org](https://x.org) [notes.sh](https://x.org)')[0]).toBe(
    '<b><a href="https://x.org/a">https://x.org/a</a></b> <a href="https://x.org">x.org</a> <a href="https://x.org">notes.‖sh</a>',
  )
})

test('a terminal shows no scheme of a mail address', () => {
  const body = read('[us](mailto:a@x.org?subject=s) b@x.org')
  expect(renderText({ body }, { columns: 80, style: 'grid', colour: false })).toBe(
    'us <a@x.org> b@x.org',
  )
})

const words = fc
  .array(
    fc.constantFrom(
      'a',
      'B c',
      '_',
      '[',
      ']',
      '*',
      '~~',
      '|',
      '\\',
      '`',
      ':',
      '<',
      '>',
      '@',
      '#',
      '.net',
      '://',
      '漢',
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map(parts => parts.join(''))
const url = fc.constantFrom(
  ...[
    'https://example.org/a_b',
    'http://srv/x',
    'mailto:a@x.org?subject=s',
    'mailto:a@x.org,b@x.org',
  ],
  ...['tel:+38733987654', 'ftp://x.org/f', 'tg://resolve?domain=x', 'http://x.org/(a)'],
)

test('of any link, the address is kept on both platforms, and no scheme of a mail or a call is shown', () => {
  fc.assert(
    fc.property(words, url, (value, url) => {
      const child: PhrasingContent = { type: 'link', url, children: [{ type: 'text', value }] }
      const body: Root = { type: 'root', children: [{ type: 'paragraph', children: [child] }] }
      const address = url.replace(/^(?:mailto|tel):|\?subject.*/g, '').split(',')
      // An address that is its own link stands twice in HTML.
      const telegram = onTelegram(body).replace(/<a href="([^"]*)">\1<\/a>/g, '$1')
      for (const text of [telegram, onDiscord(body)]) {
        for (const each of address) expect(text.split(each).length - 1, text).toBe(1)
        expect(text).not.toMatch(/mailto:|tel:|subject/)
      }
    }),
    { numRuns: 500 },
  )
})

test('a bare mail address with a scheme or a subject is shown without them', () => {
  const source =
    'To mailto:a@x.org, <mailto:b@x.org?subject=s>, **mailto:c@x.org?subject=Log%20x** or (Mailto:d@x.org).'
  expect(shown(source)).toEqual([
    'To a@x.org, b@x.org, <b>c@x.org</b> or (d@x.org).',
    'To <a@x.org>, <b@x.org>, **<c@x.org>** or (<d@x.org>).',
  ])
  expect(shown('mailto: a@x.org and mailto:x')[0]).toBe('mailto: a@x.org and mailto:x')
})

test('the header of a card keeps the marks of struck words', () => {
  const source = `| Day | ~~Old~~ *name* |\n| - | - |\n| a | ${'long '.repeat(12)}|`
  expect(shown(source)[0]).toContain('• Day: <b>a</b>\n<s>Old</s> name: long')
})
