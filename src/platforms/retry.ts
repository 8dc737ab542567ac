import { backoffMs, FIRST_MS } from '../async/backoff.ts'
import type { Clock } from '../clock.ts'
import type { Failure, Outcome } from '../poster.ts'
import { PROBE_MS } from './retry-after.ts'

/** Codes of connection errors that occur before the request has left. */
const NOT_SENT = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]

/** A response with unexpected content, such as a proxy's page, half a body or one that is too long. */
export class UnexpectedResponse extends Error {
  /** Whether its status reports success. */
  readonly isSuccess: boolean

  constructor(isSuccess = true) {
    super()
    this.isSuccess = isSuccess
  }
}

/** Nothing was sent, because the request could not be put together or the term is over. */
export class NotSent extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.code)
    this.failure = failure
  }
}

/**
 * Returns the wait that the platform names, in milliseconds; undefined if it names none, or 0. The result is at least
 * the first pause of the back-off, so that retries do not flood the platform, and at most an hour ({@link PROBE_MS}).
 */
export function namedWaitMs(failure: Failure): number | undefined {
  const { afterMs = 0 } = failure.next === 'retry' ? failure : {}
  return afterMs > 0 ? Math.min(Math.max(afterMs, FIRST_MS), PROBE_MS) : undefined
}

/**
 * Classifies an error that is no response of the platform: {@link UnexpectedResponse}, an error of the connection, or
 * the end of a call. `code` is the system's, `type` the failed step of node-fetch. An aborted call has a number as its
 * code, which means nothing. Pure.
 */
export function classifyConnectionError(error: unknown): Failure {
  if (error instanceof UnexpectedResponse) {
    return { next: 'uncertain', code: 'strange', isUnreadable: error.isSuccess }
  }
  const { code, cause, type, name } = error as Partial<
    Record<'code' | 'type' | 'name', unknown> & { cause: { code?: unknown } }
  >
  const reason = String((typeof code === 'string' && code) || (cause?.code ?? type ?? name))
  return { next: NOT_SENT.includes(reason) ? 'retry' : 'uncertain', code: reason }
}

/** Whether the same call may succeed later. A refused token counts, because one 401 may be a proxy's. Pure. */
export function mayPass({ next }: Failure): boolean {
  return next === 'retry' || next === 'uncertain' || next === 'stop'
}

export interface RetryOptions {
  readonly classifyError: (error: unknown) => Failure
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Most failed calls. A failure with a named wait does not count. */
  readonly tries: number
  /** Longest total of all pauses, in milliseconds; unlimited if absent. */
  readonly patienceMs?: number
  /** Called for each failure that is retried. */
  readonly onRetry?: (failure: Failure) => void
}

/** Makes a call once. Never rejects. */
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

/** Returns the platform's description of a refusal: `description` of telegraf's errors, `message` of other errors. */
function saidIn(error: unknown): string | undefined {
  const { description, message } = error as { description?: unknown; message?: unknown }
  return [description, message].find(each => typeof each === 'string')
}

/**
 * Repeats a call until it succeeds, or until its failure is final, or until `tries`, `patienceMs` or the signal ends the
 * retries. Resolves to the last outcome; never rejects.
 */
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
