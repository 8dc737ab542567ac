import { loop } from '../async/loop.ts'
import type { Clock } from '../clock.ts'
import type { Feed } from '../content/feed-events.ts'
import { isStoreError } from '../store/error.ts'
import type { FeedHead } from '../store/schedule/calendar-feeds.ts'
import { texts } from '../texts.ts'
import { type CheckOptions, checkFeed } from './check-feed.ts'
import type { FeedEntry } from './entry.ts'
import { readEvents } from './state.ts'

export interface FeedsOptions extends Omit<CheckOptions, 'signal'> {
  readonly entries: readonly FeedEntry[]
  readonly clock: Clock
  /** Called with all calendars that were ever read, in the order of the entries, when one of them has changed. */
  readonly onChange: (feeds: readonly Feed[]) => Promise<void>
}

/** The calendars outside the content. */
export interface Feeds {
  /** Reads the last good calendars from the store. Throws {@link StoreError}. */
  open(): Promise<void>
  /** Checks the calendars until the signal aborts. Rejects on an unexpected error. */
  run(signal: AbortSignal): Promise<void>
  /** Returns the age of each calendar, in the order of the entries. */
  ages(): readonly FeedAge[]
  /** Describes the state of the calendars, for operators. */
  part(): { readonly status: string; readonly reason?: string; readonly ready: true }
}

/** The age of one calendar. */
interface FeedAge {
  /** See `FeedEntry`. */
  readonly number: number
  /** When the last successful check began; undefined if this process knows of none. */
  readonly checkedAt: Temporal.Instant | undefined
  /** The number of failures since the last success. */
  readonly failures: number
}

/** Longest pause between two reads of the store, in milliseconds: another process may have read a calendar. */
const LONGEST_MS = 30_000

/** Pause after a store error, in milliseconds. */
const RETRY_MS = 1000

/** Hours that a stored time may lie ahead. A later one was stored by a clock that ran ahead. */
const AHEAD_HOURS = 25

/** Days after which a calendar that no process reads is forgotten. */
const KEPT_DAYS = 30

/** Characters of a key that the events of a calendar have. */
const KEY_LENGTH = 12

export function createFeeds(options: FeedsOptions): Feeds {
  const { entries, store, clock, onChange } = options
  const keys = entries.map(({ key }) => key)
  let loaded: ReadonlyMap<string, Feed & { readonly version: number }> = new Map()
  let heads = new Map<string, FeedHead>()
  /** When the last successful check of each calendar began, by its key. The store keeps only the last check. */
  const checkedAt = new Map<string, Temporal.Instant>()

  /** Reads what the store knows, and the events of the calendars that have changed. */
  async function refresh(): Promise<void> {
    heads = new Map((await store.heads(keys)).map(head => [head.key, head]))
    for (const head of heads.values()) if (!head.failure) checkedAt.set(head.key, head.checkedAt)
    const next = new Map(loaded)
    let isChanged = false
    for (const { key, version } of heads.values()) {
      if (version === loaded.get(key)?.version) continue
      const stored = await store.read(key)
      const events = readEvents(stored?.events)
      if (!stored || !events) continue
      next.set(key, { key: key.slice(0, KEY_LENGTH), events, version: stored.version })
      isChanged = true
    }
    if (isChanged) await onChange(keys.flatMap(key => next.get(key) ?? []))
    loaded = next
  }

  /** Checks the calendars that are due. Resolves to the pause before the next pass, in milliseconds. */
  async function pass(signal: AbortSignal): Promise<number> {
    const now = clock.now()
    const due = entries.filter(({ key }) => isDue(heads.get(key), now))
    await Promise.all(
      due.map(entry => {
        const head = heads.get(entry.key)
        const isLoaded = loaded.get(entry.key)?.version === head?.version
        return checkFeed(entry, head, isLoaded, { ...options, signal })
      }),
    )
    await refresh()
    const waits = keys.map(key => {
      const at = heads.get(key)?.nextAt.epochMilliseconds ?? 0
      return at - clock.now().epochMilliseconds
    })
    return Math.max(RETRY_MS, Math.min(LONGEST_MS, ...waits))
  }

  return {
    async open() {
      await store.erase(clock.now().subtract({ hours: 24 * KEPT_DAYS }))
      await refresh()
    },
    async run(signal) {
      await loop({
        pass: () => pass(signal),
        pause: ms => clock.pause(ms, signal),
        signal,
        mayGoOn: isStoreError,
        afterErrorMs: RETRY_MS,
      })
    },
    ages: () =>
      entries.map(({ number, key }) => ({
        number,
        checkedAt: checkedAt.get(key),
        failures: heads.get(key)?.failures ?? 0,
      })),
    part() {
      const broken = entries.flatMap(({ number, host, key }) => {
        const failure = heads.get(key)?.failure
        return failure === undefined ? [] : [{ number, host, failure }]
      })
      const known = [...loaded.keys()].flatMap(key => heads.get(key) ?? [])
      const total = (name: 'unsupported' | 'skipped') =>
        known.reduce((sum, head) => sum + head[name], 0)
      const events = [...loaded.values()].reduce((sum, feed) => sum + feed.events.length, 0)
      return {
        status: texts.feeds.state(loaded.size, events, total('unsupported'), total('skipped')),
        ...(broken.length > 0 && { reason: texts.feeds.reason(broken) }),
        ready: true,
      }
    },
  }
}

function isDue(head: FeedHead | undefined, now: Temporal.Instant): boolean {
  if (!head) return true
  const latest = now.add({ hours: AHEAD_HOURS })
  const isAhead = [head.checkedAt, head.nextAt].some(at => Temporal.Instant.compare(at, latest) > 0)
  return isAhead || Temporal.Instant.compare(head.nextAt, now) <= 0
}
