import type { Clock } from '../clock.ts'
import { atMost } from './at-most.ts'

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
      await atMost(ms, woken.promise, clock)
      woken = Promise.withResolvers()
    },
  }
}
