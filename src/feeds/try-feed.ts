import type { Clock } from '../clock.ts'
import type { FeedEntry } from './entry.ts'
import { fetchCalendar, type Lookup } from './fetch-calendar.ts'
import { nextStateInWorker } from './in-worker.ts'
import { readCalendarFile } from './read-file.ts'
import { readEvents } from './state.ts'

export interface TryOptions {
  readonly clock: Pick<Clock, 'now' | 'pause'>
  /** IANA zone whose days decide which events are over. */
  readonly timeZone: string
  readonly signal: AbortSignal
  /** See `FetchOptions`. */
  readonly lookup?: Lookup
}

/** Reads a calendar once, without the store. Resolves to the number of its events. Throws {@link FeedError}. */
export async function tryFeed(entry: FeedEntry, options: TryOptions): Promise<number> {
  const { clock, timeZone, signal } = options
  const { host, categories, path } = entry
  const { text } =
    path === undefined ? await fetchCalendar(entry, {}, options) : await readCalendarFile(path, {})
  const now = clock.now().toZonedDateTimeISO(timeZone).toString()
  const next = await nextStateInWorker({ text, host, categories, now }, signal)
  return readEvents(next.events)?.length ?? 0
}
