import type { Clock } from '../clock.ts'
import { atMost } from './at-most.ts'

/**
 * Creates a read that settles as `read` does, or resolves to undefined after `ms` milliseconds. A source that hangs is read
 * once, however often the read is called in the meantime: each further read would hold a connection or a thread.
 */
export function boundedRead<T>(
  ms: number,
  read: () => Promise<T>,
  clock: Pick<Clock, 'pause'>,
): () => Promise<T | undefined> {
  let reading: Promise<T> | undefined
  return () => {
    reading ??= read().finally(() => {
      reading = undefined
    })
    return atMost(ms, reading, clock)
  }
}
