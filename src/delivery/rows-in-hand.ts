import type { Clock } from '../clock.ts'
import type { Claimed, DeliveryKey } from '../store/ledger/claims.ts'
import type { Settlement } from '../store/ledger/settlements.ts'
import type { PreparedRow } from './send-step.ts'

/**
 * The rows that a sender has claimed and not settled. Each row passes these places, in this order:
 *
 * - `ready`: prepared, and waiting for the rate limit.
 * - departing: waiting until the ledger has recorded its departure; see `PossiblySent`.
 * - `inFlight`: its call has left and has not ended.
 * - `done`: it has an outcome that the ledger does not have yet.
 *
 * A row that is released, without a call, goes from one of the first two places to `done`.
 */
export interface RowsInHand {
  /** In the order of their claims. */
  readonly ready: PreparedRow[]
  /** Each row with a promise that resolves when its call has ended; the promise never rejects. */
  readonly inFlight: Map<Claimed, Promise<void>>
  /** The oldest first. */
  readonly done: Settlement[]
  /** Adds an outcome to `done`. */
  finish(settlement: Settlement): void
  /** Returns how long `done` has not been empty, in milliseconds. */
  doneForMs(): number
  /** Counts the rows that have no outcome yet. */
  unfinished(): number
  /** Returns the keys of all rows. */
  keys(): DeliveryKey[]
}

export interface RowsInHandOptions {
  /** The unsaved outcomes of the platform. */
  readonly done: Settlement[]
  /** Returns the rows whose departure is being recorded. */
  readonly departing: () => readonly Claimed[]
  readonly clock: Pick<Clock, 'elapsed'>
}

export function createRowsInHand({ done, departing, clock }: RowsInHandOptions): RowsInHand {
  const ready: PreparedRow[] = []
  const inFlight = new Map<Claimed, Promise<void>>()
  let doneSince = 0

  return {
    ready,
    inFlight,
    done,
    finish(settlement) {
      if (done.length === 0) doneSince = clock.elapsed()
      done.push(settlement)
    },
    doneForMs: () => clock.elapsed() - doneSince,
    unfinished: () => ready.length + departing().length + inFlight.size,
    keys: () => [...ready.map(({ row }) => row), ...departing(), ...inFlight.keys(), ...done],
  }
}
