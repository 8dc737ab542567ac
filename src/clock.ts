/** Where the time comes from. Injected everywhere, so that a test can hold it still. */
export interface Clock {
  now(): Temporal.Instant
}

export const systemClock: Clock = {
  now: () => Temporal.Now.instant(),
}

/** The calendar date in `timeZone` (an IANA zone) at the clock's present instant. */
export function today(clock: Clock, timeZone: string): Temporal.PlainDate {
  return clock.now().toZonedDateTimeISO(timeZone).toPlainDate()
}
