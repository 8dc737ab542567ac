import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextDigest } from '../../src/chats/digest-time.ts'
import { isWithin } from '../../src/chats/quiet-hours.ts'
import type { Rhythm } from '../../src/store/chats/chat.ts'

const at = (text: string) => Temporal.Instant.from(text)
const rhythm = (more: Partial<Rhythm> = {}): Rhythm => ({
  zone: 'Europe/Sarajevo',
  cadence: 'weekly',
  hour: 9,
  weekday: 1,
  ...more,
})
const next = (after: string, more: Partial<Rhythm> = {}) =>
  nextDigest(rhythm(more), at(after)).toString()

test('weekly is on the weekday at the hour of the zone, in winter and in summer', () => {
  expect(next('2026-11-23T07:59:59Z')).toBe('2026-11-23T08:00:00Z')
  expect(next('2026-11-23T08:00:00Z')).toBe('2026-11-30T08:00:00Z')
  expect(next('2026-07-01T00:00:00Z')).toBe('2026-07-06T07:00:00Z')
  expect(next('2026-11-23T12:00:00Z', { weekday: 7 })).toBe('2026-11-29T08:00:00Z')
  // A zone 45 minutes off, and one that is a day ahead.
  expect(next('2026-11-23T12:00:00Z', { zone: 'Asia/Kathmandu' })).toBe('2026-11-30T03:15:00Z')
  expect(next('2026-11-29T18:59:00Z', { zone: 'Pacific/Kiritimati' })).toBe('2026-11-29T19:00:00Z')
})

test('daily is every day, over the ends of years and leap days', () => {
  const daily = { cadence: 'daily' as const }
  expect(next('2026-12-31T08:00:00Z', daily)).toBe('2027-01-01T08:00:00Z')
  expect(next('2028-02-28T08:00:00Z', daily)).toBe('2028-02-29T08:00:00Z')
})

test('an hour that does not exist moves by the gap, of one that exists twice the first counts', () => {
  const night = { cadence: 'daily' as const, hour: 2 }
  expect(next('2026-03-28T12:00:00Z', night)).toBe('2026-03-29T01:00:00Z')
  expect(next('2026-10-24T12:00:00Z', night)).toBe('2026-10-25T00:00:00Z')
  expect(next('2026-10-25T00:00:00Z', night)).toBe('2026-10-26T01:00:00Z')
  // Samoa left out a whole day: 30 December 2011 was none.
  const samoa = { zone: 'Pacific/Apia', cadence: 'daily' as const }
  expect(next('2011-12-30T08:00:00Z', samoa)).toBe('2011-12-30T19:00:00Z')
})

test('within quiet hours it waits until they end', () => {
  const quiet = { from: 22, to: 7 }
  const daily = { cadence: 'daily' as const, quiet }
  expect(next('2026-11-23T12:00:00Z', { ...daily, hour: 23 })).toBe('2026-11-24T06:00:00Z')
  expect(next('2026-11-23T12:00:00Z', { ...daily, hour: 3 })).toBe('2026-11-24T06:00:00Z')
  expect(next('2026-11-23T12:00:00Z', { ...daily, hour: 7 })).toBe('2026-11-24T06:00:00Z')
  expect(next('2026-11-23T12:00:00Z', { ...daily, hour: 9 })).toBe('2026-11-24T08:00:00Z')
  // Sunday's digest of 23:00 comes on Monday morning, and that of Monday a week later.
  const weekly = { hour: 23, weekday: 7, quiet }
  expect(next('2026-11-23T05:59:00Z', weekly)).toBe('2026-11-23T06:00:00Z')
  expect(next('2026-11-23T06:00:00Z', weekly)).toBe('2026-11-30T06:00:00Z')
})

const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
const hours = fc.integer({ min: 0, max: 23 })
const rhythms: fc.Arbitrary<Rhythm> = fc.record(
  {
    zone: zones,
    cadence: fc.constantFrom('daily' as const, 'weekly' as const),
    hour: hours,
    weekday: fc.integer({ min: 1, max: 7 }),
    quiet: fc.record({ from: hours, to: hours }).filter(({ from, to }) => from !== to),
  },
  { requiredKeys: ['zone', 'cadence', 'hour', 'weekday'] },
)

test('the next digest is later than now, by at most one period and one quiet night, at the chosen hour', () => {
  const day = 24 * 60 * 60 * 1000
  const instants = fc
    .integer({ min: 0, max: 4_102_444_800_000 })
    .map(ms => Temporal.Instant.fromEpochMilliseconds(ms))
  fc.assert(
    fc.property(rhythms, instants, (wanted, after) => {
      const due = nextDigest(wanted, after)
      const ms = due.epochMilliseconds - after.epochMilliseconds
      expect(ms).toBeGreaterThan(0)
      expect(ms).toBeLessThanOrEqual((wanted.cadence === 'daily' ? 2 : 8) * day)
      const local = due.toZonedDateTimeISO(wanted.zone)
      const { quiet, hour } = wanted
      const shifted = local.startOfDay().add({ hours: hour }).hour !== hour
      const isAsAsked = local.hour === hour && local.minute === 0
      const isAfterQuiet = quiet !== undefined && local.hour === quiet.to
      // Only where a clock was set forward it is another hour.
      if (!isAsAsked && !isAfterQuiet) expect(isNearChange(local) || shifted).toBe(true)
      if (quiet && local.minute === 0 && !isNearChange(local)) {
        expect(isWithin(local.hour, quiet)).toBe(false)
      }
    }),
    { numRuns: 2000 },
  )
})

function isNearChange(local: Temporal.ZonedDateTime): boolean {
  const change = local.subtract({ hours: 26 }).getTimeZoneTransition('next')
  return change !== null && Temporal.ZonedDateTime.compare(change, local.add({ hours: 2 })) <= 0
}
