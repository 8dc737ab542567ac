import { Cron } from 'croner'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CalendarEvent, Edition } from '../../src/content/edition.ts'
import {
  clockKey,
  localEdition,
  occurrenceAt,
  occurrencesWithin,
} from '../../src/content/occurrences.ts'
import { isRepeat, ruleOf } from '../../src/content/repeat.ts'
import { runs } from '../properties.ts'
import { edition } from './fixture.ts'
import { ZONES } from './zones.ts'

function event(start: string, end: string, more: Partial<CalendarEvent> = {}): CalendarEvent {
  return { id: 'e', name: 'E', start, end, participants: 'All', status: 'scheduled', ...more }
}

const at = (text: string) => Temporal.ZonedDateTime.from(text)

const starts = (found: readonly { start: string; at?: { start: string } }[]) =>
  found.map(({ start, at }) => at?.start ?? start)

/** The first day of a rule in December 2026 or later, at 18:15. */
function firstOf(repeat: string): string {
  const rule = ruleOf({ start: '2026-11-30T18:15', repeat })
  return rule?.next(at('2026-12-01T00:00[UTC]'))?.toPlainDateTime().toString().slice(0, 16) ?? ''
}

test.each(ZONES)('a year of repeated events in %s is what croner says', zone => {
  const from = at(`2027-01-01T00:00[${zone}]`)
  const to = from.add({ years: 1 })
  const rules = [
    ['FREQ=DAILY', '* * *'],
    ['FREQ=WEEKLY;BYDAY=MO,TH', '* * 1,4'],
    ['FREQ=MONTHLY;BYDAY=1MO', '* * 1#1'],
    ['FREQ=MONTHLY;BYDAY=-1FR', '* * 5#L'],
    ['FREQ=MONTHLY;BYMONTHDAY=31', '31 * *'],
    ['FREQ=YEARLY;BYMONTH=3,10;BYDAY=2SU', '* 3,10 0#2'],
  ] as const
  for (const [repeat, pattern] of rules) {
    const first = firstOf(repeat)
    const timed = event(first, first.replace('18:15', '19:45'), { zone, repeat })
    const expected = new Cron(`15 18 ${pattern}`, { timezone: zone })
      .nextRuns(400, new Date(from.epochMilliseconds - 1000))
      .filter(run => run.getTime() < to.epochMilliseconds)
      .map(run => Temporal.Instant.fromEpochMilliseconds(run.getTime()).toString())
    expect(starts(occurrencesWithin(timed, from, to))).toEqual(expected)
  }
})

test('a repeated event shows the occurrence under way, or else the next, or else the last', () => {
  const weekly = event('2027-01-04T10:00', '2027-01-04T11:30', {
    zone: 'Europe/Sarajevo',
    repeat: 'FREQ=WEEKLY;COUNT=3',
  })
  const shown = (now: string) => {
    const { at: instants, isOver } = occurrenceAt(weekly, at(now))
    return `${instants?.start} ${isOver}`
  }
  expect(shown('2026-01-01T00:00[UTC]')).toBe('2027-01-04T09:00:00Z false')
  expect(shown('2027-01-04T10:29:59[UTC]')).toBe('2027-01-04T09:00:00Z false')
  expect(shown('2027-01-04T10:30[UTC]')).toBe('2027-01-11T09:00:00Z false')
  expect(shown('2029-01-04T10:30[UTC]')).toBe('2027-01-18T09:00:00Z true')
})

test('exceptions are left out, and count as occurrences', () => {
  const days = event('2027-01-04', '2027-01-05', {
    repeat: 'FREQ=WEEKLY;COUNT=4',
    except: ['2027-01-04', '2027-01-18'],
  })
  const [from, to] = [at('2027-01-01T00:00[UTC]'), at('2028-01-01T00:00[UTC]')]
  const found = occurrencesWithin(days, from, to)
  expect(found.map(({ start, end, subject }) => [start, end, subject])).toEqual([
    ['2027-01-11', '2027-01-12', 'e 2027-01-11'],
    ['2027-01-25', '2027-01-26', 'e 2027-01-25'],
  ])
})

test('the first occurrence is the start, even if the rule names other days', () => {
  const odd = event('2027-01-06', '2027-01-06', { repeat: 'FREQ=MONTHLY;BYDAY=1MO' })
  const found = occurrencesWithin(odd, at('2027-01-01T00:00[UTC]'), at('2027-03-02T00:00[UTC]'))
  expect(starts(found)).toEqual(['2027-01-06', '2027-02-01', '2027-03-01'])
})

test('the end of a rule in UTC counts by the clock of the event', () => {
  const until = (end: string, zone: string) => {
    const daily = event('2027-01-01T01:00', '2027-01-01T02:00', {
      zone,
      repeat: `FREQ=DAILY;UNTIL=${end}`,
    })
    return occurrencesWithin(daily, at('2026-12-01T00:00[UTC]'), at('2028-01-01T00:00[UTC]')).length
  }
  // 00:00 UTC on 3 January is 01:00 in Sarajevo, and 19:00 on the day before in New York.
  expect(until('20270103T000000Z', 'Europe/Sarajevo')).toBe(3)
  expect(until('20270103T000000Z', 'America/New_York')).toBe(2)
  expect(until('20270103', 'America/New_York')).toBe(3)
})

