import { afterFetch, afterSame } from './after-fetch.ts'
import { FeedError, type FeedFailure } from './error.ts'
import { readCalendar } from './read-calendar.ts'
import { readState, type StoredState, toStored } from './state.ts'

export interface FeedInput {
  /** The text of the calendar; absent if it is the same as at the last fetch. */
  readonly text?: string | undefined
  /** The state before the fetch; absent at the first one. */
  readonly before?: StoredState | undefined
  /** See `FeedEntry`. */
  readonly host: string
  readonly categories: readonly string[]
  /** RFC 9557, with the zone whose days decide which events are over. */
  readonly now: string
}

export type FeedOutput =
  | (StoredState & {
      /** See `CalendarEvents`; absent for the same calendar as before. */
      readonly counts?: { readonly unsupported: number; readonly skipped: number }
    })
  | { readonly failure: FeedFailure }

/** Returns the state of a calendar after a fetch. Pure. */
export function nextState({ text, before, host, categories, now }: FeedInput): FeedOutput {
  const at = Temporal.ZonedDateTime.from(now)
  const known = readState(before)
  try {
    if (text === undefined) {
      const same = known ? afterSame(known, at) : 'emptied'
      return same === 'emptied' ? { failure: same } : toStored(same)
    }
    const { events, ...counts } = readCalendar(text, { host, categories, now: at })
    const next = afterFetch(known, events, at)
    return next === 'emptied' ? { failure: next } : { ...toStored(next), counts }
  } catch (error) {
    if (error instanceof FeedError) return { failure: error.failure }
    throw error
  }
}
