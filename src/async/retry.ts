import type { Clock } from '../clock.ts'
import { backoffMs } from './backoff.ts'

export interface RetryOptions {
  readonly clock: Pick<Clock, 'pause'>
  /** Ends the retries when it aborts. */
  readonly signal: AbortSignal
  /** Whether a later call may succeed after this error. */
  readonly mayPass: (error: unknown) => boolean
  /** Returns the pause after `failed` failures in a row, in milliseconds; {@link backoffMs} by default. */
  readonly pauseMs?: (failed: number) => number
}

/** Repeats a call until it succeeds. Rejects with an error that may not pass, or with any after the signal aborted. */
export async function retry<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, signal, mayPass, pauseMs = backoffMs } = options
  for (let failed = 1; ; failed++) {
    try {
      return await call()
    } catch (error) {
      if (signal.aborted || !mayPass(error)) throw error
      await clock.pause(pauseMs(failed), signal)
    }
  }
}
