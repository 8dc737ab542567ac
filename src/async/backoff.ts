/** First and longest pause between tries, in milliseconds. */
export const FIRST_MS = 500
const LONGEST_MS = 30_000

/** How long the pauses between tries are, in milliseconds. */
interface Pauses {
  readonly firstMs: number
  readonly longestMs: number
}

/**
 * Returns how long to wait after the `attempt`th failure in a row (from 1), in milliseconds: doubled each time, and
 * between half and all of that by `random` (0 to 1), so that many callers that failed together do not come back
 * together.
 */
export function backoffMs(
  attempt: number,
  { firstMs, longestMs }: Pauses = { firstMs: FIRST_MS, longestMs: LONGEST_MS },
  random = Math.random(),
): number {
  const whole = Math.min(longestMs, firstMs * 2 ** (attempt - 1))
  return Math.round((whole / 2) * (1 + random))
}
