import { createBatches } from '../async/batches.ts'
import { loop } from '../async/loop.ts'
import { createWakeTimer } from '../async/wake-timer.ts'
import { type Clock, type ClockTrust, TRUSTED } from '../clock.ts'
import type { Log } from '../log.ts'
import { isStoreError } from '../store/error.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Store } from '../store/store.ts'
import { pauseDamaged } from './damaged-broadcast.ts'

export interface BroadcastRunnerOptions {
  readonly store: Pick<Store, 'announcements' | 'broadcasts' | 'fanOut'>
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  readonly trust?: ClockTrust
  /** How long the ledger keeps what is finished, in milliseconds. */
  readonly retentionMs: number
  /** Told that there is something to send. */
  readonly onWork: () => void
}

export interface BroadcastRunner {
  /** Until the signal aborts. */
  run(): Promise<void>
  /** There is something new, or something has changed. */
  wake(): void
}

/** How often it is looked for what another process has begun, in milliseconds. */
const LOOK_MS = 1000

/** How often what is finished and old is looked for, in milliseconds. */
const ERASE_MS = 3_600_000

/** A start that is further ahead, in milliseconds, was chosen by a person, and is no undo window. */
const PLANNED_MS = 3_600_000

/** Slices of one broadcast before the others have their turn. */
const TURN = 50

/**
 * Gives broadcasts their rows, and sees when they are finished: all that is done to many rows at once,
 * in slices.
 */
export function createBroadcastRunner(options: BroadcastRunnerOptions): BroadcastRunner {
  const { store, clock, log, signal, retentionMs, onWork, trust = TRUSTED } = options
  const inBatches = createBatches(signal)
  let erasedAt = Number.NEGATIVE_INFINITY
  let soonestMs = LOOK_MS
  const wakeTimer = createWakeTimer(clock, signal)

  async function advance(broadcast: Broadcast): Promise<boolean> {
    const { id, isEnqueued } = broadcast
    const { fanOut } = store
    if (waitMs(broadcast) > 0) return true
    const { enqueue, requeueForRevision, skipCancelled } = fanOut
    for (const work of isEnqueued
      ? [requeueForRevision, skipCancelled]
      : [enqueue, requeueForRevision, skipCancelled]) {
      if (!(await inBatches(most => work(id, most), TURN))) return false
    }
    if (await fanOut.finish(id)) {
      log.info({ event: 'broadcast.finished', broadcast: id }, 'A broadcast is finished.')
    }
    return true
  }

  /** How long nobody gets it yet, in milliseconds; what was called off has nothing to wait for. */
  function waitMs({ startsAt, state, createdAt, isBegun }: Broadcast): number {
    if (!startsAt || state === 'cancelled') return 0
    const isPlanned = startsAt.since(createdAt).total('milliseconds') > PLANNED_MS
    if (isPlanned && !isBegun && !trust.mayPost()) return LOOK_MS
    return Math.max(0, startsAt.epochMilliseconds - clock.now().epochMilliseconds)
  }

  /** Whether there is more to be done at once. */
  async function look(): Promise<boolean> {
    const open = await store.broadcasts.open()
    soonestMs = Math.min(LOOK_MS, ...open.map(waitMs).filter(ms => ms > 0))
    let isDone = true
    for (const broadcast of open) {
      // Those who have their rows already need not wait for the rest.
      onWork()
      const { id, state, isUnreadable } = broadcast
      if (isUnreadable && state !== 'cancelled') await pauseDamaged(store.broadcasts, log, id)
      else if (!(await advance(broadcast))) isDone = false
    }
    if (open.length > 0) onWork()
    return !isDone
  }

  /** One turn of slices; the next follows when it has been looked what is new. */
  async function erase(): Promise<void> {
    const now = clock.now()
    // A clock that was set back has not erased yet.
    if (Math.abs(now.epochMilliseconds - erasedAt) < ERASE_MS || !trust.mayErase()) return
    const before = now.subtract({ milliseconds: retentionMs })
    const isDone = await inBatches(most => store.fanOut.erase(before, most), TURN)
    if (!isDone) return
    await store.announcements.erase(before)
    erasedAt = now.epochMilliseconds
  }

  return {
    run: () =>
      loop({
        ...{ signal, pause: wakeTimer.sleep, mayGoOn: isStoreError },
        async pass() {
          if (await look()) return 0
          await erase()
          return soonestMs
        },
        afterErrorMs: soonestMs,
      }),
    wake: wakeTimer.wake,
  }
}
