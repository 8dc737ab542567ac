import { performance } from 'node:perf_hooks'
import { yieldToEventLoop } from './yield.ts'

/** The result of one batch. */
export interface Batch {
  /** Whether no row is left. */
  readonly isDone: boolean
}

/** Rows of the first batch, and of the smallest and the largest one. */
const ROWS = { first: 1000, least: 250, most: 8000 } as const

/**
 * Limits of the time for which a batch blocks the event loop, in milliseconds. The next batch is smaller after a time
 * above `long`, and larger after a time below `short` if `WALL_MS` allows that too.
 */
const BUSY_MS = { short: 6, long: 15 } as const

/** Limits of the duration of a batch, in milliseconds: its transaction blocks other writers of its rows. */
const WALL_MS = { short: 60, long: 150 } as const

/**
 * Processes many rows in batches, whose size adapts to the speed of the database. Stops when no row is left, after
 * `turns` batches, or when the signal aborts. Resolves to whether no row is left; rejects as `work` does.
 */
export type InBatches = (work: (most: number) => Promise<Batch>, turns?: number) => Promise<boolean>

export function createBatches(signal: AbortSignal): InBatches {
  let size: number = ROWS.first
  return async (work, turns = Number.POSITIVE_INFINITY) => {
    for (let turn = 0; turn < turns && !signal.aborted; turn++) {
      const [wall, loop] = [performance.now(), performance.eventLoopUtilization()]
      const batch = await work(size)
      if (batch.isDone) return true
      const busyMs = performance.eventLoopUtilization(loop).active
      size = nextSize(size, busyMs, performance.now() - wall)
      await yieldToEventLoop()
    }
    return false
  }
}

function nextSize(size: number, busyMs: number, wallMs: number): number {
  if (busyMs > BUSY_MS.long || wallMs > WALL_MS.long) return Math.max(ROWS.least, size >> 1)
  if (busyMs < BUSY_MS.short && wallMs < WALL_MS.short) return Math.min(ROWS.most, size * 2)
  return size
}
