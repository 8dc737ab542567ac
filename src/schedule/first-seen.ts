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
  return readInstant((value as SeenDates).since) !== undefined
}

/** Returns the entries of `events`: that of `before` if the dates are the same, else one since `now`. Pure. */
export function firstSeenAt(
  before: FirstSeen,
  events: readonly CalendarEvent[],
  now: Temporal.Instant,
): FirstSeen {
  return Object.fromEntries(
    events.map(event => {
      const { id, end, status } = event
      const was = before[id]
      const start = datesOf(event)
      const isSame = was?.start === start && was.end === end && was.status === status
      return [id, isSame ? was : { start, end, status, since: now.toString() }]
    }),
  )
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
  const isAhead = ({ since }: SeenDates) => Temporal.Instant.compare(since, latest) > 0
  if (!Object.values(firstSeen).some(isAhead)) return firstSeen
  const entries = Object.entries(firstSeen).map(([id, each]) => [
    id,
    isAhead(each) ? { ...each, since: now.toString() } : each,
  ])
  return Object.fromEntries(entries)
}
