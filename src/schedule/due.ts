import { afterQuiet, atHour } from '../delivery/quiet.ts'
import type { Rhythm } from '../store/chat.ts'

/**
 * The first digest after `after`. A local time that does not exist, or exists twice, is taken as
 * Temporal's `compatible` takes it; one within quiet hours waits until they end. Pure.
 */
export function nextDigest(rhythm: Rhythm, after: Temporal.Instant): Temporal.Instant {
  const today = after.toZonedDateTimeISO(rhythm.zone).toPlainDate()
  // From yesterday, whose digest may have waited for the end of quiet hours, to a week from now.
  for (let days = -1; days <= 8; days++) {
    const at = digestOn(today.add({ days }), rhythm)
    if (at && Temporal.Instant.compare(at, after) > 0) return at
  }
  throw new RangeError('Every week has every weekday.')
}

/** The last digest until `until`, that instant included. Pure. */
export function lastDigest(rhythm: Rhythm, until: Temporal.Instant): Temporal.Instant {
  const today = until.toZonedDateTimeISO(rhythm.zone).toPlainDate()
  for (let days = 0; days >= -9; days--) {
    const at = digestOn(today.add({ days }), rhythm)
    if (at && Temporal.Instant.compare(at, until) <= 0) return at
  }
  throw new RangeError('Every week has every weekday.')
}

function digestOn(date: Temporal.PlainDate, rhythm: Rhythm): Temporal.Instant | undefined {
  const { zone, cadence, hour, weekday, quiet } = rhythm
  if (cadence === 'weekly' && date.dayOfWeek !== weekday) return undefined
  return afterQuiet(atHour(date, hour, zone), zone, quiet)
}
