import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTime, scheduledTimeOf } from '../../src/announcements/schedule-time.ts'
import { endOf, isPause } from '../../src/commands/subscribe-commands.ts'
import { readClock, readDay, readRange, readSpan, readWeekday } from '../../src/parse-time.ts'
import { anyCharacter, runs } from '../properties.ts'

/** Friday. In Sarajevo it is noon, and clocks go forward in the night to Sunday; in Kathmandu it is 16:45. */
const NOW = Temporal.Instant.from('2027-03-26T11:00:00Z')
const ZONES = ['Europe/Sarajevo', 'Asia/Kathmandu'] as const

const started = (typed: string, zone: string) => {
  const chosen = readTime(typed, NOW, zone)
  return chosen && scheduledTimeOf(chosen).at
}

test.for([
  ['1 week', '2027-04-02T10:00Z', '2027-04-02T11:00Z'],
  ['2w', '2027-04-09T10:00Z', '2027-04-09T11:00Z'],
  ['for two days', '2027-03-28T10:00Z', '2027-03-28T11:00Z'],
  ['a fortnight', '2027-04-09T10:00Z', '2027-04-09T11:00Z'],
  ['for a fortnight', '2027-04-09T10:00Z', '2027-04-09T11:00Z'],
  ['an hour and a half', '2027-03-26T12:30Z', '2027-03-26T12:30Z'],
  ['1h30m', '2027-03-26T12:30Z', '2027-03-26T12:30Z'],
  ['1.5 hours', '2027-03-26T12:30Z', '2027-03-26T12:30Z'],
  ['two and a half hours', '2027-03-26T13:30Z', '2027-03-26T13:30Z'],
  ['a day and a half', '2027-03-27T23:00Z', '2027-03-27T23:00Z'],
  ['half an hour', '2027-03-26T11:30Z', '2027-03-26T11:30Z'],
  ['a few days', '2027-03-29T10:00Z', '2027-03-29T11:00Z'],
  ['for a few hours', '2027-03-26T14:00Z', '2027-03-26T14:00Z'],
  ['a couple of weeks', '2027-04-09T10:00Z', '2027-04-09T11:00Z'],
  ['2 days and 3 hours', '2027-03-28T13:00Z', '2027-03-28T14:00Z'],
  ['in 3 days', '2027-03-29T10:00Z', '2027-03-29T11:00Z'],
  ['1 month', '2027-04-26T10:00Z', '2027-04-26T11:00Z'],
  ['tomorrow', '2027-03-26T23:00Z', '2027-03-26T18:15Z'],
  ['until tomorrow', '2027-03-26T23:00Z', '2027-03-26T18:15Z'],
  ['Tomorrow at 9', '2027-03-27T08:00Z', '2027-03-27T03:15Z'],
  ['today', '2027-03-26T23:00Z', '2027-03-26T18:15Z'],
  ['for today', '2027-03-26T23:00Z', '2027-03-26T18:15Z'],
  ['for the weekend', '2027-03-28T22:00Z', '2027-03-28T18:15Z'],
  ['the weekend', '2027-03-28T22:00Z', '2027-03-28T18:15Z'],
  ['this weekend', '2027-03-28T22:00Z', '2027-03-28T18:15Z'],
  ['until the weekend', '2027-03-26T23:00Z', '2027-03-26T18:15Z'],
  ['until next weekend', '2027-04-02T22:00Z', '2027-04-02T18:15Z'],
  ['until monday', '2027-03-28T22:00Z', '2027-03-28T18:15Z'],
  ['until Mon', '2027-03-28T22:00Z', '2027-03-28T18:15Z'],
  ['monday', '2027-03-28T22:00Z', '2027-03-28T18:15Z'],
  ['until next monday', '2027-03-28T22:00Z', '2027-03-28T18:15Z'],
  ['until next friday', '2027-04-01T22:00Z', '2027-04-01T18:15Z'],
  ['until friday', '2027-04-01T22:00Z', '2027-04-01T18:15Z'],
  ['until this saturday', '2027-03-26T23:00Z', '2027-03-26T18:15Z'],
  ['until friday next week', '2027-04-01T22:00Z', '2027-04-01T18:15Z'],
  ['until next week', '2027-03-28T22:00Z', '2027-03-28T18:15Z'],
  ['until the day after tomorrow', '2027-03-27T23:00Z', '2027-03-27T18:15Z'],
  ['until 5 December', '2027-12-04T23:00Z', '2027-12-04T18:15Z'],
  ['until December 5', '2027-12-04T23:00Z', '2027-12-04T18:15Z'],
  ['until Dec 25', '2027-12-24T23:00Z', '2027-12-24T18:15Z'],
  ['until the 5th of December', '2027-12-04T23:00Z', '2027-12-04T18:15Z'],
  ['until 5. december', '2027-12-04T23:00Z', '2027-12-04T18:15Z'],
  ['until 5th April 2027', '2027-04-04T22:00Z', '2027-04-04T18:15Z'],
  ['until April 5th, 2027', '2027-04-04T22:00Z', '2027-04-04T18:15Z'],
  ['until 5.4.2027', '2027-04-04T22:00Z', '2027-04-04T18:15Z'],
  ['until 5.4.27', '2027-04-04T22:00Z', '2027-04-04T18:15Z'],
  ['until 5.4.', '2027-04-04T22:00Z', '2027-04-04T18:15Z'],
  ['until 05/04/2027', '2027-04-04T22:00Z', '2027-04-04T18:15Z'],
  ['until 2027-04-05', '2027-04-04T22:00Z', '2027-04-04T18:15Z'],
  ['until Monday, 5 April 2027, 00:00', '2027-04-04T22:00Z', '2027-04-04T18:15Z'],
  ['until Mon 5 Apr, 00:00', '2027-04-04T22:00Z', '2027-04-04T18:15Z'],
  ['until Mon 5 Apr', '2027-04-04T22:00Z', '2027-04-04T18:15Z'],
  ['until monday at 9', '2027-03-29T07:00Z', '2027-03-29T03:15Z'],
  ['until monday 9:00', '2027-03-29T07:00Z', '2027-03-29T03:15Z'],
  ['until 9 am on monday', '2027-03-29T07:00Z', '2027-03-29T03:15Z'],
  ['until tomorrow noon', '2027-03-27T11:00Z', '2027-03-27T06:15Z'],
  ['until 18:00', '2027-03-26T17:00Z', '2027-03-26T12:15Z'],
  ['till 6 pm', '2027-03-26T17:00Z', '2027-03-26T12:15Z'],
  ['until half past seven', '2027-03-27T06:30Z', '2027-03-27T01:45Z'],
  ['until tomorrow 9', '2027-03-27T08:00Z', '2027-03-27T03:15Z'],
  ['tomorrow 9.', '2027-03-27T08:00Z', '2027-03-27T03:15Z'],
  ['the day after tomorrow 21', '2027-03-28T19:00Z', '2027-03-28T15:15Z'],
  ['until tomorrow at quarter to eight', '2027-03-27T06:45Z', '2027-03-27T02:00Z'],
  ['until sunday 2:30', '2027-03-28T01:30Z', '2027-03-27T20:45Z'],
  ['until sunday at 24:00', '2027-03-28T22:00Z', '2027-03-28T18:15Z'],
  ['until 28 March', '2027-03-27T23:00Z', '2027-03-27T18:15Z'],
  ['1 week.', '2027-04-02T10:00Z', '2027-04-02T11:00Z'],
  ['Until Monday.', '2027-03-28T22:00Z', '2027-03-28T18:15Z'],
  ['until 31.3.', '2027-03-30T22:00Z', '2027-03-30T18:15Z'],
  ['until 29 March 02:30', '2027-03-29T00:30Z', '2027-03-28T20:45Z'],
  ['until 5 April at half past seven', '2027-04-05T05:30Z', '2027-04-05T01:45Z'],
] as const)('a pause “%s” ends at %s in Sarajevo, at %s in Kathmandu', ([typed, ...ends]) => {
  const instants = ends.map(end => Temporal.Instant.from(end))
  expect(ZONES.map(zone => endOf(typed, NOW, zone))).toEqual(instants)
  expect(isPause(typed)).toBe(true)
})

