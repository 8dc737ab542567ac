import type { Clock } from '../clock.ts'

/** Settles as `work` does, or resolves to undefined after `ms` milliseconds. */
export async function atMost<T>(
  ms: number,
  work: Promise<T>,
  clock: Pick<Clock, 'pause'>,
): Promise<T | undefined> {
  const over = new AbortController()
  try {
    return await Promise.race([work, clock.pause(ms, over.signal).then(() => undefined)])
  } finally {
    // Pass null: the default reason is a DOMException, whose stack is slow to capture.
    over.abort(null)
  }
}
