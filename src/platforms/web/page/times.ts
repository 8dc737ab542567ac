import { h, type JSX } from 'preact'

const DATE = { day: '2-digit', month: '2-digit', year: 'numeric' } as const
const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const

/** Formats a full date and time, as the platforms show them: "Monday, 23 November 2026, 09:00". */
function inWords(date: Date, zone: string | undefined): string {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }).format(date)
  const day = format({ day: 'numeric', month: 'long', year: 'numeric' })
  return `${format({ weekday: 'long' })}, ${day}, ${clockTime(date.getTime(), zone)}`
}

/** Formats the time of day: "09:00". `at` is in milliseconds since the epoch. */
export function clockTime(at: number, zone: string | undefined): string {
  return new Intl.DateTimeFormat('en-GB', { ...CLOCK, timeZone: zone }).format(at)
}

/**
 * Formats when a message was sent, as Discord does: "09:00", "Yesterday at 09:00" or "30/11/2026, 09:00". `at` is in
 * milliseconds since the epoch.
 */
export function sentTime(at: number, zone: string | undefined): string {
  const day = shortDate(at, zone)
  const time = clockTime(at, zone)
  if (day === shortDate(Date.now(), zone)) return time
  // A day may have 23 or 25 hours, so 24 hours before now may be another day than yesterday for an hour.
  if (day === shortDate(Date.now() - 86_400_000, zone)) return `Yesterday at ${time}`
  return `${day}, ${time}`
}

function shortDate(at: number, zone: string | undefined): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'short', timeZone: zone }).format(at)
}

/** The formats of an instant that show a part of it, by Discord's letters. Other letters show all of it. */
const PARTS: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  t: CLOCK,
  T: { ...CLOCK, second: '2-digit' },
  d: DATE,
  D: { day: 'numeric', month: 'long', year: 'numeric' },
  s: { ...DATE, ...CLOCK },
  S: { ...DATE, ...CLOCK, second: '2-digit' },
}

export interface TimeProps {
  /** Seconds since the epoch. */
  readonly unix: number
  /** One of Discord's letters: `R` is the distance from now. */
  readonly style: string
  readonly zone: string | undefined
}

/** An instant in the format of its style. The title has the whole instant, or its distance from now. */
export function Time({ unix, style, zone }: TimeProps): JSX.Element {
  const date = new Date(unix * 1000)
  const words = inWords(date, zone)
  const away = distance((date.getTime() - Date.now()) / 1000)
  const part = PARTS[style]
  const short = part && new Intl.DateTimeFormat('en-GB', { ...part, timeZone: zone }).format(date)
  const shown = style === 'R' ? away : (short ?? words)
  return h('time', { dateTime: date.toISOString(), title: shown === words ? away : words }, shown)
}

const DISTANCES = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** The units of a distance, with their seconds: the largest that the distance has at least one of. */
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

function distance(seconds: number): string {
  const [unit, size] =
    UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? (['second', 1] as const)
  return DISTANCES.format(Math.round(seconds / size), unit)
}
