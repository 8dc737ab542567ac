import { knownZone } from '../clock.ts'
import type { CalendarEvent } from '../content/edition.ts'
import type { FirstSeen } from './first-seen.ts'

/** The day of a reminder: a number of days before the event begins, its first day, or its last. */
export type ReminderLead = number | 'start' | 'end'

/** The settings of reminders, from the configuration. */
export interface ReminderSettings {
  readonly moments: readonly ReminderLead[]
  /** Local time, in each zone. */
  readonly time: Temporal.PlainTime
}

/** One reminder in one zone. */
export interface Reminder {
  /** Unique per event, dates, moment and zone, so that changed dates make a new reminder. */
  readonly key: string
  /** The prefix of `key` that is the same in every zone. */
  readonly momentKey: string
  readonly at: Temporal.Instant
  readonly event: CalendarEvent
  readonly moment: ReminderLead
  /** IANA zone. */
  readonly zone: string
}

/**
 * Lists the reminders of a zone after `after` and until `until`, inclusive, the oldest first. Only scheduled events
 * have reminders, and only if their dates were known before the reminder. A local time that does not exist, or exists
 * twice, is resolved as Temporal's `compatible` does. Pure.
 */
export function dueReminders(
  zone: string,
  events: readonly CalendarEvent[],
  firstSeen: FirstSeen,
  { moments, time }: ReminderSettings,
  after: Temporal.Instant,
  until: Temporal.Instant,
): Reminder[] {
  // The key keeps the name of the zone, although this runtime may not know it.
  const timeZone = knownZone(zone)
  const last = until.toZonedDateTimeISO(timeZone).toPlainDate()
  const found: Reminder[] = []
  let date = after.toZonedDateTimeISO(timeZone).toPlainDate()
  for (; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    const at = date.toZonedDateTime({ timeZone, plainTime: time }).toInstant()
    const isWithin =
      Temporal.Instant.compare(at, after) > 0 && Temporal.Instant.compare(at, until) <= 0
    if (!isWithin) continue
    const day = date
    const starts = moments.map(moment =>
      typeof moment === 'number' ? day.add({ days: moment }).toString() : undefined,
    )
    for (const event of events) {
      const moment = moments.find((each, index) =>
        isOn(event, each, day.toString(), starts[index], moments),
      )
      const since = firstSeen[event.id]?.since
      if (moment === undefined || since === undefined) continue
      if (Temporal.Instant.compare(since, at) >= 0) continue
      const momentKey = keyOf(event, moment)
      found.push({ key: `${momentKey}${zone}`, momentKey, at, event, moment, zone })
    }
  }
  return found
}

/** Whether a moment falls on a date. `inDays` is the date that lies `moment` days ahead, if `moment` is a number. */
function isOn(
  { start, end, status }: CalendarEvent,
  moment: ReminderLead,
  date: string,
  inDays: string | undefined,
  moments: readonly ReminderLead[],
): boolean {
  if (status !== 'scheduled') return false
  // An event of one day has one reminder on that day.
  if (moment === 'end') return date === end && (start !== end || !moments.includes('start'))
  return start === (moment === 'start' ? date : inDays)
}

function keyOf({ id, start, end }: CalendarEvent, moment: ReminderLead): string {
  const name = typeof moment === 'number' ? `${moment}d` : moment
  return `reminder ${id} ${start} ${end} ${name} `
}
