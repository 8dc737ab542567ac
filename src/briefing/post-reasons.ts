import { hoursOf, type ReminderLead } from '../reminder-leads.ts'
import { texts } from '../texts.ts'

/** Returns a sentence with the reason for the time of a reminder. Pure. */
export function reminderReason(event: string, lead: ReminderLead): string {
  const { plan: words } = texts
  if (lead === 'start' || lead === 'end') return words[lead](event)
  return typeof lead === 'number'
    ? words.before(event, lead)
    : words.hours(event, hoursOf(lead) ?? 0)
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
