import { performance } from 'node:perf_hooks'
import type { Clock } from '../clock.ts'
import { StoreError } from '../store/error.ts'
import type { Claimed, DeliveryKey } from '../store/ledger/claims.ts'
import type { Deliveries } from '../store/ledger/deliveries.ts'
import { nextStep } from './decisions.ts'
import type { ReadyWork } from './send-step.ts'

export interface PossiblySentOptions {
  readonly deliveries: Pick<Deliveries, 'leave'>
  readonly epoch: number
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Makes the call of a row; `lateMs` is how long the ledger has delayed it, in milliseconds. */
  readonly depart: (work: ReadyWork, lateMs: number) => void
  /** Gives a row back whose call does not leave. */
  readonly giveBack: (work: ReadyWork) => void
  /** Takes an unexpected error. */
  readonly watched: (work: Promise<void>) => Promise<void>
}

/** Records each departure in the ledger before the call: after a crash, only recorded rows count as possibly sent. */
export interface PossiblySent {
  add(work: ReadyWork): void
  /** Rows whose departure is being recorded. */
  rows(): readonly Claimed[]
  /** Gives back the rows that have not left. Resolves when no departure is being recorded. */
  close(): Promise<void>
}

/** Longest delay of a call by its recording, in milliseconds: later, the row may have changed. */
const STALE_MS = 3000

/** Pause after the store has failed, in milliseconds. */
const AGAIN_MS = 1000

/** Recording takes at most one fourth of the time, because a commit of SQLite blocks the event loop. */
const SHARE = 4

export function createPossiblySent(options: PossiblySentOptions): PossiblySent {
  const { deliveries, epoch, clock, depart, giveBack, watched } = options
  const closing = new AbortController()
  const signal = AbortSignal.any([options.signal, closing.signal])
  let waiting: ReadyWork[] = []
  let recording: readonly ReadyWork[] = []
  let isRunning = false
  let running: Promise<void> | undefined

  /** Records departures. Resolves to the rows that may leave: none if the store fails, as it may not have written. */
  async function record(works: readonly ReadyWork[]): Promise<ReadonlySet<string>> {
    if (signal.aborted) return new Set()
    try {
      const left = await deliveries.leave(
        epoch,
        works.map(({ row }) => row),
      )
      return new Set(left.map(keyOf))
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      return new Set()
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const begun = performance.now()
      ;[recording, waiting] = [waiting, []]
      const left = await record(recording)
      const tookMs = performance.now() - begun
      for (const work of recording) {
        if (tookMs < STALE_MS && left.has(keyOf(work.row))) depart(work, tookMs)
        else giveBack(work)
      }
      recording = []
      await clock.pause(left.size > 0 ? tookMs * (SHARE - 1) : AGAIN_MS, signal)
    }
    // Synchronous with the last check of `waiting`: a call that is added in between would never leave.
    isRunning = false
  }

  return {
    add(work) {
      const { row, content } = work
      // An edit or a deletion is idempotent: a second one needs no count.
      if (row.hasLeft || nextStep(row, content).do !== 'send') return depart(work, 0)
      waiting.push(work)
      if (isRunning) return
      isRunning = true
      running = watched(run())
    },
    rows: () => [...waiting, ...recording].map(({ row }) => row),
    async close() {
      closing.abort()
      await running
    },
  }
}

function keyOf({ broadcast, chat }: DeliveryKey): string {
  return `${broadcast} ${chat}`
}
