import type ICAL from 'ical.js'
import type { CalendarEvent } from '../content/edition.ts'
import { compareTexts } from '../content/feed-events.ts'
import { hasOccurrence, isTimed } from '../content/occurrences.ts'
import { textOf } from './components.ts'
import { type Calendar, eventOf, isPrivate } from './event-of.ts'
import { hashedId } from './ids.ts'
import { type SeriesBudget, supportedRule } from './series.ts'
import { inZone, timesOf, valuesOf } from './times.ts'
import type { FindZone } from './zones.ts'

/** A calendar while its events are read. */
export interface Scene extends Calendar {
  readonly findZone: FindZone
  /** ISO date: what ended before it is left out. */
  readonly oldest: string
  readonly budget: SeriesBudget
  readonly counts: { unsupported: number; skipped: number }
}

/** Most dates that an event lists beside its rule, and most exceptions. */
const MOST_DATES = { added: 100, left: 200 } as const

/** Returns the events of one UID: the event or its series, the dates beside its rule, and its overrides. */
export function eventsOf(
  group: readonly ICAL.Component[],
  uid: string,
  id: string,
  scene: Scene,
): CalendarEvent[] {
  const [overrides, masters] = [true, false].map(isOverride =>
    group.filter(each => each.hasProperty('recurrence-id') === isOverride).sort(byRevision),
  ) as [ICAL.Component[], ICAL.Component[]]
  const found: CalendarEvent[] = []
  const attempt = (read: () => readonly CalendarEvent[]) => {
    try {
      found.push(...read())
    } catch {
      // Temporal and ical.js throw for damaged values, and the errors of ical.js have no class.
      scene.counts.skipped++
    }
  }
  const [master] = masters
  // An override may not repeat that its series is private.
  if (master && isPrivate(master)) return []
  const replaced = new Map<string, ICAL.Component>()
  const zone = master && zoneOfSeries(master, scene)
  for (const override of overrides) {
    attempt(() => {
      const start = recurrenceOf(override, zone, scene)
      if (!replaced.has(start)) replaced.set(start, override)
      return []
    })
  }
  if (master) attempt(() => series(master, uid, id, [...replaced.keys()], scene))
  for (const [start, override] of replaced) {
    attempt(() => single(override, hashedId(uid, start), scene))
  }
  return found
}

/** Compares revisions of one event, the newest first. */
function byRevision(one: ICAL.Component, other: ICAL.Component): number {
  const number = (each: ICAL.Component) => Number(each.getFirstProperty('sequence')?.jCal[3]) || 0
  const stamp = (each: ICAL.Component) => textOf(each, 'last-modified') ?? textOf(each, 'dtstamp')
  return number(other) - number(one) || compareTexts(stamp(other) ?? '', stamp(one) ?? '')
}

function zoneOfSeries(master: ICAL.Component, { findZone, zone }: Scene): string | undefined {
  try {
    return timesOf(master, findZone).zone ?? zone
  } catch {
    return undefined
  }
}

/** Returns the start that an override replaces, by the clock of its series. */
function recurrenceOf(
  override: ICAL.Component,
  zone: string | undefined,
  { findZone }: Scene,
): string {
  const property = override.getFirstProperty('recurrence-id')
  const [when] = property ? valuesOf(property, findZone) : []
  if (!when) throw new RangeError('An override without its date.')
  const local = inZone(when, zone)
  return when.isDate ? local.toPlainDate().toString() : local.toString({ smallestUnit: 'minute' })
}

/** Returns an event alone. */
function single(component: ICAL.Component, id: string, scene: Scene): CalendarEvent[] {
  const event = eventOf(component, id, timesOf(component, scene.findZone), scene)
  return event ? [byCalendar(event, scene)] : []
}

/**
 * Returns an event in UTC by the clock of its calendar, because texts name the zone of an event. Google writes all
 * single events in UTC. Times that the clock shows twice stay in UTC. Pure.
 */
