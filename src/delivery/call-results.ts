import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Failure } from '../poster.ts'
import type { Settlement } from '../store/ledger/settlements.ts'
import { type OutageBackoff, PROBE_MS } from './outage-backoff.ts'
import type { RateLimiter } from './rate-limiter.ts'
import { chatOf, type Landing, type ReadyWork } from './send-step.ts'

export interface CallResultsOptions {
  readonly platform: string
  readonly limiter: RateLimiter
  readonly backoff: OutageBackoff
  readonly clock: Clock
  readonly log: Log
  /** Takes the outcome of a row. */
  readonly finish: (settlement: Settlement) => void
}

/** Shortest pause before a row is tried again while the platform fails, in milliseconds. */
const SOONEST_MS = 1000

/** Takes the result of a call that left at `leftAt`, in milliseconds: for its row, and for the platform. */
export function createCallResults(
  options: CallResultsOptions,
): (work: ReadyWork, landing: Landing, leftAt: number) => Promise<void> {
  const { platform, limiter, backoff, clock, log, finish } = options
  const after = (ms: number) => clock.now().add({ milliseconds: Math.ceil(ms) })

  /** Reschedules a row for when its chat's rate limit allows another message, or for the next probe. */
  function unhurried({ row }: ReadyWork, settlement: Settlement, leftAt: number): Settlement {
    const { nextAt = after(limiter.chatWait(chatOf(row), clock.now().epochMilliseconds)) } =
      settlement
    if (!backoff.isFailing()) return { ...settlement, nextAt }
    // The platform is at fault, and this row may be the only one left for the next probe.
    const restMs = leftAt + PROBE_MS - clock.now().epochMilliseconds
    const probeAt = after(Math.min(PROBE_MS, Math.max(SOONEST_MS, restMs)))
    return { ...settlement, nextAt: earlier(nextAt, probeAt) }
  }

  return async (work, { settlement, wait, failure }, leftAt) => {
    const { row, hold: from } = work
    if (failure && !wait && mayPass(failure)) backoff.onFailure(failure)
    finish(settlement.state === 'pending' ? unhurried(work, settlement, leftAt) : settlement)
    if (!failure) return backoff.onSuccess(from, chatOf(row))
    const fields = { event: 'delivery.failed', platform, code: failure.code, next: failure.next }
    log.debug({ ...fields, broadcast: row.broadcast, chat: row.chat }, 'A message has not arrived.')
    if (wait) await backoff.blockUntil(chatOf(row), wait, from)
  }
}

function earlier(a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(a, b) < 0 ? a : b
}

/** Whether a failure is a fact about the platform, and not about the chat or the message. */
function mayPass({ next }: Failure): boolean {
  return next === 'retry' || next === 'uncertain' || next === 'stop'
}
