import type { CalendarEvent, Edition } from './edition.ts'
import { isTimed } from './occurrences.ts'

/** The events of a calendar outside the content. */
export interface Feed {
  /** Identifies the calendar: 12 hexadecimal digits. */
  readonly key: string
  readonly events: readonly CalendarEvent[]
}

/** Compares texts by their code units. Pure. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}

/** Compares events by their starts, then by their ends and ids. Pure. */
export function compareEvents(one: CalendarEvent, other: CalendarEvent): number {
  return (
    compareTexts(one.start, other.start) ||
    compareTexts(one.end, other.end) ||
    compareTexts(one.id, other.id)
  )
}

/**
 * Adds the events of feeds to an edition, behind its own. An event of the edition replaces one of a feed with the same
 * id, and that of an earlier feed one of a later feed. Pure.
 *
 * @param timeZone IANA zone of times without a zone, if the edition names none.
 */
export function withFeeds(edition: Edition, feeds: readonly Feed[], timeZone: string): Edition {
  if (feeds.length === 0) return edition
  const taken = new Set(edition.events.map(({ id }) => id))
  const added = feeds.flatMap(({ key, events }) =>
    events.flatMap((event): CalendarEvent[] => {
      if (taken.has(event.id)) return []
      taken.add(event.id)
      const zone = isTimed(event) ? (event.zone ?? edition.timezone ?? timeZone) : undefined
      return [{ ...event, ...(zone !== undefined && { zone }), feed: key }]
    }),
  )
  return merged(
    edition,
    added,
    feeds.map(({ key }) => key),
  )
}

/**
 * Returns a published edition with the events of the feeds that it does not know yet: the first sight of a calendar is no
 * edit. Returns the same object if there is no such feed. Pure.
 */
export function adoptFeeds(published: Edition, current: Edition): Edition {
  const known = published.feeds ?? []
  const fresh = (current.feeds ?? []).filter(key => !known.includes(key))
  if (fresh.length === 0) return published
  const ids = new Set(published.events.map(({ id }) => id))
  const added = current.events.filter(
    ({ id, feed }) => feed !== undefined && fresh.includes(feed) && !ids.has(id),
  )
  // Without a file of events, the first feed brings their command as well.
  const { eventNames, commands } = current
  const names = published.eventNames ? {} : { eventNames, commands }
  const feeds = (current.feeds ?? []).filter(key => known.includes(key) || fresh.includes(key))
  const gone = known.filter(key => !feeds.includes(key))
  return merged({ ...published, ...names }, added, [...feeds, ...gone])
}

function merged(
  edition: Edition,
  added: readonly CalendarEvent[],
  feeds: readonly string[],
): Edition {
  const own = edition.events.filter(({ feed }) => feed === undefined)
  const others = edition.events.filter(({ feed }) => feed !== undefined)
  return { ...edition, events: [...own, ...[...others, ...added].sort(compareEvents)], feeds }
}
