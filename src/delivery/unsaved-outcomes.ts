import type { Settlement } from '../store/ledger/settlements.ts'
import type { Trips } from './breaker-actions.ts'
import { createKinds, type Kinds } from './place-kinds.ts'

/**
 * Facts that this process knows and the ledger does not have yet. The process has one memory, because a
 * lease term ends while the store is away for long, and the facts must outlive it.
 */
export interface Memory {
  /** Outcomes of a platform's calls, the oldest first; the sender appends and takes them. */
  outcomes(platform: string): Settlement[]
  /** The tripped breakers of a platform, with the pauses that are not written yet. */
  trips(platform: string, create: () => Trips): Trips
  /** Shared by the trips of all platforms. */
  readonly kinds: Kinds
  /** Outcomes that recovery writes before it releases rows, and the epochs of this process's earlier terms. */
  known(): { readonly known: readonly Settlement[]; readonly own: readonly number[] }
  /** Forgets the outcomes of {@link known}, which the ledger has now; a term of this epoch begins. */
  begin(epoch: number): void
}

export function createMemory(): Memory {
  const outcomes = new Map<string, Settlement[]>()
  const trips = new Map<string, Trips>()
  let own: number[] = []

  return {
    kinds: createKinds(),
    outcomes(platform) {
      const kept = outcomes.get(platform) ?? []
      outcomes.set(platform, kept)
      return kept
    },
    trips(platform, create) {
      const kept = trips.get(platform) ?? create()
      trips.set(platform, kept)
      return kept
    },
    known() {
      const known = [...outcomes].flatMap(([platform, kept]) =>
        kept.map(each => trips.get(platform)?.softened(each) ?? each),
      )
      return { known, own }
    },
    begin(epoch) {
      outcomes.clear()
      own = [epoch]
    },
  }
}
