import fc from 'fast-check'
import type { Root } from 'mdast'
import { expect, test } from 'vitest'
import { parseMarkdown } from '../../src/content/markdown.ts'
import { readMarkdown } from '../../src/parsing/discord.ts'
import { type Entity, readEntities } from '../../src/parsing/telegram.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { telegramFinds } from '../../src/render/telegram-finds.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

function read(source: string): Root {
  const parsed = parseMarkdown(source)
  if ('problems' in parsed) throw new Error(parsed.problems[0]?.message)
  return parsed.body
}

function onTelegram(body: Root): string {
  const [sent] = renderTelegram({ body })
  return sent?.method === 'sendMessage' ? sent.text : ''
}

function onDiscord(body: Root): string {
  const [part] = renderDiscord({ body })[0]?.components[0].components ?? []
  return part?.type === 10 ? part.content : ''
}

/** The links that Telegram makes in a body automatically. A find that code touches is none. */
function linked(html: string): string[] {
  const { text, entities } = parseTelegramHtml(html)
  const code = entities.filter(({ type }) => type === 'code')
  return telegramFinds(text)
    .filter(({ start, end }) =>
      code.every(({ offset, length }) => offset + length <= start || end <= offset),
    )
    .map(({ start, end }) => text.slice(start, end))
}

/** Checked with Telegram's own parser: it links a part of each as a mail, or all of it as a web address. */
const CUT = [
  ...['a.b+c@x.example', "o'neil@x.org", 'jörg@x.org', 'büro.x@y.org', 'почтаa@x.org', 'a!b@x.org'],
  ...['a&b@x.org', 'desk@x.technology', `${'1'.repeat(40)}@x.org`],
]

test('a mail address that Telegram would cut or take for a web address is code there', () => {
  for (const address of CUT) {
    const body = read(`Write to ${address.replace('&', '&amp;')}, please.`)
    const shown = address.replace('&', '&amp;')
    expect(onTelegram(body)).toBe(`Write to <code>${shown}</code>, please.`)
    expect(onDiscord(body)).toBe(`Write to <${address}>, please.`)
  }
})

test('a mail address behind a mark or a letter of a script without blanks is linked as it is written', () => {
  expect(onTelegram(read('Mail:a@x.org'))).toBe('Mail:\u2060a@x.org')
  expect(onTelegram(read('写信给a@x.org 谢谢'))).toBe('写信给\u2060a@x.org 谢谢')
  expect(onDiscord(read('写信给a@x.org 谢谢'))).toBe('写信给<a@x.org> 谢谢')
  expect(linked(onTelegram(read('a@x.org,b@x.org or a@x.org?subject=1')))).toEqual([
    ...['a@x.org', 'b@x.org', 'a@x.org'],
  ])
})

test('a mail address with any letters in its domain is one address', () => {
  for (const address of [
    ...['post@müller.example', 'desk@muller.exämple', 'info@пример.рф', 'a@x.müller.de'],
    ...['jörg@büro.de', 'info@grad.срб'],
  ]) {
    for (const written of [address, `<${address}>`, `[${address}](mailto:${address})`]) {
      const body = read(`Write to ${written}, please.`)
      const [html, onlyText] = [onTelegram(body), parseTelegramHtml(onTelegram(body)).text]
      expect(onlyText).toBe(`Write to ${address}, please.`)
      expect(linked(html)).toEqual([])
      expect(onDiscord(body)).toBe(`Write to <${address}>, please.`)
    }
  }
  expect(onDiscord(read('写信给desk@example.org谢谢'))).toBe('写信给<desk@example.org>谢谢')
})

test('a word and a stroke or an equals sign before a mail address do not belong to it', () => {
  expect(onDiscord(read('Hotline/info@example.org'))).toBe('Hotline/<info@example.org>')
  expect(onDiscord(read('E-Mail=info@example.org'))).toBe('E-Mail=<info@example.org>')
})

