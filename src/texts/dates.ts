/**
 * Formats a date or a month: `2023-06-01` as "1 June 2023", `2023-09` as "September 2023". Pure.
 */
export function monthOrDay(date: string): string {
  const [year, month, day] = date.split('-')
  return [day && Number(day), MONTHS[Number(month) - 1], year].filter(Boolean).join(' ')
}

/** Formats a range of ISO dates: "1–10 June 2023", "28 June – 3 July 2023", "1 June 2023". Pure. */
export function dateRange(start: string, end: string): string {
  if (start === end) return monthOrDay(start)
  if (start.slice(0, 7) === end.slice(0, 7)) return `${Number(start.slice(8))}–${monthOrDay(end)}`
  const sameYear = start.slice(0, 4) === end.slice(0, 4)
  const from = sameYear ? monthOrDay(start).replace(/ \d+$/, '') : monthOrDay(start)
  return `${from} – ${monthOrDay(end)}`
}

export const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')

export const MONTHS =
  'January February March April May June July August September October November December'.split(' ')

/** Formats a number with its noun: "1 day", "2 days". Pure. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** Formats a duration in seconds as a short, rounded text. Pure. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'a while'
  if (seconds < 1) return 'a moment'
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
