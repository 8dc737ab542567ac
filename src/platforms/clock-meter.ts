import type { Clock, PlatformTime } from '../clock.ts'
import { boundsOf } from './date-header.ts'

/** Compares this machine's clock with a platform's by a few responses, for `doctor`. */
export interface ClockMeter {
  readonly time: PlatformTime
  /**
   * Returns how far this machine's clock is ahead, in milliseconds; 0 if the responses allow that. Undefined if no
   * response had a `Date`.
   */
  aheadMs(): number | undefined
}

/** Creates a meter. Of several responses the smallest difference counts, because a cache can make `Date` only older. */
export function createClockMeter(clock: Pick<Clock, 'now'>): ClockMeter {
  let aheadMs: number | undefined
  const time: PlatformTime = {
    answered(headers, askedAt) {
      const [wall, monotonic] = [clock.now().epochMilliseconds, performance.now()]
      const bounds = boundsOf(headers, { askedAt, wall, monotonic })
      if (!bounds) return
      const { least, most } = bounds
      const ahead = least > 0 ? least : Math.min(0, most)
      if (Math.abs(ahead) < Math.abs(aheadMs ?? Number.POSITIVE_INFINITY)) aheadMs = ahead
    },
    toOwn: instant => instant,
    isUnsure: () => false,
  }
  return { time, aheadMs: () => aheadMs }
}
