import { backoffMs, FIRST_MS } from '../async/backoff.ts'
import type { Clock } from '../clock.ts'
import type { Failure, Outcome } from '../poster.ts'
import { PROBE_MS } from './named-wait.ts'

/** An answer that says it is well, and is not what was asked for: a proxy's page, half a body. */
export class UnexpectedResponse extends Error {}

/** Nothing has left: what was to be sent could not be put together. */
export class NotSent extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.code)
    this.failure = failure
  }
}

/**
 * The wait that the platform has named, in milliseconds; nothing where it has named none. Never so
 * short that trying again becomes hammering, and an hour at most: then the platform is tried again.
 */
export function namedWaitMs(failure: Failure): number | undefined {
  const { afterMs = 0 } = failure.next === 'retry' ? failure : {}
  return afterMs > 0 ? Math.min(Math.max(afterMs, FIRST_MS), PROBE_MS) : undefined
}

/** Whether the same call may succeed later. A refused token counts: one 401 may be a proxy's. */
export function mayPass({ next }: Failure): boolean {
  return next === 'retry' || next === 'uncertain' || next === 'stop'
}

export interface RetryOptions {
  readonly classifyError: (error: unknown) => Failure
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Most calls; a wait that the platform has named counts as none. */
  readonly tries: number
  /** Longest that may be waited in all, in milliseconds; without it there is no end. */
  readonly patienceMs?: number
  /** Told of each failure that is followed by another try. */
  readonly onRetry?: (failure: Failure) => void
}

/** Calls once. Throws nothing. */
export async function tryOnce<T>(
  call: () => Promise<T>,
  classifyError: (error: unknown) => Failure,
): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await call() }
  } catch (error) {
    const failure = error instanceof NotSent ? error.failure : classifyError(error)
    return {
      ok: false,
      failure: failure.next === 'gone' ? { said: saidIn(error), ...failure } : failure,
    }
  }
}

/** How a platform describes its refusal: telegraf's errors have a description, those of discord.js a message. */
function saidIn(error: unknown): string | undefined {
  const { description, message } = error as { description?: unknown; message?: unknown }
  return [description, message].find(each => typeof each === 'string')
}

/** Calls until it is done, or another call would not help. Throws nothing. */
export async function retry<T>(call: () => Promise<T>, options: RetryOptions): Promise<Outcome<T>> {
  const { classifyError, clock, signal, tries, onRetry } = options
  let { patienceMs: leftMs = Number.POSITIVE_INFINITY } = options
  for (let failed = 0; ; ) {
    const outcome = await tryOnce(call, classifyError)
    if (outcome.ok) return outcome
    const { failure } = outcome
    const namedMs = namedWaitMs(failure)
    if (namedMs === undefined) failed += 1
    const pauseMs = namedMs ?? backoffMs(failed)
    leftMs -= pauseMs
    const isOver = failed >= tries || leftMs < 0 || signal.aborted
    if (!mayPass(failure) || isOver) return outcome
    onRetry?.(failure)
    await clock.pause(pauseMs, signal)
    if (signal.aborted) return outcome
  }
}
