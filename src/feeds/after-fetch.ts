import type { CalendarEvent } from '../content/edition.ts'
import { compareEvents } from '../content/feed-events.ts'
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

/** Most missing events that are kept: a calendar with new UIDs at each fetch would grow without an end. */
const MOST_KEPT = 1000

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
  // A Map, because an event may have the id `constructor`.
  const known = new Map(Object.entries(before.misses))
  const had = before.events.filter(event => !known.has(event.id) && isComing(event)).length
  const isEmpty = had > 0 && fetched.length === 0
  if (isEmpty || (had >= MANY && fetched.filter(isComing).length * 2 < had)) return 'emptied'
  const events = withFormerIds(before.events, fetched)
  const ids = new Set(events.map(({ id }) => id))
  const missing = before.events
    .filter(event => !ids.has(event.id) && isComing(event))
    .slice(0, MOST_KEPT)
  const misses = Object.fromEntries(
    missing.map(({ id }) => [id, Math.min(CANCELLED_AT, (known.get(id) ?? 0) + 1)]),
  )
  const kept = missing.map((event): CalendarEvent => {
    return misses[event.id] === CANCELLED_AT ? { ...event, status: 'cancelled' } : event
  })
  return { events: [...events, ...kept].sort(compareEvents), misses }
}

/**
 * Returns events with the ids of missing ones that have the same name and dates, because some programs write new UIDs
 * in each export.
 */
function withFormerIds(
  before: readonly CalendarEvent[],
  fetched: readonly CalendarEvent[],
): CalendarEvent[] {
  const [formerIds, ids] = [before, fetched].map(events => new Set(events.map(({ id }) => id)))
  const missing = Map.groupBy(
    before.filter(({ id }) => !ids?.has(id)),
    factsOf,
  )
  return fetched.map(event => {
    const former = formerIds?.has(event.id) ? undefined : missing.get(factsOf(event))?.shift()
    return former ? { ...event, id: former.id } : event
  })
}

function factsOf({ name, start, end, zone, repeat }: CalendarEvent): string {
  return [name, start, end, zone, repeat].join('\n')
}

/** Returns the state after a fetch that has found the same calendar again. Pure. */
export function afterSame(before: FeedState, now: Temporal.ZonedDateTime): FeedState | 'emptied' {
  return afterFetch(
    before,
    before.events.filter(({ id }) => !Object.hasOwn(before.misses, id)),
    now,
  )
}
