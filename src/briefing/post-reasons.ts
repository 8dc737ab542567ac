import { texts } from '../texts.ts'

/**
 * Returns a sentence with the reason for the time of a reminder. `moment` is the number of days before the event
 * begins, or its first or last day. Pure.
 */
export function reminderReason(event: string, moment: number | 'start' | 'end'): string {
  const { plan: words } = texts
  if (typeof moment === 'number') return words.before(event, moment)
  return words[moment](event)
}

/** Returns a sentence with the reason for the time of a digest. Pure. */
export function digestReason(rhythm: {
  readonly cadence: 'daily' | 'weekly'
  readonly hour: number
  readonly weekday: number
}): string {
  const { plan: words, settings } = texts
  const { cadence, hour, weekday } = rhythm
  const time = `${String(hour).padStart(2, '0')}:00`
  return cadence === 'daily'
    ? words.daily(time)
    : words.weekly(settings.weekdays[weekday - 1] ?? '', time)
}
