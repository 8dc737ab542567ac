import { digestOf, type Revision } from '../calendar/revision.ts'
import type { CalendarEvent } from '../content/edition.ts'
import { readInstant } from '../store/instant.ts'
import { hasStrings, objectOf } from '../store/json.ts'

/** The instant since which the schedule knows the dates of each event, by the id of the event. */
export type FirstSeen = Readonly<Record<string, SeenDates>>

interface SeenDates {
  /** The start of the event, with its zone and its repetition if it has them. */
  readonly start: string
  readonly end: string
  readonly status: string
  /** RFC 3339. */
  readonly since: string
  /** The last change that a calendar shows; absent in entries of earlier releases. */
  readonly shown?: ShownContent
}

interface ShownContent {
  /** See {@link digestOf}. */
  readonly digest: string
  /** The number of changes. */
  readonly revision: number
  /** When the last one was published (RFC 3339). */
  readonly at: string
}

/** Reads stored entries, and skips damaged ones. Pure. */
export function readFirstSeen(json: string): FirstSeen {
  const entries = Object.entries(objectOf(json) ?? {})
  return Object.fromEntries(
    entries.filter((entry): entry is [string, SeenDates] => isSeenDates(entry[1])),
  )
}

function isSeenDates(value: unknown): value is SeenDates {
  if (!hasStrings(value, ['start', 'end', 'status', 'since'])) return false
  const { since, shown } = value as SeenDates
  if (readInstant(since) === undefined) return false
  if (shown === undefined) return true
  return (
    hasStrings(shown, ['digest', 'at']) &&
    readInstant(shown.at) !== undefined &&
    Number.isSafeInteger(shown.revision)
  )
}

/**
 * Returns the entries of `events`: the dates of `before` if they are the same, else dates since `now`. If the change
 * was no edit, all dates are since `now`, and the revisions go on. Pure.
 */
export function firstSeenAt(
  before: FirstSeen,
  events: readonly CalendarEvent[],
  now: Temporal.Instant,
  isEdit = true,
): FirstSeen {
  return Object.fromEntries(
    events.map(event => {
      const was = seenOf(before, event)
      const { id, end, status } = event
      const isKept = isEdit && was !== undefined && hasDates(was, event)
      const since = isKept ? was.since : now.toString()
      const shown = shownAt(was, event, now)
      return [id, { start: datesOf(event), end, status, since, shown }]
    }),
  )
}

/** Returns the own entry of an event, which may have the id `constructor`. */
function seenOf(firstSeen: FirstSeen, { id }: CalendarEvent): SeenDates | undefined {
  return Object.hasOwn(firstSeen, id) ? firstSeen[id] : undefined
}

function shownAt(
  was: SeenDates | undefined,
  event: CalendarEvent,
  now: Temporal.Instant,
): ShownContent {
  const digest = digestOf(event)
  const revision = was?.shown?.revision ?? 0
  if (!was || !hasContent(was, event)) {
    return { digest, revision: was ? revision + 1 : revision, at: now.toString() }
  }
  return was.shown ?? { digest, revision, at: was.since }
}

function hasDates({ start, end, status }: SeenDates, event: CalendarEvent): boolean {
  return start === datesOf(event) && end === event.end && status === event.status
}

/** Whether a calendar shows the event as before. An entry of earlier releases has dates alone. */
function hasContent(seen: SeenDates, event: CalendarEvent): boolean {
  return seen.shown ? seen.shown.digest === digestOf(event) : hasDates(seen, event)
}

/** Returns the revision of an event that is in use. */
export type Revisions = (event: CalendarEvent) => Revision

/**
 * Returns the revisions of events, by the entries of the published edition. A change that is not published yet counts
 * already, as of `pendingAt`. Pure.
 */
export function revisionsOf(firstSeen: FirstSeen, pendingAt?: Temporal.Instant): Revisions {
  return event => {
    const was = seenOf(firstSeen, event)
    if (!was) return { sequence: 0, at: pendingAt }
    const sequence = was.shown?.revision ?? 0
    const at = Temporal.Instant.from(was.shown?.at ?? was.since)
    return hasContent(was, event)
      ? { sequence, at }
      : { sequence: sequence + 1, at: pendingAt ?? at }
  }
}

/** The start of an event with what else moves its occurrences. */
function datesOf({ start, zone, repeat, except }: CalendarEvent): string {
  return [start, zone, repeat, except?.join(',')].filter(each => each !== undefined).join(' ')
}

/** Most hours that an entry may lie ahead: clocks may differ by so much after summer time or a wrong setting. */
const AHEAD_HOURS = 24

/**
 * Sets entries of the far future to `now`, because a clock that ran ahead has recorded them. Returns the same object if
 * there are none. Pure.
 */
export function withoutFuture(firstSeen: FirstSeen, now: Temporal.Instant): FirstSeen {
  const latest = now.add({ hours: AHEAD_HOURS })
  const isAhead = (at: string) => Temporal.Instant.compare(at, latest) > 0
  const ahead = Object.values(firstSeen).filter(
    ({ since, shown }) => isAhead(since) || (shown !== undefined && isAhead(shown.at)),
  )
  if (ahead.length === 0) return firstSeen
  const corrected = (at: string) => (isAhead(at) ? now.toString() : at)
  const entries = Object.entries(firstSeen).map(([id, { shown, ...dates }]) => [
    id,
    {
      ...dates,
      since: corrected(dates.since),
      ...(shown && { shown: { ...shown, at: corrected(shown.at) } }),
    },
  ])
  return Object.fromEntries(entries)
}
