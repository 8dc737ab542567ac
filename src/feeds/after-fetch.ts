import type { CalendarEvent } from '../content/edition.ts'
import { byStart } from '../content/feed-events.ts'
import { occurrenceAt } from '../content/occurrences.ts'

/** The state of a calendar that the store keeps. */
export interface FeedState {
  /** Sorted by start and id. */
  readonly events: readonly CalendarEvent[]
  /** The number of successive fetches without an event, by the id of the event. */
  readonly misses: Readonly<Record<string, number>>
}

/** The fetch without an event from which on it is cancelled. */
const CANCELLED_AT = 3

/** Events from which on a calendar may not lose more than half of them at once. */
const MANY = 4

/**
 * Returns the state after a fetch. An event that is missing stays for two fetches and is then cancelled, unless it is
 * over: then it goes. `emptied` means that a calendar with coming events has no event any more, or has lost more than
 * half of {@link MANY} or more coming ones, which may be a mistake: the former state stays. Pure.
 */
export function afterFetch(
  before: FeedState | undefined,
  fetched: readonly CalendarEvent[],
  now: Temporal.ZonedDateTime,
): FeedState | 'emptied' {
  if (!before) return { events: fetched, misses: {} }
  const isComing = (event: CalendarEvent) => !occurrenceAt(event, now).isOver
  const had = before.events.filter(event => !(event.id in before.misses) && isComing(event)).length
  const isEmpty = had > 0 && fetched.length === 0
  if (isEmpty || (had >= MANY && fetched.filter(isComing).length * 2 < had)) return 'emptied'
  const ids = new Set(fetched.map(({ id }) => id))
  const missing = before.events.filter(event => !ids.has(event.id) && isComing(event))
  const misses = Object.fromEntries(
    missing.map(({ id }) => [id, Math.min(CANCELLED_AT, (before.misses[id] ?? 0) + 1)]),
  )
  const kept = missing.map((event): CalendarEvent => {
    return misses[event.id] === CANCELLED_AT ? { ...event, status: 'cancelled' } : event
  })
  return { events: [...fetched, ...kept].sort(byStart), misses }
}

/** Returns the state after a fetch that has found the same calendar again. Pure. */
export function afterSame(before: FeedState, now: Temporal.ZonedDateTime): FeedState | 'emptied' {
  return afterFetch(
    before,
    before.events.filter(({ id }) => !(id in before.misses)),
    now,
  )
}
