import type { DrawnEvent, TimelineDrawing } from '../picture.ts'

/** A scale from dates to places. */
export interface TimeAxis {
  /** Place of the start of a day, from 0 to 1. `after` counts days from that day on. */
  place(date: string, after?: number): number
  /** The years that begin within the axis, each with the place of its first day. */
  readonly years: readonly { readonly year: number; readonly place: number }[]
}

/** Least days of an axis: a single day would fill a shorter one. */
const LEAST_DAYS = 14

/** Creates an axis from the first to the last day of all events and today. Throws a `RangeError` for a wrong date. Pure. */
export function timeAxis({ today, events }: Pick<TimelineDrawing, 'today' | 'events'>): TimeAxis {
  const epoch = Temporal.PlainDate.from('1970-01-01')
  const dayOf = (date: string) => epoch.until(date).days
  const days = [today, ...events.flatMap(({ start, end }: DrawnEvent) => [start, end])].map(dayOf)
  const first = Math.min(...days)
  const after = Math.max(...days) + 1
  const lacking = Math.max(0, LEAST_DAYS - (after - first)) / 2
  const start = first - lacking
  const length = after + lacking - start
  const from = epoch.add({ days: first }).year + 1
  const to = epoch.add({ days: after }).year
  const years = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => {
    const year = from + index
    return { year, place: (epoch.until({ year, month: 1, day: 1 }).days - start) / length }
  })
  return { place: (date, more = 0) => (dayOf(date) + more - start) / length, years }
}
