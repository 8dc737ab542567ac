import { toString as plainOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { createBot } from '../../src/commands/bot.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import type { CalendarEvent, Edition } from '../../src/content/edition.ts'
import { type Action, FILE_BYTES } from '../../src/message.ts'
import { createUpdateRound } from '../../src/schedule/update-round.ts'
import { problems } from '../content/fixture.ts'
import { openDiscord } from '../platforms/discord/scene.ts'
import { openMemoryLog } from '../platforms/memory-log.ts'
import { testClock } from '../platforms/pauses.ts'
import { messageUpdate } from '../platforms/telegram/person.ts'
import { openTelegram } from '../platforms/telegram/scene.ts'
import { askBot } from '../request.ts'
import { editionOf, event, openSchedule } from '../schedule/scene.ts'
import { query } from '../store/raw.ts'
import { newDatabase, openTestStore } from '../store/stores.ts'
import { faultsOf, readCalendar, valueIn } from './reader.ts'

const EVENTS = [
  event('past', '2026-06-01', '2026-06-10'),
  event('later', '2027-06-01T10:00', '2027-06-01T12:00', { zone: 'Asia/Tokyo' }),
  event('next', '2026-12-01', '2026-12-03'),
  event('weekly', '2026-01-05', '2026-01-05', { repeat: 'FREQ=WEEKLY' }),
  event('off', '2026-02-01', '2026-02-02', { status: 'postponed' }),
]

const PUBLIC_URL = 'https://bot.example.org/base'

/** A bot with these events on 30 November 2026, after an edit of one of them was published. */
async function open(events: readonly CalendarEvent[] = EVENTS, publicUrl?: string) {
  const now = Temporal.Instant.from('2026-11-30T09:00:00Z')
  const clock = testClock(() => now)
  const { store } = await openTestStore({ url: await newDatabase('sqlite'), clock })
  const { log } = await openMemoryLog()
  const round = createUpdateRound({
    ...{ store, clock, log, platforms: [], debounceMs: 0, timeZone: 'UTC' },
  })
  const current: Edition = editionOf(events)
  await round.run(editionOf(events.map(each => ({ ...each, name: `Former ${each.id}` }))))
  await round.run(current)
  await round.decide('drop')
  const registry = createRegistry(current, publicUrl)
  return createBot({ registry: () => registry, clock, timeZone: 'Europe/Sarajevo', store })
}

const ask = async (bot: Awaited<ReturnType<typeof open>>, line: string) => {
  const reply = await askBot(bot, line)
  if (!reply) throw new Error('A line is answered.')
  return { ...reply.message, text: plainOf(reply.message.body) }
}

/** Checks a file, and returns its events with their sequence. */
function read(text: string) {
  expect(faultsOf(text)).toEqual([])
  return readCalendar(text)
    .parts.filter(({ kind }) => kind === 'VEVENT')
    .map(part => `${valueIn(part, 'UID')} ${valueIn(part, 'SEQUENCE')}`)
}

const COMING = ['weekly', 'next', 'later', 'off'].map(id => `${id}@test.sitrep 1`)

test('the file has the events that are not over, with their revisions', async () => {
  const { file, text, actions } = await ask(await open(), '/exercises calendar')
  expect(text).toBe('Open the file to add 4 exercises to your calendar.')
  expect(actions).toEqual([{ label: 'Exercises', command: '/exercises' }])
  expect(file).toMatchObject({ name: 'test.ics', type: 'text/calendar' })
  expect(new Set(read(file?.text ?? ''))).toEqual(new Set(COMING))
})

test('a button of the list asks for the file, unless all events are over', async () => {
  const labels = async (events: readonly CalendarEvent[]) =>
    (await ask(await open(events), '/exercises')).actions?.map(({ label }) => label)
  expect((await labels(EVENTS))?.at(-1)).toBe('Calendar file')
  const past = EVENTS.slice(0, 1)
  expect(await labels(past)).not.toContain('Calendar file')
  const { file, text } = await ask(await open(past), '/exercises calendar')
  expect([file, text]).toEqual([undefined, 'No upcoming exercises.'])
})

test('with a public address the file comes with one, and an event has a link', async () => {
  const bot = await open(EVENTS, PUBLIC_URL)
  expect((await ask(bot, '/exercises calendar')).text).toContain(`${PUBLIC_URL}/calendar.ics`)
  expect((await ask(bot, '/exercises next')).actions).toContainEqual({
    label: 'Add to calendar',
    url: `${PUBLIC_URL}/calendar/next.ics`,
  })
  const without = await ask(await open(), '/exercises next')
  expect(without.actions?.map(({ label }) => label)).not.toContain('Add to calendar')
})

test.for([
  [PUBLIC_URL, ['Add to calendar', 'Mute this one', 'Exercises', 'Settings']],
  [undefined, ['Mute this one', 'Exercises', 'Settings']],
] as const)(
  'a reminder has a link to the event if the address is %s',
  async ([publicUrl, labels]) => {
    const scene = await openSchedule({
      start: '2026-11-29T08:00:00Z',
      events: EVENTS,
      ...(publicUrl && { publicUrl }),
    })
    await scene.beat()
    await scene.subscribe('1', { topics: ['events'] })
    await scene.beat('2026-11-30T08:30:00Z')
    const [row] = (await query(
      scene.url,
      "select message from broadcasts where subject = 'next'",
    )) as [{ message: string }]
    const { actions } = JSON.parse(row.message)
    expect(actions.map(({ label }: Action) => label)).toEqual(labels)
    if (publicUrl) expect(actions[0].url).toBe(`${publicUrl}/calendar/next.ics`)
  },
)

test('no event may have the id that asks for the file', () => {
  const events = `- {id: calendar, name: A, start: 2026-06-01, end: 2026-06-01, participants: All, status: scheduled}\n`
  expect(problems({ 'events.yaml': events })).toEqual([
    'events.yaml:1 `calendar` cannot be the id of an event. | Use only a–z, 0–9 and -, at most 40 of them, and not upcoming, past, all, calendar.',
  ])
})

test('a file of very many events has the next ones', async () => {
  const long = 'é'.repeat(290)
  const many = Array.from({ length: 3000 }, (_, index) =>
    event(`e${index}`, '2027-06-01', `2027-06-${10 + (index % 20)}`, { note: long }),
  )
  const { file, text } = await ask(await open(many), '/exercises calendar')
  const bytes = Buffer.byteLength(file?.text ?? '')
  expect(bytes).toBeLessThanOrEqual(FILE_BYTES)
  expect(bytes).toBeGreaterThan(FILE_BYTES * 0.9)
  const count = read(file?.text ?? '').length
  expect(text).toContain(`Open the file to add ${count.toLocaleString('en')} exercises`)
  expect(text).toContain('More would not fit')
})

test('Telegram gets the file as a document with its text as the caption', async () => {
  await using scene = await openTelegram({ bot: await open() })
  scene.server.push(messageUpdate('/exercises calendar', { chat: { id: 700, type: 'private' } }))
  const { body } = await scene.server.next('sendDocument')
  expect(body.caption).toBe('Open the file to add 4 exercises to your calendar.')
  const [part] = [...scene.server.documents.values()]
  expect(part?.name).toBe('test.ics')
  expect(new Set(read(String(part?.bytes)))).toEqual(new Set(COMING))
})

test('Discord gets the file as an attachment below its text', async () => {
  await using scene = await openDiscord({ bot: await open() })
  const token = await scene.slash('exercises', [{ type: 3, name: 'which', value: 'calendar' }])
  const shown = await scene.server.shown(token).next()
  expect(JSON.stringify(shown.body)).toContain('attachment://test.ics')
  const part = scene.server.attached.get(`${shown.message}/test.ics`)
  expect(part?.type).toMatch(/^text\/calendar/)
  expect(new Set(read(String(part?.bytes)))).toEqual(new Set(COMING))
})
