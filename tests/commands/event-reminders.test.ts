import { toString as textOf } from 'mdast-util-to-string'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { createBot } from '../../src/commands/bot.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import type { CalendarEvent } from '../../src/content/edition.ts'
import type { ChatRef } from '../../src/platform.ts'
import type { ReminderLead } from '../../src/reminder-leads.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegramTexts } from '../../src/render/telegram.ts'
import { expectDiscordTakes } from '../discord-markdown.ts'
import { testClock } from '../platforms/pauses.ts'
import { askBot, type Facts } from '../request.ts'
import { editionOf, event } from '../schedule/scene.ts'
import { DIALECTS, type Dialect, newDatabase, openTestStore } from '../store/stores.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

const place: ChatRef = { platform: 'telegram', address: '42', kind: 'private' }
const NOW = Temporal.Instant.from('2027-05-01T10:00:00Z')
const MOMENTS: readonly ReminderLead[] = [14, 3, 1, '2h', 'start', 'end']

const EVENTS: readonly CalendarEvent[] = [
  event('past', '2027-04-01', '2027-04-02'),
  event('june', '2027-06-10', '2027-06-12', { name: 'June' }),
  event('soon', '2027-05-03', '2027-05-03', { name: 'Soon' }),
  event('now', '2027-04-30', '2027-05-01', { name: 'Now', reminders: [3] }),
  event('late', '2027-07-01', '2027-07-01', { name: 'Late', status: 'postponed' }),
  event('off', '2027-07-02', '2027-07-02', { name: 'Off', status: 'cancelled' }),
  event('meeting', '2027-01-04T18:00', '2027-01-04T19:00', {
    ...{ name: 'Meeting', zone: 'Europe/Sarajevo', repeat: 'FREQ=WEEKLY', reminders: ['1h'] },
  }),
]

async function open(dialect: Dialect = 'sqlite', events = EVENTS, facts: Facts = {}) {
  let now = NOW
  const clock = {
    ...testClock(() => now, systemClock.pause),
    // Each reading moves the clock, so that no person is refused for their rate.
    now: () => {
      now = now.add({ milliseconds: 400 })
      return now
    },
  }
  const { store } = await openTestStore({ url: await newDatabase(dialect), clock })
  const registry = createRegistry(editionOf(events))
  const bot = createBot({
    ...{ registry: () => registry, clock, timeZone: 'UTC', store },
    reminders: { moments: MOMENTS, time: Temporal.PlainTime.from('09:00') },
  })
  const reply = async (line: string, more: Facts = {}) => {
    const given = await askBot(bot, line, { place, ...facts, ...more })
    if (!given) throw new Error(`There is no answer to ${line}.`)
    for (const { text } of renderTelegramTexts(given.message)) parseTelegramHtml(text)
    for (const body of renderDiscord(given.message)) expectDiscordTakes(body)
    return given
  }
  return {
    ...{ bot, store, reply },
    ask: async (line: string, more?: Facts) => textOf((await reply(line, more)).message.body),
    buttons: async (line: string, more?: Facts) =>
      ((await reply(line, more)).message.actions ?? []).map(action =>
        'command' in action ? `${action.label}: ${action.command}` : action.url,
      ),
    wish: async (of = place) => (await store.chats.find(of))?.subscription,
  }
}

