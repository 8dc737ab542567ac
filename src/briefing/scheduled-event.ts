import { currentZone, knownZone } from '../clock.ts'
import { type Edition, factsOf } from '../content/edition.ts'
import type { Occurrence } from '../content/occurrences.ts'
import type { ServerEvent } from '../poster.ts'
import { texts } from '../texts.ts'
import { eventsLine } from './events.ts'

const words = texts.scheduledEvents

/** The last minute of a day: at midnight, platforms would show the event on the next day too. */
const LAST_MINUTE = Temporal.PlainTime.from('23:59')

/** Returns an occurrence as an event of a server. Whole days are days of `zone`, with times to the minute. Pure. */
export function scheduledEvent(edition: Edition, event: Occurrence, zone: string): ServerEvent {
  const { start, end } = spanOf(event, zone)
  return {
    ...{ name: event.name, start, end },
    place: event.location ?? words.noPlace,
    description: [
      whenText(event, start, end),
      event.participants,
      ...factsOf(event, ['note', 'link', 'organizer', 'source']),
      `${texts.source(edition.publisher)}, ${texts.asOf(edition.asOf)}.`,
    ],
    marker: `${eventsLine(edition)} ${event.id}`,
  }
}

/** Returns the instants of an occurrence. Whole days are days of `zone`. Pure. */
export function spanOf({ start, end, at }: Occurrence, zone: string) {
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

/** Returns the dates in words, and times by the clock of the event. */
function whenText(event: Occurrence, start: Temporal.Instant, end: Temporal.Instant): string {
  if (!event.at) return words.days(event.start, event.end)
  const zone = event.zone ?? 'UTC'
  const local = (at: Temporal.Instant) => at.toZonedDateTimeISO(knownZone(zone)).toPlainDateTime()
  return words.times(local(start), local(end), currentZone(zone))
}
