import { knownZone } from '../clock.ts'
import { type CalendarEvent, type Edition, EVENTS } from '../content/edition.ts'
import { isTimed } from '../content/occurrences.ts'
import { finish, finishInSteps, type Steps } from '../render/steps.ts'
import { texts } from '../texts.ts'
import { escapeText, formatLines, timeLine } from './content-lines.ts'
import { recurrenceLines } from './recurrence.ts'
import type { Revision } from './revision.ts'
import { timeZoneLines } from './time-zone.ts'

const words = texts.events.calendar

/** Years after the last event for which the changes of a zone are listed, if no rule has them. */
const LATER_YEARS = 30

/** How often a calendar asks for the file again (RFC 7986, 5.7). */
const REFRESH = 'PT1H'

/** The states of events as RFC 5545 names them. */
const STATUS = { scheduled: 'CONFIRMED', postponed: 'TENTATIVE', cancelled: 'CANCELLED' } as const

/** Returns what the calendar of an edition is called. Pure. */
export function calendarTitle({ title, eventNames = EVENTS }: Edition): string {
  return words.name(title, eventNames)
}

type Given = Parameters<typeof calendarSteps>

/**
 * Writes events of an edition as an iCalendar file (RFC 5545). The text depends on its arguments alone, so that the same
 * content has the same bytes. Pure.
 */
export function calendarOf(...given: Given): string {
  return finish(calendarSteps(...given))
}

/** Writes a calendar as {@link calendarOf} does, and yields to the event loop between events. */
export function writeCalendar(...given: Given): Promise<string> {
  return finishInSteps(calendarSteps(...given))
}

function* calendarSteps(
  edition: Edition,
  events: readonly CalendarEvent[],
  revisionOf: (event: CalendarEvent) => Revision,
  title = calendarTitle(edition),
): Steps<string> {
  const name = escapeText(title)
  const parts = [
    formatLines([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Sitrep//Sitrep//EN',
      'METHOD:PUBLISH',
      `NAME:${name}`,
      // Most programs do not read NAME, which is newer.
      `X-WR-CALNAME:${name}`,
      `REFRESH-INTERVAL;VALUE=DURATION:${REFRESH}`,
      `X-PUBLISHED-TTL:${REFRESH}`,
      ...zonesOf(events),
    ]),
  ]
  for (const event of events) {
    parts.push(formatLines(eventLines(edition, event, revisionOf(event))))
    yield
  }
  return [...parts, formatLines(['END:VCALENDAR'])].join('')
}

/** Writes the zones of events. UTC needs no definition. */
function zonesOf(events: readonly CalendarEvent[]): string[] {
  const byZone = Map.groupBy(events.filter(isTimed), zoneOf)
  return [...byZone].flatMap(([zone, its]) => {
    if (zone === undefined || zone === 'UTC') return []
    const years = its.flatMap(({ start, end }) => [start, end]).map(yearOf)
    return timeZoneLines(zone, Math.min(...years), Math.max(...years) + LATER_YEARS)
  })
}

function yearOf(local: string): number {
  return Temporal.PlainDateTime.from(local).year
}

/** Returns the zone of an event with times; undefined for whole days. */
function zoneOf(event: CalendarEvent): string | undefined {
  return isTimed(event) ? knownZone(event.zone ?? 'UTC') : undefined
}

function eventLines(edition: Edition, event: CalendarEvent, revision: Revision): string[] {
  const { start, end, name, location, organizer = '', link = '', status } = event
  const zone = zoneOf(event)
  const stamp = stampOf(revision.at ?? firstInstant(edition.asOf))
  const uri = uriOf(organizer)
  return [
    'BEGIN:VEVENT',
    `UID:${encodeURIComponent(event.id)}@${encodeURIComponent(edition.id)}.sitrep`,
    `DTSTAMP:${stamp}`,
    `LAST-MODIFIED:${stamp}`,
    `SEQUENCE:${revision.sequence}`,
    `STATUS:${STATUS[status]}`,
    `SUMMARY:${escapeText(name)}`,
    timeLine('DTSTART', [start], zone),
    timeLine('DTEND', [zone === undefined ? dayAfter(end) : end], zone),
    ...(zone === undefined || status === 'postponed' ? ['TRANSP:TRANSPARENT'] : []),
    ...recurrenceLines(event, zone),
    ...optional('LOCATION', escapeText(location ?? '')),
    ...optional('DESCRIPTION', escapeText(description(edition, event, uri === undefined))),
    ...optional('ORGANIZER', uri),
    ...optional('URL', uriOf(link)),
    'END:VEVENT',
  ]
}

function optional(name: string, value = ''): string[] {
  return value === '' ? [] : [`${name}:${value}`]
}

/** Returns what readers of a calendar see below the dates of an event. `hasOrganizer`: whether to name the organizer. */
function description(
  { eventNames: { columns } = EVENTS }: Edition,
  { status, participants, organizer, note, link, source }: CalendarEvent,
  hasOrganizer: boolean,
): string {
  return [
    status === 'scheduled' ? '' : words[status],
    participants && words.fact(columns.participants, participants),
    hasOrganizer && organizer ? words.fact(words.organizer, organizer) : '',
    note,
    // Many programs show no URL.
    link,
    source && words.fact(words.source, source),
  ]
    .filter(Boolean)
    .join('\n')
}

/** The organizer or the link as a URI in ASCII; undefined if it is none, such as the name of an organizer. */
function uriOf(text: string): string | undefined {
  const address = /^[^\s:@]+@[^\s@]+$/.test(text) ? `mailto:${text}` : text
  if (!/^(?:https?:\/\/|mailto:)\S+$/i.test(address) || !URL.canParse(address)) return undefined
  return /^[\x21-\x7e]+$/.test(address) ? address : new URL(address).href
}

function dayAfter(date: string): string {
  return Temporal.PlainDate.from(date).add({ days: 1 }).toString()
}

/** Returns the first instant of a day or a month, `2026-05-01` or `2026-05`. */
function firstInstant(asOf: string): Temporal.Instant {
  return Temporal.Instant.from(`${`${asOf}-01`.slice(0, 'YYYY-MM-DD'.length)}T00:00Z`)
}

function stampOf(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '')
}
