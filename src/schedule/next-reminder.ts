import { yieldToEventLoop } from '../async/yield.ts'
import { isFollowed } from '../chats/event-choices.ts'
import { afterQuiet } from '../chats/quiet-hours.ts'
import { knownZone } from '../clock.ts'
import type { Edition } from '../content/edition.ts'
import type { Subscription } from '../store/chats/chat.ts'
import { dueReminders, type Reminder, type ReminderSettings } from './due-reminders.ts'
import type { FirstSeen } from './first-seen.ts'
import { limitReminders } from './reminder-limit.ts'

/** The published edition, with the times at which its events were first seen. */
interface Published {
  readonly edition: Edition
  readonly firstSeen: FirstSeen
}

/** A reminder with the time at which a chat gets it. */
interface NextReminder {
  readonly at: Temporal.Instant
  readonly name: string
}

/** Days ahead that are searched, the nearest first: a calendar with many events has one soon. */
const SPANS_DAYS = [2, 16, 400]

/** Events between two yields: a daily one takes a few milliseconds. */
const BATCH = 20

/**
 * Finds the next reminder that a chat gets after `from`, at the end of its quiet hours; undefined if there is none in
 * the next 400 days.
 */
export async function nextReminder(
  { edition, firstSeen }: Published,
  settings: ReminderSettings,
  subscription: Subscription,
  from: Temporal.Instant,
): Promise<NextReminder | undefined> {
  const { topics, followed = [], zone, quiet } = subscription
  // The limit of a day does not concern the followers of an event.
  const events = topics.includes('events')
    ? edition.events
    : edition.events.filter(({ id }) => followed.includes(id))
  const published = { edition: { ...edition, events }, firstSeen }
  const isWanted = ({ event, forFollowers }: Reminder) =>
    forFollowers ? followed.includes(event.id) : isFollowed(subscription, event.id)
  for (const days of SPANS_DAYS) {
    for (const reminder of await remindersWithin(published, settings, zone, from, days)) {
      const at = afterQuiet(reminder.at, knownZone(zone), quiet)
      const { event } = reminder
      const isOver = event.at && Temporal.Instant.compare(event.at.end, at) <= 0
      if (isWanted(reminder) && !isOver && Temporal.Instant.compare(at, from) > 0) {
        return { at, name: event.name }
      }
    }
  }
  return undefined
}

/** Lists the reminders of a zone from the start of the day, because those of the whole day count for their limit. */
async function remindersWithin(
  { edition, firstSeen }: Published,
  settings: ReminderSettings,
  zone: string,
  from: Temporal.Instant,
  days: number,
): Promise<readonly Reminder[]> {
  const start = from.toZonedDateTimeISO(knownZone(zone)).startOfDay()
  const after = start.toInstant().subtract({ milliseconds: 1 })
  const until = start.add({ days }).toInstant()
  const found: Reminder[] = []
  for (let first = 0; first < edition.events.length; first += BATCH) {
    const some = { ...edition, events: edition.events.slice(first, first + BATCH) }
    found.push(...dueReminders(zone, some, firstSeen, settings, after, until))
    await yieldToEventLoop()
  }
  return limitReminders(found).filter(({ at }) => Temporal.Instant.compare(at, from) > 0)
}
