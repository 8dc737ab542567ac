import { Cron } from 'croner'
import { expect, onTestFinished } from 'vitest'
import { refreshed } from '../../src/briefing/countdown.ts'
import { createReachability } from '../../src/chats/reachability.ts'
import { withNextDigest } from '../../src/chats/subscription.ts'
import { TRUSTED } from '../../src/clock.ts'
import type { CalendarEvent } from '../../src/content/edition.ts'
import { createDelivery } from '../../src/delivery/delivery.ts'
import { createRateLimiter, UNLIMITED } from '../../src/delivery/rate-limiter.ts'
import { createUnsavedOutcomes } from '../../src/delivery/unsaved-outcomes.ts'
import type { Part, Poster } from '../../src/poster.ts'
import { createSchedule } from '../../src/schedule/schedule.ts'
import { ZONES } from '../content/zones.ts'
import { until } from '../delivery/scene.ts'
import { manualClock } from '../platforms/pauses.ts'
import { connect } from '../store/raw.ts'
import { type Dialect, newDatabase, openTestStore, WISH } from '../store/stores.ts'
import { editionOf, textOf } from './scene.ts'

/** Hours of digests; some of them do not exist on the night on which summer time begins. */
const HOURS = [0, 2, 7, 9, 18, 23]

const MOMENTS = [14, 3, 1, 'start', 'end'] as const

export interface Rehearsal {
  readonly dialect: Dialect
  readonly start: string
  readonly days: number
  readonly chats: number
  readonly events: readonly CalendarEvent[]
  /** Creates the posters, which call `onSent` for each post; absent, a platform in memory takes the posts. */
  readonly posters?: (onSent: (chat: string, text: string) => void) => Promise<readonly Poster[]>
}

interface Sent {
  readonly at: string
  readonly chat: string
  readonly text: string
}

/**
 * Lets the days go by from one due instant to the next, and compares every post with what croner says of
 * the same hours in the same zones.
 */
export async function rehearse(options: Rehearsal): Promise<{ readonly sent: number }> {
  const { dialect, start, days, chats: count, events } = options
  const clock = manualClock(start)
  const begun = clock.now()
  const end = begun.add({ hours: 24 * days })
  const url = await newDatabase(dialect)
  const { store, log } = await openTestStore({ url, clock })
  const taken = await store.lease.acquire('active', 'test', 600_000)
  if (!('epoch' in taken)) throw new Error('The lease is held.')
  const over = new AbortController()
  const term = { signal: over.signal, holds: () => !over.signal.aborted }

  // Each zone has each hour in both cadences before a combination comes again.
  const rhythms = HOURS.flatMap(hour => [
    { hour, cadence: 'daily' as const },
    { hour, cadence: 'weekly' as const },
  ])
  const chats = Array.from({ length: count }, (_, index) => {
    const round = Math.floor(index / ZONES.length)
    return {
      ...(rhythms[round % rhythms.length] as (typeof rhythms)[number]),
      platform: (index + round) % 2 === 0 ? ('telegram' as const) : ('discord' as const),
      address: address(index),
      zone: ZONES[index % ZONES.length] as string,
      weekday: 1 + ((index + round) % 7),
    }
  })
  for (const { platform, address, ...rhythm } of chats) {
    const kind = platform === 'telegram' ? ('private' as const) : ('channel' as const)
    const wish = { ...WISH, ...rhythm, topics: ['digest', 'events'] }
    await store.chats.update({ platform, address, kind }, () => withNextDigest(wish, clock.now()))
  }

  const sent: Sent[] = []
  let slot = ''
  const onSent = (chat: string, text: string) => {
    sent.push({ at: slot, chat, text })
  }
  const posters = options.posters
    ? await options.posters(onSent)
    : (['telegram', 'discord'] as const).map(name => inMemory(name, onSent))
  const delivery = createDelivery({
    ...{ trust: TRUSTED, unsaved: createUnsavedOutcomes() },
    reachability: createReachability({ store, now: clock.now }),
    ...{ store, clock, log, posters, retentionMs: 7 * 86_400_000 },
    limiters: new Map(
      posters.map(({ platform }) => [platform, createRateLimiter(UNLIMITED, clock)]),
    ),
    term: { ...term, epoch: taken.epoch, lease: 'active' },
    days: { refreshed },
  })
  const running = delivery.run()
  onTestFinished(async () => {
    over.abort()
    await running
  })
  const edition = editionOf(events)
  const schedule = createSchedule({
    ...{ trust: TRUSTED, mayPost: async () => true },
    ...{ store, clock, log, term, platforms: ['telegram', 'discord'], onPosted: delivery.wake },
    edition: () => edition,
    reminders: { moments: MOMENTS, time: Temporal.PlainTime.from('09:00') },
    ...{ debounceMs: 600_000, timeZone: 'UTC' },
  })
  await schedule.tick()

  const reminders = remindersOf(events, begun, end)
  const database = await connect(url)
  onTestFinished(() => database.close())
  for (;;) {
    const at = await nextDue(database, reminders, clock.now(), end)
    if (!at) break
    slot = at.toString()
    await clock.advance({ milliseconds: at.epochMilliseconds - clock.now().epochMilliseconds })
    await schedule.tick()
    await until(async () => (await store.broadcasts.open()).length === 0)
  }

  const byChat = Map.groupBy(sent, ({ chat }) => chat)
  for (const chat of chats) {
    const mine = byChat.get(chat.address) ?? []
    // The title of a digest begins with its news, as a reminder does.
    const isDigest = ({ text }: { readonly text: string }) => text.includes(' · digest of ')
    const got = mine.filter(isDigest).map(({ at }) => at)
    expect(got).toEqual(digestsOf(chat, begun, end))
    const told = mine
      .filter(each => !isDigest(each) && /^Exercise \S+ (starts|ends) /.test(each.text))
      .map(({ at }) => at)
    expect(told).toEqual(
      reminders.filter(({ zone }) => zone === chat.zone).map(({ at }) => at.toString()),
    )
    expect(mine).toHaveLength(got.length + told.length)
  }
  return { sent: sent.length }
}