test.for([
  ['friday at 9', '2027-04-02T07:00Z', '2027-04-02T03:15Z'],
  ['on friday at 9', '2027-04-02T07:00Z', '2027-04-02T03:15Z'],
  ['at 9 on friday', '2027-04-02T07:00Z', '2027-04-02T03:15Z'],
  ['5 May 18:00', '2027-05-05T16:00Z', '2027-05-05T12:15Z'],
  ['5 May, 18:00', '2027-05-05T16:00Z', '2027-05-05T12:15Z'],
  ['May 5 at 6pm', '2027-05-05T16:00Z', '2027-05-05T12:15Z'],
  ['5 May 2027 18.30', '2027-05-05T16:30Z', '2027-05-05T12:45Z'],
  ['5.5.2027 18:00', '2027-05-05T16:00Z', '2027-05-05T12:15Z'],
  ['5.5. 18:00', '2027-05-05T16:00Z', '2027-05-05T12:15Z'],
  ['18:00 5 May', '2027-05-05T16:00Z', '2027-05-05T12:15Z'],
  ['next monday 9:00', '2027-03-29T07:00Z', '2027-03-29T03:15Z'],
  ['monday 0900', '2027-03-29T07:00Z', '2027-03-29T03:15Z'],
  ['monday at nine', '2027-03-29T07:00Z', '2027-03-29T03:15Z'],
  ['tomorrow at half past seven', '2027-03-27T06:30Z', '2027-03-27T01:45Z'],
  ['quarter to eight tomorrow', '2027-03-27T06:45Z', '2027-03-27T02:00Z'],
  ['tomorrow 18h', '2027-03-27T17:00Z', '2027-03-27T12:15Z'],
  ['tomorrow 24:00', '2027-03-27T23:00Z', '2027-03-27T18:15Z'],
  ['tonight 24:00', '2027-03-26T23:00Z', '2027-03-26T18:15Z'],
  ['sunday 02:30', '2027-03-28T01:30Z', '2027-03-27T20:45Z'],
  ['28 March at 02:30', '2027-03-28T01:30Z', '2027-03-27T20:45Z'],
  ['noon on sunday', '2027-03-28T10:00Z', '2027-03-28T06:15Z'],
  ['saturday midnight', '2027-03-26T23:00Z', '2027-03-26T18:15Z'],
  ['18:00', '2027-03-26T17:00Z', '2027-03-26T12:15Z'],
  ['6 pm', '2027-03-26T17:00Z', '2027-03-26T12:15Z'],
  ['half past seven', '2027-03-27T06:30Z', '2027-03-27T01:45Z'],
  ['in 2 hours', '2027-03-26T13:00Z', '2027-03-26T13:00Z'],
  ['in an hour and a half', '2027-03-26T12:30Z', '2027-03-26T12:30Z'],
  ['in a fortnight', '2027-04-09T10:00Z', '2027-04-09T11:00Z'],
  ['Mon 29 Mar, 09:00', '2027-03-29T07:00Z', '2027-03-29T03:15Z'],
  ['Mon 29 Mar, 09:00', '2027-03-29T07:00Z', '2027-03-29T03:15Z'],
  ['2027-03-29T09:00', '2027-03-29T07:00Z', '2027-03-29T03:15Z'],
  ['the day after tomorrow at 9.15', '2027-03-28T07:15Z', '2027-03-28T03:30Z'],
  ['saturday at 9 in the evening', '2027-03-27T20:00Z', '2027-03-27T15:15Z'],
  ['26 March 18:00', '2027-03-26T17:00Z', '2027-03-26T12:15Z'],
  ['26 March 9:00', '2027-03-26T08:00Z', '2027-03-26T03:15Z'],
  ['Next Friday at 9.', '2027-04-02T07:00Z', '2027-04-02T03:15Z'],
] as const)('“%s” is %s in Sarajevo, %s in Kathmandu', ([typed, ...instants]) => {
  expect(ZONES.map(zone => started(typed, zone))).toEqual(
    instants.map(instant => Temporal.Instant.from(instant)),
  )
})

