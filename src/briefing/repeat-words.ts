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
  const end = count ? words.times(count) : ''
  return [
    words.every(rule.freq, rule.interval ?? 1),
    daysInWords(byDay, byMonthDay, bySetPos),
    words.in(byMonth.map(Number)),
    until ? words.until(until.toPlainDate().toString()) : end,
  ].join('')
}

/** Names the days of a rule: " on Monday", " on the 1st Monday", " on the 13th if it falls on Friday". */
function daysInWords(
  days: readonly string[],
  monthDays: readonly number[],
  positions: readonly number[],
): string {
  const [dates, weekdays] = [monthDays.map(words.dayOfMonth), days.map(dayInWords)]
  // Positions among days of the month have no short words.
  if (dates.length > 0) return positions.length > 0 ? '' : words.on(dates) + words.if(weekdays)
  const isWorkdays = days.length === WORKDAYS.length && WORKDAYS.every(day => days.includes(day))
  if (positions.length === 0) return words.on(isWorkdays ? [words.workday(false)] : weekdays)
  const chosen = isWorkdays ? words.workday(true) : words.either(weekdays)
  return words.on(positions.map(position => words.nth(position, chosen)))
}

function dayInWords(code: string): string {
  const day = words.weekday(CODES.indexOf(code.slice(-2)))
  const position = Number.parseInt(code, 10)
  return Number.isNaN(position) ? day : words.nth(position, day)
}
