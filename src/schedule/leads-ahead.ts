import type { CalendarEvent, Edition } from '../content/edition.ts'
import { DAYS_APART, isTimed } from '../content/occurrences.ts'
import { hoursOf, type ReminderLead } from '../reminder-leads.ts'
import { dueReminders, leadsOf, type ReminderSettings } from './due-reminders.ts'
import { firstSeenAt } from './first-seen.ts'

/** Any instant before the first reminder of an event. */
const LONG_AGO = Temporal.Instant.fromEpochMilliseconds(0)

/** Returns the leads of the reminders of an event that are still ahead; of an event that repeats, all of them. Pure. */
export function leadsAhead(
  event: CalendarEvent,
  { reminders }: Pick<Edition, 'reminders'>,
  settings: ReminderSettings,
  now: Temporal.Instant,
  zone: string,
): ReminderLead[] {
  if (event.repeat !== undefined) {
    const leads = leadsOf(event, reminders ?? settings.moments)
    return leads.filter(lead => hoursOf(lead) === undefined || isTimed(event))
  }
  const until = Temporal.PlainDateTime.from(event.end)
    .add(DAYS_APART)
    .toZonedDateTime(zone)
    .toInstant()
  if (Temporal.Instant.compare(until, now) <= 0) return []
  const known = firstSeenAt({}, [event], LONG_AGO)
  const edition = { events: [event], reminders }
  return dueReminders(zone, edition, known, settings, now, until).map(({ lead }) => lead)
}
