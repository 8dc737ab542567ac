import type { Clock } from '../clock.ts'

/** Somebody sleeps, and others may wake them. */
export interface WakeTimer {
  wake(): void
  /** Until it is rung, for `ms` milliseconds at most; at once where it was rung since the last sleep. */
  sleep(ms: number): Promise<void>
}

/** Rings by itself when the signal aborts. */
export function createWakeTimer(clock: Pick<Clock, 'pause'>, signal: AbortSignal): WakeTimer {
  let rung = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => rung.resolve())

  return {
    wake: () => rung.resolve(),
    async sleep(ms) {
      const over = new AbortController()
      await Promise.race([rung.promise, clock.pause(ms, over.signal)])
      // With a reason of its own: the usual one is an error, which takes time to make.
      over.abort(null)
      rung = Promise.withResolvers()
    },
  }
}
