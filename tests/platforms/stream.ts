/** Values that come one by one, for whoever waits for them. */
export interface Stream<T> {
  push(value: T): void
  /** The next value that nobody has taken yet. */
  next(): Promise<T>
  /** What has come and was not taken. */
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