function byCalendar(event: CalendarEvent, { zone }: Calendar): CalendarEvent {
  if (event.zone !== 'UTC' || zone === undefined) return event
  const times = [event.start, event.end].map(each =>
    Temporal.PlainDateTime.from(each).toZonedDateTime('UTC').withTimeZone(zone),
  )
  const isClear = times.every(each => each.toPlainDateTime().toZonedDateTime(zone).equals(each))
  const [start = event.start, end = event.end] = times.map(each =>
    each.toPlainDateTime().toString({ smallestUnit: 'minute' }),
  )
  return isClear ? { ...event, start, end, zone } : event
}

/** Returns an event with its repetition, and an event for each date beside its rule. */
function series(
  component: ICAL.Component,
  uid: string,
  id: string,
  replaced: readonly string[],
  scene: Scene,
): CalendarEvent[] {
  const times = timesOf(component, scene.findZone)
  const event = eventOf(component, id, times, scene)
  if (!event) return []
  const datesOf = (name: string) =>
    component
      .getAllProperties(name)
      .flatMap(property => valuesOf(property, scene.findZone))
      .map(when => inZone(when, event.zone))
  const left = datesOf('exdate').map(date => date.toPlainDate().toString())
  const except = [...new Set([...left, ...replaced.map(dayOf)])].sort().slice(-MOST_DATES.left)
  const added = uniqueDates(datesOf('rdate')).slice(0, MOST_DATES.added)
  const rules = component.getAllProperties('rrule')
  const isAlone = rules.length === 0 && added.length === 0
  if (isAlone) return [byCalendar(event, scene)]
  return [
    ...repeated(event, component, except, scene),
    ...added
      .filter(date => !except.includes(date.toPlainDate().toString()))
      .map(date => startOn(event, date))
      .filter(({ start }) => start !== event.start)
      .map(moved => ({ ...moved, id: hashedId(uid, moved.start) })),
  ]
}

/** Returns an event with the rule of its repetition, or its first date alone; nothing if it never takes place. */
function repeated(
  event: CalendarEvent,
  component: ICAL.Component,
  except: readonly string[],
  scene: Scene,
): CalendarEvent[] {
  const [rule, ...more] = component.getAllProperties('rrule')
  const isFirstLeft = except.includes(dayOf(event.start))
  const once = isFirstLeft ? [] : [event]
  if (!rule) return once
  const text = String(rule.getFirstValue())
  // A long history has thousands of series that are over. They take none of the budget.
  const until = /UNTIL=(\d{8})/.exec(text)?.[1]
  if (until && until < basicDate(scene.oldest) && dayOf(event.start) === dayOf(event.end)) {
    return []
  }
  const whole = {
    ...event,
    repeat: text,
    ...(except.length > 0 && { except }),
  }
  const isSupported = more.length === 0 && !component.hasProperty('exrule')
  const repeat = isSupported ? supportedRule(whole, scene.budget) : undefined
  if (repeat !== undefined) return hasOccurrence({ ...whole, repeat }) ? [{ ...whole, repeat }] : []
  scene.counts.unsupported++
  return once
}

/** Writes an ISO date as in a rule. */
function basicDate(date: string): string {
  return date.replaceAll('-', '')
}

function uniqueDates(dates: readonly Temporal.PlainDateTime[]): Temporal.PlainDateTime[] {
  return [...new Map(dates.map(date => [date.toString(), date])).values()]
}

function dayOf(local: string): string {
  return local.slice(0, 'YYYY-MM-DD'.length)
}

/** Returns an event at another start. */
function startOn(event: CalendarEvent, date: Temporal.PlainDateTime): CalendarEvent {
  const [start, end] = [event.start, event.end].map(each => Temporal.PlainDateTime.from(each))
  const ends = date.add((start ?? date).until(end ?? date))
  const [from, to] = [date, ends].map(each =>
    isTimed(event) ? each.toString({ smallestUnit: 'minute' }) : each.toPlainDate().toString(),
  )
  return { ...event, start: from ?? event.start, end: to ?? event.end }
}
