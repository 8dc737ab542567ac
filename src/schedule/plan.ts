import { byStart } from '../briefing/event-state.ts'
import { localDay } from '../briefing/local-time.ts'
import { titleOf } from '../briefing/post-message.ts'
import { digestReason, reminderReason } from '../briefing/post-reasons.ts'
import { nextDigest } from '../chats/digest-time.ts'
import { NOTHING_CHANGED } from '../content/diff.ts'
import type { Edition, EventNames } from '../content/edition.ts'
import { localEdition, type Occurrence, occurrencesWithin } from '../content/occurrences.ts'
import type { Message } from '../message.ts'
import type { Rhythm } from '../store/chats/chat.ts'
import { dueReminders, type ReminderSettings } from './due-reminders.ts'
import { firstSeenAt } from './first-seen.ts'
import { digestPost, type Post, reminderPost } from './posts.ts'

/** A post that the schedule would send, with its time and reason. */
interface PlannedPost {
  readonly at: Temporal.Instant
  /** The local time of the chat, in words. */
  readonly local: string
  readonly kind: Post['kind']
  readonly key: string
  readonly topic: string
  readonly title: string
  readonly why: string
  readonly message: Message
}

/** A range of days, both included. */
export interface Span {
  readonly from: Temporal.PlainDate
  readonly to: Temporal.PlainDate
}

/** The posts of a span. */
export interface Plan extends Span {
  /** IANA zone of the chat. */
  readonly zone: string
  readonly posts: readonly PlannedPost[]
  /** The form of `Edition.asOf`. */
  readonly asOf: string
  /** The occurrences within the span that are not cancelled. */
  readonly events: readonly Occurrence[]
  /** The days of all events and their reminders; absent if there are no events. */
  readonly allDays?: Span
  /** The words for events; absent if the edition has no file of events. */
  readonly eventNames?: EventNames | undefined
}

export interface PlanOptions {
  readonly edition: Edition
  /** The rhythm of a chat that subscribes to everything. */
  readonly rhythm: Rhythm
  readonly reminders: ReminderSettings
}

/** Length of the span if no last day is named, in days. Without any day it is longer if the next event is later. */
const AHEAD_DAYS = 30

/** Longest span of a plan, in days: ten years. */
const LONGEST_DAYS = 3653

/**
 * Reads the days that the user typed. Without any, the span starts today and includes the next event. Returns a
 * sentence for the user if the days are wrong. Pure.
 */
export function readSpan(
  from: string | undefined,
  to: string | undefined,
  today: Temporal.PlainDate,
  events: readonly Occurrence[],
): Span | string {
  if (from === undefined && to === undefined) return openingSpan(today, events)
  const first = from === undefined ? today : readDate(from)
  if (typeof first === 'string') return first
  const last = to === undefined ? first.add({ days: AHEAD_DAYS }) : readDate(to)
  if (typeof last === 'string') return last
  const days = first.until(last, { largestUnit: 'days' }).days + 1
  if (days < 1) {
    const begin = from === undefined ? `today, ${first}: name the first day as well` : first
    return `${last} is before ${begin}.`
  }
  if (days > LONGEST_DAYS) return `The span is too long (${days} days; the limit is ten years).`
  return { from: first, to: last }
}

function openingSpan(from: Temporal.PlainDate, events: readonly Occurrence[]): Span {
  const soon = from.add({ days: AHEAD_DAYS })
  const next = events
    .filter(({ isOver, status }) => status === 'scheduled' && !isOver)
    .map(({ end }) => end)
    .sort()[0]
  const last = next === undefined ? soon : Temporal.PlainDate.from(next)
  const isReached = from.until(last, { largestUnit: 'days' }).days < LONGEST_DAYS
  return { from, to: isReached && Temporal.PlainDate.compare(last, soon) > 0 ? last : soon }
}

/** The years that a plan accepts. */
const YEARS = { first: 1900, last: 2999 } as const

function readDate(typed: string): Temporal.PlainDate | string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(typed)) {
    return `“${typed}” isn’t a date. Use YYYY-MM-DD, such as 2023-05-01.`
  }
  try {
    const date = Temporal.PlainDate.from(typed)
    const isNear = date.year >= YEARS.first && date.year <= YEARS.last
    return isNear
      ? date
      : `${typed} is out of range. The year must be ${YEARS.first}–${YEARS.last}.`
  } catch {
    return `${typed} isn’t a valid date.`
  }
}

/** Lists every post of a span, the oldest first, as if the content had been known before the span. Pure. */
export function plan({ edition, rhythm, reminders }: PlanOptions, { from, to }: Span): Plan {
  const { zone } = rhythm
  // One nanosecond earlier, so that the span includes its first instant and not the one after its last.
  const before = from.toZonedDateTime(zone).toInstant().subtract({ nanoseconds: 1 })
  const last = to.add({ days: 1 }).toZonedDateTime(zone).toInstant().subtract({ nanoseconds: 1 })
  const firstSeen = firstSeenAt({}, edition.events, before)
  const posts = dueReminders(zone, edition, firstSeen, reminders, before, last).map(each =>
    toPlannedPost(
      reminderPost(edition, each),
      each.at,
      zone,
      reminderReason(each.event.name, each.lead),
    ),
  )
  let at = nextDigest(rhythm, before)
  for (; Temporal.Instant.compare(at, last) <= 0; at = nextDigest(rhythm, at)) {
    const post = digestPost({
      rhythm,
      at,
      edition,
      changes: NOTHING_CHANGED,
      between: { until: 0 },
    })
    posts.push(toPlannedPost(post, at, zone, digestReason(rhythm)))
  }
  posts.sort((a, b) => Temporal.Instant.compare(a.at, b.at))
  const [begin, end] = [from, to.add({ days: 1 })].map(day => day.toZonedDateTime(zone)) as [
    Temporal.ZonedDateTime,
    Temporal.ZonedDateTime,
  ]
  const allDays = spanOf(edition, begin, reminders)
  const events = byStart(
    edition.events
      .filter(({ status }) => status !== 'cancelled')
      .flatMap(event => occurrencesWithin(event, begin, end)),
  )
  const { asOf, eventNames } = edition
  return { from, to, zone, posts, asOf, events, eventNames, ...(allDays && { allDays }) }
}

/**
 * Returns the span from a day before the first reminder to the last day, with the next occurrence of each event;
 * undefined if there are no events.
 */
function spanOf(
  edition: Edition,
  from: Temporal.ZonedDateTime,
  { moments }: ReminderSettings,
): Span | undefined {
  const events = localEdition(edition, from).events
  const first = events.map(({ start }) => start).sort()[0]
  const last = events
    .map(({ end }) => end)
    .sort()
    .at(-1)
  if (!first || !last) return undefined
  const leads = [
    ...moments,
    ...(edition.reminders ?? []),
    ...events.flatMap(event => event.reminders ?? []),
  ]
  const days = Math.max(0, ...leads.filter(lead => typeof lead === 'number')) + 1
  return {
    from: Temporal.PlainDate.from(first).subtract({ days }),
    to: Temporal.PlainDate.from(last),
  }
}

function toPlannedPost(
  { kind, key, audience, message }: Post,
  at: Temporal.Instant,
  zone: string,
  why: string,
): PlannedPost {
  const local = localDay(at, zone)
  return { at, local, kind, key, topic: audience.topic, title: titleOf(message), why, message }
}
