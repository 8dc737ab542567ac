import type { PhrasingContent } from 'mdast'
import { currentZone, knownZone } from '../clock.ts'
import type { CalendarEvent } from '../content/edition.ts'
import { isTimed, type Occurrence } from '../content/occurrences.ts'
import { dateRange, dayAndTime, isOneDay, timeOfDay, timeRange } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { repeatInWords } from './repeat-words.ts'

/**
 * Returns the dates of an event, or its times. Platforms that can do so show times by each reader’s own clock, in place of
 * the text with the zone. Pure.
 */
export function eventDates(event: Occurrence): PhrasingContent[] {
  const { start, end, at, zone, status } = event
  const local = (instant: string) =>
    Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime()
  if (!at) {
    const value = dateRange(start, end)
    return [status === 'postponed' ? former(value) : { type: 'time', start, end, value }]
  }
  const [from, to] = [local(at.start), local(at.end)]
  const inZone = (text: string) => texts.events.inZone(text, currentZone(zone))
  if (status === 'postponed') return [former(inZone(timeRange(from, to)))]
  const isShort = isOneDay(from, to)
  return [
    { type: 'time', at: at.start, style: 'f', value: dayAndTime(from, false) },
    { type: 'text', value: isShort ? '–' : ' – ' },
    isShort
      ? { type: 'time', at: at.end, style: 't', value: inZone(timeOfDay(to)) }
      : { type: 'time', at: at.end, style: 'f', value: inZone(dayAndTime(to, false)) },
  ]
}

/** Former dates are plain text, so that platforms do not show them as times. */
function former(value: string): PhrasingContent {
  return { type: 'text', value: texts.formerDates(value) }
}

/**
 * Returns the dates of an event in words, by its own clock: "1–10 June 2027", "Sun 10 Jan 2027, 10:00–11:00
 * (Europe/Sarajevo)", "every month on the 1st Monday, first 1 February 2027". Pure.
 */
export function datesInWords(event: CalendarEvent): string {
  const { start, end } = event
  const [from, to] = [Temporal.PlainDateTime.from(start), Temporal.PlainDateTime.from(end)]
  const dates = isTimed(event)
    ? texts.events.inZone(timeRange(from, to), currentZone(knownZone(event.zone ?? 'UTC')))
    : dateRange(start, end)
  const rule = repeatInWords(event)
  return rule === undefined ? dates : texts.events.repeat.first(rule, dates)
}
