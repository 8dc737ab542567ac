import { currentZone } from '../clock.ts'
import { type Edition, factsOf } from '../content/edition.ts'
import type { Occurrence } from '../content/occurrences.ts'
import { dateRange, timeRange } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { eventsLine } from './events.ts'

/** The last minute of a day: at midnight, platforms would show the event on the next day too. */
const LAST_MINUTE = Temporal.PlainTime.from('23:59')

/** Returns an occurrence as an event of a server, whose clock is that of the occurrence. Pure. */
export function scheduledEvent(edition: Edition, event: Occurrence) {
  const { start, end } = spanOf(event)
  return {
    ...{ name: event.name, start, end },
    place: event.location ?? texts.scheduledEvents.noPlace,
    description: [
      whenText(event, start, end),
      event.participants,
      ...factsOf(event, ['note', 'link', 'organizer', 'source']),
      `${texts.source(edition.publisher)}, ${texts.asOf(edition.asOf)}.`,
    ],
    marker: `${eventsLine(edition)} ${event.id}`,
  }
}

/** Returns the instants of an occurrence. Pure. */
export function spanOf({ start, end, at, zone }: Occurrence) {
  if (at) {
    const begins = Temporal.Instant.from(at.start)
    const ends = Temporal.Instant.from(at.end)
    // An event without a length still needs an end after its start.
    const isEmpty = Temporal.Instant.compare(begins, ends) >= 0
    return { start: begins, end: isEmpty ? begins.add({ minutes: 1 }) : ends }
  }
  const first = Temporal.PlainDate.from(start).toZonedDateTime(zone)
  const last = Temporal.PlainDate.from(end).toZonedDateTime({
    timeZone: zone,
    plainTime: LAST_MINUTE,
  })
  return { start: first.toInstant(), end: last.toInstant() }
}

/** Returns the dates in words, or the times with their zone. */
function whenText(event: Occurrence, start: Temporal.Instant, end: Temporal.Instant): string {
  const { zone } = event
  if (!event.at) return dateRange(event.start, event.end)
  const local = (at: Temporal.Instant) => at.toZonedDateTimeISO(zone).toPlainDateTime()
  return texts.events.inZone(timeRange(local(start), local(end)), currentZone(zone))
}
