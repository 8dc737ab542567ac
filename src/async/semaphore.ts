/** Time after which a call gives up its place, in milliseconds: a call that takes longer may hang. */
const PLACE_MS = 500

/**
 * Lets at most `most` calls run at a time. The others start in the order in which they were made, when a call ends or
 * has run for {@link PLACE_MS}. The platform drops connections of a larger burst.
 */
export function createSemaphore(most: number): <T>(call: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let taken = 0

  function release(): void {
    const next = waiting.shift()
    // The next call takes over the place, so `taken` stays.
    if (next) next()
    else taken -= 1
  }

  return async call => {
    if (taken >= most) await new Promise<void>(resolve => waiting.push(resolve))
    else taken += 1
    let isReleased = false
    const releaseOnce = () => {
      if (!isReleased) release()
      isReleased = true
    }
    const timer = setTimeout(releaseOnce, PLACE_MS)
    try {
      return await call()
    } finally {
      clearTimeout(timer)
      releaseOnce()
    }
  }
}
