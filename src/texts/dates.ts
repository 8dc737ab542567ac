const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' })
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
const DAY_OF_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' })
const MONTH_NAME = new Intl.DateTimeFormat('en-GB', { month: 'long' })
const WEEKDAY_NAME = new Intl.DateTimeFormat('en-GB', { weekday: 'long' })
const MOMENT = {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
} as const
const DAY_AND_TIME = new Intl.DateTimeFormat('en-GB', MOMENT)
const DATE_AND_TIME = new Intl.DateTimeFormat('en-GB', { ...MOMENT, year: 'numeric' })
const DAYS_AWAY = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/**
 * Formats a date or a month: `2023-06-01` as "1 June 2023", `2023-09` as "September 2023". Pure.
 */
export function monthOrDay(date: string): string {
  return date.length === 'YYYY-MM'.length
    ? MONTH.format(Temporal.PlainYearMonth.from(date).toPlainDate({ day: 1 }))
    : DAY.format(Temporal.PlainDate.from(date))
}

/** Formats a date without its year: `2023-06-01` as "1 June". Pure. */
export function dayOfYear(date: string): string {
  return DAY_OF_YEAR.format(Temporal.PlainDate.from(date))
}

/** Formats a range of ISO dates: "1–10 June 2023", "28 June – 3 July 2023", "1 June 2023". Pure. */
export function dateRange(start: string, end: string): string {
  const range = DAY.formatRange(Temporal.PlainDate.from(start), Temporal.PlainDate.from(end))
  return range.replace(/^(\d+)\s–\s(\d)/, '$1–$2').replaceAll('\u2009', ' ')
}

/** Formats a moment: "Mon 23 Nov, 09:00", or "Mon 23 Nov 2026, 09:00" with its year. Pure. */
export function dayAndTime(local: Temporal.PlainDateTime, isThisYear: boolean): string {
  return (isThisYear ? DAY_AND_TIME : DATE_AND_TIME).format(local).replace(/^(\p{L}+),/u, '$1')
}

/** Formats a time of day: "09:00". Pure. */
export function timeOfDay(local: Temporal.PlainDateTime): string {
  return local.toPlainTime().toString({ smallestUnit: 'minute' })
}

/** Formats a span of local times: "Mon 23 Nov 2026, 09:00–10:30", with the day of the end if it is another. Pure. */
export function timeRange(start: Temporal.PlainDateTime, end: Temporal.PlainDateTime): string {
  const to = isOneDay(start, end) ? timeOfDay(end) : dayAndTime(end, false)
  return `${dayAndTime(start, false)}${isOneDay(start, end) ? '–' : ' – '}${to}`
}

/** Whether two local times are on the same day. Pure. */
export function isOneDay(start: Temporal.PlainDateTime, end: Temporal.PlainDateTime): boolean {
  return start.toPlainDate().equals(end.toPlainDate())
}

/** Formats a number of days from today: "in 3 days", "tomorrow", "today". Pure. */
export function inDays(days: number): string {
  return DAYS_AWAY.format(days, 'day')
}

export const WEEKDAYS = Array.from({ length: 7 }, (_, day) =>
  // 1 January 2024 is a Monday.
  WEEKDAY_NAME.format(new Temporal.PlainDate(2024, 1, 1 + day)),
)

export const MONTHS = Array.from({ length: 12 }, (_, month) =>
  MONTH_NAME.format(new Temporal.PlainDate(2024, 1 + month, 1)),
)

/** Formats a duration in seconds as a short, rounded text. Pure. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'a while'
  if (seconds < 1) return 'under a second'
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
