/** ECMAScript: the last instant, in milliseconds. */
const LAST_MS = 8.64e15

export const EPOCH = Temporal.Instant.fromEpochMilliseconds(0)

/** The instant of a stored time in milliseconds; undefined if the value is damaged. */
export function instantOf(ms: number): Temporal.Instant | undefined {
  const isInstant = Number.isInteger(ms) && Math.abs(ms) <= LAST_MS
  return isInstant ? Temporal.Instant.fromEpochMilliseconds(ms) : undefined
}
