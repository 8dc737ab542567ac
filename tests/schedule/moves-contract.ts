import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withEvent } from '../../src/chats/event-choices.ts'
import { withNextDigest } from '../../src/chats/subscription.ts'
import { mondayOf, type Subscription } from '../../src/store/chats/chat.ts'
import { random } from '../random.ts'
import { type Dialect, WISH } from '../store/stores.ts'
import { openMoving } from './moving.ts'
import { event as calendarEvent, type Got, openSchedule } from './scene.ts'

/** Zones with summer time in both hemispheres, without it, with odd offsets, and at the ends of the day. */
const ZONES = [
  ...['Europe/Sarajevo', 'Europe/London', 'America/New_York', 'America/Los_Angeles', 'UTC'],
  ...['America/St_Johns', 'America/Santiago', 'Asia/Kathmandu', 'Asia/Tokyo', 'Africa/Cairo'],
  ...['Australia/Lord_Howe', 'Australia/Adelaide', 'Pacific/Auckland', 'Pacific/Chatham'],
  ...['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Pacific/Honolulu', 'Asia/Tehran'],
]

/** Nights on which clocks change, in America, Europe and Australia. */
export const CHANGES = ['2027-03-14', '2027-03-28', '2027-04-04', '2027-10-31', '2027-11-07']

/** The local date of a digest in the zone that its chat had, as its text says it. Its key has the year. */
function dayOf({ text, key }: Got): Temporal.PlainDate {
  const [, day, month = ''] = /digest of (\d+) (\w+)/.exec(text) ?? []
  const [, year] = / (\d{4})-/.exec(key) ?? []
  const index = 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(month.slice(0, 3)) / 3
  return Temporal.PlainDate.from({ year: Number(year), month: index + 1, day: Number(day) })
}

const isDigest = ({ key }: Got) => key.startsWith('digest')
const isWeekly = ({ key }: Got) => key.split(' ')[2] === 'weekly'

/** No day has two digests, no week two weekly ones, and no moment of an event two reminders. */
function expectOnce(got: readonly Got[]): void {
  const digests = got.filter(isDigest)
  const days = digests.map(each => dayOf(each).toString())
  expect(days).toEqual([...new Set(days)])
  const weeks = digests.filter(isWeekly).map(each => mondayOf(dayOf(each)))
  expect(weeks).toEqual([...new Set(weeks)])
  const moments = got.filter(({ key }) => key.startsWith('reminder')).map(scheduledTimeOf)
  expect(moments).toEqual([...new Set(moments)])
}

/** A reminder's key without its zone. */
const scheduledTimeOf = ({ key }: Got) => key.split(' ').slice(0, -1).join(' ')

/** `count` chats, each of which changes its zone once in the three days around a night. */
export function pairsContract(dialect: Dialect, night: string, count: number): void {
  test(`${count} pairs of zones around ${night}: the reminder comes once, and a digest every day`, {
    timeout: 600_000,
  }, async () => {
    const date = Temporal.PlainDate.from(night)
    const start = date.subtract({ days: 3 }).toZonedDateTime('UTC').toInstant()
    const event = calendarEvent(
      'e',
      date.add({ days: 1 }).toString(),
      date.add({ days: 3 }).toString(),
    )
    const scene = await openSchedule({
      ...{ dialect, start: start.toString(), events: [event], moments: [1, 'end'] },
    })
    const number = random(7)
    const pick = () => ZONES[Math.floor(number() * ZONES.length)] ?? 'UTC'
    const chats = Array.from({ length: count }, (_, index) => ({
      ...{ address: String(index), from: pick(), to: pick() },
      // From the day before the reminder to the day after it.
      half: 48 + Math.floor(number() * 144),
    }))
    await scene.beat()
    const wish = { topics: ['digest', 'events'], cadence: 'daily' as const }
    for (const { address, from } of chats) await scene.subscribe(address, { ...wish, zone: from })
    for (let half = 0; half < 7 * 48; half++) {
      for (const { address, to } of chats.filter(each => each.half === half)) {
        await scene.subscribe(address, { ...wish, zone: to })
      }
      await scene.beat(start.add({ minutes: 30 * half }))
    }
    for (const { address, from, to } of chats) {
      const mine = scene.got.filter(({ chat }) => chat === address)
      expectOnce(mine)
      const moments = mine.filter(({ key }) => key.startsWith('reminder')).map(scheduledTimeOf)
      expect(moments, `${address}: ${from} to ${to}`).toHaveLength(2)
      // The last day may be yet to come in the west; the first may have begun in the east.
      const days = mine.filter(isDigest).map(each => dayOf(each).toString())
      const every = [-1, 0, 1, 2].map(more => date.add({ days: more }).toString())
      const lost = every.filter(day => !days.includes(day))
      // A chat that moves over the date line, or past six hours of grace, can lose the digest of one day.
      expect(lost.length, `${address}: ${from} to ${to}`).toBeLessThanOrEqual(1)
    }
  })
}

