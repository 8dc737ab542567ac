import { performance } from 'node:perf_hooks'
import { yieldToEventLoop } from './yield.ts'

/** The result of one batch. */
export interface Batch {
  /** No row is left. */
  readonly isDone: boolean
}

/** Rows of a batch: at first, and within which bounds. */
const ROWS = { first: 1000, least: 250, most: 8000 } as const

/** A slice shall hold the event loop for about so long, in milliseconds. */
const BUSY_MS = { short: 6, long: 15 } as const

/** And whoever waits for its transaction: a chat's settings, another process; in milliseconds. */
const WALL_MS = { short: 60, long: 150 } as const

/**
 * Does what concerns many rows in slices of a size that suits the database: until all is done, at most
 * `turns` of them, or until the signal aborts. Resolves to whether all is done.
 */
export type InBatches = (work: (most: number) => Promise<Batch>, turns?: number) => Promise<boolean>

export function createBatches(signal: AbortSignal): InBatches {
  let size: number = ROWS.first
  return async (work, turns = Number.POSITIVE_INFINITY) => {
    for (let turn = 0; turn < turns && !signal.aborted; turn++) {
      const [wall, loop] = [performance.now(), performance.eventLoopUtilization()]
      const slice = await work(size)
      if (slice.isDone) return true
      const busyMs = performance.eventLoopUtilization(loop).active
      size = nextSize(size, busyMs, performance.now() - wall)
      // Whoever asks something meanwhile is answered.
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
