import { knownZone } from '../clock.ts'
import type { CalendarEvent, Edition } from '../content/edition.ts'
import { createSpanCheck, type Occurrence, occurrencesWithin } from '../content/occurrences.ts'
import { periodDays } from '../content/repeat.ts'
import { hoursOf, type ReminderLead } from '../reminder-leads.ts'
import type { FirstSeen } from './first-seen.ts'

/** The settings of reminders, from the configuration. */
export interface ReminderSettings {
  /** The leads of events that have none of their own, in editions that have none. */
  readonly moments: readonly ReminderLead[]
  /** Local time of reminders that name a day, in each zone. */
  readonly time: Temporal.PlainTime
}

/** One reminder in one zone. */
export interface Reminder {
  /** Unique per occurrence, dates, lead and zone, so that changed dates make a new reminder. */
  readonly key: string
  /** The prefix of `key` that is the same in every zone. */
  readonly momentKey: string
  readonly at: Temporal.Instant
  /** The occurrence in `zone`. */
  readonly event: Occurrence
  readonly lead: ReminderLead
  /** IANA zone. */
  readonly zone: string
  /** Whether only chats that follow this event get it: see `limitReminders`. */
  readonly forFollowers?: true
}

/**
 * Lists the reminders of a zone after `after` and until `until`, inclusive, the oldest first. Only scheduled events
 * have reminders, and only if their dates were known before the reminder. A local time that does not exist, or exists
 * twice, is resolved as Temporal's `compatible` does. Pure.
 */
export function dueReminders(
  zone: string,
  { events, reminders }: Pick<Edition, 'events' | 'reminders'>,
  firstSeen: FirstSeen,
  { moments, time }: ReminderSettings,
  after: Temporal.Instant,
  until: Temporal.Instant,
): Reminder[] {
  // The key keeps the name of the zone, although this runtime may not know it.
  const timeZone = knownZone(zone)
  const from = after.toZonedDateTimeISO(timeZone)
  const to = until.toZonedDateTimeISO(timeZone)
  const nearUntil = createNear(from, to)
  const found: Reminder[] = []
  for (const event of events) {
    const since = firstSeen[event.id]?.since
    const leads = leadsOf(event, reminders ?? moments)
    if (event.status !== 'scheduled' || since === undefined) continue
    const last = nearUntil(event, leads)
    if (!last) continue
    const isDue = (at: Temporal.Instant) =>
      Temporal.Instant.compare(at, after) > 0 &&
      Temporal.Instant.compare(at, since) > 0 &&
      Temporal.Instant.compare(at, until) <= 0
    for (const each of occurrencesWithin(event, from, last)) {
      for (const lead of leads) {
        const at = instantOf(each, lead, leads, timeZone, time)
        if (!at || !isDue(at)) continue
        const momentKey = keyOf(each, lead)
        found.push({ key: `${momentKey}${zone}`, momentKey, at, event: each, lead, zone })
      }
    }
  }
  return found.sort((a, b) => Temporal.Instant.compare(a.at, b.at))
}

/**
 * Returns the leads of an event: its own, or else the usual ones. Those of a repeated event do not reach back over a
 * whole period, so that a weekly one has no reminder of the week after next. Pure.
 */
export function leadsOf(
  { reminders, repeat }: Pick<CalendarEvent, 'reminders' | 'repeat'>,
  usual: readonly ReminderLead[],
): readonly ReminderLead[] {
  if (reminders || repeat === undefined) return reminders ?? usual
  const most = periodDays(repeat)
  return usual.filter(lead => typeof lead !== 'number' || lead < most)
}

/**
 * Creates a function that returns the last moment at which an occurrence may begin that has reminders in a span;
 * undefined if the event is surely too far away.
 */
function createNear(from: Temporal.ZonedDateTime, to: Temporal.ZonedDateTime) {
  const spanOf = (days: number) => {
    const last = to.add({ days })
    return { last, mayOverlap: createSpanCheck(from, last) }
  }
  const spans = new Map<number, ReturnType<typeof spanOf>>()
  return (event: CalendarEvent, leads: readonly ReminderLead[]) => {
    const days = Math.max(0, ...leads.map(daysAhead)) + 1
    const span = spans.get(days) ?? spanOf(days)
    spans.set(days, span)
    return span.mayOverlap(event) ? span.last : undefined
  }
}

function daysAhead(lead: ReminderLead): number {
  return typeof lead === 'number' ? lead : Math.ceil((hoursOf(lead) ?? 0) / 24)
}

/** Returns the instant of a reminder; undefined if the occurrence has none of this lead. */
function instantOf(
  { start, end, at }: Occurrence,
  lead: ReminderLead,
  leads: readonly ReminderLead[],
  timeZone: string,
  plainTime: Temporal.PlainTime,
): Temporal.Instant | undefined {
  const on = (date: string, days = 0) =>
    Temporal.PlainDate.from(date)
      .subtract({ days })
      .toZonedDateTime({ timeZone, plainTime })
      .toInstant()
  if (typeof lead === 'number') return on(start, lead)
  const hours = hoursOf(lead)
  if (hours !== undefined) return at && Temporal.Instant.from(at.start).subtract({ hours })
  if (lead === 'start') return at ? Temporal.Instant.from(at.start) : on(start)
  // An event of one day has one reminder on that day.
  if (start === end && (at || leads.includes('start'))) return undefined
  const isOpen = !at || Temporal.Instant.compare(on(end), at.end) < 0
  return isOpen ? on(end) : undefined
}

function keyOf(event: Occurrence, lead: ReminderLead): string {
  const { start, end } = event.at ?? event
  const name = typeof lead === 'number' ? `${lead}d` : lead
  return `reminder ${event.id} ${start} ${end} ${name} `
}
