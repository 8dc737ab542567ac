import { type Clock, systemClock } from '../../src/clock.ts'
import { createStream } from './stream.ts'

export interface FastClock extends Clock {
  /** Every pause that was asked for, in milliseconds. */
  readonly pauses: number[]
}

/** A clock that does not wait: a pause is over with the next turn of the event loop. */
export function fastClock(now = systemClock.now): FastClock {
  const pauses: number[] = []
  return {
    pauses,
    now,
    pause(ms) {
      pauses.push(ms)
      return new Promise(resolve => setImmediate(resolve))
    },
  }
}

export interface Turns extends Clock {
  /** Ends the next pause, which must have been asked for `ms` milliseconds. */
  next(ms: number): Promise<void>
}

/** A clock whose pauses last until the test ends them. */
export function turns(): Turns {
  const asked = createStream<{ ms: number; end: () => void }>()
  return {
    now: systemClock.now,
    pause(ms, signal) {
      return new Promise(resolve => {
        if (signal?.aborted) return resolve()
        signal?.addEventListener('abort', () => resolve())
        asked.push({ ms, end: resolve })
      })
    },
    async next(ms) {
      for (;;) {
        const pause = await asked.next()
        if (pause.ms === ms) return pause.end()
      }
    },
  }
}
