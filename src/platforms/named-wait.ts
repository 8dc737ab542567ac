import type { Failure } from '../poster.ts'

/** Longest wait that a platform is believed, in milliseconds: a day. */
const LONGEST_MS = 86_400_000

/** Stands for a wait that is not named, or that cannot be read, in milliseconds. */
const UNNAMED_MS = 5000

/** A platform that has named a longer wait is tried again after this, in milliseconds: an hour. */
export const PROBE_MS = 3_600_000

/** A wait that a platform has named, from 0 to a day. */
export interface Wait {
  readonly afterMs: number
  /** The platform has named a longer one. */
  readonly isCut?: boolean
}

/**
 * The first of `given` that is a wait in seconds, as bodies, headers and sentences name it: a finite number
 * that is not negative. Undefined if none is. Pure.
 */
export function namedSeconds(...given: readonly unknown[]): number | undefined {
  return given.map(toNumber).find(isWait)
}

/** Reads a wait in seconds; what `namedSeconds` does not take counts as a wait that is not named. Pure. */
export function readWait(...given: readonly unknown[]): Wait {
  const seconds = namedSeconds(...given)
  if (seconds === undefined) return { afterMs: UNNAMED_MS }
  const afterMs = Math.ceil(seconds * 1000)
  return afterMs > LONGEST_MS ? { afterMs: LONGEST_MS, isCut: true } : { afterMs }
}

/** Headers and sentences hold text: digits alone, since `Number` takes `''`, `0x10` and `1e3` as well. */
export function toNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value
}

function isWait(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

/** Why a platform is in trouble, and when it is tried again, in a sentence for an operator. Pure. */
export function troubleOf(name: string, failure: Failure, nextAt: Temporal.Instant): string {
  // A wait of no time is still an answer.
  const isNamed = failure.next === 'retry' && failure.afterMs !== undefined
  if (!isNamed) return `${name} cannot be reached; it is tried again.`
  const wait = failure.isCut ? 'for more than a day' : 'before the next request'
  return `${name} asks to wait ${wait}. Next try at ${nextAt.round('second')}.`
}
