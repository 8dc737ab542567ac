/** A call that takes longer than this gives its place up, in milliseconds: it may be hanging. */
const HELD_MS = 500

/**
 * Lets `most` calls begin; the others wait in the order of their coming, until one has ended or has
 * been under way for long. A burst of more connections than that is dropped on the way.
 */
export function createSemaphore(most: number): <T>(call: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let taken = 0

  function leave(): void {
    const next = waiting.shift()
    // Whoever waits takes over the place.
    if (next) next()
    else taken -= 1
  }

  return async call => {
    if (taken >= most) await new Promise<void>(resolve => waiting.push(resolve))
    else taken += 1
    let left = false
    const once = () => {
      if (!left) leave()
      left = true
    }
    const timer = setTimeout(once, HELD_MS)
    try {
      return await call()
    } finally {
      clearTimeout(timer)
      once()
    }
  }
}
