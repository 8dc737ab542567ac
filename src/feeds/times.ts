import type ICAL from 'ical.js'
import { textOf } from './components.ts'
import type { FindZone } from './zones.ts'

/** A value of a property, as ical.js reads it: an ISO date or time. */
interface When {
  readonly local: Temporal.PlainDateTime
  readonly isDate: boolean
  /** IANA zone; absent for a date, and for a time without a zone. */
  readonly zone?: string | undefined
}

/** The dates of an event, in the form of `CalendarEvent`. A time without a zone has none. */
export interface Times {
  readonly start: string
  readonly end: string
  readonly zone?: string
}

/** The years of events that are read. Calendars with other years are damaged. */
const YEARS = { first: 1900, last: 2200 } as const

/** Reads the values of a property. Throws a RangeError for a damaged value or an unknown zone. */
export function valuesOf(property: ICAL.Property, findZone: FindZone): When[] {
  const [, , , ...values] = property.jCal as unknown[]
  const name = property.getParameter('tzid')
  return values.map(value => {
    // A period is a list of its start and its end.
    const text = String(Array.isArray(value) ? value[0] : value)
    return whenOf(text, typeof name === 'string' ? name : undefined, findZone)
  })
}

function whenOf(text: string, zoneName: string | undefined, findZone: FindZone): When {
  const local = Temporal.PlainDateTime.from(text.replace(/Z$/, ''))
  if (local.year < YEARS.first || local.year > YEARS.last) throw new RangeError('A wrong year.')
  if (!text.includes('T')) return { local, isDate: true }
  if (text.endsWith('Z')) return { local, isDate: false, zone: 'UTC' }
  if (zoneName === undefined) return { local, isDate: false }
  const zone = findZone(zoneName)
  if (zone === undefined) throw new RangeError('An unknown zone.')
  return { local, isDate: false, zone }
}

/** Reads the start and the end of an event. Throws a RangeError if they are missing or damaged. */
export function timesOf(component: ICAL.Component, findZone: FindZone): Times {
  const read = (name: string) => {
    const property = component.getFirstProperty(name)
    return property ? valuesOf(property, findZone)[0] : undefined
  }
  const [start, end] = [read('dtstart'), read('dtend')]
  if (!start) throw new RangeError('An event without a start.')
  const [, , , length] = (component.getFirstProperty('duration')?.jCal ?? []) as unknown[]
  const duration = typeof length === 'string' ? Temporal.Duration.from(length) : undefined
  return rangeOf(start, end, duration, isMarkedAllDay(component))
}

/** Whether Outlook marks an event of whole days, which it may write with times at midnight. */
function isMarkedAllDay(component: ICAL.Component): boolean {
  return textOf(component, 'x-microsoft-cdo-alldayevent')?.toUpperCase() === 'TRUE'
}

function rangeOf(
  start: When,
  end: When | undefined,
  duration: Temporal.Duration | undefined,
  isAllDay: boolean,
): Times {
  const ends = end ? inZone(end, start.zone) : endAfter(start, duration)
  const areDays = isAllDay && [start.local, ends].every(isMidnight)
  return start.isDate || areDays ? days(start.local, ends) : timed(start, ends)
}

function isMidnight(local: Temporal.PlainDateTime): boolean {
  return local.toPlainTime().equals('00:00')
}

/** Returns whole days. Calendars name the day after the last. */
function days(from: Temporal.PlainDateTime, to: Temporal.PlainDateTime): Times {
  const [first, after] = [from.toPlainDate(), to.toPlainDate()]
  const last = after.subtract({ days: 1 })
  const isInOrder = Temporal.PlainDate.compare(first, last) <= 0
  return { start: first.toString(), end: (isInOrder ? last : first).toString() }
}

/** Returns times to the minute. An event without a length takes one minute. */
function timed({ local, zone }: When, to: Temporal.PlainDateTime): Times {
  const minute = (time: Temporal.PlainDateTime) => time.toString({ smallestUnit: 'minute' })
  const [start, end] = [minute(local), minute(to)]
  return {
    start,
    end: end > start ? end : minute(local.add({ minutes: 1 })),
    ...(zone !== undefined && { zone }),
  }
}

/** Returns a time by the clock of another zone. A date, and a time without a zone, stay as they are. Pure. */
export function inZone({ local, zone }: When, other: string | undefined): Temporal.PlainDateTime {
  if (zone === undefined || other === undefined || zone === other) return local
  return local.toZonedDateTime(zone).withTimeZone(other).toPlainDateTime()
}

/** Returns the end of an event that names a duration, or neither: then it takes a day, or no time. */
function endAfter({ local, isDate, zone }: When, length?: Temporal.Duration) {
  const duration = length ?? { days: isDate ? 1 : 0 }
  // Hours are exact, also on the day of a change of the clocks; days are those of the calendar.
  return local
    .toZonedDateTime(zone ?? 'UTC')
    .add(duration)
    .toPlainDateTime()
}
