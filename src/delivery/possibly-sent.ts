import { performance } from 'node:perf_hooks'
import type { LeaseTerm } from '../platform.ts'
import { ignoreStoreError } from '../store/error.ts'
import type { Claimed, DeliveryKey } from '../store/ledger/claims.ts'
import type { Deliveries } from '../store/ledger/deliveries.ts'
import type { DeliveryContext } from './context.ts'
import { nextStep } from './decisions.ts'
import type { DepartingRow } from './send-step.ts'

export interface PossiblySentOptions extends Pick<DeliveryContext, 'clock'> {
  readonly store: { readonly deliveries: Pick<Deliveries, 'leave'> }
  readonly term: Pick<LeaseTerm, 'epoch' | 'signal'>
  /** Makes the call of a row, which the recording has delayed by `lateMs` milliseconds. */
  readonly depart: (departing: DepartingRow, lateMs: number) => void
  /** Releases a row whose call does not leave. */
  readonly release: (departing: DepartingRow) => void
  /** Records an unexpected error of a promise. */
  readonly watched: (work: Promise<void>) => Promise<void>
}

/** Records each departure in the ledger before the call: after a crash, only recorded rows count as possibly sent. */
export interface PossiblySent {
  /** Records the departure of a row, then makes its call. Makes the call at once if no record is needed. */
  add(departing: DepartingRow): void
  /** Returns the rows whose departure is being recorded. */
  rows(): readonly Claimed[]
  /** Releases the rows whose call has not left. Resolves when no departure is being recorded. */
  close(): Promise<void>
}

/** Longest delay of a call by its recording, in milliseconds: after that, the row may have changed. */
const STALE_MS = 3000

/** Pause after the store has failed, in milliseconds. */
const RETRY_MS = 1000

/** Recording takes at most a fourth of the time (`SHARE`), because a commit of SQLite blocks the event loop. */
const SHARE = 4

export function createPossiblySent(options: PossiblySentOptions): PossiblySent {
  const { store, term, clock, depart, release, watched } = options
  const closing = new AbortController()
  const signal = AbortSignal.any([term.signal, closing.signal])
  let waiting: DepartingRow[] = []
  let recording: readonly DepartingRow[] = []
  let isRunning = false
  let running: Promise<void> | undefined

  /** Records departures. Resolves to the keys of the rows that may leave; if the store fails, none may. */
  async function record(rows: readonly DepartingRow[]): Promise<ReadonlySet<string>> {
    if (signal.aborted) return new Set()
    const claimed = rows.map(({ row }) => row)
    const left = await store.deliveries.leave(term.epoch, claimed).catch(ignoreStoreError)
    return new Set(left?.map(keyOf))
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const begun = performance.now()
      ;[recording, waiting] = [waiting, []]
      const left = await record(recording)
      const tookMs = performance.now() - begun
      for (const departing of recording) {
        if (tookMs < STALE_MS && left.has(keyOf(departing.row))) depart(departing, tookMs)
        else release(departing)
      }
      recording = []
      await clock.pause(left.size > 0 ? tookMs * (SHARE - 1) : RETRY_MS, signal)
    }
    // No `await` since the last check of `waiting`: a row that `add` appended in between would never leave.
    isRunning = false
  }

  return {
    add(departing) {
      const { row, content } = departing
      // Edits and deletions are idempotent, so a second one needs no record.
      if (row.hasLeft || nextStep(row, content).do !== 'send') return depart(departing, 0)
      waiting.push(departing)
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