describe.for(DIALECTS)('one event of a chat kept in %s', dialect => {
  test('a chat without a subscription follows one event, and gets that alone', async () => {
    const { ask, buttons, wish } = await open(dialect)
    expect(await ask('/remind june')).toBe(
      'I’ll remind this chat of June: 14 days, 3 days and 1 day before, when it starts, and on its last day.',
    )
    expect(await wish()).toMatchObject({ state: 'active', topics: [], followed: ['june'] })
    expect(await wish()).not.toHaveProperty('nextDigestAt')
    expect(await buttons('/remind june')).toEqual([
      'Mute this one: /mute june',
      'Exercises: /exercises',
      'Settings: /settings',
    ])
    expect(await ask('/remind june')).toMatch('This chat already gets reminders of June: 14 days')
    expect(await ask('/settings')).toMatch(/Subscribed\. I post what you follow as it happens\./)
    expect(await ask('/mute june')).toBe(
      'Muted. I won’t post reminders of June here, or updates about it alone.',
    )
    expect(await wish()).toMatchObject({ state: 'stopped', topics: [] })
    expect(await wish()).not.toHaveProperty('followed')
    // A later subscription has the usual topics.
    await ask('/remind june')
    await ask('/subscribe')
    expect(await wish()).toMatchObject({
      topics: ['announcements', 'digest', 'events'],
      followed: ['june'],
    })
  })

  test('a chat that follows all events mutes one, and undoes that', async () => {
    const { ask, buttons, wish } = await open(dialect)
    await ask('/subscribe')
    expect(await ask('/remind june')).toMatch(/^This chat already gets reminders of June/)
    expect(await buttons('/mute june')).toContain('Undo: /remind june')
    expect(await ask('/mute june')).toBe(
      'Muted. I won’t post reminders of June here, or updates about it alone.',
    )
    expect(await wish()).toMatchObject({ state: 'active', muted: ['june'] })
    expect(await ask('/settings')).toMatch(/Muted: June/)
    expect(await buttons('/remind june')).toContain('Undo: /mute june')
    expect(await wish()).not.toHaveProperty('muted')
    expect(await wish()).not.toHaveProperty('followed')
  })

  test('the settings list the events of a chat, and make each like all others', async () => {
    const { ask, buttons, wish, reply } = await open(dialect)
    await ask('/subscribe')
    expect(await ask('/settings')).not.toMatch(/Reminders of|Muted/)
    await ask('/mute june')
    await ask('/settings -events')
    await ask('/remind soon')
    await ask('/remind meeting')
    expect(await ask('/settings')).toMatch(/Reminders of: Soon and Meeting.*Muted: June/s)
    expect(await buttons('/settings what')).toEqual(
      expect.arrayContaining([
        '✓ Soon: /settings reset soon',
        '✓ Meeting: /settings reset meeting',
        'Muted: June: /settings reset june',
      ]),
    )
    expect(await ask('/settings reset june')).toMatch('June: like all exercises ✓')
    await ask('/settings reset soon')
    expect(await wish()).toMatchObject({
      topics: ['announcements', 'digest'],
      followed: ['meeting'],
    })
    expect(await wish()).not.toHaveProperty('muted')
    const exported = JSON.parse((await reply('/export')).message.file?.text ?? '')
    expect(exported).toMatchObject({
      topics: ['announcements', 'digest'],
      followed: ['meeting'],
    })
    await ask('/stop')
    expect(await wish()).toMatchObject({ state: 'stopped', followed: ['meeting'] })
    await ask('/forget everything')
    expect(await wish()).toBeUndefined()
    await ask('/subscribe')
    expect(await wish()).not.toHaveProperty('followed')
  })
})

test.for([
  ['soon', 'I’ll remind this chat of Soon: 1 day before, and when it starts.'],
  ['now', 'All reminders of Now are over, but I’ll tell this chat if it changes.'],
  ['late', 'Late is postponed. I’ll tell this chat when there are new dates.'],
  ['off', 'Off is cancelled. I’ll tell this chat if it’s back on.'],
  ['meeting', 'I’ll remind this chat of each Meeting: 1 hour before.'],
  ['past', 'Exercise past is over, so there’s nothing to remind you of.'],
] as const)('/remind %s says what comes next', async ([id, said]) => {
  const { ask, wish } = await open()
  expect(await ask(`/remind ${id}`)).toBe(said)
  expect((await wish())?.followed).toEqual(id === 'past' ? undefined : [id])
})

test('a paused chat follows an event, and learns that it is paused', async () => {
  const { ask, wish } = await open()
  await ask('/subscribe')
  await ask('/settings -events')
  await ask('/pause 1w')
  expect(await ask('/remind june')).toMatch(
    /^I’ll remind this chat of June:.*Paused until Sat 8 May/,
  )
  expect(await wish()).toMatchObject({ state: 'paused', followed: ['june'] })
})

