import { isEmpty } from '../briefing/changes.ts'
import { type DigestOptions, digest, hasNews } from '../briefing/digest.ts'
import { withoutLeftOut } from '../briefing/left-out.ts'
import { reminder } from '../briefing/reminder.ts'
import { eventUpdate, sectionUpdate } from '../briefing/updates.ts'
import { knownZone } from '../clock.ts'
import { changedExceptions } from '../content/changed-exceptions.ts'
import type { Changes, EventChange } from '../content/diff.ts'
import type { Edition } from '../content/edition.ts'
import { localEdition, type Occurrence, occurrenceOn } from '../content/occurrences.ts'
import { eventTopic, muteTopic, type Rhythm, sectionTopic } from '../store/chats/chat.ts'
import type { Audience, NewBroadcast } from '../store/ledger/broadcast.ts'
import type { Reminder } from './due-reminders.ts'

/** A message that the schedule sends, without the platforms of its audience. */
export interface Post extends Omit<NewBroadcast, 'audience'> {
  readonly audience: Omit<Audience, 'platforms'>
}

/** Addresses a post to its audience on `platforms`. Pure. */
export function toBroadcast(post: Post, platforms: readonly string[]): NewBroadcast {
  return { ...post, audience: { ...post.audience, platforms } }
}

/** The grace of each kind of post: the age from which it is not sent any more, in hours. */
export const GRACE_HOURS = { digest: 6, reminder: 24, update: 7 * 24 } as const

/** Most changed events in an update. More at once may be a mistake, so a moderator has to decide. */
export const MOST_CHANGES = 5

/** A Monday from which days and weeks are counted, to number the digests. */
const FIRST_DAY = Temporal.PlainDate.from('1970-01-05')

/** Returns the post of a reminder, for the chats in its zone that follow all events or this one. Pure. */
export function reminderPost(
  edition: Edition,
  { key, momentKey, at, event, zone, forFollowers }: Reminder,
  publicUrl?: string,
): Post {
  const own = eventTopic(event.id)
  return {
    key,
    kind: 'events',
    subject: event.subject,
    audience: {
      ...(forFollowers ? { topic: own } : { topic: 'events', or: own }),
      ...{ without: muteTopic(event.id), zone },
      once: { subject: event.subject, key: momentKey },
    },
    message: withoutLeftOut(
      reminder(edition, event, at.toZonedDateTimeISO(knownZone(zone)).toPlainDate(), publicUrl),
      edition,
    ),
    expiresAt: expiryOf(at, event),
  }
}

/** Returns the end of a reminder's use: that of its grace, or of the event if it has times. */
function expiryOf(at: Temporal.Instant, event: Occurrence): Temporal.Instant {
  const grace = at.add({ hours: GRACE_HOURS.reminder })
  const end = event.at ? Temporal.Instant.from(event.at.end) : grace
  return Temporal.Instant.compare(end, grace) < 0 ? end : grace
}

/** A digest at one instant for chats with the same rhythm and edition. */
export interface DigestSlot {
  readonly rhythm: Rhythm
  readonly at: Temporal.Instant
  readonly edition: Edition
  /** Changes since the edition that the chats have last seen. */
  readonly changes: Changes
  /** IDs of the editions, which distinguish digests at the same instant. `since` is absent if a chat has seen none. */
  readonly between: { readonly since?: number; readonly until: number }
}

/** Returns the post of a digest, for all chats with the same rhythm and edition. Pure. */
export function digestPost(slot: DigestSlot): Post {
  const { rhythm, at, between } = slot
  return {
    key: digestKey(slot),
    kind: 'digest',
    slotAt: at,
    editionId: between.until,
    audience: { topic: 'digest', zone: rhythm.zone },
    message: withoutLeftOut(digest(digestOptions(slot)), slot.edition),
    expiresAt: at.add({ hours: GRACE_HOURS.digest }),
  }
}

/** Whether a digest has news for subscribers that skip digests without any. Pure. */
export function isWorthSending(slot: DigestSlot): boolean {
  return hasNews(digestOptions(slot))
}

/** Returns the idempotency key of a digest. Pure. */
export function digestKey({ rhythm, at, between }: DigestSlot): string {
  const { zone, cadence } = rhythm
  const { since = 'none', until } = between
  return `digest ${zone} ${cadence} ${at} ${since}-${until}`
}

