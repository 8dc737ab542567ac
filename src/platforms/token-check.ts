import type { Clock } from '../clock.ts'
import type { Failure } from '../poster.ts'
import { tryOnce } from './retry.ts'

/** Pause between two checks of a refused token, in milliseconds: short, to notice an accepted token within seconds. */
export const CHECK_MS = 5000

/** How long refusals must last to count as final, in milliseconds: a single one may come from a proxy. */
const BELIEVED_MS = 120_000

/** The refusals of a token in a row. */
export interface Refusals {
  /**
   * Counts one more refusal, which follows the last one after a pause of `CHECK_MS`. Returns whether the refusals have
   * lasted for two minutes, so that they count as final.
   */
  again(): boolean
  /** Resets the count after a successful response. */
  over(): void
}

/** Counts refusals in a row. Their duration is the sum of the pauses, because the clock may be set in between. */
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
  /** Calls the platform with the token, for example to ask who the bot is. */
  readonly ask: () => Promise<unknown>
  readonly classifyError: (error: unknown) => Failure
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * Calls `ask` until it is not refused, or the signal aborts. If the platform refuses for two minutes without any other
 * response, resolves to the sentence that says what an operator has to do; otherwise to undefined.
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
