import { createWakeTimer } from '../async/wake-timer.ts'
import { StoreError } from '../store/error.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Claimed } from '../store/ledger/claims.ts'
import { createBreakerActions, FAULT } from './breaker-actions.ts'
import { createCallResults } from './call-results.ts'
import { createClaimedRows } from './claimed-rows.ts'
import type { DeliveryContext } from './context.ts'
import { pauseDamaged } from './damaged-broadcast.ts'
import { faulty, released } from './decisions.ts'
import { createLedgerExchange, FLUSH_MS, PATIENCE_MS } from './ledger-exchange.ts'
import { createPossiblySent } from './possibly-sent.ts'
import type { ReadRendered } from './rendered-messages.ts'
import { createRowsInHand } from './rows-in-hand.ts'
import { chatOf, createSendStep, type DepartingRow } from './send-step.ts'
import type { UnsavedOutcomes } from './unsaved-outcomes.ts'

export interface SenderOptions extends DeliveryContext {
  readonly unsaved: UnsavedOutcomes
  readonly rendered: ReadRendered
  /** Called when all outcomes are settled and no row is in hand: broadcasts may be finished. */
  readonly onDone: () => void
}

/**
 * Sends the rows of the ledger to one platform, as fast as its rate limit allows. A row goes this way:
 *
 *     claimed -> ready -> departing -> in flight -> done -> settled
 *
 * `RowsInHand` has the rows between `claimed` and `settled`, at most 32. Two activities move them. The loop of the
 * sender makes the calls, which takes a row from `ready` to `done`. `LedgerExchange` settles what is done and claims
 * what is next; it runs beside the loop and has states of its own.
 *
 * The loop is always in one of these states:
 *
 * - SENDING: a ready row may leave.
 * - WAITING: rows are in hand, and none may leave now.
 * - BLOCKED: the platform lets no row leave for more than three seconds.
 * - IDLE: no row in hand lacks an outcome.
 * - STOPPED, FAILED: the loop has ended.
 *
 * ## SENDING
 *
 * The loop takes the first ready row whose chat is free. It counts the row against the rate limits and passes it to
 * `PossiblySent`, which records the departure and then lets the call leave. The loop looks for the next row at once,
 * so calls overlap. When no ready row may leave, the loop moves to WAITING, BLOCKED or IDLE.
 *
 * A ready row is released if its broadcast has tripped the breaker, or if its chat has to wait for more than three
 * seconds: the row becomes due again later, and its place is free for another row.
 *
 * ## WAITING
 *
 * The loop sleeps until the next ready row may leave, for one second at most, or for 200 ms while outcomes wait to be
 * settled. The end of a call, the end of an exchange and `wake` end the sleep. The loop then starts an exchange if one
 * is due. It moves to SENDING if a row may leave, to IDLE if no row in hand lacks an outcome, and to BLOCKED if the
 * platform lets no row leave for more than three seconds.
 *
 * ## BLOCKED
 *
 * The cause is a wait that the platform has named, or an outage: see `OutageBackoff`. All ready rows are released and
 * none is claimed, so that another lease holder can claim them. The loop moves to SENDING when an exchange brings rows
 * again, at most three seconds before the next one may leave.
 *
 * ## IDLE
 *
 * The rate limiter does not make up for idle time. When the last outcome is settled, `onDone` is called once. The
 * loop moves to SENDING when an exchange brings rows. `wake` makes an exchange due.
 *
 * ## STOPPED
 *
 * Reached from every state by `stop`, by the end of the lease term, and by an exchange that finds another lease holder.
 * No call leaves any more. `stop` waits for the calls in flight, releases all other rows and settles every outcome, if
 * this process still holds the lease. Otherwise the next lease holder recovers the rows.
 *
 * ## FAILED
 *
 * Reached from every state by an unexpected error, with which `run` rejects. {@link StoreError} is none: the exchange
 * retries. An error in one row ends that row alone.
 */
export interface Sender {
  /** Sends until `stop` is called or the lease term ends. Rejects on an unexpected error. */
  run(): Promise<void>
  /** Looks for new rows, and rechecks the rows in hand: broadcasts may have been paused or corrected. */
  wake(): void
  /** Makes no further calls, waits for the calls in flight and settles their outcomes. */
  stop(): Promise<void>
}

/** Longest sleep, and pause of a row whose broadcast has tripped the breaker, in milliseconds. */
const IDLE_MS = 1000

