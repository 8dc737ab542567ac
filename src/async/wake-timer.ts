import type { Clock } from '../clock.ts'

/** A sleep that other code can end early. */
export interface WakeTimer {
  /** Ends the current sleep, or the next one if there is none. */
  wake(): void
  /** Sleeps for at most `ms` milliseconds. Resolves at once if `wake` was called since the last sleep. */
  sleep(ms: number): Promise<void>
}

/** Creates a timer whose sleep also ends when the signal aborts. */
export function createWakeTimer(clock: Pick<Clock, 'pause'>, signal: AbortSignal): WakeTimer {
  let woken = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => woken.resolve())

  return {
    wake: () => woken.resolve(),
    async sleep(ms) {
      const over = new AbortController()
      await Promise.race([woken.promise, clock.pause(ms, over.signal)])
      // Pass null: the default reason is a DOMException, whose stack is slow to capture.
      over.abort(null)
      woken = Promise.withResolvers()
    },
  }
}
