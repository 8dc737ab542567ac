import fc from 'fast-check'
import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { createRegistry } from '../../src/commands/registry.ts'
import { linked } from '../../src/content/plain-links.ts'
import { paragraph } from '../../src/message.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { answerTo } from '../shipped.ts'
import { parseTelegramHtml } from '../telegram-html.ts'
import { edition, section } from './fixture.ts'

/** The addresses of the links in a plain text. */
function linksOf(text: string): string[] {
  return linked(text).flatMap(node => (node.type === 'link' ? [node.url] : []))
}

test.for([
  ['See https://example.org/a_b*c?x=1&amp;y. Next', 'https://example.org/a_b*c?x=1&amp;y'],
  ['# https://x.org/a', 'https://x.org/a'],
  ['1. www.x.org/y and desk@example.org', 'http://www.x.org/y', 'mailto:desk@example.org'],
  [
    '“https://пример.рф/план”。见 post@müller.de',
    'https://пример.рф/план',
    'mailto:post@müller.de',
  ],
  ['| https://x.org | *https://y.org/2026*/z*', 'https://x.org', 'https://y.org/2026*/z'],
  ['[a](https://x.org)', 'https://x.org'],
  ['example.org, Node.js and readme.md'],
])('of a plain text, bare addresses are links: %s', ([text = '', ...urls]) => {
  expect(linksOf(text)).toEqual(urls)
})

test('the brackets of a plain text stay, in whichever script its domain is', () => {
  for (const text of ['<post@müller.de> ', '<a@x.org>', 'a <post@müller.de>.'])
    expect(textOf(paragraph(...linked(text)))).toBe(text)
})

test('of any plain text, the words and marks stay as they are', () => {
  const piece = fc.constantFrom(
    ...['https://x.org/a', 'www.x.org', 'a@x.org', 'post@müller.de', ' ', '  ', '*', '**', '_'],
    ...[
      '#',
      '- ',
      '1. ',
      '> ',
      '~~',
      '`',
      '[a]',
      '(b)',
      '<',
      '>',
      '&amp;',
      '\\\\',
      '|',
      '漢',
      '。',
    ],
    ...['[^1]', '![a](b)', '---', '<!-- -->', 'x', '.', '@', ':'],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      const text = pieces.join('')
      expect(textOf(paragraph(...linked(text)))).toBe(text)
    }),
    { numRuns: 500 },
  )
})

const ADDRESS = 'https://example.org/a_b'

const registry = createRegistry(
  edition({
    'edition.yaml': `id: test
title: A briefing
summary: 'The summary: ${ADDRESS}?summary'
publisher: The publisher ${ADDRESS}?publisher
source: The report, ${ADDRESS}?source
asOf: 2026-01
language: en
notKnown: ['One, ${ADDRESS}?unknown', 'Two']
naming: 'Names, ${ADDRESS}?naming'
licence: MIT (${ADDRESS}?licence)
`,
    'events.yaml': `- id: first
  name: First
  start: 2027-06-01
  end: 2027-06-10
  participants: All (${ADDRESS}?participants)
  location: Port, ${ADDRESS}?location
  note: See ${ADDRESS}?note.
  source: ${ADDRESS}?proof
  status: scheduled
`,
    'sections/01-alpha.md': section(
      `command: alpha\ntitle: Alpha\nsummary: 'Read ${ADDRESS}?section'\nexercises: true`,
    ),
  }),
)

test.for([
  ['/briefing', 'summary', 'publisher'],
  ['/alpha', 'section', 'participants', 'publisher'],
  ['/about', 'source', 'unknown', 'naming', 'licence', 'publisher'],
  ['/exercises', 'participants', 'location', 'note', 'proof'],
  ['/exercises first', 'participants', 'location', 'note', 'proof'],
  ['/next', 'participants', 'location', 'note', 'proof'],
  ['/tables alpha-events', 'participants'],
  ['/search port', 'participants', 'location', 'note'],
  ['/search report', 'source'],
  ['/search names', 'naming'],
])('addresses of plain fields are links in %s', async ([line = '', ...fields]) => {
  const { message } = await answerTo(line, registry)
  const telegram = renderTelegram(message).map(body => ('text' in body ? body.text : ''))
  const entities = telegram.flatMap(html => parseTelegramHtml(html).entities)
  const urls = entities.flatMap(({ type, url }) => (type === 'text_link' ? [url] : []))
  const discord = JSON.stringify(renderDiscord(message))
  for (const field of fields) {
    expect(urls).toContain(`${ADDRESS}?${field}`)
    expect(discord).toContain(`<${ADDRESS}?${field}>`)
  }
  expect(telegram.join()).not.toContain('\u2060')
})