function digestOptions({ rhythm, at, edition, changes }: DigestSlot): DigestOptions {
  const local = at.toZonedDateTimeISO(rhythm.zone)
  const today = local.toPlainDate()
  const { days } = today.since(FIRST_DAY, { largestUnit: 'days' })
  const turn = rhythm.cadence === 'daily' ? days : Math.floor(days / 7)
  const events = changes.events.filter(change => !isPast(change, today))
  return { edition: localEdition(edition, local), changes: { ...changes, events }, today, turn }
}

/**
 * Returns the posts of an update. Subscribers to events get the announced changes of events, and followers of one event
 * its change. Chats with instant digests get the other changes. Subscribers to a section get its changes, unless they
 * have instant digests. Pure.
 */
export function updatePosts(
  edition: Edition,
  { sections, events }: Changes,
  id: number,
  now: Temporal.Instant,
  timeZone: string,
): Post[] {
  const today = now.toZonedDateTimeISO(timeZone).toPlainDate()
  const common = { kind: 'digest' as const, expiresAt: now.add({ hours: GRACE_HOURS.update }) }
  const open = events.filter(change => !isPast(change, today))
  const announced = open.filter(change => isAnnounced(change, today))
  const others = open.filter(change => !announced.includes(change))
  const instant = { topic: 'digest', cadence: 'instant' } as const
  const eventPost = (name: string, changes: EventChange[], audience: Post['audience']): Post => ({
    ...common,
    key: `news ${id} ${name}`,
    kind: 'events',
    audience,
    message: withoutLeftOut(eventUpdate(edition, changes, today), edition),
  })
  const [first, ...more] = announced
  /**
   * Returns the post for chats with instant digests, with or without a subscription to events; none if nothing
   * changed.
   */
  const instantPost = (name: string, changes: Changes, audience: Post['audience']): Post[] => {
    if (isEmpty(changes)) return []
    const message = withoutLeftOut(sectionUpdate(edition, changes, today), edition)
    return [{ ...common, key: `news ${id} ${name}`, editionId: id, audience, message }]
  }
  return [
    ...(first
      ? [
          eventPost('events', announced, {
            topic: 'events',
            // Several changes are one message, so a chat that muted one of them gets all.
            ...(more.length === 0 && { without: muteTopic(idOf(first)) }),
          }),
        ]
      : []),
    ...announced.map(change =>
      eventPost(`event ${idOf(change)}`, [change], {
        topic: eventTopic(idOf(change)),
        except: [{ topic: 'events' }, instant],
      }),
    ),
    ...instantPost(
      'everything',
      { sections, events: open },
      { ...instant, except: [{ topic: 'events', cadence: 'instant' }] },
    ),
    ...instantPost('rest', { sections, events: others }, { ...instant, also: 'events' }),
    ...sections.map(section => ({
      ...common,
      key: `news ${id} section ${section.command}`,
      audience: { topic: sectionTopic(section.command), except: [instant] },
      message: withoutLeftOut(
        sectionUpdate(edition, { sections: [section], events: [] }, today),
        edition,
      ),
    })),
  ]
}

function idOf(change: EventChange): string {
  return (change.after ?? change.before).id
}

/** Whether the former and the new dates both lie in the past, so that the change needs no post. Pure. */
function isPast({ before, after }: EventChange, today: Temporal.PlainDate): boolean {
  return [before, after].every(
    each => !each || (each.status !== 'postponed' && occurrenceOn(each, today).isOver),
  )
}

/**
 * Whether an update announces a change: a current or future event was added, moved, postponed, cancelled or revived, or
 * a repeated one no longer takes place on a day to come, or does so again.
 * A removed event is not announced, because it may still take place. Pure.
 */
export function isAnnounced(change: EventChange, today: Temporal.PlainDate): boolean {
  if (change.kind === 'removed') return false
  if (change.kind === 'changed') {
    const { removed, restored } = changedExceptions(change)
    return (
      change.after.status === 'scheduled' &&
      [...removed, ...restored].some(each => each >= today.toString())
    )
  }
  const { kind, before, after } = change
  if (kind === 'added' && after.status === 'cancelled') return false
  // The former dates count for a postponed or cancelled event.
  const dates = kind === 'postponed' || kind === 'cancelled' ? before : after
  return !occurrenceOn(dates, today).isOver
}
