import type { CalendarEvent } from '../content/edition.ts'
import { isFulfilled, isRepeat, isStartRuled, localUntil, uncounted } from '../content/repeat.ts'
import { timeLine } from './content-lines.ts'

/** Writes the repetition of an event, with its exceptions; nothing if it has none. `zone` is absent for dates. Pure. */
export function recurrenceLines(event: CalendarEvent, zone?: string): string[] {
  const { start, repeat, except = [] } = event
  // Files have no other rules, but a stored edition may.
  if (repeat === undefined || !isRepeat(repeat) || !isFulfilled(event)) return []
  // The start is the first occurrence in any case. RFC 5545 leaves open what happens if the rule does not name it, and not
  // all programs count it then.
  const isRuled = isStartRuled(event)
  const rule = (isRuled ? undefined : uncounted(event)) ?? repeat
  const time = start.slice('YYYY-MM-DD'.length)
  // ical.js stops at an exception that stands there twice.
  const exceptions = [...new Set(except)].sort().map(date => date + time)
  return [
    `RRULE:${rule.replace(/(?<=UNTIL=)[^;]+/, until => untilOf(until, zone))}`,
    ...(isRuled ? [] : [timeLine('RDATE', [start], zone)]),
    ...(exceptions.length > 0 ? [timeLine('EXDATE', exceptions, zone)] : []),
  ]
}

/** Writes the end of a rule as RFC 5545 (3.3.10) asks for: a date for dates, and a time in UTC for times. */
function untilOf(until: string, zone?: string): string {
  const local = localUntil(until, zone)
  return compact(zone === undefined ? local.toPlainDate() : local.toZonedDateTime(zone).toInstant())
}

function compact(time: Temporal.PlainDate | Temporal.Instant): string {
  return time.toString().replace(/[-:]/g, '')
}
