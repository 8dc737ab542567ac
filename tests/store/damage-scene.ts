import { TRUSTED } from '../../src/clock.ts'
import { createBot } from '../../src/commands/bot.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import type { ChatRef } from '../../src/platform.ts'
import { createSchedule } from '../../src/schedule/schedule.ts'
import { createScheduledEventRound } from '../../src/schedule/scheduled-event-round.ts'
import { createUpdateRound } from '../../src/schedule/update-round.ts'
import { announcement, openScene, saying } from '../delivery/scene.ts'
import { testClock } from '../platforms/pauses.ts'
import { askBot } from '../request.ts'
import { editionOf, event } from '../schedule/scene.ts'
import { TARGETS } from '../target-platforms.ts'
import { columnsOf } from './damage-values.ts'
import { connect } from './raw.ts'
import type { Dialect } from './stores.ts'

/** A Monday, a minute after the digests and the reminders in UTC. */
export const START = Temporal.Instant.from('2027-05-03T09:01:00Z')

/** First address of the chats whose own row is sound. */
export const FRESH = 2_000_000

/** A database with a row in each table, and everything that reads it. */
export async function openDamage(dialect: Dialect) {
  let now = START.subtract({ hours: 48 })
  let passed = 0
  const clock = testClock(
    () => now.add({ milliseconds: Math.round(performance.now() - passed) }),
    (ms, signal) =>
      new Promise(resolve => {
        const timer = setTimeout(resolve, Math.min(ms, 20))
        signal?.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      }),
  )
  const set = (instant: Temporal.Instant) => {
    now = instant
    passed = performance.now()
  }
  set(now)
  const scene = await openScene({ dialect, clock })
  const { store, url, log, telegram } = scene
  const raw = await connect(url)
  let edition = editionOf([event('june', '2027-05-04', '2027-05-09')])
  const over = new AbortController()
  const common = { clock, log, timeZone: 'UTC', debounceMs: 0, platforms: ['telegram'] }
  const begin = () =>
    createSchedule({
      ...{ trust: TRUSTED, mayPost: async () => true },
      ...{ ...common, store, edition: () => edition, onPosted: () => {}, zoneData: '2027a' },
      term: { signal: over.signal, holds: () => true },
      reminders: { moments: [1], time: Temporal.PlainTime.from('09:00') },
    })
  const news = createUpdateRound({ ...common, store })
  const bot = () =>
    createBot({
      registry: () => createRegistry(edition),
      ...{ clock, log, timeZone: 'UTC', store },
      moderators: { users: ['telegram:42'], roles: [] },
      operations: async () => ({
        parts: () => ({ telegram: { status: 'running', ready: true } }),
        platforms: TARGETS.slice(0, 1),
        news,
        announcing: { undoWindowMs: 0, wake() {}, onWake: () => () => {} },
      }),
    })

  async function ask(line: string, address = '42', user = `telegram:${address}`): Promise<void> {
    const place: ChatRef = { platform: 'telegram', address, kind: 'private' }
    await askBot(bot(), line, { place, user })
  }

  async function subscribe(address: string): Promise<void> {
    const place: ChatRef = { platform: 'telegram', address, kind: 'private' }
    await store.chats.update(place, () => ({
      ...{ state: 'active', topics: ['announcements', 'digest', 'events'], zone: 'UTC' },
      ...{ cadence: 'weekly', hour: 9, weekday: 1, tableStyle: 'grid', onlyNew: false },
      nextDigestAt: START.subtract({ minutes: 1 }),
    }))
  }

  /** A sound row of each table. */
  async function fill(fresh: number): Promise<void> {
    const chat = (await store.chats.find({ platform: 'telegram', address: '42' }))?.id ?? 0
    const [settled] = [await store.editions.published()]
    const known = settled?.id ?? 0
    await store.seenChanges.note(chat, { subject: '', edition: known, before: known })
    await store.audit.note({ actor: 'telegram:42', action: 'test', details: { broadcast: 1 } })
    await store.floods.keep('telegram', clock.now())
    await store.pictures.add(Buffer.from([1]), 'png')
    await store.telegramFiles.keep('drawn-1', 'file')
    await store.lease.acquire('active', 'test', 10_000)
    await store.calendarFeeds.claim('key', undefined, clock.now(), clock.now())
    const { id } = await store.broadcasts.create(
      announcement({ audience: { topic: 'announcements', platforms: ['telegram'], within: 'x' } }),
    )
    await store.announcements.draft({
      ...{
        key: 'draft',
        act: 'send',
        by: 'telegram:42',
        text: { ...saying('Draft.'), lost: [] },
      },
      place: { platform: 'telegram', address: '42', kind: 'private' },
      options: { topic: 'announcements' },
    })
    await raw.query(`insert into chats (platform, address, kind, state, zone, cadence, hour, weekday,
        table_style, digest_day, created_at, changed_at)
      select 'telegram', cast(${FRESH} + n as text), 'private', 'active', 'UTC', 'weekly', 9, 1, 'grid', '', 0, 0
      from (with recursive s(n) as (select 0 union all select n + 1 from s where n < ${fresh}) select n from s) as s`)
    await raw.query(`insert into deliveries (broadcast_id, chat_id, platform, state, attempts, next_at, part, revision_sent)
      values (${id}, ${chat}, 'telegram', 'sent', 0, 0, 0, 1)`)
    await raw.query(`insert into slots (key, at, outcome) values ('slot', 1, 'missed')`)
    const server = { platform: 'discord', server: '1' }
    await store.scheduledEvents.turnOn(server, 'UTC')
    const made = { subject: 'june', id: '1', digest: '', state: 'open' } as const
    await store.scheduledEvents.record(server, { ...made, startsAt: START, endsAt: START })
  }

  /** A pass over the events of all servers, whose calls all succeed. */
  async function passEvents(): Promise<void> {
    const done = async () => ({ ok: true, value: '1' }) as const
    const list = async () => ({ ok: true, value: [] }) as const
    const round = createScheduledEventRound({
      ...{ store, clock, log, trust: TRUSTED, mayPost: async () => true },
      ...{ platform: 'discord', api: { list, create: done, change: done, cancel: done } },
      term: { signal: over.signal, holds: () => true },
    })
    await round.pass()
  }

  return {
    passEvents,
    ...{ scene, store, raw, ask, subscribe, fill, set, begin, telegram, news },
    columns: () => columnsOf(raw, dialect),
    edit: () => {
      edition = editionOf([event('june', '2027-05-04', '2027-05-09')], {
        'sections/03-gamma.md': '---\ncommand: gamma\ntitle: Gamma\nsummary: New.\n---\n\nWords.\n',
      })
    },
    /** Whether the database takes the damage, or refuses it by itself. */
    async takes(statement: string): Promise<boolean> {
      return raw.query(statement).then(
        () => true,
        () => false,
      )
    },
  }
}

export type Scene = Awaited<ReturnType<typeof openDamage>>
