import { RRuleTemporal } from 'rrule-temporal'
import { knownZone } from '../clock.ts'
import type { CalendarEvent } from './edition.ts'

/** Most characters of a rule. */
const LENGTH = 200

const list = (value: string) => `${value}(?:,${value}){0,30}`

/** The parts of a rule (RFC 5545, 3.3.10) by which days are chosen. No event of a briefing repeats within a day. */
const PARTS = [
  'FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)',
  'INTERVAL=[1-9]\\d{0,2}',
  'COUNT=[1-9]\\d{0,2}',
  'UNTIL=\\d{8}(?:T\\d{6}Z?)?',
  'WKST=(?:MO|TU|WE|TH|FR|SA|SU)',
  `BYDAY=${list('[+-]?[1-5]?(?:MO|TU|WE|TH|FR|SA|SU)')}`,
  `BYMONTHDAY=${list('[+-]?(?:[1-9]|[12]\\d|3[01])')}`,
  `BYMONTH=${list('(?:[1-9]|1[0-2])')}`,
  `BYSETPOS=${list('[+-]?(?:[1-9]|[12]\\d|3[01])')}`,
]
const RULE = new RegExp(
  `^(?=.*FREQ=)(?!.*\\b([A-Z]+)=.*\\b\\1=)(?:(?:${PARTS.join('|')})(?:;(?!$)|$))+$`,
)

/** Most periods that a search for an occurrence looks through. A rule that no day fulfils would go on for ever. */
const MOST_PERIODS = 5000

type Repeated = Pick<CalendarEvent, 'start' | 'repeat' | 'zone' | 'except'>

/** Whether a text is a rule of RFC 5545 that Sitrep supports, such as `FREQ=MONTHLY;BYDAY=1MO`. Pure. */
export function isRepeat(text: string): boolean {
  return text.length <= LENGTH && RULE.test(text)
}

/** Days of the periods of rules. */
const PERIODS: Readonly<Record<string, number>> = { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 }

/** Longest event that may repeat, in days. */
const LONGEST_DAYS = 100

/**
 * Whether an event is too long for its rule: longer than the period or than {@link LONGEST_DAYS}. Thousands of its
 * occurrences could take place at once. Pure.
 */
export function isTooLong({ start, end, repeat = '' }: CalendarEvent): boolean {
  const length = Temporal.PlainDateTime.from(start).until(end).total('days')
  const days = start.includes('T') ? length : length + 1
  return days > Math.min(LONGEST_DAYS, periodDays(repeat))
}

/** Returns the days of one period of a rule, such as 14 of every second week; at most, if months and years differ. Pure. */
export function periodDays(repeat: string): number {
  const [period = 0, interval = 1] = [/FREQ=(\w+)/, /INTERVAL=(\d+)/].map(part => {
    const value = part.exec(repeat)?.[1]
    return value === undefined ? undefined : (PERIODS[value] ?? Number(value))
  })
  return period * interval
}

/** Whether a day fulfils the rule of an event after its start, or the rule has an end. Pure. */
export function isFulfilled(event: Repeated): boolean {
  const rule = ruleOf(event)
  try {
    const next = rule?.next(Temporal.PlainDateTime.from(event.start).toZonedDateTime('UTC'))
    return next !== undefined || /UNTIL|COUNT/.test(event.repeat ?? '')
  } catch {
    return false
  }
}

/**
 * Reads the rule of an event, with its exceptions; undefined if it has none, or a damaged one. The first occurrence is
 * `start`, even if the rule does not name its day. The times of the rule are those of the event’s own clock, as if in
 * UTC. Pure.
 */
export function ruleOf(event: Repeated): RRuleTemporal | undefined {
  return readRule(event, true)
}

/** Whether the rule of an event names the day of its start. Pure. */
export function isStartRuled({ start, repeat }: Repeated): boolean {
  const at = Temporal.PlainDateTime.from(start).toZonedDateTime('UTC')
  const first = readRule({ start, repeat }, false)?.next(at, true)
  return first?.epochMilliseconds === at.epochMilliseconds
}

/** Returns the exceptions of an event on which its rule names no start. Pure. */
export function strayExceptions(event: Repeated): string[] {
  const days = [...(event.except ?? [])].sort()
  const rule = ruleOf({ ...event, except: [] })
  const [first, last] = [days.at(0), days.at(-1)].map(
    day => day && Temporal.PlainDate.from(day).toZonedDateTime('UTC'),
  )
  if (!rule || !first || !last) return []
  try {
    const starts = rule.between(first, last.add({ days: 1 }), true)
    const ruled = new Set(starts.map(start => start.toPlainDate().toString()))
    return days.filter(day => !ruled.has(day))
  } catch {
    return []
  }
}

/** Returns the last local start of a rule with a count; undefined if it lies too far away. Pure. */
function lastStart({ start, repeat, zone }: Repeated): Temporal.PlainDateTime | undefined {
  try {
    return ruleOf({ start, repeat, zone })?.all().at(-1)?.toPlainDateTime()
  } catch {
    return undefined
  }
}

/**
 * Returns the rule of an event with the last start in place of a number of occurrences, because each search would count
 * from the first; undefined if it has no rule, or lasts too long. Pure.
 */
export function uncounted(event: Repeated): string | undefined {
  if (!event.repeat?.includes('COUNT=')) return event.repeat
  const last = lastStart(event)?.toString({ smallestUnit: 'second' })
  const until = event.start.includes('T') ? last : last?.slice(0, 'YYYY-MM-DD'.length)
  return until && event.repeat.replace(/COUNT=\d+/, `UNTIL=${until.replace(/[-:]/g, '')}`)
}

function readRule(
  { start, repeat, zone, except = [] }: Repeated,
  includeDtstart: boolean,
): RRuleTemporal | undefined {
  if (repeat === undefined || !isRepeat(repeat)) return undefined
  const first = Temporal.PlainDateTime.from(start)
  const at = (date: string) => Temporal.PlainDate.from(date).toPlainDateTime(first)
  const until = /UNTIL=([^;]+)/.exec(repeat)?.[1]
  try {
    return new RRuleTemporal({
      rruleString: repeat.replace(/;?UNTIL=[^;]+/, '').replace(/^;/, ''),
      dtstart: first.toZonedDateTime('UTC'),
      ...(until && { until: localUntil(until, zone).toZonedDateTime('UTC') }),
      exDate: except.map(date => at(date).toZonedDateTime('UTC')),
      includeDtstart,
      maxIterations: MOST_PERIODS,
      cache: false,
    })
  } catch {
    return undefined
  }
}

/** Returns the end of a rule by the clock of the event. A day includes all its times. Pure. */
export function localUntil(until: string, zone = 'UTC'): Temporal.PlainDateTime {
  const local = Temporal.PlainDateTime.from(until.replace('Z', ''))
  if (!until.includes('T')) return local.with({ hour: 23, minute: 59, second: 59 })
  if (!until.endsWith('Z')) return local
  return local.toZonedDateTime('UTC').withTimeZone(knownZone(zone)).toPlainDateTime()
}
