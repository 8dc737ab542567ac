import { type Clock, systemClock } from '../../src/clock.ts'

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
