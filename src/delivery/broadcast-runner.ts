import { createBatches } from '../async/batches.ts'
import { loop } from '../async/loop.ts'
import { createWakeTimer } from '../async/wake-timer.ts'
import { isStoreError } from '../store/error.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Store } from '../store/store.ts'
import type { DeliveryContext } from './context.ts'
import { pauseDamaged } from './damaged-broadcast.ts'

export interface BroadcastRunnerOptions extends Pick<DeliveryContext, 'clock' | 'log' | 'trust'> {
  readonly store: Pick<Store, 'announcements' | 'broadcasts' | 'fanOut'>
  readonly signal: AbortSignal
  /** How long the ledger keeps finished broadcasts, in milliseconds. */
  readonly retentionMs: number
  /** Called when there are rows to send. */
  readonly onWork: () => void
}

export interface BroadcastRunner {
  /** Runs until the signal aborts. Rejects on an unexpected error. */
  run(): Promise<void>
  /** Starts the next pass now: broadcasts may be new or changed. */
  wake(): void
}

/** Longest time between two passes, in milliseconds: another process may have created a broadcast. */
const PASS_MS = 1000

/** Time between two erasures of old broadcasts, in milliseconds. */
const ERASE_MS = 3_600_000

/**
 * Longest undo window that `ANNOUNCE_HOLD` permits, in milliseconds. A broadcast that starts later was scheduled by a
 * moderator.
 */
const UNDO_WINDOW_MS = 3_600_000

/** Most batches of one broadcast before the next broadcast has its turn. */
const BATCHES_PER_TURN = 50

/**
 * Runs every operation of a broadcast that concerns many rows, in batches: enqueues its audience, requeues rows for a
 * correction, skips rows of a cancelled broadcast, and marks a broadcast as finished. Also erases old broadcasts.
 */
export function createBroadcastRunner(options: BroadcastRunnerOptions): BroadcastRunner {
  const { store, clock, log, signal, retentionMs, onWork, trust } = options
  const inBatches = createBatches(signal)
  let erasedAt = Number.NEGATIVE_INFINITY
  let nextPassMs = PASS_MS
  const wakeTimer = createWakeTimer(clock, signal)

  /** Advances one broadcast. Resolves to whether nothing is left to do for now. */
  async function advance(broadcast: Broadcast): Promise<boolean> {
    const { id, isEnqueued } = broadcast
    const { fanOut } = store
    if (waitMs(broadcast) > 0) return true
    const { enqueue, requeueForRevision, skipCancelled } = fanOut
    const operations = [...(isEnqueued ? [] : [enqueue]), requeueForRevision, skipCancelled]
    for (const work of operations) {
      if (!(await inBatches(most => work(id, most), BATCHES_PER_TURN))) return false
    }
    if (await fanOut.finish(id)) {
      log.info({ event: 'broadcast.finished', broadcast: id }, 'Sending finished.')
    }
    return true
  }

  /** Returns the milliseconds until a broadcast starts; 0 for a cancelled one, which can be finished at once. */
  function waitMs({ startsAt, state, createdAt, isBegun }: Broadcast): number {
    if (!startsAt || state === 'cancelled') return 0
    const isScheduled = startsAt.since(createdAt).total('milliseconds') > UNDO_WINDOW_MS
    if (isScheduled && !isBegun && !trust.mayPost()) return PASS_MS
    return Math.max(0, startsAt.epochMilliseconds - clock.now().epochMilliseconds)
  }

  /** Advances all unfinished broadcasts. Resolves to whether more can be done at once. */
  async function advanceAll(): Promise<boolean> {
    const open = await store.broadcasts.open()
    nextPassMs = Math.min(PASS_MS, ...open.map(waitMs).filter(ms => ms > 0))
    let isDone = true
    for (const broadcast of open) {
      // Wake the senders, so that they send the rows that exist while later broadcasts are advanced.
      onWork()
      const { id, state, isUnreadable } = broadcast
      if (isUnreadable && state !== 'cancelled') await pauseDamaged(store.broadcasts, log, id)
      else if (!(await advance(broadcast))) isDone = false
    }
    if (open.length > 0) onWork()
    return !isDone
  }

  /** Erases old broadcasts, at most {@link BATCHES_PER_TURN} batches a pass. */
  async function erase(): Promise<void> {
    const at = clock.elapsed()
    if (at - erasedAt < ERASE_MS || !trust.mayErase()) return
    const before = clock.now().subtract({ milliseconds: retentionMs })
    const isDone = await inBatches(most => store.fanOut.erase(before, most), BATCHES_PER_TURN)
    if (!isDone) return
    await store.announcements.erase(before)
    erasedAt = at
  }

  return {
    run: () =>
      loop({
        signal,
        pause: wakeTimer.sleep,
        mayGoOn: isStoreError,
        async pass() {
          if (await advanceAll()) return 0
          await erase()
          return nextPassMs
        },
        afterErrorMs: PASS_MS,
      }),
    wake: wakeTimer.wake,
  }
}
