import type { CalendarEvent, Edition } from '../content/edition.ts'
import { calendarTitle } from './calendar.ts'

/** The events of a calendar, and what it is called. */
export interface CalendarContent {
  readonly title: string
  readonly events: readonly CalendarEvent[]
}

/**
 * Returns a calendar of an edition: that of all events, or by its name that of one event or of a section that shows
 * the events. An event of the content wins over a section, and that over an event of a calendar outside the content.
 * Undefined if there is none. Pure.
 */
export function findCalendar(edition: Edition, name?: string): CalendarContent | undefined {
  const { events, eventNames, sections } = edition
  if (!eventNames) return undefined
  const title = calendarTitle(edition)
  if (name === undefined) return { title, events }
  const event = events.find(({ id }) => id === name)
  const section = sections.find(each => each.events && each.command === name)
  if (event && !(section && event.feed)) return { title, events: [event] }
  return section && { title: section.title, events }
}

/** Returns the address of the calendar of all events, or of one. `publicUrl` ends without a slash. Pure. */
export function calendarUrl(publicUrl: string, id?: string): string {
  const path = id === undefined ? 'calendar.ics' : `calendar/${encodeURIComponent(id)}.ics`
  return `${publicUrl}/${path}`
}
