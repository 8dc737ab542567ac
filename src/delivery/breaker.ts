/** The call results that the breaker counts, because they may indicate a fault on our side. */
export type CallResult = 'arrived' | 'gone' | 'rejected'

/**
 * A circuit breaker: many failures among the latest calls are the fault of Sitrep or of the platform, and not of the
 * chats. It trips so that an operator can look.
 */
export interface Breaker<T> {
  /**
   * Counts the result of a call. Returns the trip if the breaker trips, which then counts from zero again. `mayTrip`
   * is true by default; if false, the result is only counted.
   */
  record(result: CallResult, of: T, mayTrip?: boolean): Trip<T> | undefined
}

/** A tripped breaker. */
export interface Trip<T> {
  readonly why: Exclude<CallResult, 'arrived'>
  /** The calls that failed for this reason. */
  readonly of: readonly T[]
}

/** The breaker trips if over half of so many calls find the chat gone. */
const GONE_WINDOW = 50
/** The breaker trips if over half of so many messages are rejected. */
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
