/** How a call has ended, as far as it tells something about us rather than about one chat. */
export type CallResult = 'arrived' | 'gone' | 'rejected'

/**
 * Many failures at once are ours, or the platform's, and no reader's. Tells when to stop and ask an
 * operator, and what of late to take back.
 */
export interface Breaker<T> {
  /** Why it trips, and everything that it has counted for that; nothing while all is well, or unless it `mayTrip`. */
  record(signal: CallResult, of: T, mayTrip?: boolean): Trip<T> | undefined
}

export interface Trip<T> {
  readonly why: Exclude<CallResult, 'arrived'>
  readonly of: readonly T[]
}

/** Chats that are gone: over half of so many. */
const GONE_WINDOW = 50
/** Bodies that are refused: over half of so many. */
const REJECTED_WINDOW = 10

export function createBreaker<T>(): Breaker<T> {
  const recent: { signal: CallResult; of: T }[] = []

  function trip(why: Trip<T>['why'], window: number): Trip<T> | undefined {
    const counted = recent.slice(-window).filter(({ signal }) => signal === why)
    if (counted.length <= window / 2) return undefined
    recent.splice(0)
    return { why, of: counted.map(({ of }) => of) }
  }

  return {
    record(signal, of, mayTrip = true) {
      recent.push({ signal, of })
      if (recent.length > GONE_WINDOW) recent.shift()
      if (!mayTrip) return undefined
      if (signal === 'gone') return trip('gone', GONE_WINDOW)
      if (signal === 'rejected') return trip('rejected', REJECTED_WINDOW)
      return undefined
    },
  }
}
