/** Values that arrive one by one, and a way to wait for the next. */
export interface Stream<T> {
  push(value: T): void
  /** Takes the oldest value that was not taken, or waits for one. */
  next(): Promise<T>
  /** The values that arrived and were not taken. */
  readonly waiting: readonly T[]
}

export function createStream<T>(): Stream<T> {
  const waiting: T[] = []
  const takers: ((value: T) => void)[] = []
  return {
    waiting,
    push(value) {
      const taker = takers.shift()
      if (taker) taker(value)
      else waiting.push(value)
    },
    next() {
      const value = waiting.shift()
      if (value !== undefined) return Promise.resolve(value)
      return new Promise(resolve => takers.push(resolve))
    },
  }
}
