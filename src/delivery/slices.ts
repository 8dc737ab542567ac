import type { Slice } from '../store/spreading.ts'

/** Rows of a slice: at first, and within which bounds. */
const ROWS = { first: 1000, least: 250, most: 8000 } as const

/** A slice shall hold the event loop for about so long, in milliseconds. */
const SHORT_MS = 6
const LONG_MS = 15

/**
 * Does what concerns many rows in slices of a size that suits the database: until all is done, at most
 * `turns` of them, or until the signal aborts. Resolves to whether all is done.
 */
export type InSlices = (work: (most: number) => Promise<Slice>, turns?: number) => Promise<boolean>

export function createSlices(signal: AbortSignal): InSlices {
  let size: number = ROWS.first
  return async (work, turns = Number.POSITIVE_INFINITY) => {
    for (let turn = 0; turn < turns && !signal.aborted; turn++) {
      const before = performance.now()
      const slice = await work(size)
      if (slice.isDone) return true
      size = nextSize(size, performance.now() - before)
      // Whoever asks something meanwhile is answered.
      await new Promise(resolve => setImmediate(resolve))
    }
    return false
  }
}

function nextSize(size: number, tookMs: number): number {
  if (tookMs > LONG_MS) return Math.max(ROWS.least, Math.floor(size / 2))
  if (tookMs < SHORT_MS) return Math.min(ROWS.most, size * 2)
  return size
}
