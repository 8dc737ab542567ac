import { describe, expect, test } from 'vitest'
import { digest } from '../../src/briefing/digest.ts'
import { reminder } from '../../src/briefing/reminder.ts'
import { eventUpdate } from '../../src/briefing/updates.ts'
import { createBot } from '../../src/commands/bot.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import { diffEditions, NOTHING_CHANGED } from '../../src/content/diff.ts'
import { parseEdition } from '../../src/content/parse.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { edition, folder, localOn } from '../content/fixture.ts'
import { testClock } from '../platforms/pauses.ts'
import { askBot } from '../request.ts'
import { newDatabase, openTestStore } from '../store/stores.ts'

const DAY = Temporal.PlainDate.from('2026-05-30')
const HEAD = (folder()[0]?.text ?? '').replace(/^events:.*\n/m, '')
const WORDS = `${HEAD}events:
  command: drills
  aliases: [practice]
  one: drill
  many: drills
  columns: {name: Drill, participants: Crews}
  icon: 🚒
`
const DRILLS = edition({
  'edition.yaml': WORDS,
  'sections/02-beta.md':
    '---\ncommand: beta\ntitle: Beta\nsummary: S\nevents: true\n---\n\nWords.\n',
})
const NONE = edition({ 'edition.yaml': HEAD, 'events.yaml': undefined })
/** The words of the shipped subject, and of the engine for events. */
const FOREIGN = /exercise|participating|nations|military|\bevents?\b/i

/** Every answer of a bot to its own commands and to each value of their choices, as bodies for Discord. */
async function answersOf(of: typeof DRILLS) {
  const clock = testClock(() => DAY.toZonedDateTime('UTC').toInstant())
  const { store } = await openTestStore({ url: await newDatabase('sqlite'), clock })
  const registry = createRegistry(of)
  const open = () => createBot({ registry: () => registry, clock, timeZone: 'UTC', store })
  const lines = registry.commands.flatMap(({ name, parameters, pages = [] }) => [
    `/${name}`,
    ...(parameters[0]?.choices?.(of) ?? []).map(({ value }) => `/${name} ${value}`),
    ...pages.map(({ value }) => `/${name} ${value}`),
  ])
  const place = { platform: 'telegram', address: '1', kind: 'private' } as const
  const said = []
  for (const line of lines) {
    const reply = await askBot(open(), line, { place })
    if (reply) said.push(JSON.stringify(renderDiscord(reply.message)))
  }
  return { registry, lines, said }
}

describe('an edition that calls its events drills', () => {
  test('answers in its own words alone', async () => {
    const { lines, said } = await answersOf(DRILLS)
    expect(lines).toContain('/drills upcoming')
    for (const body of said) expect(body.replaceAll('/events', '')).not.toMatch(FOREIGN)
    expect(said.join('\n')).toMatch(/Upcoming drills/)
    expect(said.join('\n')).toMatch(/Next drill/)
    expect(said.join('\n')).toMatch(/Crews/)
  })

  test('lists them by its command and aliases, and by the names of buttons in chats', () => {
    const registry = createRegistry(DRILLS)
    for (const name of ['drills', 'practice', 'events', 'exercises'])
      expect(registry.find(name)?.name).toBe('drills')
    expect(registry.menu().find(({ name }) => name === 'drills')).toMatchObject({ title: 'Drills' })
  })

  test('may have a section with the name events', async () => {
    const beta = '---\ncommand: events\ntitle: Concerts\nsummary: S\n---\n\nWords.\n'
    const { edition: parsed, problems } = parseEdition(
      folder({ 'edition.yaml': WORDS, 'sections/02-beta.md': beta }),
      new Set(['events', 'next', 'help']),
    )
    expect(problems).toBeUndefined()
    const registry = parsed && createRegistry(parsed)
    expect(registry?.find('events')?.title).toBe('Concerts')
    expect(registry?.find('drills')?.title).toBe('Drills')
  })

  test('posts in its own words', () => {
    const edition = localOn(DAY, DRILLS)
    const [first] = edition.events
    if (!first) throw new Error('The fixture has no event.')
    const moved = { ...DRILLS, events: [{ ...first, end: '2026-06-12' }] }
    const posts = [
      digest({ edition, changes: NOTHING_CHANGED, today: DAY, turn: 0 }),
      reminder(DRILLS, first, DAY),
      eventUpdate(moved, diffEditions(DRILLS, moved).events, DAY),
    ].map(message => JSON.stringify(renderDiscord(message)))
    for (const post of posts) expect(post).not.toMatch(FOREIGN)
    expect(posts[0]).toMatch(/Drills in the next 30 days/)
    expect(posts[1]).toMatch(/\/drills/)
  })
})

