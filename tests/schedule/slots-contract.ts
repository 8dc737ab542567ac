import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextDigest } from '../../src/chats/digest-time.ts'
import { type CalendarEvent, readEdition } from '../../src/content/edition.ts'
import type { Rhythm } from '../../src/store/chats/chat.ts'
import type { Dialect } from '../store/stores.ts'
import { event as calendarEvent, editionOf, type Got, openSchedule } from './scene.ts'

/** One event of a run. Times are whole and half hours, so that they meet slots exactly. */
type Event =
  | { readonly is: 'pass'; readonly halfHours: number }
  | { readonly is: 'back'; readonly halfHours: number }
  | { readonly is: 'down'; readonly hours: number }
  | { readonly is: 'restart' }
  | { readonly is: 'settings' }
  | {
      readonly is: 'edit'
      readonly start: number
      readonly days: number
      readonly status: CalendarEvent['status']
    }

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      is: fc.constant('pass' as const),
      halfHours: fc.integer({ min: 1, max: 30 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant('back' as const),
      halfHours: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      is: fc.constant('down' as const),
      hours: fc.integer({ min: 1, max: 40 * 24 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Event>({ is: 'restart' }, { is: 'settings' }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      is: fc.constant('edit' as const),
      start: fc.integer({ min: -3, max: 20 }),
      days: fc.integer({ min: 0, max: 12 }),
      status: fc.constantFrom(
        'scheduled' as const,
        'scheduled' as const,
        'postponed' as const,
        'cancelled' as const,
      ),
    }),
  },
)

/** Zones with summer time on either half of the world, without, 45 minutes off, and half an hour of it. */
const ZONES = [
  'Europe/Sarajevo',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
]

const BEGINNINGS = [
  '2027-03-20T10:00:00Z',
  '2027-10-25T10:00:00Z',
  '2028-02-25T10:00:00Z',
  '2027-12-28T10:00:00Z',
] as const

const chat = fc.record({
  zone: fc.constantFrom(...ZONES),
  hour: fc.integer({ min: 0, max: 23 }),
  cadence: fc.constantFrom('daily' as const, 'weekly' as const),
  weekday: fc.integer({ min: 1, max: 7 }),
})

const HALF_HOUR = 30 * 60_000

/** A reminder is given up a day after its moment, to the minute, and the clock is then set back to before that. */
const SET_BACK_BEHIND_THE_GRACE: [(typeof BEGINNINGS)[number], Rhythm[], Event[]] = [
  '2027-03-20T10:00:00Z',
  [{ zone: 'Australia/Lord_Howe', hour: 0, cadence: 'daily', weekday: 1 }],
  [
    { is: 'edit', start: 8, days: 0, status: 'scheduled' },
    { is: 'pass', halfHours: 30 },
    { is: 'pass', halfHours: 18 },
    { is: 'down', hours: 180 },
    { is: 'back', halfHours: 1 },
  ],
]

/** `runs` orders of what can happen. */
export function slotContract(dialect: Dialect, runs: number): void {
  test('whatever happens, no slot is posted twice, and none within its grace is lost', {
    // A guard against a test that hangs: 600 orders take about 10 minutes on two busy cores.
    timeout: 1_500_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...BEGINNINGS),
        fc.array(chat, { minLength: 1, maxLength: 4 }),
        fc.array(event, { minLength: 5, maxLength: 25 }),
        (start, chats, events) => play(dialect, start, chats, events),
      ),
      { numRuns: runs, examples: [SET_BACK_BEHIND_THE_GRACE] },
    )
  })
}

async function play(
  dialect: Dialect,
  start: string,
  chats: readonly Rhythm[],
  events: readonly Event[],
): Promise<void> {
  const scene = await openSchedule({ dialect, start, settleMinutes: 30 })
  const { beat, subscribe, edit, restart, got } = scene
  await beat()
  const wish = { topics: ['digest', 'events'] }
  const judged: Judged = { seen: new Set(), late: new Set() }
  const models = chats.map(rhythm => createModel(rhythm, scene.now()))
  for (const [index, rhythm] of chats.entries())
    await subscribe(String(index), { ...rhythm, ...wish })

  async function look(at: Temporal.Instant): Promise<void> {
    await beat(at)
    for (const model of models) model.look(at)
    await expectReminders(scene, new Set(chats.map(({ zone }) => zone)), judged)
  }
  for (const each of events) {
    const now = scene.now()
    if (each.is === 'pass') {
      for (let half = 1; half <= each.halfHours; half++) {
        await look(now.add({ milliseconds: half * HALF_HOUR }))
      }
    } else if (each.is === 'back') {
      await look(now.subtract({ milliseconds: each.halfHours * HALF_HOUR }))
    } else if (each.is === 'down') {
      restart()
      await look(now.add({ hours: each.hours }))
    } else if (each.is === 'restart') {
      restart()
      await look(now)
    } else if (each.is === 'settings') {
      for (const [index, rhythm] of chats.entries()) {
        const tableStyle =
          (await scene.wish(String(index)))?.tableStyle === 'grid' ? 'cards' : 'grid'
        await subscribe(String(index), { ...rhythm, ...wish, tableStyle })
        models[index]?.change(now)
      }
      await look(now)
    } else {
      const day = now.toZonedDateTimeISO('UTC').toPlainDate().add({ days: each.start })
      const last = day.add({ days: each.days })
      edit(
        editionOf([calendarEvent('e', day.toString(), last.toString(), { status: each.status })]),
      )
      await look(now)
    }
  }
  expectOnce(got)
  for (const [index, { expected }] of models.entries()) {
    const mine = got.filter(({ chat, key }) => chat === String(index) && key.startsWith('digest'))
    expect(mine.map(({ key }) => slotOf(key))).toEqual(expected)
  }
  expectTheRight(got, chats)
}

