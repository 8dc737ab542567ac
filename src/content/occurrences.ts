import { knownZone } from '../clock.ts'
import type { CalendarEvent, Edition } from './edition.ts'
import { startsOf } from './repeat.ts'

/**
 * An event, or one occurrence of a repeated event, by the clock of a reader: `start` and `end` are ISO dates in the
 * reader's zone, both included.
 */
export interface Occurrence extends CalendarEvent {
  /** IANA zone of the reader. */
  readonly zone: string
  /** The instants of an event with times (RFC 3339); absent if it takes whole days. */
  readonly at?: { readonly start: string; readonly end: string }
  /** Whether its end has passed. */
  readonly isOver: boolean
  /** Names the occurrence: the id of its event and, if that repeats, the local start. */
  readonly subject: string
}

/** An edition whose events are by the clock of a reader. */
export type LocalEdition = Edition<Occurrence>

/** Whether a start or an end has a time of day. Pure. */
export function isTime(local: string): boolean {
  return local.includes('T')
}

/** Whether an event has times of day. Pure. */
export function isTimed({ start }: Pick<CalendarEvent, 'start'>): boolean {
  return isTime(start)
}

/**
 * Returns the occurrences of an event that are not over at `from` and begin before `to`, the oldest first. Whole days
 * are days of the zone of `from`. Pure.
 */
export function occurrencesWithin(
  event: CalendarEvent,
  from: Temporal.ZonedDateTime,
  to: Temporal.ZonedDateTime,
): Occurrence[] {
  const found: Occurrence[] = []
  const last = to.toPlainDate().add(MARGIN).toString()
  for (const start of startsAround(event, from)) {
    if (start > last) break
    const each = occurrence(event, start, from)
    if (!each.isOver && beginsBefore(each, to)) found.push(each)
  }
  return found
}

/** Returns the occurrence under way at a moment, or else the next one, or else the last. Pure. */
export function occurrenceAt(event: CalendarEvent, now: Temporal.ZonedDateTime): Occurrence {
  let found: Occurrence | undefined
  for (const start of startsAround(event, now)) {
    found = occurrence(event, start, now)
    if (!found.isOver) break
  }
  return found ?? occurrence(event, event.start, now)
}

/** Returns the occurrence on a day or the next one after it, by the event's own clock. Pure. */
export function occurrenceOn(event: CalendarEvent, day: Temporal.PlainDate): Occurrence {
  return occurrenceAt(event, day.toZonedDateTime(knownZone(event.zone ?? 'UTC')))
}

/** The editions by the clocks of readers: by the zone and, if events have times, by the minute. */
const localEditions = new WeakMap<Edition, Map<string, LocalEdition>>()

/** Most clocks for which an edition is kept. */
const KEPT = 50

/** Returns an edition by the clock of a reader. Events with times are as of the minute of `now`. Pure. */
export function localEdition(edition: Edition, now: Temporal.ZonedDateTime): LocalEdition {
  const kept = localEditions.get(edition) ?? new Map<string, LocalEdition>()
  localEditions.set(edition, kept)
  const key = clockKey(edition, now)
  const known = kept.get(key)
  if (known) return known
  if (kept.size >= KEPT) kept.clear()
  const local = { ...edition, events: edition.events.map(event => occurrenceAt(event, now)) }
  kept.set(key, local)
  return local
}

/**
 * Returns what answers about an edition depend on: the day and, if events have times, the minute and the zone. Answers
 * with the same key are the same. Pure.
 */
export function clockKey({ events }: Edition, now: Temporal.ZonedDateTime): string {
  if (!events.some(isTimed)) return now.toPlainDate().toString()
  return now.round({ smallestUnit: 'minute', roundingMode: 'floor' }).toString()
}

/** Whether an event takes place at all: its exceptions may name each of its days. Pure. */
export function hasOccurrence(event: CalendarEvent): boolean {
  return event.repeat === undefined || repeated(event).next().done !== true
}

/** Most days by which an event may begin earlier or later for a reader than by its own clock. */
const MARGIN = { days: 2 } as const

const local = (text: string) => Temporal.PlainDateTime.from(text)

function occurrence(event: CalendarEvent, start: string, now: Temporal.ZonedDateTime): Occurrence {
  const subject = event.repeat === undefined ? event.id : `${event.id} ${start}`
  const end = local(start).add(local(event.start).until(event.end))
  if (!isTimed(event)) {
    const last = end.toPlainDate().toString()
    const isOver = last < now.toPlainDate().toString()
    return { ...event, start, end: last, zone: now.timeZoneId, subject, isOver }
  }
  const zone = knownZone(event.zone ?? 'UTC')
  const [begins, ends] = [local(start).toZonedDateTime(zone), end.toZonedDateTime(zone)]
  const day = (at: Temporal.ZonedDateTime) =>
    at.withTimeZone(now.timeZoneId).toPlainDate().toString()
  return {
    ...event,
    zone: now.timeZoneId,
    start: day(begins),
    // An event until midnight does not reach into the next day.
    end: day(ends.subtract({ nanoseconds: 1 })),
    at: { start: begins.toInstant().toString(), end: ends.toInstant().toString() },
    subject,
    isOver: Temporal.Instant.compare(ends.toInstant(), now.toInstant()) <= 0,
  }
}

function beginsBefore({ start, at }: Occurrence, to: Temporal.ZonedDateTime): boolean {
  if (at) return Temporal.Instant.compare(at.start, to.toInstant()) < 0
  return (
    Temporal.Instant.compare(
      Temporal.PlainDate.from(start).toZonedDateTime(to.timeZoneId).toInstant(),
      to.toInstant(),
    ) < 0
  )
}

/** Yields the local starts from the last one that is surely over on, the oldest first. */
function* startsAround(event: CalendarEvent, from: Temporal.ZonedDateTime): Generator<string> {
  if (event.repeat === undefined) {
    yield event.start
    return
  }
  const length = local(event.start).until(event.end)
  const isOver = from.toPlainDateTime().subtract(length).subtract(MARGIN).toString()
  let last: string | undefined
  for (const start of repeated(event)) {
    if (start >= isOver && last !== undefined) yield last
    if (start >= isOver) yield start
    last = start < isOver ? start : undefined
  }
  if (last !== undefined) yield last
}

/** The local starts of repeated events, as far as they were needed. */
const knownStarts = new WeakMap<CalendarEvent, { found: string[]; rest: Iterator<string> }>()

function* repeated(event: CalendarEvent): Generator<string> {
  const known = knownStarts.get(event) ?? { found: [], rest: ruled(event) }
  knownStarts.set(event, known)
  for (let index = 0; ; index++) {
    if (index === known.found.length) {
      const { value, done } = known.rest.next()
      if (done) return
      known.found.push(value)
    }
    yield known.found[index] as string
  }
}

/** Yields the starts of a repeated event without its exceptions. `start` is the first, even if the rule leaves it out. */
function* ruled({ start, repeat = '', zone, except = [] }: CalendarEvent): Generator<string> {
  const left = new Set(except)
  const isKept = (each: string) => !left.has(each.slice(0, 'YYYY-MM-DD'.length))
  if (isKept(start)) yield start
  for (const each of startsOf(start, repeat, zone)) if (each > start && isKept(each)) yield each
}
