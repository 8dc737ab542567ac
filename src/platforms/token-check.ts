import type { Clock } from '../clock.ts'
import type { Failure } from '../poster.ts'
import { tryOnce } from './retry.ts'

/** Between two checks of a refused token, in milliseconds: a good answer is seen within seconds. */
export const CHECK_MS = 5000

/** A refusal that has lasted so long is believed, in milliseconds. A single one may be a proxy's. */
const BELIEVED_MS = 120_000

export interface Refusals {
  /**
   * Counts one more refusal, which follows the last one after a pause of `CHECK_MS`. Whether the
   * refusals have lasted so long that they are believed.
   */
  again(): boolean
  /** Something was answered well. */
  over(): void
}

/** Counts refusals in a row by the pauses between them: a clock that is set ahead proves nothing. */
export function createRefusals(): Refusals {
  let count = 0
  return {
    again() {
      count += 1
      return (count - 1) * CHECK_MS >= BELIEVED_MS
    },
    over() {
      count = 0
    },
  }
}

export interface ConfirmOptions {
  /** Asks the platform who the bot is. */
  readonly ask: () => Promise<unknown>
  readonly classifyError: (error: unknown) => Failure
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * Asks until the answer is another one than a refusal, or the signal aborts. Resolves to what an operator
 * has to do if the platform has refused for two minutes, without any other answer.
 */
export async function confirmRefusal(options: ConfirmOptions): Promise<string | undefined> {
  const { ask, classifyError, clock, signal } = options
  const refusals = createRefusals()
  refusals.again()
  while (!signal.aborted) {
    await clock.pause(CHECK_MS, signal)
    if (signal.aborted) break
    const outcome = await tryOnce(ask, classifyError)
    if (outcome.ok || outcome.failure.next !== 'stop') break
    if (refusals.again()) return outcome.failure.message
  }
  return undefined
}
