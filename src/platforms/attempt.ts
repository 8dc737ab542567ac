import type { Clock } from '../clock.ts'
import type { Gone } from '../platform.ts'

/** Why a call failed, sorted by what happens next. `code` is for the log. */
export type Failure = { readonly code: string } & (
  | { readonly next: 'retry'; readonly afterMs?: number | undefined }
  /** It left, and no answer came: it may have been done. */
  | { readonly next: 'uncertain' }
  /** What was wanted is so already. */
  | { readonly next: 'done' }
  /** The message is not there any more, or cannot be changed any more. */
  | { readonly next: 'lost' }
  /** The chat goes on under another id. */
  | { readonly next: 'moved'; readonly to: string }
  /** The chat cannot be reached any more. */
  | {
      readonly next: 'gone'
      readonly why: Gone
      /** It concerns a topic of a forum alone. */
      readonly topic?: boolean
    }
  /** Ours to mend: the same call is refused again. */
  | { readonly next: 'rejected' }
  /** The platform refuses us altogether: an operator has to act. `message` says how. */
  | { readonly next: 'stop'; readonly message: string }
)

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure }

/** An answer that says it is well, and is not what was asked for: a proxy's page, half a body. */
export class StrangeAnswer extends Error {}

/** First and longest pause between tries, in milliseconds. */
const FIRST_MS = 500
const LONGEST_MS = 30_000

/**
 * How long to wait after the `attempt`th failure (from 1), in milliseconds: doubled each time, and
 * between half and all of that, so that many who failed together do not come back together.
 */
export function backoffMs(attempt: number, random = Math.random()): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1))
  return Math.round((whole / 2) * (1 + random))
}

/**
 * The wait that the platform has named, in milliseconds; nothing where it has named none. Never so
 * short that trying again becomes hammering.
 */
export function namedWaitMs(failure: Failure): number | undefined {
  const { afterMs = 0 } = failure.next === 'retry' ? failure : {}
  return afterMs > 0 ? Math.max(afterMs, FIRST_MS) : undefined
}

export interface AttemptOptions {
  readonly judge: (error: unknown) => Failure
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Most calls; a wait that the platform has named counts as none. */
  readonly tries: number
  /** Longest that may be waited in all, in milliseconds; without it there is no end. */
  readonly patienceMs?: number
  /** Told of each failure that is followed by another try. */
  readonly onRetry?: (failure: Failure) => void
}

/** Calls until it is done, or another call would not help. Throws nothing. */
export async function attempt<T>(
  call: () => Promise<T>,
  options: AttemptOptions,
): Promise<Outcome<T>> {
  const { judge, clock, signal, tries, onRetry } = options
  let { patienceMs: leftMs = Number.POSITIVE_INFINITY } = options
  for (let failed = 0; ; ) {
    try {
      return { ok: true, value: await call() }
    } catch (error) {
      const failure = judge(error)
      const namedMs = namedWaitMs(failure)
      if (namedMs === undefined) failed += 1
      const again = failure.next === 'retry' || failure.next === 'uncertain'
      const pauseMs = namedMs ?? backoffMs(failed)
      leftMs -= pauseMs
      const isOver = failed >= tries || leftMs < 0 || signal.aborted
      if (!again || isOver) return { ok: false, failure }
      onRetry?.(failure)
      await clock.pause(pauseMs, signal)
      if (signal.aborted) return { ok: false, failure }
    }
  }
}
