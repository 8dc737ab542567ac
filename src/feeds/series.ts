import type { CalendarEvent } from '../content/edition.ts'
import { isRepeat, startsOf } from '../content/repeat.ts'

/**
 * Most steps to the next occurrence of one event, and of all events of a calendar. The bot repeats the steps between
 * two answers; 1,000 steps of days take about 10 ms.
 */
const MOST_STEPS = { event: 5000, calendar: 30_000 } as const

/** Most steps in all, with those of the events that take too many. */
const MOST_WORK = 200_000

/** The steps of days that a step of months or years takes as long as. */
const LONG_STEP = 10

/** Counts the work of repetitions of one calendar. */
export interface StepBudget {
  left: number
  work: number
}

export function createBudget(): StepBudget {
  return { left: MOST_STEPS.calendar, work: MOST_WORK }
}

/** The course of an event: the local starts around a day. */
export interface Course {
  /** The last start before the day, and the first one on it or later; undefined if there is none. */
  readonly last?: string | undefined
  readonly next?: string | undefined
}

/**
 * Returns the course of a repeated event around `today`, an ISO date; undefined if its rule is not supported, or takes
 * more steps than the budget has left.
 */
export function courseOf(
  { start, repeat = '', zone, except = [] }: CalendarEvent,
  today: string,
  budget: StepBudget,
): Course | undefined {
  if (!isRepeat(repeat)) return undefined
  const weight = /FREQ=(?:MONTHLY|YEARLY)/.test(repeat) ? LONG_STEP : 1
  const most = Math.floor(Math.min(MOST_STEPS.event, budget.left, budget.work) / weight)
  const left = new Set(except)
  const steps = { count: 0, most }
  let [last, next]: (string | undefined)[] = []
  for (const each of withFirst(start, startsOf(start, repeat, zone, steps))) {
    if (left.has(each.slice(0, today.length))) continue
    if (each >= today) next = each
    else last = each
    if (next) break
  }
  budget.work -= steps.count * weight
  if (steps.count > most) return undefined
  budget.left -= steps.count * weight
  return { last, next }
}

/** Yields the first start even if the rule leaves it out, as RFC 5545 has it. */
function* withFirst(start: string, starts: Iterable<string>): Generator<string> {
  yield start
  for (const each of starts) if (each > start) yield each
}
