/** The call results that the breaker counts, because they may indicate a fault on our side. */
export type CallResult = 'arrived' | 'gone' | 'rejected'

/**
 * A circuit breaker of one broadcast and platform. It trips if many of the latest calls have failed, because the fault
 * is then Sitrep's or the platform's, and not the chats'. A person decides if sending resumes.
 */
export interface Breaker<T> {
  /**
   * Counts the result of a call. Returns the trip if the breaker trips; the breaker then counts from zero again.
   * `mayTrip` is true by default; if false, the result is only counted.
   */
  record(result: CallResult, of: T, mayTrip?: boolean): Trip<T> | undefined
}

/** A tripped breaker. */
export interface Trip<T> {
  readonly why: Exclude<CallResult, 'arrived'>
  /** The calls that failed for this reason. */
  readonly of: readonly T[]
}

/** Number of latest calls. The breaker trips if over half of them found the chat gone. */
const GONE_WINDOW = 50
/** Number of latest calls. The breaker trips if over half of them were rejected. */
const REJECTED_WINDOW = 10

export function createBreaker<T>(): Breaker<T> {
  const recent: { result: CallResult; of: T }[] = []

  function trip(why: Trip<T>['why'], window: number): Trip<T> | undefined {
    const counted = recent.slice(-window).filter(({ result }) => result === why)
    if (counted.length <= window / 2) return undefined
    recent.splice(0)
    return { why, of: counted.map(({ of }) => of) }
  }

  return {
    record(result, of, mayTrip = true) {
      recent.push({ result, of })
      if (recent.length > GONE_WINDOW) recent.shift()
      if (!mayTrip) return undefined
      if (result === 'gone') return trip('gone', GONE_WINDOW)
      if (result === 'rejected') return trip('rejected', REJECTED_WINDOW)
      return undefined
    },
  }
}
