import type { Clock, PlatformTime } from '../clock.ts'
import { readDate } from './clock-check.ts'

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
    answered({ date: header, age }, askedAt) {
      const date = readDate(header)
      if (date === undefined || (age && age !== '0')) return
      const most = clock.now().epochMilliseconds - date
      // `Date` is rounded down to a second, and was written between the request and now.
      const least = most - 1000 - (performance.now() - askedAt)
      const ahead = least > 0 ? least : Math.min(0, most)
      if (Math.abs(ahead) < Math.abs(aheadMs ?? Number.POSITIVE_INFINITY)) aheadMs = ahead
    },
    toOwn: instant => instant,
    isUnsure: () => false,
  }
  return { time, aheadMs: () => aheadMs }
}
