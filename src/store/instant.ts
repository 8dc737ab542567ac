/** ECMAScript: the last instant, in milliseconds. No day can be added to it. */
export const LARGEST_MS = 8.64e15

/** RFC 3339: the end of the last year that it can write, in milliseconds. */
const LAST_MS = 253_402_300_799_999

export const EPOCH = Temporal.Instant.fromEpochMilliseconds(0)

/** Stands for a damaged time that must not count as over. */
export const LATEST = Temporal.Instant.fromEpochMilliseconds(LAST_MS)

/** An integer of the database, or the nearest one that a number holds exactly. Pure. */
export function toSafeInteger(value: number | bigint | string): number {
  const most = Number.MAX_SAFE_INTEGER
  return Math.trunc(Math.min(most, Math.max(-most, Number(value))))
}

/** The instant of a stored time in milliseconds; undefined if the value is damaged, or later than `lastMs`. */
export function instantOf(ms: number, lastMs = LAST_MS): Temporal.Instant | undefined {
  const isInstant = Number.isInteger(ms) && ms >= 0 && ms <= lastMs
  return isInstant ? Temporal.Instant.fromEpochMilliseconds(ms) : undefined
}

/** The instant of a stored RFC 3339 text; undefined if the text is damaged. */
export function readInstant(text: string): Temporal.Instant | undefined {
  try {
    return instantOf(Temporal.Instant.from(text).epochMilliseconds)
  } catch {
    return undefined
  }
}

/** The instant of a stored time in milliseconds; the epoch if the value is damaged. */
export function instantOrEpoch(ms: number): Temporal.Instant {
  return instantOf(ms) ?? EPOCH
}

/** A stored time as RFC 3339; the value itself if it is damaged. */
export function readableTime(ms: number): string | number {
  return instantOf(ms)?.toString() ?? ms
}
