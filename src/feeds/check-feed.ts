import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { CalendarFeeds, FeedHead } from '../store/schedule/calendar-feeds.ts'
import { texts } from '../texts.ts'
import type { FeedEntry } from './entry.ts'
import { FeedError } from './error.ts'
import {
  type FetchedCalendar,
  fetchCalendar,
  type Lookup,
  type Validators,
} from './fetch-calendar.ts'
import { nextStateInWorker } from './in-worker.ts'
import { readCalendarFile } from './read-file.ts'

export interface CheckOptions {
  readonly store: CalendarFeeds
  readonly clock: Pick<Clock, 'now' | 'pause'>
  readonly log: Log
  /** IANA zone whose days decide which events are over. */
  readonly timeZone: string
  /** Ends the checks. */
  readonly signal: AbortSignal
  /** See `FetchOptions`. */
  readonly lookup?: Lookup | undefined
}

const MINUTE_MS = 60_000

/** Time between two checks of an address and of a file, and longest time after failures, in milliseconds. */
const CHECK_MS = { url: 15 * MINUTE_MS, file: MINUTE_MS, longest: 60 * MINUTE_MS } as const

/** Time in which a check ends, in milliseconds. Later, another process takes it over. */
const CLAIM_MS = 3 * MINUTE_MS

/**
 * Checks one calendar, unless another process was faster. Logs the first failure and the recovery. Throws
 * {@link StoreError} if the store fails.
 *
 * @param isLoaded whether the stored events are readable.
 */
export async function checkFeed(
  entry: FeedEntry,
  head: FeedHead | undefined,
  isLoaded: boolean,
  options: CheckOptions,
): Promise<void> {
  const { store, clock, log, signal } = options
  const claimedAt = clock.now().round('millisecond')
  const until = claimedAt.add({ milliseconds: CLAIM_MS })
  if (!(await store.claim(entry.key, head?.checkedAt, claimedAt, until))) return
  const failures = head?.failures ?? 0
  const fields = { feed: entry.number, host: entry.host }
  try {
    const success = await nextOf(entry, isLoaded && failures === 0, options)
    const nextAt = claimedAt.add({ milliseconds: entry.path ? CHECK_MS.file : CHECK_MS.url })
    await store.save(entry.key, claimedAt, { nextAt, failures: 0, success })
    if (failures > 0) log.info({ event: 'feed.recovered', ...fields }, texts.feeds.recovered(entry))
  } catch (error) {
    if (!(error instanceof FeedError)) throw error
    // The end of the process is no failure of the calendar. The claim passes to another process in time.
    if (signal.aborted) return
    const { failure, retryAfterMs } = error
    const ms = pauseAfter(entry, failures + 1, retryAfterMs)
    const nextAt = clock.now().add({ milliseconds: ms })
    await store.save(entry.key, claimedAt, { nextAt, failures: failures + 1, failure })
    if (failures > 0) return
    log.warn(
      { event: 'feed.broken', ...fields, failure },
      texts.feeds.broken({ ...entry, failure }),
    )
  }
}

/** Reads a calendar, and computes its next state. Throws {@link FeedError}. */
async function nextOf(entry: FeedEntry, isGood: boolean, options: CheckOptions) {
  const { store, clock, timeZone, signal } = options
  const before = await store.read(entry.key)
  // A calendar that has failed is read anew, because the same text may be readable to a later release.
  const known: Validators = before && isGood ? before : {}
  const { text, ...validators } = await readSource(entry, known, options)
  const kept = { ...known, ...withoutAbsent(validators) }
  if (text === undefined && before?.misses === '{}') return { ...kept, misses: before.misses }
  const { host, categories } = entry
  const now = clock.now().toZonedDateTimeISO(timeZone).toString()
  const next = await nextStateInWorker({ text, before, host, categories, now }, signal)
  const { events, misses, counts } = next
  const validatorsOf = text === undefined ? kept : validators
  return { ...validatorsOf, misses, counts, ...(events !== before?.events && { events }) }
}

function readSource(
  entry: FeedEntry,
  known: Validators,
  options: CheckOptions,
): Promise<FetchedCalendar> {
  return entry.path === undefined
    ? fetchCalendar(entry, known, options)
    : readCalendarFile(entry.path, known)
}

function withoutAbsent({ etag, lastModified }: Validators): Validators {
  return {
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
  }
}

/** Returns the pause after a failure, in milliseconds. It doubles with each failure of an address. Pure. */
function pauseAfter({ path }: FeedEntry, failures: number, retryAfterMs = 0): number {
  if (path !== undefined) return CHECK_MS.file
  const growing = CHECK_MS.url * 2 ** Math.min(failures - 1, 8)
  return Math.max(Math.min(CHECK_MS.longest, growing), retryAfterMs)
}
