import type { Settlement } from '../store/ledger/settlements.ts'
import type { BreakerActions } from './breaker-actions.ts'
import { createPlaceKinds, type PlaceKinds } from './place-kinds.ts'

/**
 * Facts that this process knows and the ledger does not have yet. The process has one memory, because a
 * lease term ends while the store is away for long, and the facts must outlive it.
 */
export interface UnsavedOutcomes {
  /** Outcomes of a platform's calls, the oldest first; the sender appends and takes them. */
  outcomes(platform: string): Settlement[]
  /** The tripped breakers of a platform, with the pauses that are not written yet. */
  breakerActions(platform: string, create: () => BreakerActions): BreakerActions
  /** Shared by the trips of all platforms. */
  readonly kinds: PlaceKinds
  /** Outcomes that recovery writes before it releases rows, and the epochs of this process's earlier terms. */
  known(): { readonly known: readonly Settlement[]; readonly own: readonly number[] }
  /** Forgets the outcomes of {@link known}, which the ledger has now; a term of this epoch begins. */
  begin(epoch: number): void
}

export function createUnsavedOutcomes(): UnsavedOutcomes {
  const outcomes = new Map<string, Settlement[]>()
  const breakerActions = new Map<string, BreakerActions>()
  let own: number[] = []

  return {
    kinds: createPlaceKinds(),
    outcomes(platform) {
      const kept = outcomes.get(platform) ?? []
      outcomes.set(platform, kept)
      return kept
    },
    breakerActions(platform, create) {
      const kept = breakerActions.get(platform) ?? create()
      breakerActions.set(platform, kept)
      return kept
    },
    known() {
      const known = [...outcomes].flatMap(([platform, kept]) =>
        kept.map(each => breakerActions.get(platform)?.withoutGone(each) ?? each),
      )
      return { known, own }
    },
    begin(epoch) {
      outcomes.clear()
      own = [epoch]
    },
  }
}