export function createSender(options: SenderOptions): Sender {
  const { poster, limiter, backoff, store, clock, log, term, unsaved } = options
  const { platform } = poster
  const wakeTimer = createWakeTimer(clock, term.signal)
  const breakerActions = unsaved.breakerActions(platform, () =>
    createBreakerActions({ ...options, kinds: unsaved.kinds }),
  )
  const rows = createRowsInHand({
    done: unsaved.outcomes(platform),
    departing: () => possiblySent.rows(),
    clock,
  })
  const { finish } = rows
  const claimedRows = createClaimedRows({
    ...options,
    ready: rows.ready,
    finish,
    guarded,
    pause: ({ id }, error) => pauseDamaged(store.broadcasts, log, id, error),
  })
  const possiblySent = createPossiblySent({
    ...options,
    depart,
    watched,
    release({ row }) {
      finish(released(row))
      wakeTimer.wake()
    },
  })
  const sendStep = createSendStep({ ...options, breakerActions })
  const onResult = createCallResults({ ...options, finish })
  const exchange = createLedgerExchange({
    ...options,
    isTermOver,
    breakerActions,
    rows,
    claimedRows,
    watched,
    onEnd: wakeTimer.wake,
    onLeaseLost() {
      isStopped = true
    },
  })
  let isStopped = false
  let fault: { readonly error: unknown } | undefined
  let running: Promise<void> | undefined

  function isTermOver(): boolean {
    return term.signal.aborted || !term.holds()
  }

  async function loop(): Promise<void> {
    while (!isStopped && !isTermOver()) {
      if (fault) throw fault.error
      exchange.startIfDue()
      const waitMs = launch()
      if (waitMs === 0) continue
      if (rows.unfinished() === 0) {
        limiter.idle()
        exchange.onIdle()
      }
      await wakeTimer.sleep(rows.done.length > 0 ? Math.min(waitMs, FLUSH_MS) : waitMs)
    }
  }

  /**
   * Starts the departure of the first ready row whose chat is free. Returns the time to sleep in milliseconds; 0 if a
   * row has departed or was postponed.
   */
  function launch(): number {
    let waitMs = IDLE_MS
    for (const [index, prepared] of rows.ready.entries()) {
      const { row, broadcast } = prepared
      if (breakerActions.isTripped(broadcast.id)) return postpone(index, IDLE_MS)
      const chatMs = limiter.chatWait(chatOf(row))
      if (chatMs > PATIENCE_MS) return postpone(index, chatMs)
      if (chatMs > 0) {
        waitMs = Math.min(waitMs, chatMs)
        continue
      }
      const platformMs = limiter.wait()
      if (platformMs > PATIENCE_MS) {
        claimedRows.releaseAll()
        return Math.min(platformMs, IDLE_MS)
      }
      if (platformMs > 0) return Math.min(waitMs, platformMs)
      rows.ready.splice(index, 1)
      limiter.post(chatOf(row))
      // Call `onSend` before the departure is recorded, so that a probe blocks the other rows from now on.
      possiblySent.add({ ...prepared, block: backoff.onSend() })
      return 0
    }
    return waitMs
  }

  /** Releases a ready row until `ms` milliseconds from now. */
  function postpone(index: number, ms: number): 0 {
    const nextAt = clock.now().add({ milliseconds: Math.ceil(ms) })
    for (const { row } of rows.ready.splice(index, 1)) finish(released(row, { nextAt }))
    return 0
  }

  /** Makes the call of a row. The recording of its departure has delayed the call by `lateMs` milliseconds. */
  function depart(departing: DepartingRow, lateMs: number): void {
    const { row, broadcast } = departing
    if (isStopped || isTermOver()) {
      finish(released(row))
      return
    }
    limiter.late(chatOf(row), lateMs)
    const leftAt = clock.elapsed()
    const call = async () => onResult(departing, await sendStep(departing), leftAt)
    const ended = watched(guarded(row, broadcast, call)).finally(() => {
      rows.inFlight.delete(row)
      wakeTimer.wake()
    })
    rows.inFlight.set(row, ended)
  }

  /** Runs the work of a row, and ends that row alone if the work throws. Rejects with {@link StoreError}. */
  async function guarded(row: Claimed, broadcast: Broadcast, work: () => Promise<void>) {
    try {
      await work()
    } catch (err) {
      if (err instanceof StoreError) throw err
      const { broadcast: id, chat } = row
      const fields = { event: 'delivery.faulty', platform, broadcast: id, chat, err }
      log.error(fields, 'Couldn’t handle a row of the ledger.')
      breakerActions.record('rejected', row, broadcast, FAULT)
      finish(faulty(row, rows.inFlight.has(row)))
    }
  }

  /** Records an unexpected error; the loop rethrows it. */
  function watched(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => {
      fault ??= { error }
      wakeTimer.wake()
    })
  }

  return {
    run() {
      running = loop()
      return running
    },
    wake() {
      exchange.wake()
      wakeTimer.wake()
    },
    async stop() {
      isStopped = true
      wakeTimer.wake()
      // `run` already reports a failure.
      await Promise.allSettled([running, possiblySent.close()])
      await Promise.all(rows.inFlight.values())
      await exchange.close()
    },
  }
}
