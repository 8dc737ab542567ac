import { expect, onTestFinished, test } from 'vitest'
import { createStatus } from '../../../src/platforms/status.ts'
import { createConflict } from '../../../src/platforms/telegram/conflict.ts'
import { openMemoryLog } from '../memory-log.ts'
import { manualClock } from '../pauses.ts'

const STEP_MS = 500
const LONG_POLL_MS = 15_000

/** One of two processes that poll with the same token but do not share a database. */
async function openPoller(clock: ReturnType<typeof manualClock>) {
  const { log, events } = await openMemoryLog()
  const status = createStatus('telegram', log)
  const ended = new AbortController()
  onTestFinished(() => ended.abort())
  const conflict = createConflict({ clock, status, signal: ended.signal })
  const now = () => clock.now().epochMilliseconds
  let at = now()
  let isHeld = false
  let isFirst = true
  const pauses: number[] = []
  return {
    events,
    pauses,
    state: () => status.get().status,
    /** Begins or ends a call of getUpdates if it is time. Returns whether Telegram holds a new call. */
    step(): boolean {
      if (now() < at) return false
      // The first poll after a failure is short.
      if (isHeld || isFirst) conflict.onResponse()
      isFirst = false
      isHeld = true
      at = now() + LONG_POLL_MS
      return true
    },
    /** Ends a held call because of a call of the other process. */
    interrupt(): void {
      if (!isHeld) return
      const pause = conflict.onInterrupted()
      pauses.push(pause)
      isHeld = false
      isFirst = true
      at = now() + pause
    },
  }
}

test('two pollers with one token pause longer and longer, log one line each, and are not ready after a minute', async () => {
  const clock = manualClock('2027-03-01T12:00:00Z')
  const [first, second] = [await openPoller(clock), await openPoller(clock)]
  const states: string[][] = []
  const run = async (seconds: number, both = true) => {
    for (let ms = 0; ms < seconds * 1000; ms += STEP_MS) {
      if (first.step()) second.interrupt()
      if (both && second.step()) first.interrupt()
      states.push([first.state(), second.state()])
      await clock.advance({ milliseconds: STEP_MS })
    }
  }
  await run(600)
  for (const [index, { events, pauses }] of [first, second].entries()) {
    expect(events()).toEqual(['platform.trouble'])
    expect(Math.min(...pauses.slice(6))).toBeGreaterThanOrEqual(7500)
    const own = states.map(each => each[index])
    const since = own.indexOf('trouble')
    expect(since * STEP_MS).toBeGreaterThanOrEqual(60_000)
    expect(since * STEP_MS).toBeLessThan(75_000)
    expect(new Set(own.slice(since))).toEqual(new Set(['trouble']))
  }
  await run(60, false)
  expect(first.state()).toBe('running')
  expect(first.events()).toEqual(['platform.trouble', 'platform.recovered'])
})
