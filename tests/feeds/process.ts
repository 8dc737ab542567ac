import { expect, onTestFinished } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { Feed } from '../../src/content/feed-events.ts'
import { createFeeds } from '../../src/feeds/feeds.ts'
import type { Store } from '../../src/store/store.ts'
import { openMemoryLog } from '../platforms/memory-log.ts'
import { manualClock } from '../platforms/pauses.ts'

/** Waits longer than usual, because a worker starts slowly on a busy machine. */
export function eventually<T>(read: () => T) {
  return expect.poll(read, { timeout: 20_000 })
}

/** A process that reads calendars. */
export async function openProcess(
  store: Store,
  list: string,
  clock = manualClock('2026-11-30T12:00:00Z'),
) {
  const memory = await openMemoryLog()
  const { feeds: entries } = readConfig({ CALENDAR_FEEDS: list })
  const seen: (readonly Feed[])[] = []
  const feeds = createFeeds({
    entries,
    store: store.calendarFeeds,
    clock,
    log: memory.log,
    timeZone: 'UTC',
    onChange: async each => void seen.push(each),
  })
  await feeds.open()
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  const stop = async () => {
    stopping.abort()
    await running
  }
  onTestFinished(stop)
  return {
    ...memory,
    logged: memory.events,
    feeds,
    clock,
    seen,
    stop,
    start() {
      running = feeds.run(stopping.signal)
    },
    /** The events of the first calendar, with their states. */
    events: () => seen.at(-1)?.[0]?.events.map(({ id, status }) => `${id} ${status}`),
    /** Lets time pass until the first calendar has been checked again. Resolves to the minutes until its next check. */
    async check(minutes: number): Promise<number> {
      const key = entries[0]?.key ?? ''
      const head = async () => (await store.calendarFeeds.heads([key]))[0]
      const before = await head()
      await clock.advance({ minutes })
      let left = 0
      const wait = async () => {
        const after = await head()
        const isOld = !after || (before && after.checkedAt.equals(before.checkedAt))
        // The process may not have slept yet when the time passed.
        if (isOld) await clock.advance({ seconds: 30 })
        left = isOld ? 0 : Math.floor(after.nextAt.since(after.checkedAt).total('minutes'))
        return left
      }
      // The claim of a check under way lasts for three minutes.
      await eventually(wait).toSatisfy((each: number) => each === 1 || each > 3)
      return left
    },
  }
}
