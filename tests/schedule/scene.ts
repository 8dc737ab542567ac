import { onTestFinished } from 'vitest'
import { withNextDigest } from '../../src/chats/subscription.ts'
import { TRUSTED } from '../../src/clock.ts'
import type { CalendarEvent, Edition } from '../../src/content/edition.ts'
import { decideBeforeSend, settled } from '../../src/delivery/decisions.ts'
import type { ReminderLead } from '../../src/reminder-leads.ts'
import { createSchedule } from '../../src/schedule/schedule.ts'
import { createUpdateRound } from '../../src/schedule/update-round.ts'
import type { Subscription } from '../../src/store/chats/chat.ts'
import type { Claimed } from '../../src/store/ledger/claims.ts'
import type { Settlement } from '../../src/store/ledger/settlements.ts'
import { edition } from '../content/fixture.ts'
import { testClock } from '../platforms/pauses.ts'
import { query } from '../store/raw.ts'
import { type Dialect, newDatabase, openTestStore, WISH } from '../store/stores.ts'

const PLATFORMS = ['telegram', 'discord'] as const

/** A section with a table, and one without. */
const CONTENT = {
  'sections/01-alpha.md': `---
command: alpha
title: Alpha
summary: The first section.
---

Words of alpha.

## Rows

| Name | Value |
|---|---|
| One | 1 |
| Two | 2 |
`,
  'sections/02-beta.md': `---
command: beta
title: Beta
summary: The second section.
---

Words of beta.
`,
  'events.yaml': '',
}

/** A sound edition with these events, and files replaced. */
export function editionOf(
  events: readonly CalendarEvent[],
  files: Record<string, string | undefined> = {},
): Edition {
  return { ...edition({ ...CONTENT, ...files }), events }
}

export function event(
  id: string,
  start: string,
  end: string,
  more: Partial<CalendarEvent> = {},
): CalendarEvent {
  return {
    id,
    name: `Exercise ${id}`,
    start,
    end,
    participants: 'All',
    status: 'scheduled',
    ...more,
  }
}

/** One message that a chat got. */
export interface Got {
  readonly at: string
  readonly chat: string
  readonly key: string
  readonly text: string
}

export interface ScheduleSceneOptions {
  readonly dialect?: Dialect
  /** A database; a new one if absent. */
  readonly database?: string
  readonly start: string
  readonly events?: readonly CalendarEvent[]
  readonly moments?: readonly ReminderLead[]
  /** Local time of reminders. */
  readonly time?: string
  readonly settleMinutes?: number
  readonly zoneData?: string
  readonly publicUrl?: string
}

