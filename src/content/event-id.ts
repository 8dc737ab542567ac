import { RESERVED_EVENT_IDS } from './edition.ts'

/** Whether a text can be the id of an event. Pure. */
export function isEventId(text: string): boolean {
  return /^[a-z0-9-]{1,40}$/.test(text) && !RESERVED_EVENT_IDS.includes(text)
}
