import type ICAL from 'ical.js'
import type { CalendarEvent } from '../content/edition.ts'
import { compareEvents, compareTexts } from '../content/feed-events.ts'
import { occurrenceAt } from '../content/occurrences.ts'
import { cleanText } from './clean.ts'
import { parseComponents, textOf } from './components.ts'
import { NAME_LENGTH } from './event-of.ts'
import { eventsOf, type Scene } from './events-of.ts'
import { createIds } from './ids.ts'
import { createBudget } from './series.ts'
import { createZones } from './zones.ts'

/** The events of a calendar. */
export interface CalendarEvents {
  /** At most {@link MOST_EVENTS}, sorted by start and id. */
  readonly events: readonly CalendarEvent[]
  /** The number of events that repeat by a rule that is not supported: only their first date is known. */
  readonly unsupported: number
  /** The number of events that are left out because they are damaged, or their zone is unknown. */
  readonly skipped: number
}

export interface ReadOptions {
  /** Names the participants of events without an organizer, in a calendar without a name. */
  readonly host: string
  /** See `FeedEntry`. */
  readonly categories: readonly string[]
  /** The moment by which events are over, in the zone whose days count. */
  readonly now: Temporal.ZonedDateTime
}

/** Most events of a calendar. */
const MOST_EVENTS = 5000

/** Days for which a past event is kept. */
const KEPT_DAYS = 400

/** Reads the text of a calendar. Throws {@link FeedError} if it is damaged. Pure. */
export function readCalendar(text: string, options: ReadOptions): CalendarEvents {
  const { calendars, events: components, damaged } = parseComponents(text)
  const findZone = createZones(calendars, options.now.year)
  const named = (name: string) => calendars.map(each => textOf(each, name)).find(Boolean)
  const scene: Scene = {
    findZone,
    zone: findZone(named('x-wr-timezone') ?? ''),
    fallback: cleanText(named('x-wr-calname'), NAME_LENGTH) ?? options.host,
    oldest: options.now.toPlainDate().subtract({ days: KEPT_DAYS }).toString(),
    budget: createBudget(),
    counts: { unsupported: 0, skipped: damaged },
  }
  const groups = Map.groupBy(components, component => uidOf(component))
  const idOf = createIds()
  const found = [...groups.keys()].sort().flatMap(uid => {
    const group = withCategories(groups.get(uid) ?? [], options.categories)
    return eventsOf(group, uid, idOf(uid), scene)
  })
  const events = nextFirst(found, options.now, scene.oldest).slice(0, MOST_EVENTS)
  return { events: events.sort(compareEvents), ...scene.counts }
}

/** Returns the UID of an event. An event without one is known by its start and its name. */
function uidOf(component: ICAL.Component): string {
  const known = textOf(component, 'uid')?.trim()
  return known || ['dtstart', 'summary'].map(name => textOf(component, name)).join(' ')
}

/** Returns the components of a series that have a category. An override without categories has those of its series. */
function withCategories(
  group: readonly ICAL.Component[],
  wanted: readonly string[],
): readonly ICAL.Component[] {
  if (wanted.length === 0) return group
  const of = (component: ICAL.Component) =>
    component
      .getAllProperties('categories')
      .flatMap(property => (property.jCal as unknown[]).slice(3))
      .map(each => String(each).trim().toLowerCase())
  const isWanted = (categories: readonly string[]) => categories.some(each => wanted.includes(each))
  const ofSeries = group.filter(each => !each.hasProperty('recurrence-id')).flatMap(of)
  return group.filter(each => isWanted(each.hasProperty('categories') ? of(each) : ofSeries))
}

/** Sorts events: those to come from the next one on, and then the past ones from the last one back. Leaves old ones out. */
function nextFirst(
  events: readonly CalendarEvent[],
  now: Temporal.ZonedDateTime,
  oldest: string,
): CalendarEvent[] {
  const dated = events.map(event => ({ event, ...occurrenceAt(event, now) }))
  const [past, coming] = [true, false].map(isPast =>
    dated.filter(({ isOver }) => isOver === isPast),
  )
  return [
    ...(coming ?? []).sort((one, other) => compareTexts(one.start, other.start)),
    ...(past ?? [])
      .filter(({ end }) => end >= oldest)
      .sort((one, other) => compareTexts(other.end, one.end)),
  ].map(({ event }) => event)
}
