/** The last instant of ECMAScript, in milliseconds since the epoch. No day can be added to it. */
export const LARGEST_MS = 8.64e15

/** The end of the year 9999, the last year of RFC 3339, in milliseconds since the epoch. */
const LAST_MS = 253_402_300_799_999

export const EPOCH = Temporal.Instant.fromEpochMilliseconds(0)

/** The replacement for a damaged time that must not count as past. */
export const LATEST = Temporal.Instant.fromEpochMilliseconds(LAST_MS)

/** Converts an integer of the database to the nearest safe integer. Pure. */
export function toSafeInteger(value: number | bigint | string): number {
  const most = Number.MAX_SAFE_INTEGER
  return Math.trunc(Math.min(most, Math.max(-most, Number(value))))
}

/** Reads a stored time in milliseconds since the epoch; undefined if it is damaged, or later than `lastMs`. */
export function instantOf(ms: number, lastMs = LAST_MS): Temporal.Instant | undefined {
  const isInstant = Number.isInteger(ms) && ms >= 0 && ms <= lastMs
  return isInstant ? Temporal.Instant.fromEpochMilliseconds(ms) : undefined
}

/** Reads a stored RFC 3339 text; undefined if the text is damaged. */
export function readInstant(text: string): Temporal.Instant | undefined {
  try {
    return instantOf(Temporal.Instant.from(text).epochMilliseconds)
  } catch {
    return undefined
  }
}

/** Reads a stored time in milliseconds since the epoch (1970); the epoch itself if the value is damaged. */
export function instantOrEpoch(ms: number): Temporal.Instant {
  return instantOf(ms) ?? EPOCH
}

/** Formats a stored time as RFC 3339; returns the value itself if it is damaged. */
export function readableTime(ms: number): string | number {
  return instantOf(ms)?.toString() ?? ms
}