describe('an edition without a file of events', () => {
  test('has no command, topic or word about them', async () => {
    const { registry, said } = await answersOf(NONE)
    const names = registry.commands.map(({ name }) => name)
    for (const name of ['events', 'next', 'remind', 'mute']) expect(names).not.toContain(name)
    // Without events, muting is a pause.
    expect(registry.find('mute')?.name).toBe('pause')
    for (const body of said) expect(body).not.toMatch(FOREIGN)
    expect(said.filter(body => /remind/i.test(body))).toEqual([])
    expect(registry.find('events')).toBeUndefined()
  })

  test('may give their names to sections', () => {
    const names = 'command: events\naliases: [next, remind, mute]'
    const beta = `---\n${names}\ntitle: Beta\nsummary: S\n---\n\nWords.\n`
    const { warnings, edition: parsed } = parseEdition(
      folder({ 'edition.yaml': HEAD, 'events.yaml': undefined, 'sections/02-beta.md': beta }),
      new Set(['events', 'next', 'remind', 'mute', 'help']),
    )
    expect(warnings).toEqual([])
    expect(parsed && createRegistry(parsed).find('events')?.title).toBe('Beta')
  })
})

test('the name events is taken if the events have it', () => {
  const beta = '---\ncommand: events\ntitle: Concerts\nsummary: S\n---\n\nWords.\n'
  const { problems = [] } = parseEdition(
    folder({ 'edition.yaml': HEAD, 'sections/02-beta.md': beta }),
    new Set(['events', 'next', 'help']),
  )
  expect(problems.map(({ message }) => message)).toEqual([
    'The name `events` is taken by a built-in command.',
  ])
})

test('the files of earlier releases are read, with a line that says what to rename', () => {
  const text = folder().find(({ path }) => path === 'events.yaml')?.text
  const files = folder({
    'edition.yaml': HEAD,
    'events.yaml': undefined,
    'exercises.yaml': text,
    'sections/02-beta.md':
      '---\ncommand: beta\ntitle: Beta\nsummary: S\nexercises: true\n---\n\nWords.\n',
  })
  const { edition: parsed, warnings = [] } = parseEdition(files, new Set(['events', 'help']))
  expect(parsed?.eventNames).toMatchObject({ command: 'exercises', many: 'exercises' })
  expect(parsed?.sections[1]?.events).toBe(true)
  expect(warnings).toEqual([
    {
      file: 'exercises.yaml',
      line: 1,
      message: 'This name is of an earlier release, in which all events were exercises.',
      fix: expect.stringContaining(
        'events: {command: exercises, one: exercise, many: exercises, columns:',
      ),
      isWarning: true,
    },
  ])
})

test('a file of earlier releases beside the new one is not read, and a warning says so', () => {
  const { edition: parsed, warnings = [] } = parseEdition(
    folder({ 'exercises.yaml': '[]' }),
    new Set(['events', 'help']),
  )
  expect(parsed?.events).toHaveLength(1)
  expect(warnings.map(({ file, message }) => `${file} ${message}`)).toEqual([
    'exercises.yaml This file is not read, because there is an `events.yaml`.',
  ])
})

test.each([
  ['an edition with events offers them to a server', DRILLS, true],
  ['an edition without events does not', NONE, false],
])('%s', async (_, of, isOffered) => {
  const clock = testClock(() => DAY.toZonedDateTime('UTC').toInstant())
  const { store } = await openTestStore({ url: await newDatabase('sqlite'), clock })
  const open = () =>
    createBot({ registry: () => createRegistry(of), clock, timeZone: 'UTC', store })
  const place = { platform: 'discord', address: '2', within: '1', kind: 'channel' } as const
  const page = await askBot(open(), '/settings what', { place, mayCreateEvents: true })
  expect(JSON.stringify(page).includes('/settings scheduled on')).toBe(isOffered)
  await askBot(open(), '/settings scheduled on', { place, mayCreateEvents: true })
  const known = await store.scheduledEvents.find({ platform: 'discord', server: '1' })
  expect(known !== undefined).toBe(isOffered)
})
