import type { CalendarEvent } from '../content/edition.ts'
import { isFulfilled, isRepeat, isTooLong, uncounted } from '../content/repeat.ts'

/**
 * Most repeated events of a calendar, and most exceptions of all of them. The bot finds the next occurrence of each
 * between two answers, which takes about 0.4 ms, and 0.02 ms for each exception. Each minute it looks for their reminders
 * in each zone, which takes about 1 ms for a daily event.
 */
const MOST = { series: 300, exceptions: 5000 } as const

/** The repetitions that one calendar may still have. */
export interface SeriesBudget {
  series: number
  exceptions: number
}

export function createBudget(): SeriesBudget {
  return { ...MOST }
}

/**
 * Returns the rule of a repeated event in the form that the bot calculates with; undefined if it is not supported, no
 * day fulfils it, or the calendar has too many. A number of occurrences becomes the last day, because each search would
 * count from the start.
 */
export function supportedRule(event: CalendarEvent, budget: SeriesBudget): string | undefined {
  const { repeat = '', except = [] } = event
  if (
    !isRepeat(repeat) ||
    isTooLong(event) ||
    budget.series === 0 ||
    budget.exceptions < except.length
  ) {
    return undefined
  }
  budget.series--
  budget.exceptions -= except.length
  if (!isFulfilled(event)) return undefined
  return uncounted(event)
}
