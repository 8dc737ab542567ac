import { changedExceptions } from '../content/changed-exceptions.ts'
import type { EventChange } from '../content/diff.ts'
import type { CalendarEvent } from '../content/edition.ts'
import { type Occurrence, occurrenceAt, occurrencesWithin } from '../content/occurrences.ts'

/** How far ahead of an occurrence its first reminder may be, in days: the longest lead in use is some weeks. */
const AHEAD_DAYS = 120

/**
 * Returns the subjects of the reminders that a change makes wrong: the event, or those coming occurrences of a repeated
 * event that the change moves or ends. None if the event is over before and after. Pure.
 */
export function correctedSubjects(change: EventChange, now: Temporal.ZonedDateTime): string[] {
  const { kind, before, after } = change
  if (kind === 'changed' && changedExceptions(change).removed.length === 0) return []
  const isOpen = (event: CalendarEvent) => !occurrenceAt(event, now).isOver
  if (!before || ![before, ...(after ? [after] : [])].some(isOpen)) return []
  if (before.repeat === undefined) return [before.id]
  const coming = (event: CalendarEvent) =>
    occurrencesWithin(event, now, now.add({ days: AHEAD_DAYS }))
  const isKept = after?.status === before.status
  const kept = new Set(after && isKept ? coming(after).map(datesOf) : [])
  return coming(before)
    .filter(each => !kept.has(datesOf(each)))
    .map(({ subject }) => subject)
}

function datesOf({ start, end, at }: Occurrence): string {
  return at ? `${at.start} ${at.end}` : `${start} ${end}`
}
