import type { CalendarEvent } from '../content/edition.ts'
import { ruleOf } from '../content/repeat.ts'
import { texts } from '../texts.ts'

const words = texts.events.repeat

/** The codes of the days of a week (RFC 5545), Monday first. */
const CODES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

const WORKDAYS = CODES.slice(0, 5)

/** Returns how often an event repeats: "every 2 weeks on Monday, until 1 May 2027"; undefined if it does not. Pure. */
export function repeatInWords(event: CalendarEvent): string | undefined {
  const rule = ruleOf(event)?.options()
  if (!rule) return undefined
  const { byDay = [], byMonthDay = [], byMonth = [], bySetPos = [], until, count } = rule
  const days = [...daysOf(byDay, bySetPos), ...byMonthDay.map(words.dayOfMonth)]
  const end = count ? words.times(count) : ''
  return [
    words.every(rule.freq, rule.interval ?? 1),
    words.on(days),
    words.in(byMonth.map(Number)),
    until ? words.until(until.toPlainDate().toString()) : end,
  ].join('')
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
