import { knownZone } from '../clock.ts'
import type { Reminder } from './due-reminders.ts'

/** Most reminders of calendars outside the content that subscribers to all events get on one day. */
const MOST_A_DAY = 20

/**
 * Marks the reminders of calendars outside the content beyond the first {@link MOST_A_DAY} of a day in a zone: only
 * chats that follow their event get them. A calendar with thousands of events would post a message for each. Pure.
 *
 * @param reminders of whole days as far as possible, since those before count.
 */
export function limitReminders(reminders: readonly Reminder[]): Reminder[] {
  const counts = new Map<string, number>()
  const sorted = reminders.toSorted((one, other) => Temporal.Instant.compare(one.at, other.at))
  return sorted.map(reminder => {
    const { event, at, zone } = reminder
    if (event.feed === undefined) return reminder
    const day = `${at.toZonedDateTimeISO(knownZone(zone)).toPlainDate()} ${zone}`
    const count = (counts.get(day) ?? 0) + 1
    counts.set(day, count)
    return count > MOST_A_DAY ? { ...reminder, forFollowers: true as const } : reminder
  })
}