test('an event with times lies on the days of the reader, and one until midnight on one day', () => {
  const late = event('2027-01-10T22:00', '2027-01-11T00:00', { zone: 'Europe/Sarajevo' })
  const days = (zone: string) => {
    const { start, end } = occurrenceAt(late, at(`2027-01-01T00:00[${zone}]`))
    return `${start} ${end}`
  }
  expect(days('Europe/Sarajevo')).toBe('2027-01-10 2027-01-10')
  expect(days('Asia/Tokyo')).toBe('2027-01-11 2027-01-11')
  expect(days('Europe/Istanbul')).toBe('2027-01-11 2027-01-11')
  expect(days('Europe/London')).toBe('2027-01-10 2027-01-10')
})

test('a local time that does not exist moves by the gap, and one that exists twice is the first', () => {
  const gap = event('2027-03-28T02:30', '2027-03-28T02:45', { zone: 'Europe/Sarajevo' })
  expect(occurrenceAt(gap, at('2027-01-01T00:00[UTC]')).at?.start).toBe('2027-03-28T01:30:00Z')
  const twice = event('2027-10-31T02:30', '2027-10-31T02:45', { zone: 'Europe/Sarajevo' })
  expect(occurrenceAt(twice, at('2027-01-01T00:00[UTC]')).at?.start).toBe('2027-10-31T00:30:00Z')
})

test('an unknown zone of another release counts as UTC', () => {
  const odd = event('2027-01-10T10:00', '2027-01-10T11:00', { zone: 'Mars/Olympus' })
  expect(occurrenceAt(odd, at('2027-01-01T00:00[UTC]')).at?.start).toBe('2027-01-10T10:00:00Z')
})

test('answers depend on the day alone unless an event has times', () => {
  const now = at('2027-01-10T10:00:59[Europe/Sarajevo]')
  const [days, times] = [
    { ...edition(), events: [event('2027-01-10', '2027-01-11')] },
    { ...edition(), events: [event('2027-01-10T10:00', '2027-01-10T11:00', { zone: 'UTC' })] },
  ]
  const keyOf = (edition: Edition, now: Temporal.ZonedDateTime) =>
    clockKey(edition, { now, zone: now.timeZoneId, today: now.toPlainDate() })
  expect(keyOf(days, now)).toBe(keyOf(days, now.add({ hours: 13 })))
  expect(keyOf(days, now)).not.toBe(keyOf(days, now.add({ hours: 14 })))
  expect(keyOf(times, now)).not.toBe(keyOf(times, now.add({ seconds: 1 })))
  expect(keyOf(times, now)).not.toBe(keyOf(times, now.withTimeZone('UTC')))
  expect(localEdition(times, now)).toBe(localEdition(times, now.subtract({ seconds: 59 })))
})

test.each([
  'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=DAILY;INTERVAL=7;BYDAY=TU',
  'FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=MONTHLY;INTERVAL=48;BYDAY=5MO',
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31',
  'FREQ=YEARLY;INTERVAL=100;BYMONTH=2;BYMONTHDAY=29',
  'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9',
])('a rule that no day fulfils has its first occurrence alone, in a moment: %s', repeat => {
  const odd = event('2027-02-01', '2027-02-01', { repeat })
  const before = performance.now()
  expect(occurrenceAt(odd, at('2040-01-01T00:00[UTC]'))).toMatchObject({
    start: '2027-02-01',
    isOver: true,
  })
  expect(performance.now() - before).toBeLessThan(5000)
})

test.each([
  ['FREQ=SECONDLY', false],
  ['FREQ=HOURLY', false],
  ['FREQ=DAILY;BYHOUR=1,2', false],
  ['FREQ=YEARLY;BYWEEKNO=5', false],
  ['FREQ=WEEKLY;INTERVAL=0', false],
  ['FREQ=WEEKLY;INTERVAL=100000', false],
  ['FREQ=DAILY;COUNT=1000', false],
  ['FREQ=MONTHLY;BYMONTHDAY=32', false],
  ['FREQ=MONTHLY;BYMONTH=13', false],
  ['FREQ=DAILY\nEXDATE:20270101', false],
  ['FREQ=DAILY;FREQ=WEEKLY', false],
  ['COUNT=3', false],
  ['FREQ=DAILY;', false],
  ['monthly', false],
  ['', false],
  ['FREQ=WEEKLY;BYDAY=MO;UNTIL=20271231', true],
  ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', true],
])('whether the rule %s is supported: %s', (repeat, isSupported) => {
  expect(isRepeat(repeat)).toBe(isSupported)
})

