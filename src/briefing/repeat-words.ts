import { readRepeat } from '../content/repeat.ts'
import { texts } from '../texts.ts'

const words = texts.events.repeat

/** The codes of the days of a week (RFC 5545), Monday first. */
const CODES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

const WORKDAYS = CODES.slice(0, 5)

/** Returns a rule of repetition in words: "every 2 weeks on Monday, until 1 May 2027"; undefined if it is damaged. Pure. */
export function repeatInWords(repeat: string): string | undefined {
  const rule = readRepeat(repeat)
  if (!rule) return undefined
  const { BYDAY = [], BYMONTHDAY = [], BYMONTH = [], BYSETPOS = [] } = rule.parts
  const on = [...daysOf(BYDAY, BYSETPOS), ...BYMONTHDAY.map(words.dayOfMonth)]
  const { until, count } = rule
  const end = until
    ? words.until(
        Temporal.PlainDate.from({
          year: until.year,
          month: until.month,
          day: until.day,
        }).toString(),
      )
    : count
      ? words.times(count)
      : ''
  return words.every(rule.freq, rule.interval) + words.on(on) + words.in(BYMONTH) + end
}

/** Names the days of a rule: "Monday", "the first Monday", "the last working day". */
function daysOf(days: readonly string[], positions: readonly number[]): string[] {
  const isWorkdays = days.length === WORKDAYS.length && WORKDAYS.every(day => days.includes(day))
  const named = isWorkdays ? [words.workday(positions.length > 0)] : days.map(dayInWords)
  const [only, ...others] = named
  // Two days with a position would read as a position of each.
  if (positions.length > 0 && (others.length > 0 || only === undefined)) return []
  return positions.length > 0 ? positions.map(at => words.nth(at, only ?? '')) : named
}

function dayInWords(code: string): string {
  const day = words.weekday(CODES.indexOf(code.slice(-2)))
  const position = Number.parseInt(code, 10)
  return Number.isNaN(position) ? day : words.nth(position, day)
}
