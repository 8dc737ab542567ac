import type ICAL from 'ical.js'
import type { CalendarEvent } from '../content/edition.ts'
import { isTimed } from '../content/occurrences.ts'
import { localUntil, readRepeat, startsOf } from '../content/repeat.ts'
import { timeLine } from './content-lines.ts'

/** Writes the repetition of an event, with its exceptions; nothing if it has none. `zone` is absent for dates. Pure. */
export function recurrenceLines(event: CalendarEvent, zone?: string): string[] {
  const { start, repeat, except = [] } = event
  const rule = repeat === undefined ? undefined : readRepeat(repeat)
  if (repeat === undefined || !rule) return []
  const { until } = rule
  rule.until = null
  const end = until
    ? `;UNTIL=${untilOf(localUntil(until, zone ?? 'UTC', isTimed(event)), zone)}`
    : ''
  const time = start.slice('YYYY-MM-DD'.length)
  // ical.js finds an exception that stands there twice only once, and skips the others.
  const exceptions = [...new Set(except)].sort().map(date => date + time)
  // The start is the first occurrence, even if the rule leaves it out. RFC 5545 does not define that case.
  const isRuled = startsOf(start, repeat, zone).next().value === start
  return [
    `RRULE:${rule}${end}`,
    ...(isRuled ? [] : [timeLine('RDATE', [start], zone)]),
    ...(exceptions.length > 0 ? [timeLine('EXDATE', exceptions, zone)] : []),
  ]
}

/** Writes the end of a rule: a date, or a time in UTC (RFC 5545, 3.3.10). */
function untilOf(until: ICAL.Time, zone?: string): string {
  const local = until.toString()
  if (zone === undefined) return local.replaceAll('-', '')
  const at = Temporal.PlainDateTime.from(local).toZonedDateTime(zone).toInstant()
  return at.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '')
}