const weekdays = fc.uniqueArray(fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'), {
  minLength: 1,
  maxLength: 7,
})
const position = fc.constantFrom(1, 2, 3, 4, 5, -1, -2, -3, -4, -5)
const monthDays = fc.uniqueArray(
  fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: -31, max: -1 })),
  { minLength: 1, maxLength: 4 },
)
const months = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 })

const dayParts = fc.oneof(
  weekdays.map(days => ({ days })),
  fc
    .array(
      fc.tuple(
        position,
        weekdays.map(([day]) => day),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map(nth => ({ days: [...new Set(nth.map(([at, day]) => `${at}${day}`))] })),
  fc.record({
    days: weekdays,
    positions: fc.uniqueArray(position, { minLength: 1, maxLength: 2 }),
  }),
  monthDays.map(monthDays => ({ monthDays })),
  fc.constant({}),
)

interface Rule {
  readonly freq: string
  readonly days?: readonly string[]
  readonly positions?: readonly number[]
  readonly monthDays?: readonly number[]
  readonly months?: readonly number[]
}

const rules: fc.Arbitrary<Rule> = fc.oneof(
  fc.constant({ freq: 'DAILY' }),
  weekdays.map(days => ({ freq: 'WEEKLY', days })),
  fc.constant({ freq: 'WEEKLY' }),
  dayParts.map(parts => ({ freq: 'MONTHLY', ...parts })),
  fc.tuple(dayParts, months).map(([parts, months]) => ({
    ...{ freq: 'YEARLY', ...parts },
    // Positions count within the year, so that another month would add to them.
    months: 'positions' in parts ? months.slice(0, 1) : months,
  })),
  fc.constant({ freq: 'YEARLY' }),
)

/** Whether a rule has a day, calculated for that day alone. */
function isOn(rule: Rule, interval: number, first: Temporal.PlainDate, day: Temporal.PlainDate) {
  const { freq, days, positions, monthDays, months } = rule
  const monday = (date: Temporal.PlainDate) => date.subtract({ days: date.dayOfWeek - 1 })
  const distances: Record<string, () => number> = {
    DAILY: () => first.until(day).days,
    WEEKLY: () => monday(first).until(monday(day)).days / 7,
    MONTHLY: () => day.year * 12 + day.month - first.year * 12 - first.month,
    YEARLY: () => day.year - first.year,
  }
  const distance = distances[freq]?.()
  if (distance === undefined || distance % interval !== 0) return false
  if (freq === 'DAILY') return true
  const code = (date: Temporal.PlainDate) =>
    ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'][date.dayOfWeek - 1] ?? ''
  if (freq === 'WEEKLY') return (days ?? [code(first)]).includes(code(day))
  if (freq === 'YEARLY' && !(months ?? [first.month]).includes(day.month)) return false
  const fromEnd = day.day - day.daysInMonth - 1
  if (monthDays) return monthDays.includes(day.day) || monthDays.includes(fromEnd)
  if (!days) return day.day === first.day
  const nth = [Math.ceil(day.day / 7), Math.floor(fromEnd / 7)]
  if (!positions)
    return [code(day), ...nth.map(at => `${at}${code(day)}`)].some(each => days.includes(each))
  const all = Array.from({ length: day.daysInMonth }, (_, index) => day.with({ day: index + 1 }))
    .filter(date => days.includes(code(date)))
    .map(date => date.day)
  const index = all.indexOf(day.day)
  return index >= 0 && (positions.includes(index + 1) || positions.includes(index - all.length))
}

const written = ({ freq, days, positions, monthDays, months }: Rule, interval: number) =>
  [
    `FREQ=${freq};INTERVAL=${interval}`,
    ...(months ? [`BYMONTH=${months}`] : []),
    ...(days ? [`BYDAY=${days}`] : []),
    ...(monthDays ? [`BYMONTHDAY=${monthDays}`] : []),
    ...(positions ? [`BYSETPOS=${positions}`] : []),
  ].join(';')

test('the occurrences of a span are those that each day’s own calculation names', () => {
  const offset = fc.integer({ min: 0, max: 1500 })
  const day = fc.integer({ min: 0, max: 1000 })
  fc.assert(
    fc.property(
      rules,
      fc.integer({ min: 1, max: 14 }),
      day,
      offset,
      (rule, interval, from, ahead) => {
        const first = Temporal.PlainDate.from('2026-01-01').add({ days: from })
        const repeat = written(rule, interval)
        expect(isRepeat(repeat)).toBe(true)
        const days = event(`${first}`, `${first}`, { repeat })
        const begin = first.add({ days: ahead })
        const span = Array.from({ length: 200 }, (_, index) => begin.add({ days: index }))
        const [open, close] = [begin, begin.add({ days: 200 })].map(each =>
          each.toZonedDateTime('UTC'),
        )
        if (!open || !close) return
        const expected = span.filter(
          each => each.equals(first) || isOn(rule, interval, first, each),
        )
        expect(starts(occurrencesWithin(days, open, close))).toEqual(expected.map(String))
      },
    ),
    { numRuns: runs(400) },
  )
})
