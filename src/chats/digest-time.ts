import { type DigestCadence, type DigestDates, mondayOf, type Rhythm } from '../store/chats/chat.ts'
import { afterQuiet, atHour } from './quiet-hours.ts'

/**
 * Most days that `digested` can lie in the future. Zones are at most 26 hours apart, so a later day can only come from
 * a clock that ran ahead, and is ignored.
 */
const AHEAD_DAYS = 2

/** Longest search for a digest, in days: a weekly digest may be two weeks and `AHEAD_DAYS` away. */
const SEARCH_DAYS = 20

/**
 * Most hours that a digest may be late if a changed setting moved its time into the past. A daily digest has the grace
 * of all digests. A weekly digest survives every change of the zone, because zones are at most 26 hours apart.
 */
const OWED_HOURS = { daily: 6, weekly: 26 } as const

/**
 * Returns the time of the first digest after `after` that the chat has not received. Resolves a local time that does
 * not exist, or exists twice, by Temporal's `compatible`. Moves a time within quiet hours to their end. Pure.
 */
export function nextDigest(
  rhythm: Rhythm,
  after: Temporal.Instant,
  digested?: DigestDates,
): Temporal.Instant {
  const today = localDate(after, rhythm.zone)
  const received = plausible(digested, today)
  // Start with yesterday, because that day's digest may be waiting for the end of quiet hours.
  for (let days = -1; days <= SEARCH_DAYS; days++) {
    const at = digestOn(today.add({ days }), rhythm)
    if (!at || Temporal.Instant.compare(at, after) <= 0) continue
    if (!received || !hasReceived(received, localDate(at, rhythm.zone), rhythm)) return at
  }
  throw new RangeError('Every week has every weekday.')
}

/** Longest search for a past digest, in days: more than a week, and a day if quiet hours move it past midnight. */
const SEARCH_BACK_DAYS = 9

/** Returns the time of the last digest at or before `until`. Pure. */
export function lastDigest(rhythm: Rhythm, until: Temporal.Instant): Temporal.Instant {
  const today = localDate(until, rhythm.zone)
  for (let days = 0; days >= -SEARCH_BACK_DAYS; days--) {
    const at = digestOn(today.add({ days }), rhythm)
    if (at && Temporal.Instant.compare(at, until) <= 0) return at
  }
  throw new RangeError('Every week has every weekday.')
}

/**
 * Returns when to send a digest whose time a changed setting moved into the past: `now`, or the end of quiet hours.
 * Returns undefined if no digest is owed: the chat has received it, it lies before the planned digest, it is too late,
 * or its day or week is over. Pure.
 *
 * @param planned the time that was planned before the change, and the zone before the change.
 */
export function owedDigest(
  rhythm: Rhythm,
  planned: { readonly at: Temporal.Instant; readonly zone: string },
  now: Temporal.Instant,
  digested?: DigestDates,
): Temporal.Instant | undefined {
  const { zone, cadence, quiet } = rhythm
  const last = lastDigest(rhythm, now)
  if (last.until(now).total('hours') >= OWED_HOURS[cadence]) return undefined
  const owed = afterQuiet(now, zone, quiet)
  if (!isOwed(rhythm, last, owed, digested)) return undefined
  const isDue = Temporal.Instant.compare(planned.at, now) <= 0
  const isSkipped = slotOf(last, zone, cadence) >= slotOf(planned.at, planned.zone, cadence)
  return isDue || isSkipped ? owed : undefined
}

/** Tells whether a digest due at `last` can be sent at `at`: the same day or week, and not received yet. Pure. */
export function isOwed(
  rhythm: Rhythm,
  last: Temporal.Instant,
  at: Temporal.Instant,
  digested?: DigestDates,
): boolean {
  const { zone, cadence } = rhythm
  if (slotOf(last, zone, cadence) !== slotOf(at, zone, cadence)) return false
  const date = localDate(at, zone)
  const received = plausible(digested, date)
  return !received || !hasReceived(received, date, rhythm)
}

/** Returns the day that a daily digest counts for, or the Monday of a weekly digest's week; ISO 8601. */
function slotOf(at: Temporal.Instant, zone: string, cadence: DigestCadence): string {
  const date = localDate(at, zone)
  return cadence === 'weekly' ? mondayOf(date) : date.toString()
}

export function localDate(at: Temporal.Instant, zone: string): Temporal.PlainDate {
  return at.toZonedDateTimeISO(zone).toPlainDate()
}

function hasReceived(
  { day, week = '' }: DigestDates,
  date: Temporal.PlainDate,
  { cadence }: Rhythm,
) {
  return date.toString() <= day || (cadence === 'weekly' && mondayOf(date) <= week)
}

/** Drops days and weeks in the future, which a clock that ran ahead recorded. */
function plausible(digested: DigestDates | undefined, today: Temporal.PlainDate) {
  if (!digested) return undefined
  const last = today.add({ days: AHEAD_DAYS }).toString()
  const { day, week } = digested
  return { day: day > last ? '' : day, ...(week !== undefined && week <= last && { week }) }
}

function digestOn(date: Temporal.PlainDate, rhythm: Rhythm): Temporal.Instant | undefined {
  const { zone, cadence, hour, weekday, quiet } = rhythm
  if (cadence === 'weekly' && date.dayOfWeek !== weekday) return undefined
  return afterQuiet(atHour(date, hour, zone), zone, quiet)
}
