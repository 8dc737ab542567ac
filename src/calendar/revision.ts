import { createHash } from 'node:crypto'
import { type CalendarEvent, OPTIONAL_FACT_NAMES } from '../content/edition.ts'

/** How often an event has changed since it was first seen, and when it last did. */
export interface Revision {
  readonly sequence: number
  /** Absent if no change was ever stored. */
  readonly at?: Temporal.Instant | undefined
}

/** The facts of an event that a calendar shows. */
const SHOWN = [
  ...(['name', 'start', 'end', 'zone', 'repeat', 'except', 'participants', 'status'] as const),
  ...OPTIONAL_FACT_NAMES,
]

/** Returns a text that differs if anything differs that a calendar shows of an event. Pure. */
export function digestOf(event: CalendarEvent): string {
  const facts = JSON.stringify(SHOWN.map(fact => event[fact] ?? null))
  return createHash('sha256').update(facts).digest('base64url').slice(0, 16)
}
