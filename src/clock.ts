import { setTimeout } from 'node:timers/promises'

/** Where the time comes from. Injected everywhere, so that a test can hold it still. */
export interface Clock {
  now(): Temporal.Instant
  /** Resolves after `ms` milliseconds, or at once when the signal aborts. */
  pause(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Temporal.Now.instant(),
  pause: (ms, signal) => setTimeout(ms, undefined, signal && { signal }).catch(() => {}),
}

/** The calendar date in `timeZone` (an IANA zone) at the clock's present instant. */
export function today(clock: Pick<Clock, 'now'>, timeZone: string): Temporal.PlainDate {
  return clock.now().toZonedDateTimeISO(timeZone).toPlainDate()
}
