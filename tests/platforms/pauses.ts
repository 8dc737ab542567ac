import { type Clock, systemClock } from '../../src/clock.ts'
import { createStream } from './stream.ts'

/** A clock whose time is what `now` returns. No time passes for its stopwatch when a test sets it back. */
export function testClock(now: Clock['now'], pause: Clock['pause'] = async () => {}): Clock {
  let last: number | undefined
  let passed = 0
  return {
    now,
    elapsed() {
      const at = now().epochMilliseconds
      passed += Math.max(0, at - (last ?? at))
      last = at
      return passed
    },
    pause,
  }
}

export interface FastClock extends Clock {
  /** Every pause that was asked for, in milliseconds. */
  readonly pauses: number[]
}

/** A clock that does not wait: a pause is over with the next turn of the event loop. */
export function fastClock(now = systemClock.now): FastClock {
  const pauses: number[] = []
  return {
    pauses,
    ...testClock(now, ms => {
      pauses.push(ms)
      return new Promise(resolve => setImmediate(resolve))
    }),
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
    ...systemClock,
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

/** A clock that runs `times` as fast as the machine's. */
export function quickClock(times: number): Clock {
  const begun = systemClock.now()
  const now = () => {
    const passed = systemClock.now().epochMilliseconds - begun.epochMilliseconds
    return begun.add({ milliseconds: Math.round(passed * times) })
  }
  return testClock(now, (ms, signal) => systemClock.pause(ms / times, signal))
}

export interface ManualClock extends Clock {
  /**
   * Lets time pass, ends every pause that is over by then, and waits for the code that it wakes: until as many pauses
   * are under way as before. Code that asks for no further pause has {@link MOST_TURNS} turns of the event loop.
   */
  advance(duration: Temporal.DurationLike): Promise<void>
}

/** Turns of the event loop in which code under test can work between two steps of the clock. */
const TURNS = 20
const MOST_TURNS = 2000

/** A clock that stands still until a test advances it. */
export function manualClock(start: string): ManualClock {
  let now = Temporal.Instant.from(start)
  const pauses = new Set<{ until: number; end: () => void }>()
  const pause: Clock['pause'] = (ms, signal) =>
    new Promise(resolve => {
      if (signal?.aborted) return resolve()
      const pause = {
        until: now.epochMilliseconds + ms,
        end() {
          pauses.delete(pause)
          resolve()
        },
      }
      pauses.add(pause)
      signal?.addEventListener('abort', pause.end)
    })
  return {
    ...testClock(() => now, pause),
    async advance(duration) {
      now = now.add(duration)
      const before = pauses.size
      for (const pause of [...pauses]) if (pause.until <= now.epochMilliseconds) pause.end()
      const isBusy = (turn: number) => turn < TURNS || (pauses.size < before && turn < MOST_TURNS)
      for (let turn = 0; isBusy(turn); turn++) await new Promise(resolve => setImmediate(resolve))
    },
  }
}
