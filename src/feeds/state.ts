import { type CalendarEvent, isEvent } from '../content/edition.ts'
import type { FeedState } from './after-fetch.ts'

/** The state of a calendar as the store keeps it: JSON. */
export interface StoredState {
  readonly events: string
  readonly misses: string
}

/** Formats a state for the store. Pure. */
export function toStored({ events, misses }: FeedState): StoredState {
  return { events: JSON.stringify(events), misses: JSON.stringify(misses) }
}

/** Reads a stored state; undefined if there is none, or its events are damaged. Pure. */
export function readState(stored: StoredState | undefined): FeedState | undefined {
  const events = readEvents(stored?.events)
  return events && { events, misses: readMisses(stored?.misses) }
}

/** Reads stored events; undefined if they are damaged. Pure. */
export function readEvents(text: string | undefined): CalendarEvent[] | undefined {
  try {
    const events: unknown = JSON.parse(text ?? '')
    return Array.isArray(events) && events.every(isEvent) ? events : undefined
  } catch {
    return undefined
  }
}

function readMisses(text: string | undefined): Record<string, number> {
  try {
    const entries = Object.entries(Object(JSON.parse(text ?? '{}')))
    return Object.fromEntries(
      entries.filter((entry): entry is [string, number] => Number.isInteger(entry[1])),
    )
  } catch {
    return {}
  }
}