test('without an event both ask which, the next ones first; muting for a time pauses', async () => {
  const { ask, buttons, wish } = await open()
  expect(await ask('/remind')).toBe('Which exercise should I remind this chat of?')
  expect(await buttons('/remind')).toEqual([
    'Now: /remind now',
    'Soon: /remind soon',
    'Meeting: /remind meeting',
    'June: /remind june',
    'Late: /remind late',
  ])
  expect(await ask('mute')).toBe('Which exercise should I mute? /pause pauses everything.')
  expect(await wish()).toBeUndefined()
  expect(await ask('/mute june')).toBe('This chat gets no reminders of June.')
  await ask('/subscribe')
  expect(await ask('mute until friday')).toMatch(/^Paused\..*Paused until Fri 7 May/)
  const { ask: askNone } = await open('sqlite', EVENTS.slice(0, 1))
  expect(await askNone('/remind')).toBe('No upcoming exercises.')
})

test('of many events eight are offered, and the others are counted with the command that lists them', async () => {
  const many = Array.from({ length: 10 }, (_, index) =>
    event(`e${index}`, '2027-06-01', '2027-06-01'),
  )
  const { ask, buttons } = await open('sqlite', many)
  expect(await ask('/remind')).toContain('…and 2 more: /exercises')
  expect(await buttons('/remind')).toHaveLength(8)
})

test('the next event offers its reminders, if it is the only one', async () => {
  const one = await open('sqlite', EVENTS.slice(0, 5))
  expect(await one.buttons('/next')).toContain('Remind me of this one: /remind soon')
  // The meeting is on the same day.
  const two = await open()
  expect(await two.buttons('/next')).toEqual(['Exercises: /exercises'])
})

test('the page of a coming event offers its reminders, that of a past one does not', async () => {
  const { buttons } = await open()
  expect(await buttons('/exercises june')).toContain('Remind me of this one: /remind june')
  expect(await buttons('/exercises past')).toEqual(['Exercises: /exercises'])
})

test('only a manager of a chat changes its events', async () => {
  const group = { ...place, address: '-7', kind: 'group' as const }
  const { ask, wish } = await open('sqlite', EVENTS, { place: group })
  for (const line of ['/remind june', '/mute june', '/settings reset june']) {
    expect(await ask(line, { mayManage: async () => false })).toMatch(/admin/)
  }
  expect(await wish(group)).toBeUndefined()
  expect(await ask('/remind june', { mayManage: async () => true })).toMatch(/^I’ll remind/)
  expect(await ask('/remind soon', { barred: 'direct' })).not.toMatch(/^I’ll remind/)
  expect(await wish(group)).toMatchObject({ followed: ['june'] })
})

test('an admin follows an event for a channel, with lines that fit in a button', async () => {
  const id = 'an-event-with-an-id-of-forty-characters1'
  const long = event(id, '2027-06-10', '2027-06-12', { name: 'Long' })
  const alike = event(`${id.slice(0, -1)}2`, '2027-05-10', '2027-05-12', { name: 'Alike' })
  const channel = { platform: 'telegram', address: '-1001234567890', kind: 'channel' as const }
  const reach = async () => ({ ...channel, title: 'News' })
  const { ask, buttons, wish } = await open('sqlite', [alike, long], { reach })
  expect(await ask(`/settings -1001234567890 remind ${id}`)).toMatch(
    /^I’ll remind this chat of Long/,
  )
  expect(await wish(channel)).toMatchObject({ state: 'active', followed: [id] })
  const lineOf = (label: string, lines: readonly string[]) =>
    lines.find(line => line.startsWith(label))?.split(': ')[1] ?? ''
  const reset = lineOf('✓ Long', await buttons('/settings -1001234567890 what'))
  expect(Buffer.byteLength(reset)).toBeLessThanOrEqual(64)
  const mute = lineOf('Mute', await buttons(`/settings -1001234567890 remind ${id}`))
  expect(Buffer.byteLength(mute)).toBeLessThanOrEqual(64)
  expect(await ask(reset)).toMatch('Long: like all exercises ✓')
  expect(await wish(channel)).not.toHaveProperty('followed')
  await ask(`/settings -1001234567890 remind ${id}`)
  expect(await ask(mute)).toBe(
    'Muted. I won’t post reminders of Long here, or updates about it alone.',
  )
})
