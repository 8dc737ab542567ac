import { type DigestCadence, type Digested, mondayOf, type Rhythm } from '../store/chats/chat.ts'
import { afterQuiet, atHour } from './quiet-hours.ts'

/**
 * How far `digested` can lie in the future, in days: zones are 26 hours apart at most, so no chat had a later day.
 * A later one comes from a clock that was ahead, and is ignored.
 */
const AHEAD_DAYS = 2

/** Longest search for a digest, in days: a weekly one may lie two weeks and `AHEAD_DAYS` away. */
const SEARCH_DAYS = 20

/**
 * How late a digest may come if the setting that was changed moved its moment into the past, in hours. A daily one has
 * the grace of all digests. A weekly one is not lost to a change of the zone, because zones are 26 hours apart at most.
 */
const OWED_HOURS = { daily: 6, weekly: 26 } as const

/**
 * The first digest after `after` that the chat has not had. A local time that does not exist, or exists twice, is
 * taken as Temporal's `compatible` takes it; one within quiet hours waits until they end. Pure.
 */
export function nextDigest(
  rhythm: Rhythm,
  after: Temporal.Instant,
  digested?: Digested,
): Temporal.Instant {
  const today = localDate(after, rhythm.zone)
  const had = plausible(digested, today)
  // From yesterday, whose digest may have waited for the end of quiet hours.
  for (let days = -1; days <= SEARCH_DAYS; days++) {
    const at = digestOn(today.add({ days }), rhythm)
    if (!at || Temporal.Instant.compare(at, after) <= 0) continue
    if (!had || !hasHad(had, localDate(at, rhythm.zone), rhythm)) return at
  }
  throw new RangeError('Every week has every weekday.')
}

/** The last digest until `until`, that instant included. Pure. */
export function lastDigest(rhythm: Rhythm, until: Temporal.Instant): Temporal.Instant {
  const today = localDate(until, rhythm.zone)
  for (let days = 0; days >= -9; days--) {
    const at = digestOn(today.add({ days }), rhythm)
    if (at && Temporal.Instant.compare(at, until) <= 0) return at
  }
  throw new RangeError('Every week has every weekday.')
}

/**
 * When a digest comes whose moment a changed setting has moved into the past: at `now`, or after the quiet hours.
 * Undefined if none is owed: the chat has had it, it lies before the one that was planned, it is too late, or its day or
 * its week is over. Pure.
 *
 * @param planned the instant that was planned before the change, and the zone before it.
 */
export function owedDigest(
  rhythm: Rhythm,
  withNextDigest: { readonly at: Temporal.Instant; readonly zone: string },
  now: Temporal.Instant,
  digested?: Digested,
): Temporal.Instant | undefined {
  const { zone, cadence, quiet } = rhythm
  const last = lastDigest(rhythm, now)
  if (last.until(now).total('hours') >= OWED_HOURS[cadence]) return undefined
  const owed = afterQuiet(now, zone, quiet)
  if (!isOwed(rhythm, last, owed, digested)) return undefined
  const isDue = Temporal.Instant.compare(withNextDigest.at, now) <= 0
  const isSkipped =
    slotOf(last, zone, cadence) >= slotOf(withNextDigest.at, withNextDigest.zone, cadence)
  return isDue || isSkipped ? owed : undefined
}

/** Whether the digest that was due at `last` can come at `at`: on the same day or in the same week, not had yet. Pure. */
export function isOwed(
  rhythm: Rhythm,
  last: Temporal.Instant,
  at: Temporal.Instant,
  digested?: Digested,
): boolean {
  const { zone, cadence } = rhythm
  if (slotOf(last, zone, cadence) !== slotOf(at, zone, cadence)) return false
  const date = localDate(at, zone)
  const had = plausible(digested, date)
  return !had || !hasHad(had, date, rhythm)
}

/** The day or the Monday of the week that a digest counts for. */
function slotOf(at: Temporal.Instant, zone: string, cadence: DigestCadence): string {
  const date = localDate(at, zone)
  return cadence === 'weekly' ? mondayOf(date) : date.toString()
}

export function localDate(at: Temporal.Instant, zone: string): Temporal.PlainDate {
  return at.toZonedDateTimeISO(zone).toPlainDate()
}

function hasHad({ day, week = '' }: Digested, date: Temporal.PlainDate, { cadence }: Rhythm) {
  return date.toString() <= day || (cadence === 'weekly' && mondayOf(date) <= week)
}

/** Without the days and weeks that a clock that was ahead has recorded. */
function plausible(digested: Digested | undefined, today: Temporal.PlainDate) {
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
