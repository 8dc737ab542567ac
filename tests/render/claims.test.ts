import fc from 'fast-check'
import type { Root } from 'mdast'
import { expect, test } from 'vitest'
import { parseMarkdown } from '../../src/content/markdown.ts'
import { readMarkdown } from '../../src/parsing/discord.ts'
import { readEntities } from '../../src/parsing/telegram.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { renderText } from '../../src/render/text.ts'

/** The links of Telegram's body, as words and address. */
function telegramLinks(body: Root): string[] {
  const bodies = renderTelegram({ body })
  const html = bodies.map(each => (each.method === 'sendMessage' ? each.text : '')).join('\n')
  return [...html.matchAll(/<a href="([^"]+)">(.*?)<\/a>/g)].map(
    ([, url, words]) => `${words?.replaceAll('\u2060', '')} → ${url}`,
  )
}

function discordText(body: Root): string {
  const [first] = renderDiscord({ body })
  const part = first?.components[0].components[0]
  return part?.type === 10 ? part.content : ''
}

function content(source: string): Root {
  const parsed = parseMarkdown(source)
  if (!parsed.body) throw new Error(parsed.problems[0]?.message)
  return parsed.body
}

/** The same link as an editor and as moderators write it. */
function bodiesOf(words: string, url: string): Root[] {
  return [
    content(`[${words}](${url})`),
    readMarkdown(`[${words}](${url})`).body,
    readEntities(words, [{ type: 'text_link', offset: 0, length: words.length, url }]).body,
  ]
}

test.for([
  ['https://x.org', 'http://x.org'],
  ['https://example.org', 'https://example.org.evil.com/'],
  ['example.org', 'https://example.org@evil.com/'],
  ['See example.org now', 'https://evil.com'],
  ['PayPal.com', 'https://evil.com'],
  ['www.example.org', 'https://evil.com/www.example.org'],
  ['desk@example.org', 'https://evil.com'],
  ['example.org/a/b', 'https://example.org/a%2Fb'],
  ['example.org/form', 'https://example.org/other'],
  ['https://example.org', 'https://example.org:x@evil.com/'],
  ['example.org', 'https://example.org:443@evil.com/'],
  ['example.org', 'https://user@example.org/'],
  ['example.org', 'https://example.org:8080/'],
  ['https://e...bank.com/login', 'https://evil.com'],
  ['https://e…bank.com/login', 'https://evil.com'],
  ['bank.com/login…', 'https://evil.com/login'],
  ['https://bank.com...', 'https://bank.com.evil.net'],
  ['https://example.org/a…/login', 'https://example.org/abc/other'],
  ['sparkasse.de', 'https://evil.com'],
  ['bank.\u030Acom', 'https://evil.com'],
  ['BANK.İNFO', 'https://evil.com'],
  ['bbc.co.uk', 'https://evil.com'],
  ['onet.pl', 'https://evil.com'],
  ['t.me/x', 'https://evil.com'],
  ['www.notes.sh', 'https://evil.com'],
  ['login.bank.sh', 'https://evil.com'],
  ['bank.sh/login', 'https://evil.com'],
] as const)(
  'words that claim another address have the true one behind them: %s → %s',
  ([words, url]) => {
    for (const body of bodiesOf(words, url)) {
      expect(telegramLinks(body)).toEqual([`${url} → ${url}`])
      expect(discordText(body)).toContain(`(<${url}>)`)
      expect(discordText(body)).not.toContain('](')
      expect(renderText({ body }, { columns: 200, style: 'grid', colour: false })).toContain(
        `<${url}>`,
      )
    }
  },
)

test.for([
  ['x.org', 'https://x.org'],
  ['HTTPS://X.ORG', 'https://x.org'],
  ['example.org', 'https://www.example.org/a/b'],
  ['https://example.org/…', 'https://example.org/a/b'],
  ['Read https://example.org/a... now', 'https://example.org/abc'],
  ['example.org/a/…', 'https://www.example.org/a/b?c'],
  ['example.org:8080', 'https://example.org:8080/a'],
  ['See müller.de', 'https://müller.de/a'],
  ['README.md', 'https://example.org'],
  ['setup.py', 'https://example.org'],
  ['Read example.org/a', 'https://example.org/a?b=c'],
  ['Vue.js', 'https://vuejs.org'],
  ['notes.sh', 'https://example.org'],
  ['1.2.3.4', 'https://example.org'],
  ['@desk', 'https://example.org'],
] as const)(
  'words with the address of their link stay a link on Telegram: %s → %s',
  ([words, url]) => {
    for (const body of bodiesOf(words, url)) {
      expect(telegramLinks(body)).toEqual([`${words} → ${url}`])
    }
  },
)

test('no link of two different hosts has an address as its words', () => {
  const host = fc.constantFrom(
    'example.org',
    'bank.com',
    'a.b.net',
    'evil.info',
    'x.gov',
    'a.de',
    'b.co.uk',
  )
  const form = fc.constantFrom(
    '%',
    'https://%',
    'http://%/',
    'www.%',
    'See %!',
    '%/a',
    'to %:80',
    '%…',
    'https://%/...',
  )
  const name = fc.constantFrom('', '%@', '%:x@', '%:443@', '%.')
  fc.assert(
    fc.property(host, host, form, name, (shown, real, made, before) => {
      fc.pre(shown !== real)
      const url = `https://${before.replace('%', shown)}${real}/`
      for (const body of bodiesOf(made.replace('%', shown), url)) {
        expect(telegramLinks(body)).toEqual([`${url} → ${url}`])
        expect(discordText(body)).not.toContain('](')
      }
    }),
  )
})

test('an escaped slash of a mail address stays escaped', () => {
  expect(discordText(content('[desk](mailto:a%2Fb@example.org)'))).toBe(
    'desk (<a%2Fb@example.org>)',
  )
})
