import { EVENT_FILTERS } from './edition.ts'

/** The filters of the list of events, which no event may have as its id. */
export const RESERVED_IDS: readonly string[] = EVENT_FILTERS

/** Whether a text can be the id of an event. Pure. */
export function isEventId(text: string): boolean {
  return /^[a-z0-9-]{1,40}$/.test(text) && !RESERVED_IDS.includes(text)
}