test.for([
  'last friday',
  'until yesterday',
  'until may',
  'until 1/2',
  'until 13/13/2027',
  'until 31 April',
  'until 30.2.2028',
  'until 0 May',
  'until friday 9',
  'until tomorrow 25',
  'until monday morning',
  'for monday',
  'monday and tuesday',
  'until 5 - 7 May',
  'until 5 May at 25:00',
  'a month and a half',
  'an hour and a half later',
  'few',
  '5 m',
  'for 5m',
  '1800',
  'sunday school',
  'the game',
  'now',
  'fewer days',
  'constructor',
  'until __proto__',
])('“%s” ends no pause', typed => {
  expect(endOf(typed, NOW, 'Europe/Sarajevo')).toBeUndefined()
  expect(isPause(typed)).toBe(false)
})

test.for([
  '5 May',
  '5 May 2027',
  'May 5 2027',
  'friday 9',
  'friday at',
  'at friday',
  '9 5 May',
  '9. friday',
  'last friday 18:00',
  '31 April 18:00',
  'may 18:00',
  'sun',
  'now',
  'friday at 9 and monday at 9',
])('“%s” is no moment', typed => expect(started(typed, 'Europe/Sarajevo')).toBeUndefined())

test('a weekday that stands before a date agrees with it in every year', () => {
  for (const year of [2026, 2027, 2028, 2029, 2030, 2031, 2032]) {
    const now = Temporal.Instant.from(`${year}-11-01T00:00Z`)
    const day = Temporal.PlainDate.from(`${year}-12-05`)
    const name = day.toLocaleString('en', { weekday: 'long' })
    const other = day.add({ days: 1 }).toLocaleString('en', { weekday: 'long' })
    expect(isPause(`until ${name} 5 December`)).toBe(true)
    expect(endOf(`until ${name} 5 December`, now, 'UTC')).toEqual(
      day.toZonedDateTime('UTC').toInstant(),
    )
    expect(endOf(`until ${other} 5 December`, now, 'UTC')).toBeUndefined()
  }
})

