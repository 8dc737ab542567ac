import type { PhrasingContent } from 'mdast'
import { knownZone } from '../clock.ts'
import type { CalendarEvent } from '../content/edition.ts'
import { isTimed, type Occurrence } from '../content/occurrences.ts'
import { dateRange, dayAndTime, isOneDay, timeOfDay, timeRange } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { repeatInWords } from './repeat-words.ts'

/** Returns the dates of an event, or its times, which platforms show by each reader's own clock. Pure. */
export function eventDates(event: Occurrence): PhrasingContent[] {
  const { start, end, at, zone, status } = event
  const local = (instant: string) =>
    Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime()
  if (!at) {
    const value = dateRange(start, end)
    return [status === 'postponed' ? former(value) : { type: 'time', start, end, value }]
  }
  const [from, to] = [local(at.start), local(at.end)]
  if (status === 'postponed') return [former(timeRange(from, to))]
  const isShort = isOneDay(from, to)
  return [
    { type: 'time', at: at.start, style: 'f', value: dayAndTime(from, false) },
    { type: 'text', value: isShort ? '–' : ' – ' },
    isShort
      ? { type: 'time', at: at.end, style: 't', value: timeOfDay(to) }
      : { type: 'time', at: at.end, style: 'f', value: dayAndTime(to, false) },
  ]
}

/** Former dates are plain text, so that platforms do not show them as times. */
function former(value: string): PhrasingContent {
  return { type: 'text', value: texts.formerDates(value) }
}

/**
 * Returns the dates of an event in words, by its own clock: "1–10 June 2027", "Sun 10 Jan 2027, 10:00–11:00
 * (Europe/Sarajevo)", "every month on the first Monday, 10:00–11:00 (Europe/Sarajevo)". Pure.
 */
export function datesInWords(event: CalendarEvent): string {
  const { start, end } = event
  const [from, to] = [Temporal.PlainDateTime.from(start), Temporal.PlainDateTime.from(end)]
  const repeated = repeatInWords(event)
  if (!isTimed(event)) return repeated ?? dateRange(start, end)
  const zone = ` (${knownZone(event.zone ?? 'UTC')})`
  if (repeated === undefined) return timeRange(from, to) + zone
  return `${repeated}, ${timeOfDay(from)}–${timeOfDay(to)}${zone}`
}
