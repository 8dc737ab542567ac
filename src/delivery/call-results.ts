import type { Failure } from '../poster.ts'
import type { Settlement } from '../store/ledger/settlements.ts'
import type { DeliveryContext } from './context.ts'
import { PROBE_MS } from './outage-backoff.ts'
import { chatOf, type DepartingRow, type StepResult } from './send-step.ts'

type Context = Pick<DeliveryContext, 'poster' | 'limiter' | 'backoff' | 'clock' | 'log'>

export interface CallResultsOptions extends Context {
  /** Receives the outcome of a row. */
  readonly finish: (settlement: Settlement) => void
}

/** Shortest pause before a row is retried while the platform fails, in milliseconds. */
const SOONEST_MS = 1000

/**
 * Creates the function that applies the result of a call to its row and to the platform's back-off. The call left at
 * `leftAt`, in elapsed milliseconds.
 */
export function createCallResults(
  options: CallResultsOptions,
): (departed: DepartingRow, result: StepResult, leftAt: number) => Promise<void> {
  const { poster, limiter, backoff, clock, log, finish } = options
  const { platform } = poster
  const after = (ms: number) => clock.now().add({ milliseconds: Math.ceil(ms) })

  /** Reschedules a row for when its chat's rate limit allows another message, or for the next probe. */
  function rescheduled({ row }: DepartingRow, settlement: Settlement, leftAt: number): Settlement {
    const { nextAt = after(limiter.chatWait(chatOf(row))) } = settlement
    if (!backoff.isFailing()) return { ...settlement, nextAt }
    // The platform is at fault, and this row may be the only one left for the next probe.
    const waitMs = leftAt + PROBE_MS - clock.elapsed()
    const probeAt = after(Math.min(PROBE_MS, Math.max(SOONEST_MS, waitMs)))
    return { ...settlement, nextAt: earlier(nextAt, probeAt) }
  }

  return async (departed, { settlement, wait, failure }, leftAt) => {
    const { row, block } = departed
    if (failure && !wait && isOfPlatform(failure)) backoff.onFailure(failure)
    finish(settlement.state === 'pending' ? rescheduled(departed, settlement, leftAt) : settlement)
    if (!failure) return backoff.onSuccess(block, chatOf(row))
    const fields = { event: 'delivery.failed', platform, code: failure.code, next: failure.next }
    log.debug({ ...fields, broadcast: row.broadcast, chat: row.chat }, 'Delivery failed.')
    if (wait) await backoff.blockUntil(chatOf(row), wait, block)
  }
}

function earlier(a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(a, b) < 0 ? a : b
}

/** Whether the platform is at fault, and not the chat or the message. */
function isOfPlatform({ next }: Failure): boolean {
  return next === 'retry' || next === 'uncertain' || next === 'stop'
}
