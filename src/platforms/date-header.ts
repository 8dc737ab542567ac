import type { PlatformTime } from '../clock.ts'

/** A platform's clock beside this machine's, by one response. */
export interface DateBounds {
  /** The `Date` of the response, in milliseconds since the epoch. */
  readonly date: number
  /** The bounds of how far this machine's clock is ahead, in milliseconds. */
  readonly least: number
  readonly most: number
}

/**
 * Compares the `Date` of a response with this machine's clock. `wall` and `monotonic` are its clocks when the response
 * arrived, in milliseconds, and `askedAt` is the monotonic one when the request left. Returns undefined if there is no
 * `Date`, or if the response comes from a cache. Pure.
 */
export function boundsOf(
  { date: header, age }: Parameters<PlatformTime['answered']>[0],
  { askedAt, wall, monotonic }: Record<'askedAt' | 'wall' | 'monotonic', number>,
): DateBounds | undefined {
  const date = readDate(header)
  if (date === undefined || (age && age !== '0')) return undefined
  // The platform wrote `Date`, rounded down to a second, between the departure of the request and now.
  const most = wall - date
  return { date, least: most - 1000 - (monotonic - askedAt), most }
}

/** Reads an IMF-fixdate (RFC 9110) as milliseconds since the epoch; undefined for any other form. */
function readDate(header: string | null | undefined): number | undefined {
  if (!header || !/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header)) return undefined
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : date
}
