import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTime, scheduledTimeOf } from '../../src/announcements/schedule-time.ts'

const NOW = Temporal.Instant.from('2027-03-27T12:00:00Z')

test.for([
  ['2027-04-01 09:30', '2027-04-01T09:30'],
  ['2027-04-01T9:30', '2027-04-01T09:30'],
  ['  Tomorrow   09:00 ', '2027-03-28T09:00'],
  ['today 18:00', '2027-03-27T18:00'],
  ['at 18:00', '2027-03-27T18:00'],
  // In Sarajevo it is one o'clock: what is past today is meant for tomorrow.
  ['18:00', '2027-03-27T18:00'],
  ['09:00', '2027-03-28T09:00'],
  ['in 2h', '2027-03-27T15:00'],
  ['+90m', '2027-03-27T14:30'],
  ['noon', '2027-03-28T12:00'],
  ['midnight', '2027-03-28T00:00'],
  ['tomorrow noon', '2027-03-28T12:00'],
  ['tomorrow at 9am', '2027-03-28T09:00'],
  ['9am tomorrow', '2027-03-28T09:00'],
  ['monday 0900', '2027-03-29T09:00'],
  ["9 o'clock on Friday", '2027-04-02T09:00'],
  ['2027-04-01 noon', '2027-04-01T12:00'],
  ['tonight 24:00', '2027-03-28T00:00'],
  ['in two hours', '2027-03-27T15:00'],
  ['in half an hour', '2027-03-27T13:30'],
  ['in 5 weeks', '2027-05-01T13:00'],
  ['in 1 hour and 30 minutes', '2027-03-27T14:30'],
  // By the clock on the wall: the night is an hour short.
  ['in 1 d', '2027-03-28T13:00'],
] as const)('“%s” is %s', ([typed, local]) => {
  expect(readTime(typed, NOW, 'Europe/Sarajevo')).toMatchObject({ local, zone: 'Europe/Sarajevo' })
})

test.for([
  '',
  'soon',
  '25:00',
  '2027-02-30 10:00',
  '2027-13-01 10:00',
  'tomorrow',
  '12',
  '9:5',
  'at 9',
  'friday 9',
  'in a while',
  'someday noon',
])('“%s” is no time', typed => expect(readTime(typed, NOW, 'Europe/Sarajevo')).toBeUndefined())

test.for([
  ['Europe/Sarajevo', '2027-03-28T02:30', '2027-03-28T01:30:00Z', 'gap'],
  ['Europe/Sarajevo', '2027-10-31T02:30', '2027-10-31T00:30:00Z', 'twice'],
  ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:45:00Z', 'gap'],
  ['America/Santiago', '2026-09-06T00:30', '2026-09-06T04:30:00Z', 'gap'],
  ['UTC', '2027-03-28T02:30', '2027-03-28T02:30:00Z', undefined],
] as const)('in %s the time "%s" is %s', ([zone, local, at, oddity]) => {
  expect(scheduledTimeOf({ local, zone })).toEqual({
    at: Temporal.Instant.from(at),
    ...(oddity && { oddity }),
  })
})

test('whatever is typed, it is a time that the clock of the zone shows, or moved by a gap, or none', () => {
  const zones = [
    'UTC',
    'Europe/Sarajevo',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/St_Johns',
  ]
  const typed = fc.oneof(
    fc.string(),
    fc
      .tuple(fc.integer({ min: 2020, max: 2040 }), fc.nat(13), fc.nat(32), fc.nat(25), fc.nat(61))
      .map(([year, ...rest]) => {
        const [month, day, hour, minute] = rest.map(part => String(part).padStart(2, '0'))
        return `${year}-${month}-${day} ${hour}:${minute}`
      }),
    fc.tuple(fc.nat(30), fc.nat(70)).map(([hour, minute]) => `${hour}:${minute}`),
    fc
      .tuple(fc.nat(999), fc.constantFrom('m', 'min', 'h', 'd'))
      .map(([n, unit]) => `in ${n}${unit}`),
  )
  fc.assert(
    fc.property(typed, fc.constantFrom(...zones), fc.nat(40_000_000), (text, zone, minutes) => {
      const now = Temporal.Instant.fromEpochMilliseconds(minutes * 60_000)
      const chosen = readTime(text, now, zone)
      if (!chosen) return
      const { at, oddity } = scheduledTimeOf(chosen)
      const shown = at.toZonedDateTimeISO(zone).toPlainDateTime()
      const wanted = Temporal.PlainDateTime.from(chosen.local)
      const laterMs = wanted.until(shown).total('minutes')
      if (oddity === 'gap') expect(laterMs).toBeGreaterThan(0)
      else expect(laterMs).toBe(0)
    }),
    { numRuns: 500 },
  )
})

test('a span ends where it ends, in an hour that comes twice as well', () => {
  const now = Temporal.Instant.from('2027-10-31T00:30:00Z')
  const chosen = readTime('in 1h', now, 'Europe/Sarajevo')
  expect(chosen && scheduledTimeOf(chosen)).toEqual({ at: now.add({ hours: 1 }) })
})
