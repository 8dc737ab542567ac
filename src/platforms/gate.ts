/**
 * Lets at most `most` calls be under way at once; the others wait in the order of their coming.
 * More connections than that slow each other down, and a burst of them is dropped on the way.
 */
export function createGate(most: number): <T>(call: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let underWay = 0
  return async call => {
    if (underWay >= most) await new Promise<void>(resolve => waiting.push(resolve))
    else underWay += 1
    try {
      return await call()
    } finally {
      const next = waiting.shift()
      // Whoever waits takes over the place.
      if (next) next()
      else underWay -= 1
    }
  }
}
