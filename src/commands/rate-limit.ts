/** Requests that a user may make at once, and the time after which one more is granted. */
const BURST = 12
const MS_A_REQUEST = 2000

/** Users remembered at most: whoever has asked for nothing for a while is forgotten. */
const USERS = 10_000

export interface Limit {
  /** `told` where this user has been told already since the last request that was granted. */
  take(user: string, now: Temporal.Instant): 'granted' | 'refused' | 'told'
}

interface Bucket {
  left: number
  /** Up to when it was filled, in milliseconds since the epoch. */
  filled: number
  told: boolean
}

/** A bucket of requests a user: nobody who reads meets its end, whoever hammers does. */
export function createLimit(): Limit {
  const buckets = new Map<string, Bucket>()
  return {
    take(user, { epochMilliseconds: now }) {
      const bucket = buckets.get(user) ?? { left: BURST, filled: now, told: false }
      // Moved to the end: the first is the one who has been silent for longest.
      buckets.delete(user)
      buckets.set(user, bucket)
      const [silent] = buckets.size > USERS ? buckets.keys() : []
      if (silent !== undefined) buckets.delete(silent)
      // A clock that has stepped back would lock everybody out until it is where it was.
      bucket.filled = Math.min(bucket.filled, now)
      const earned = Math.floor((now - bucket.filled) / MS_A_REQUEST)
      bucket.left = Math.min(BURST, bucket.left + earned)
      bucket.filled = bucket.left === BURST ? now : bucket.filled + earned * MS_A_REQUEST
      if (bucket.left > 0) {
        bucket.left -= 1
        bucket.told = false
        return 'granted'
      }
      if (bucket.told) return 'told'
      bucket.told = true
      return 'refused'
    },
  }
}