/** A store, a schedule over it, and a clock that stands until it is told otherwise. */
export async function openSchedule(options: ScheduleSceneOptions) {
  const { dialect = 'sqlite', start, events = [], settleMinutes = 10 } = options
  let now = Temporal.Instant.from(start)
  let content = editionOf(events)
  const clock = testClock(() => now)
  const url = options.database ?? (await newDatabase(dialect))
  const { store, ...memory } = await openTestStore({ url, clock })
  let over = new AbortController()
  onTestFinished(() => over.abort())
  const taken = await store.lease.acquire('active', 'test', 600_000)
  if (!('epoch' in taken)) throw new Error('The lease is held.')
  const { epoch } = taken
  const got: Got[] = []

  const begin = (zoneData = options.zoneData ?? '2026a') =>
    createSchedule({
      ...{ trust: TRUSTED, mayPost: async () => true },
      ...{ store, clock, log: memory.log, platforms: PLATFORMS, zoneData },
      term: { signal: over.signal, holds: () => true },
      edition: () => content,
      reminders: {
        moments: options.moments ?? [14, 3, 1, 'start', 'end'],
        time: Temporal.PlainTime.from(options.time ?? '09:00'),
      },
      debounceMs: settleMinutes * 60_000,
      publicUrl: options.publicUrl,
      timeZone: 'UTC',
      onPosted: () => {},
    })
  let schedule = begin()
  const news = createUpdateRound({
    ...{ store, clock, log: memory.log, platforms: PLATFORMS, timeZone: 'UTC' },
    debounceMs: settleMinutes * 60_000,
  })

  /** All that is to be sent, sent at once. */
  async function deliver(): Promise<void> {
    for (const { id } of await store.broadcasts.open()) {
      for (const work of ['enqueue', 'requeueForRevision', 'skipCancelled'] as const) {
        while (!(await store.fanOut[work](id, 100)).isDone);
      }
    }
    for (const platform of PLATFORMS) {
      let settle: Settlement[] = []
      for (;;) {
        const exchanged = await store.deliveries.exchange({
          ...{ platform, epoch, lease: 'active', knownMs: 0, most: 100, settle },
        })
        if (!exchanged) throw new Error('The lease is lost.')
        if (exchanged.claimed.length === 0) break
        settle = []
        for (const row of exchanged.claimed) settle.push(await send(row))
      }
    }
    for (const { id } of await store.broadcasts.open()) await store.fanOut.finish(id)

    async function send(row: Claimed): Promise<Settlement> {
      const broadcast = await store.broadcasts.find(row.broadcast)
      if (!broadcast) throw new Error('A row has its broadcast.')
      const parts = { revision: broadcast.revision, parts: 1, isPublished: false }
      const ended = decideBeforeSend(row, broadcast, parts, now)
      if (ended) return ended
      const [{ key, message }] = (await query(
        url,
        `select dedupe_key as key, message from broadcasts where id = ${row.broadcast}`,
      )) as [{ key: string; message: string }]
      got.push({ at: now.toString(), chat: row.place.address, key, text: textOf(message) })
      const messages = row.messages.length > 0 ? row.messages : ['1']
      return settled({ ...row, part: 1, revisionSent: broadcast.revision, messages }, 'sent')
    }
  }

  return {
    ...{ ...memory, store, url, got, clock, deliver, news },
    now: () => now,
    /** Sets the clock, forwards or back. */
    set(instant: string | Temporal.Instant) {
      now = Temporal.Instant.from(instant)
    },
    edit(next: Edition) {
      content = next
    },
    content: () => content,
    /** Restarts the schedule: it forgets its state in memory. */
    restart(zoneData?: string) {
      over = new AbortController()
      schedule = begin(zoneData)
    },
    tick: () => schedule.tick(),
    /** Aborts the signal of the process. */
    stop: () => over.abort(),
    decide: (how: 'send' | 'drop') => news.decide(how),
    /** A beat, and what comes of it; resolves to what was got by it. */
    async beat(at?: string | Temporal.Instant): Promise<Got[]> {
      if (at !== undefined) now = Temporal.Instant.from(at)
      const before = got.length
      await schedule.tick()
      await deliver()
      return got.slice(before)
    },
    async subscribe(address: string, wish: Partial<Subscription> = {}) {
      const place = { platform: 'telegram', address, kind: 'private' as const }
      const wanted = { ...WISH, topics: ['digest', 'events'], ...wish }
      await store.chats.update(place, before =>
        withNextDigest({ ...before, ...wanted }, now, before),
      )
    },
    wish: async (address: string) =>
      (await store.chats.find({ platform: 'telegram', address }))?.subscription,
    slots: async () =>
      (await query(url, 'select key, outcome from slots order by at, key')) as {
        key: string
        outcome: string
      }[],
  }
}

/** Every word of a message that is kept as JSON. */
export function textOf(message: string): string {
  const words: string[] = []
  JSON.stringify(JSON.parse(message).body, (key, value) => {
    if (key === 'value' && typeof value === 'string') words.push(value)
    return value
  })
  // A quoted cell is a node of its own between its quotes.
  return words
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(?<=“) | (?=”)/g, '')
}
