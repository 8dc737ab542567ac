import type { Failure } from '../poster.ts'

/** Longest wait that is accepted from a platform, in milliseconds: a day. */
const LONGEST_MS = 86_400_000

/** The wait after a response that names none, or none that can be read, in milliseconds. */
const UNNAMED_MS = 5000

/** Longest pause before a probe of the platform, in milliseconds: an hour, even if the platform names a longer wait. */
export const PROBE_MS = 3_600_000

/** A wait that a platform names, from 0 to a day. */
export interface Wait {
  readonly afterMs: number
  /** Whether the platform named a longer wait. */
  readonly isCut?: boolean
}

/**
 * Returns the first of `values` that is a wait in seconds: a finite number that is not negative. The values come from
 * bodies, headers and sentences of responses. Returns undefined if there is none. Pure.
 */
export function namedSeconds(...values: readonly unknown[]): number | undefined {
  return values.map(toNumber).find(isWait)
}

/** Reads a wait as {@link namedSeconds} does: five seconds if there is none, and at most a day. Pure. */
export function readWait(...values: readonly unknown[]): Wait {
  const seconds = namedSeconds(...values)
  if (seconds === undefined) return { afterMs: UNNAMED_MS }
  const afterMs = Math.ceil(seconds * 1000)
  return afterMs > LONGEST_MS ? { afterMs: LONGEST_MS, isCut: true } : { afterMs }
}

/** Converts a text of digits to a number, and returns other values as they are. `Number` also accepts `''` and `1e3`. */
export function toNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value
}

function isWait(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

/** Describes, for an operator, why a platform is in trouble and when the next try is. Pure. */
export function troubleOf(name: string, failure: Failure, nextAt: Temporal.Instant): string {
  // A named wait of 0 is still a response.
  const isNamed = failure.next === 'retry' && failure.afterMs !== undefined
  if (!isNamed) return `Can’t reach ${name}. Retrying.`
  const wait = failure.isCut ? 'for more than a day' : 'before the next request'
  return `${name} asks to wait ${wait}. Next try at ${nextAt.round('second')}.`
}
