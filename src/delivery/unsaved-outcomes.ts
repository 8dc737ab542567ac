import type { Settlement } from '../store/ledger/settlements.ts'
import type { BreakerActions } from './breaker-actions.ts'
import { createPlaceKinds, type PlaceKinds } from './place-kinds.ts'

/**
 * The outcomes that this process knows and the ledger does not have yet. The process has one instance: a lease term
 * ends while the store is down for long, and the outcomes must outlive the term.
 */
export interface UnsavedOutcomes {
  /** Returns the outcomes of a platform's calls, the oldest first. The sender appends and removes them. */
  outcomes(platform: string): Settlement[]
  /** Returns the breakers of a platform, with the pauses that are not stored yet. */
  breakerActions(platform: string, create: () => BreakerActions): BreakerActions
  /** Shared by the breakers of all platforms. */
  readonly kinds: PlaceKinds
  /**
   * Returns the outcomes that recovery writes before it releases rows, and `own`, the epoch of the last term of this
   * process; empty before the first term.
   */
  known(): { readonly known: readonly Settlement[]; readonly own: readonly number[] }
  /** Begins a term of this epoch. Forgets the outcomes of {@link known}, because recovery has written them. */
  begin(epoch: number): void
}

export function createUnsavedOutcomes(): UnsavedOutcomes {
  const outcomes = new Map<string, Settlement[]>()
  const breakerActions = new Map<string, BreakerActions>()
  let own: number[] = []

  return {
    kinds: createPlaceKinds(),
    outcomes(platform) {
      const existing = outcomes.get(platform) ?? []
      outcomes.set(platform, existing)
      return existing
    },
    breakerActions(platform, create) {
      const existing = breakerActions.get(platform) ?? create()
      breakerActions.set(platform, existing)
      return existing
    },
    known() {
      const known = [...outcomes].flatMap(([platform, settlements]) =>
        settlements.map(each => breakerActions.get(platform)?.withoutGone(each) ?? each),
      )
      return { known, own }
    },
    begin(epoch) {
      outcomes.clear()
      own = [epoch]
    },
  }
}
