import { BoundedMap } from '../async/bounded-map.ts'
import type { Clock } from '../clock.ts'

/** Requests that a user may make at once. */
const BURST = 12

/** Milliseconds after which one more request is granted. */
const MS_PER_REQUEST = 2000

/** Most users remembered. Beyond that, the user who has been inactive for longest is forgotten. */
const USERS = 10_000

export interface Limit {
  /** Takes a request. Returns `refused` for the first one after a granted one, and `told` for those that follow. */
  take(user: string): 'granted' | 'refused' | 'told'
}

interface Bucket {
  /** Requests that are left. */
  left: number
  /** Time up to which the bucket was refilled, in elapsed milliseconds. */
  filledMs: number
  isNotified: boolean
}

/** Creates a token bucket for each user. A person who reads the answers does not exhaust it, but a script does. */
export function createLimit({ elapsed }: Pick<Clock, 'elapsed'>): Limit {
  const buckets = new BoundedMap<string, Bucket>(USERS)
  return {
    take(user) {
      const now = elapsed()
      const bucket = buckets.get(user) ?? { left: BURST, filledMs: now, isNotified: false }
      buckets.set(user, bucket)
      const earned = Math.floor((now - bucket.filledMs) / MS_PER_REQUEST)
      bucket.left = Math.min(BURST, bucket.left + earned)
      bucket.filledMs = bucket.left === BURST ? now : bucket.filledMs + earned * MS_PER_REQUEST
      if (bucket.left > 0) {
        bucket.left -= 1
        bucket.isNotified = false
        return 'granted'
      }
      if (bucket.isNotified) return 'told'
      bucket.isNotified = true
      return 'refused'
    },
  }
}
