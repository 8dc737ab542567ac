import type ICAL from 'ical.js'
import { type CalendarEvent, OPTIONAL_FACTS } from '../content/edition.ts'
import { cleanText, linkOf, noteOf } from './clean.ts'
import { textOf } from './components.ts'
import type { Times } from './times.ts'

/** The facts of a calendar that its events need. */
export interface Calendar {
  /** The zone of times without a zone; absent if the calendar names none. */
  readonly zone: string | undefined
  /** The participants of events without an organizer. */
  readonly fallback: string
}

/** Most characters of a name. */
export const NAME_LENGTH = 100

const STATUSES = { CANCELLED: 'cancelled', TENTATIVE: 'scheduled', CONFIRMED: 'scheduled' } as const

/** Whether only the owner of a calendar may see an event, or its details. */
export function isPrivate(component: ICAL.Component): boolean {
  const visibility = textOf(component, 'class')?.trim().toUpperCase()
  return visibility === 'PRIVATE' || visibility === 'CONFIDENTIAL'
}

/** Returns the event of a component without its repetition; undefined if it is private. */
export function eventOf(
  component: ICAL.Component,
  id: string,
  { start, end, zone }: Times,
  { zone: usual, fallback }: Calendar,
): CalendarEvent | undefined {
  if (isPrivate(component)) return undefined
  const name = cleanText(textOf(component, 'summary'), NAME_LENGTH)
  if (name === undefined) throw new RangeError('An event without a name.')
  const common = component.getFirstProperty('organizer')?.getParameter('cn')
  const organizer = cleanText(nameOf(common), OPTIONAL_FACTS.organizer.maxLength)
  const status = (textOf(component, 'status') ?? '').trim().toUpperCase()
  const ownZone = start.includes('T') ? (zone ?? usual) : undefined
  const facts = {
    location: cleanText(textOf(component, 'location'), OPTIONAL_FACTS.location.maxLength),
    organizer,
    link: linkOf(textOf(component, 'url')),
    note: noteOf(textOf(component, 'description')),
  }
  return {
    id,
    name,
    start,
    end,
    ...(ownZone !== undefined && { zone: ownZone }),
    participants: organizer ?? fallback,
    status: STATUSES[status as keyof typeof STATUSES] ?? 'scheduled',
    ...Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined)),
  }
}

/** Returns the name of an organizer. An address in its place is a person's, which no reader needs. */
function nameOf(common: string | string[] | undefined): string | undefined {
  const name = Array.isArray(common) ? common[0] : common
  return name?.includes('@') ? undefined : name
}
