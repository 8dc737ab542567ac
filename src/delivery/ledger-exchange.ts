import { yieldToEventLoop } from '../async/yield.ts'
import { ignoreStoreError } from '../store/error.ts'
import type { BreakerActions } from './breaker-actions.ts'
import type { ClaimedRows } from './claimed-rows.ts'
import type { DeliveryContext } from './context.ts'
import type { RowsInHand } from './rows-in-hand.ts'

type Context = Pick<
  DeliveryContext,
  'poster' | 'store' | 'term' | 'limiter' | 'clock' | 'onSettled'
>

export interface LedgerExchangeOptions extends Context {
  readonly isTermOver: () => boolean
  readonly breakerActions: BreakerActions
  readonly rows: RowsInHand
  readonly claimedRows: ClaimedRows
  /** Records an unexpected error of a promise. */
  readonly watched: (work: Promise<void>) => Promise<void>
  /** Called after each exchange. */
  readonly onEnd: () => void
  /** Called if another process holds the lease. */
  readonly onLeaseLost: () => void
  /** Called when all outcomes are settled and no row is in hand. */
  readonly onDone: () => void
}

/**
 * The exchanges of a sender with the ledger. One exchange settles the outcomes in `done` and claims rows for `ready`,
 * in one transaction. The exchange is in one of these states:
 *
 * - IDLE: no exchange is due. Ends when `done` is full or old enough, few rows are left to send, a pause of the
 *   breaker is to be stored, or `wake` is called.
 * - RUNNING: the transaction is under way, while calls continue. Then IDLE, UNCONFIRMED or LOST.
 * - UNCONFIRMED: the store has failed, so the transaction may or may not have committed. Settling is idempotent, so
 *   the outcomes are in `done` again. After a pause, the next exchange first releases all rows that are not in hand,
 *   because the failed one may have claimed them.
 * - LOST: another process holds the lease, and nothing was written. The outcomes stay in `done`, and the next term of
 *   this process settles them. Final.
 */
export interface LedgerExchange {
  /** Starts an exchange if one is due. */
  startIfDue(): void
  /** Makes an exchange due: broadcasts may be new or changed. */
  wake(): void
  /** Calls `onDone`, once, if everything is settled. The sender calls it while no row is in hand. */
  onIdle(): void
  /** Waits for the current exchange, releases the ready rows and settles all outcomes, if the store permits. */
  close(): Promise<void>
}

/** Most rows that are claimed and not settled. A crash may cause each of them to be sent twice. */
const MOST_ROWS = 32

/** Outcomes that are settled together. The calls of the other rows continue in the meantime. */
const BATCH = 24

/** Longest time that an outcome waits for others to be settled with, in milliseconds. */
export const FLUSH_MS = 200

/** Longest wait for which a row stays in hand, in milliseconds. */
export const PATIENCE_MS = 3000

/** Pause after the store has failed, in milliseconds. */
const RETRY_MS = 1000

/** Tries to settle at the end, {@link RETRY_MS} apart: unsettled outcomes are lost when the process ends. */
const LAST_TRIES = 5

export function createLedgerExchange(options: LedgerExchangeOptions): LedgerExchange {
  const { poster, store, term, limiter, breakerActions, rows, claimedRows, clock } = options
  const { platform, limits } = poster
  const { deliveries } = store
  const { done } = rows
  let running: Promise<void> | undefined
  let isUnconfirmed = false
  /** Whether the ledger may have rows to claim. */
  let mayHaveRows = true
  /** Whether broadcasts of rows in hand may have been paused or corrected. */
  let mayHaveChanged = false
  /** Whether an outcome was settled since `onDone` was called. */
  let hasSettled = false

  function isDue(): boolean {
    if (running) return false
    if (breakerActions.isWaiting()) return true
    const unfinished = rows.unfinished()
    // Wait for a full batch: each exchange is a commit, which costs the disk as much as several rows.
    const isFull = done.length >= BATCH || rows.doneForMs() >= FLUSH_MS
    if (done.length > 0 && (unfinished === 0 || isFull)) return true
    if (mayHaveChanged && unfinished > 0) return true
    return unfinished <= MOST_ROWS - BATCH && done.length === 0 && mayClaim()
  }

  /** Claim nothing while the platform is blocked, so that a new lease holder can. */
  function mayClaim(): boolean {
    return mayHaveRows && !breakerActions.isWaiting() && limiter.wait() <= PATIENCE_MS
  }

  async function exchange(most: number): Promise<void> {
    const settling = done.splice(0)
    mayHaveChanged = false
    try {
      const { epoch, lease } = term
      if (isUnconfirmed) await deliveries.release(platform, epoch, [...rows.keys(), ...settling])
      isUnconfirmed = false
      const settle = settling.map(breakerActions.withoutGone)
      const exchanged = await deliveries.exchange({
        platform,
        epoch,
        lease,
        most,
        knownMs: limits.knownMs,
        settle,
        leavesAtOnce: limiter.isUnlimited && limiter.wait() === 0,
      })
      if (!exchanged) {
        done.unshift(...settling)
        options.onLeaseLost()
        return
      }
      hasSettled ||= settling.length > 0
      for (const { state } of settle) options.onSettled?.(platform, state)
      if (most > 0) mayHaveRows = exchanged.claimed.length === most
      breakerActions.sync(exchanged.open)
      // The transaction has committed: a later failure must not settle these outcomes again.
      settling.length = 0
      await claimedRows.take(exchanged)
      await breakerActions.flush()
    } catch (error) {
      ignoreStoreError(error)
      done.unshift(...settling)
      isUnconfirmed = true
      await clock.pause(RETRY_MS, term.signal)
    }
    await yieldToEventLoop()
  }

  return {
    startIfDue() {
      if (!isDue()) return
      const most = mayClaim() ? MOST_ROWS - rows.unfinished() : 0
      running = options.watched(exchange(most)).finally(() => {
        running = undefined
        options.onEnd()
      })
    },
    wake() {
      mayHaveRows = true
      mayHaveChanged = true
    },
    onIdle() {
      if (!hasSettled || done.length > 0 || running) return
      hasSettled = false
      options.onDone()
    },
    async close() {
      await running
      claimedRows.releaseAll()
      for (let tries = 0; done.length > 0 && tries < LAST_TRIES; tries++) {
        if (options.isTermOver()) return
        await exchange(0)
      }
    },
  }
}