type Change = (before: Subscription) => Subscription

const all = fc.record({
  zone: fc.constantFrom(...ZONES),
  hour: fc.integer({ min: 0, max: 23 }),
  weekday: fc.integer({ min: 1, max: 7 }),
  cadence: fc.constantFrom('daily' as const, 'weekly' as const, 'instant' as const),
  quiet: fc.constantFrom({ from: 22, to: 7 }, { from: 8, to: 12 }),
  topics: fc.constantFrom(['digest'], ['events'], ['digest', 'events']),
  state: fc.constantFrom('active' as const, 'paused' as const, 'stopped' as const),
  choice: fc.constantFrom('followed' as const, 'muted' as const, undefined),
})

/** A change of one setting. The zone changes most often, and quiet hours are removed as often as set. */
const NAMES = ['zone', 'zone', 'zone', 'hour', 'weekday', 'cadence', 'topics', 'state'] as const
const change: fc.Arbitrary<Change> = fc
  .tuple(all, fc.constantFrom(...NAMES, 'quiet' as const, 'loud' as const, 'choice' as const))
  .map(([values, name]): Change => {
    if (name === 'choice') return before => withEvent(before, 'e', values.choice)
    if (name === 'loud') return ({ quiet: _, ...before }) => before
    return before => ({ ...before, [name]: values[name] })
  })

type Event = { readonly hours: number } | { readonly change: Change } | { readonly restart: true }

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 40 }).map(hours => ({ hours })) },
  { weight: 3, arbitrary: change.map(change => ({ change })) },
  fc.constant({ restart: true }),
)

/** The reminder and the digest have come, and are due again in the new zone. */
const AFTER_BOTH: [string, Event[]] = [
  '2027-03-28',
  [{ hours: 23 }, { change: before => ({ ...before, zone: 'America/New_York' }) }, { hours: 12 }],
]

/** `runs` orders of changes, over nights on which clocks change. */
export function changesContract(dialect: Dialect, runs: number): void {
  test('whatever is changed in whatever order, nothing comes twice, and the next comes in time', {
    timeout: 3_600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...CHANGES),
        fc.array(event, { minLength: 4, maxLength: 24 }),
        async (night, events) => {
          const date = Temporal.PlainDate.from(night)
          const from = date.add({ days: 1 })
          const scene = await openMoving({
            ...{ dialect, start: `${date.subtract({ days: 3 })}T10:10:00Z` },
            events: [calendarEvent('e', from.toString(), from.add({ days: 2 }).toString())],
            moments: [3, 'start', 'end'],
          })
          const { store, now, beat, restart, got, subscribe } = scene
          await subscribe('1', { cadence: 'daily' })
          const place = { platform: 'telegram', address: '1', kind: 'private' as const }
          const set = (how: Change) =>
            store.chats.update(place, (before = WISH) => withNextDigest(how(before), now(), before))
          for (const each of events) {
            if ('change' in each) await set(each.change)
            else if ('restart' in each) restart()
            else for (let hour = 0; hour < each.hours; hour++) await beat(now().add({ hours: 1 }))
            await beat(now().add({ minutes: 1 }))
          }
          expectOnce(got)
          // From here on nothing is changed: daily digests come every day, after two days at most.
          await set(({ quiet: _, ...before }) => ({
            ...{ ...before, state: 'active', cadence: 'daily', topics: ['digest'] },
          }))
          const count = got.length
          for (let hour = 0; hour < 6 * 24; hour++) await beat(now().add({ hours: 1 }))
          expectOnce(got)
          expect(got.length - count).toBeGreaterThanOrEqual(4)
        },
      ),
      { numRuns: runs, examples: [AFTER_BOTH] },
    )
  })
}
