import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Broadcast } from '../store/broadcast.ts'
import { StoreError } from '../store/error.ts'
import type { Slice } from '../store/spreading.ts'
import type { Store } from '../store/store.ts'
import { createBell } from './bell.ts'

export interface ConductorOptions {
  readonly store: Pick<Store, 'broadcasts' | 'spreading'>
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  /** How long the ledger keeps what is finished, in milliseconds. */
  readonly retentionMs: number
  /** Told that there is something to send. */
  readonly onWork: () => void
}

export interface Conductor {
  /** Until the signal aborts. */
  run(): Promise<void>
  /** There is something new, or something has changed. */
  wake(): void
}

/** How often it is looked for what another process has begun, in milliseconds. */
const LOOK_MS = 1000

/** How often what is finished and old is looked for, in milliseconds. */
const ERASE_MS = 3_600_000

/** Slices of one broadcast before the others have their turn. */
const TURN = 50

/** Rows of a slice: at first, and within which bounds. */
const SLICE = { first: 1000, least: 250, most: 8000 } as const

/** A slice shall hold the event loop for about so long, in milliseconds. */
const SHORT_MS = 6
const LONG_MS = 15

/**
 * Gives broadcasts their rows, and sees when they are finished: all that is done to many rows at once,
 * in slices.
 */
export function createConductor(options: ConductorOptions): Conductor {
  const { store, clock, log, signal, retentionMs, onWork } = options
  let size: number = SLICE.first
  let erasedAt = Number.NEGATIVE_INFINITY
  const bell = createBell(clock, signal)

  /** Slices until all is done or others have waited long enough; whether all is done. */
  async function inSlices(work: (most: number) => Promise<Slice>): Promise<boolean> {
    for (let turn = 0; turn < TURN && !signal.aborted; turn++) {
      const before = performance.now()
      const slice = await work(size)
      if (slice.isDone) return true
      size = nextSize(size, performance.now() - before)
      // Whoever asks something meanwhile is answered.
      await new Promise(resolve => setImmediate(resolve))
    }
    return false
  }

  async function advance({ id, isEnqueued }: Broadcast): Promise<boolean> {
    const { spreading } = store
    const { enqueue, redo, drop } = spreading
    for (const work of isEnqueued ? [redo, drop] : [enqueue, redo, drop]) {
      if (!(await inSlices(most => work(id, most)))) return false
    }
    if (await spreading.finish(id)) {
      log.info({ event: 'broadcast.finished', broadcast: id }, 'A broadcast is finished.')
    }
    return true
  }

  /** Whether there is more to be done at once. */
  async function look(): Promise<boolean> {
    const open = await store.broadcasts.open()
    let isDone = true
    for (const broadcast of open) {
      // Those who have their rows already need not wait for the rest.
      onWork()
      if (!(await advance(broadcast))) isDone = false
    }
    if (open.length > 0) onWork()
    return !isDone
  }

  /** One turn of slices; the next follows when it has been looked what is new. */
  async function erase(): Promise<void> {
    const now = clock.now()
    if (now.epochMilliseconds - erasedAt < ERASE_MS) return
    const before = now.subtract({ milliseconds: retentionMs })
    const isDone = await inSlices(most => store.spreading.erase(before, most))
    if (isDone) erasedAt = now.epochMilliseconds
  }

  return {
    async run() {
      while (!signal.aborted) {
        try {
          if (await look()) continue
          await erase()
        } catch (error) {
          // It has told so itself, and may be back in a moment.
          if (!(error instanceof StoreError)) throw error
        }
        await bell.sleep(LOOK_MS)
      }
    },
    wake: bell.ring,
  }
}

/** As many rows as a slice can take without holding anybody up. Pure. */
function nextSize(size: number, tookMs: number): number {
  if (tookMs > LONG_MS) return Math.max(SLICE.least, Math.floor(size / 2))
  if (tookMs < SHORT_MS) return Math.min(SLICE.most, size * 2)
  return size
}