/** Checks that no chat got the same post twice. */
function expectOnce(got: readonly Got[]): void {
  const posted = got.filter(({ text }) => !text.includes('Corrected:'))
  const keys = posted.map(({ chat, key }) => `${chat} ${slotOf(key)}`)
  expect(keys).toEqual([...new Set(keys)])
}

/** Returns the due instant of a digest, or the key of any other post. */
function slotOf(key: string): string {
  return key.startsWith('digest') ? (key.split(' ')[3] ?? '') : key
}

/** Models the posts of a chat: the newest digest since the last tick, if it is not too late. */
function createModel(rhythm: Rhythm, begun: Temporal.Instant) {
  const expected: string[] = []
  let after = begun
  return {
    expected,
    look(at: Temporal.Instant) {
      let newest: Temporal.Instant | undefined
      for (let slot = nextDigest(rhythm, after); Temporal.Instant.compare(slot, at) <= 0; ) {
        newest = slot
        slot = nextDigest(rhythm, slot)
      }
      if (!newest) return
      after = newest
      if (newest.until(at).total('hours') < 6) expected.push(newest.toString())
    },
    /** Changes the rhythm: the next digest is due after now, and after the last one that the chat got. */
    change(at: Temporal.Instant) {
      const last = after === begun ? at : after
      after = Temporal.Instant.compare(last, at) > 0 ? last : at
    },
  }
}

/** The reminders that an earlier look has found dealt with, and those that came too late for it. */
interface Judged {
  readonly seen: Set<string>
  readonly late: Set<string>
}

/**
 * Every reminder of what is known, of the last 24 hours, is dealt with: the newest posted; and of those that
 * were dealt with since the last look, none whose moment had passed when it became known. What was once too
 * late stays so when the clock is set back.
 */
async function expectReminders(
  { store, slots, now }: Awaited<ReturnType<typeof openSchedule>>,
  zones: ReadonlySet<string>,
  { seen, late }: Judged,
): Promise<void> {
  const settled = await store.editions.published()
  const [known] = readEdition(settled?.content)?.events ?? []
  if (known?.status !== 'scheduled') return
  const since = JSON.parse(settled?.known ?? '{}')[known.id].since as string
  const outcomes = new Map((await slots()).map(({ key, outcome }) => [key, outcome]))
  for (const key of outcomes.keys()) {
    if (seen.has(key) || !key.startsWith('reminder')) continue
    seen.add(key)
    const [, , start = '', end = '', moment = '', zone = 'UTC'] = key.split(' ')
    expect([start, end]).toEqual([known.start, known.end])
    expect(Temporal.Instant.compare(scheduledTimeOf(start, end, moment, zone), since)).toBe(1)
  }
  for (const zone of zones) {
    const passed = [
      ...new Set(['14d', '3d', '1d', 'start', ...(known.start === known.end ? [] : ['end'])]),
    ]
      .map(moment => ({
        key: `reminder ${known.id} ${known.start} ${known.end} ${moment} ${zone}`,
        at: scheduledTimeOf(known.start, known.end, moment, zone),
      }))
      .filter(({ at }) => Temporal.Instant.compare(at, now()) <= 0)
      .filter(({ at }) => Temporal.Instant.compare(at, since) > 0)
    for (const { key, at } of passed) if (at.until(now()).total('hours') >= 24) late.add(key)
    const due = passed.filter(({ key }) => !late.has(key))
    for (const { key } of due) {
      // The older of two that were both missed is written down.
      if (due.length === 1) expect(outcomes.get(key)).toBe('posted')
      else expect(outcomes.has(key)).toBe(true)
    }
  }
}

/** Checks that the chats of a zone, and no others, got a reminder within a day of its instant. */
function expectTheRight(got: readonly Got[], chats: readonly Rhythm[]): void {
  for (const key of new Set(
    got.map(each => each.key).filter(each => each.startsWith('reminder')),
  )) {
    const [, , start = '', end = '', moment = '', zone = 'UTC'] = key.split(' ')
    const have = got.filter(each => each.key === key && !each.text.includes('Corrected:'))
    const there = chats.flatMap((each, index) => (each.zone === zone ? [String(index)] : []))
    expect(have.map(({ chat }) => chat).sort()).toEqual(there)
    for (const { at, text } of have) {
      const hours = scheduledTimeOf(start, end, moment, zone).until(at).total('hours')
      expect(hours).toBeGreaterThanOrEqual(0)
      expect(hours).toBeLessThan(24)
      expect(text).toMatch(/^Exercise \S+ (starts|started|ends|ended|under way) /)
    }
  }
}

function scheduledTimeOf(
  start: string,
  end: string,
  moment: string,
  zone: string,
): Temporal.Instant {
  const first = Temporal.PlainDate.from(start)
  const days = moment.endsWith('d') ? Number(moment.slice(0, -1)) : 0
  const date = moment === 'end' ? Temporal.PlainDate.from(end) : first.subtract({ days })
  return date.toZonedDateTime({ timeZone: zone, plainTime: '09:00' }).toInstant()
}