test('29 February without a year is the next one', () => {
  expect(String(readDay('29 February', Temporal.PlainDate.from('2096-03-01')))).toBe('2104-02-29')
})

/** CPU time for all readings of one text, in microseconds. */
const MOST = 250_000

test('any text of up to 10,000 characters is read in bounded time, and never throws', () => {
  const word = fc.constantFrom(
    ...['a', 'half', '1', '22', ':', 'to', '-', 'week', 'h', 'pm', 'noon', 'and', '5.5.', '2027'],
    ...['past', 'quarter', 'friday', 'next', 'may', 'the', 'of', '5th', '.', ',', 'until', 'at'],
  )
  const glue = fc.constantFrom(' ', '')
  const text = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.tuple(fc.array(word, { maxLength: 40 }), glue).map(([words, by]) => words.join(by)),
    fc.tuple(word, glue, fc.constantFrom(100, 10_000)).map(([part, by, length]) => {
      return `${part}${by}`.repeat(length).slice(0, length)
    }),
  )
  const zone = fc.constantFrom(...ZONES, 'America/St_Johns', 'Pacific/Apia')
  fc.assert(
    fc.property(text, zone, fc.nat(2_000_000), (typed, where, hours) => {
      const now = Temporal.Instant.fromEpochMilliseconds(hours * 3_600_000)
      const before = process.threadCpuUsage()
      const end = endOf(typed, now, where)
      const chosen = readTime(typed, now, where)
      isPause(typed)
      for (const read of [readClock, readRange, readSpan, readWeekday]) read(typed)
      readDay(typed, now.toZonedDateTimeISO(where).toPlainDate())
      const { user, system } = process.threadCpuUsage(before)
      expect(user + system).toBeLessThan(MOST)
      if (end) expect(end.epochMilliseconds % 60_000).toBe(0)
      if (chosen) expect(scheduledTimeOf(chosen).at.epochMilliseconds % 60_000).toBe(0)
    }),
    { numRuns: runs(1000) },
  )
})