test('an address whose first letters have a style is no link to its rest', () => {
  expect(onDiscord(read('**a**b@x.org'))).toBe('**a**b\\@x.org')
  // An apostrophe between letters belongs to a name, also behind a style.
  for (const start of ['**b**', '*b*', 'a*b*']) {
    for (const end of ["'a@x.org", ".'a@x.org", "a'b@x.org"]) {
      const html = onTelegram(read(`See ${start}${end} now`))
      expect([html, ...linked(html)], start + end).toEqual([expect.not.stringContaining('<code>')])
    }
  }
  expect(linked(onTelegram(read("**Mail:**'a@x.org'")))).toEqual(['a@x.org'])
})

test('a mail address that Telegram has cut is read whole', () => {
  const sent = (text: string, entity: Partial<Entity>) =>
    readEntities(text, [{ type: 'email', offset: 0, length: text.length, ...entity }]).body
  const cut = sent('To a.b+c@x.org', { offset: 6, length: 8 })
  expect(onDiscord(cut)).toBe('To <a.b+c@x.org>')
  expect(onTelegram(cut)).toBe('To <code>a.b+c@x.org</code>')
  expect(onDiscord(sent("o'neil@x.org", { offset: 2, length: 10 }))).toBe("<o'neil@x.org>")
  // Telegram takes an address with other letters for a web address with a user's name.
  expect(onDiscord(sent('jörg@x.org', { type: 'url' }))).toBe('<jörg@x.org>')
  expect(onDiscord(sent('a@x.org?subject=1', { type: 'url' }))).toBe('<a@x.org>')
  expect(onDiscord(sent('a@x.org/b', { type: 'url' }))).toBe('a\\@x.org/b')
})

const letter = fc.constantFrom(
  ...['a', 'Z', '7', 'é', 'ж', '名', '.', '+', "'", '-', '_', '!', '=', '%', '/', '*'],
)
const near = fc.constantFrom(
  ...['', ' ', '(', '«', ':', '"', '见', '$', ',', '。', ')', '?', ' b@y.org ', '/', '**b**'],
)

test('of any mail address, Telegram links all that is written without a blank, or nothing', () => {
  const local = fc.array(letter, { minLength: 1, maxLength: 8 }).map(letters => letters.join(''))
  const host = fc.constantFrom('x.org', 'mail.x.example', 'x.technology', 'bücher.de', 'x_y.org')
  fc.assert(
    fc.property(near, local, host, near, (before, name, end, after) => {
      const parsed = parseMarkdown(`See ${before}${name}@${end}${after} now`)
      const { body: typed } = readMarkdown(`See ${before}${name}@${end}${after} now`)
      for (const body of 'problems' in parsed ? [typed] : [parsed.body, typed]) {
        const html = onTelegram(body)
        const { text } = parseTelegramHtml(html)
        for (const link of linked(html)) {
          expect(link, html).toMatch(/^[\w.+-]+@[\w.-]+$/)
          const at = text.indexOf(link)
          // The longest address that ends here, as a reader takes it: without marks at its beginning.
          const [whole] = /[\p{L}\p{N}][\p{L}\p{N}\p{M}!#$%&'*+?^_`{}~.-]*$/u.exec(
            text.slice(0, at + link.indexOf('@')),
          ) ?? ['']
          const isWritten = `${whole}${link.slice(link.indexOf('@'))}` === link
          expect(isWritten || /[名见。]/.test(whole) || !/^[\p{L}\p{N}]/u.test(link), html).toBe(
            true,
          )
        }
      }
    }),
    { numRuns: 500 },
  )
})

test.each([
  'x%3E%20%3C/stop:123%3E%20@b.org',
  'x%3E%20https://evil.org%20%3Cy@b.org',
  'x%E2%80%AEgro.live@b.org',
  'x%0A%0AURGENT@b.org',
  'a%00b@c.org',
])('the escapes of mailto:%s stay on both platforms', address => {
  const body = read(`[write](mailto:${address})`)
  expect(onTelegram(body)).toContain(address)
  expect(onDiscord(body)).toBe(`write (<${address}>)`)
})

test('an address with two @ is escaped on Discord', () => {
  const body = read('[write](mailto:x**@everyone**@b.org)')
  expect(onDiscord(body)).toBe('write (x\\*\\*\\@everyone\\*\\*\\@b.org)')
})