/** Returns a unique address in the form of each platform. */
function address(index: number): string {
  return index % 2 === 0
    ? String(700_000 + index)
    : String(400_000_000_000_000_000n + BigInt(index))
}

function inMemory(platform: string, onSent: (chat: string, text: string) => void): Poster {
  let ids = 0
  const ok = async (value: string) => ({ ok: true, value }) as const
  return {
    platform,
    limits: UNLIMITED.limits,
    render: said => [said],
    send(to, part: Part) {
      ids += 1
      onSent(to.address, textOf(JSON.stringify(part)))
      return ok(String(ids))
    },
    edit: () => ok(''),
    remove: () => ok(''),
    close() {},
  }
}

/** The first instant behind `now` at which something is to be posted. */
async function nextDue(
  { query }: Pick<Awaited<ReturnType<typeof connect>>, 'query'>,
  reminders: readonly { readonly at: Temporal.Instant }[],
  now: Temporal.Instant,
  end: Temporal.Instant,
): Promise<Temporal.Instant | undefined> {
  const [row] = (await query('select min(next_digest_at) as at from chats')) as [{ at: number }]
  const later = reminders.find(({ at }) => Temporal.Instant.compare(at, now) > 0)?.at
  const times = [Number(row.at), later?.epochMilliseconds ?? Number.POSITIVE_INFINITY]
  const first = Math.min(...times)
  return first < end.epochMilliseconds ? Temporal.Instant.fromEpochMilliseconds(first) : undefined
}

interface Rhythm {
  readonly zone: string
  readonly cadence: 'daily' | 'weekly'
  readonly hour: number
  readonly weekday: number
}

/** Every digest of a chat, by croner. */
function digestsOf(
  { zone, cadence, hour, weekday }: Rhythm,
  begun: Temporal.Instant,
  end: Temporal.Instant,
): string[] {
  // Cron's Sunday is 0.
  const day = cadence === 'weekly' ? weekday % 7 : '*'
  return runs(`0 0 ${hour} * * ${day}`, zone, begun, end).map(at =>
    inTheGap(at, hour, zone).toString(),
  )
}

/** All times of a pattern behind `begun` and before `end`. */
function runs(
  pattern: string,
  timezone: string,
  begun: Temporal.Instant,
  end: Temporal.Instant,
): Temporal.Instant[] {
  const cron = new Cron(pattern, { timezone, paused: true })
  const found: Temporal.Instant[] = []
  let at = cron.nextRun(new Date(begun.epochMilliseconds))
  while (at && at.getTime() < end.epochMilliseconds) {
    found.push(Temporal.Instant.fromEpochMilliseconds(at.getTime()))
    at = cron.nextRun(at)
  }
  return found
}

/**
 * The oracles have ways of their own with an hour that the clocks leave out: it is worked out by hand. The
 * hour of the same name by the clock of before, an hour later than the one before it.
 */
function inTheGap(at: Temporal.Instant, hour: number, zone: string): Temporal.Instant {
  const local = at.toZonedDateTimeISO(zone)
  if (local.hour === hour && local.minute === 0) return at
  const before = at.subtract({ hours: 12 }).toZonedDateTimeISO(zone)
  const midnight = local
    .toPlainDate()
    .toPlainDateTime()
    .subtract({ minutes: before.offsetNanoseconds / 6e10 })
  return midnight.add({ hours: hour }).toZonedDateTime('UTC').toInstant()
}

/** Every reminder in every zone, the soonest first, by croner. */
function remindersOf(
  events: readonly CalendarEvent[],
  begun: Temporal.Instant,
  end: Temporal.Instant,
) {
  return ZONES.flatMap(zone =>
    events.flatMap(({ start, end: last }) => {
      const first = Temporal.PlainDate.from(start)
      const dates = [
        ...MOMENTS.filter(moment => typeof moment === 'number').map(days =>
          first.subtract({ days }),
        ),
        first,
        ...(start === last ? [] : [Temporal.PlainDate.from(last)]),
      ]
      return dates.flatMap(({ year, month, day }) =>
        runs(`0 0 9 ${day} ${month} *`, zone, begun, end)
          .filter(at => at.toZonedDateTimeISO(zone).year === year)
          .map(at => ({ zone, at })),
      )
    }),
  ).sort((a, b) => Temporal.Instant.compare(a.at, b.at))
}
