import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reservedNames } from '../../src/commands/builtin.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegramTexts } from '../../src/render/telegram.ts'
import { renderText } from '../../src/render/text.ts'
import { edition, section } from '../content/fixture.ts'
import { expectDiscordTakes } from '../discord-markdown.ts'
import { answerTo, registry } from '../shipped.ts'
import { findAccidents, parseTelegramHtml } from '../telegram-html.ts'

/** Every command in every form, and lines that fail; each answer is a golden file. */
const LINES = [
  ...registry.commands.flatMap(({ name, parameters }) => [
    ...(parameters.some(({ required }) => required) ? [] : [`/${name}`]),
    ...parameters.flatMap(({ choices }) =>
      (choices?.(registry.edition) ?? []).map(({ value }) => `/${name} ${value}`),
    ),
  ]),
  ...[
    '/search kosovo',
    '/search training',
    '/search yugoslav wars',
    '/search zebra',
    '/search',
    'what are the threats?',
  ],
  ...[
    '/thretas',
    '/nxt',
    `/${'z'.repeat(50)}`,
    '/exercises soon',
    '',
    'x'.repeat(5000),
    'bell\x07',
  ],
]

test.each(LINES)('%s', async line => {
  const { message } = await answerTo(line)
  const name =
    line
      .slice(0, 40)
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'empty'
  const shown = renderText(message, { columns: 80, style: 'grid', colour: false })
  const golden = (file: string) => join(import.meta.dirname, 'golden', file)
  await expect(`${shown}\n`).toMatchFileSnapshot(golden(`${name}.txt`))
  const telegram = renderTelegramTexts(message)
  const discord = renderDiscord(message)
  for (const { text } of telegram) {
    const parsed = parseTelegramHtml(text)
    const isCommand = (name: string) => registry.find(name) !== undefined
    expect(findAccidents(parsed.text, parsed.entities, isCommand)).toEqual([])
  }
  for (const body of discord) expectDiscordTakes(body)
  const json = (bodies: unknown) => `${JSON.stringify(bodies, null, 2)}\n`
  await expect(json(telegram)).toMatchFileSnapshot(golden(`telegram/${name}.json`))
  await expect(json(discord)).toMatchFileSnapshot(golden(`discord/${name}.json`))
})

test('every button of every answer is a command that is understood, of at most 64 bytes', async () => {
  const seen = new Set<string>()
  const queue = [...LINES]
  for (let line = queue.shift(); line !== undefined; line = queue.shift()) {
    const { message } = await answerTo(line)
    for (const action of message.actions ?? []) {
      const command = 'command' in action ? action.command : ''
      if (seen.has(command)) continue
      seen.add(command)
      queue.push(command)
      expect(Buffer.byteLength(command)).toBeLessThanOrEqual(64)
      expect((await answerTo(command)).understood).toBe(true)
    }
  }
  expect(seen.size).toBeGreaterThan(20)
})

test('the longest names that are allowed still fit into a button', async () => {
  const name = 'x'.repeat(32)
  const tables = Array.from({ length: 12 }, () => '| a |\n| - |\n| 1 |').join('\n\nwords\n\n')
  const front = `command: ${name}\ntitle: ${'T'.repeat(60)}\nsummary: S\nexercises: true`
  const long = createRegistry(edition({ 'sections/02-x.md': section(front, tables) }))
  const answers = ['/tables', `/${name}`, `/${name} details`, '/briefing'].map(line =>
    answerTo(line, long),
  )
  const actions = (await Promise.all(answers)).flatMap(({ message }) => message.actions ?? [])
  for (const action of actions) {
    const command = 'command' in action ? action.command : ''
    expect(Buffer.byteLength(command)).toBeLessThanOrEqual(64)
    // Discord: 80 characters on a button.
    expect([...action.label].length).toBeLessThanOrEqual(80)
    expect((await answerTo(command, long)).understood).toBe(true)
  }
})

test('the names and descriptions of all commands are within the limits of both platforms', async () => {
  for (const { name, aliases, description } of registry.commands) {
    for (const each of [name, ...aliases]) expect(each).toMatch(/^[a-z0-9_]{1,32}$/)
    expect(description.length).toBeLessThanOrEqual(100)
  }
})

test('a new section is a new command, without a line of code', async () => {
  const front = 'command: beta\ntitle: The second letter\nsummary: S\naliases: [second]'
  const more = createRegistry(edition({ 'sections/02-beta.md': section(front) }))
  for (const line of ['/beta', '/second', 'beta', 'what is the second letter?']) {
    const { message, understood } = await answerTo(line, more)
    expect(understood).toBe(true)
    expect(message.body.children[0]).toMatchObject({ children: [{ value: 'The second letter' }] })
  }
  const help = renderText((await answerTo('/help', more)).message, {
    columns: 80,
    style: 'grid',
    colour: false,
  })
  expect(help).toContain('The second letter  /beta')
})

test('a section without more than its tables has no details, the last one leads back', async () => {
  const front = 'command: beta\ntitle: Beta\nsummary: S'
  const plain = createRegistry(
    edition({ 'sections/02-beta.md': section(front, '## Table\n\n| a |\n| - |\n| 1 |') }),
  )
  expect((await answerTo('/beta', plain)).message.actions).toEqual([
    { label: 'Overview', command: '/briefing' },
  ])
  expect((await answerTo('/beta details', plain)).understood).toBe(false)
})

test('the names of built-in commands are reserved, except start', () => {
  const own = registry.commands.slice(registry.edition.sections.length)
  const names = own.map(({ name }) => (name === 'exercises' ? 'events' : name))
  expect([...reservedNames]).toEqual(names.filter(name => name !== 'start'))
})
