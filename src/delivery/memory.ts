import type { Settlement } from '../store/settling.ts'
import type { Trips } from './trips.ts'

/**
 * Facts that this process knows and the ledger does not have yet. One for the process: a lease term ends
 * when the store is away for long, and what the process knows has to outlive it.
 */
export interface Memory {
  /** Outcomes of a platform's calls, the oldest first; the sender appends and takes them. */
  outcomes(platform: string): Settlement[]
  /** What has tripped on a platform, with what is still to be done about it. */
  trips(platform: string, create: () => Trips): Trips
  /** Everything that recovery has to write down before it gives rows free. */
  known(): { readonly known: readonly Settlement[]; readonly own: readonly number[] }
  /** The ledger has all that {@link known} gave; a term of this epoch begins. */
  begin(epoch: number): void
}

export function createMemory(): Memory {
  const outcomes = new Map<string, Settlement[]>()
  const trips = new Map<string, Trips>()
  let own: number[] = []

  return {
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
