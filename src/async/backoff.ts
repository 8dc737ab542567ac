/** First and longest pause between tries, in milliseconds. */
export const FIRST_MS = 500
const LONGEST_MS = 30_000

/** Bounds of the pauses between tries, in milliseconds. */
interface Pauses {
  readonly firstMs: number
  readonly longestMs: number
}

/**
 * Returns the pause after the `attempt`th failure in a row (from 1), in milliseconds. The pause doubles with each
 * failure, and `random` (0 to 1) takes off up to a half, so that callers that failed together do not retry together.
 */
export function backoffMs(
  attempt: number,
  { firstMs, longestMs }: Pauses = { firstMs: FIRST_MS, longestMs: LONGEST_MS },
  random = Math.random(),
): number {
  const whole = Math.min(longestMs, firstMs * 2 ** (attempt - 1))
  return Math.round((whole / 2) * (1 + random))
}
