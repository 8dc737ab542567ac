import { isEmpty } from '../briefing/changes.ts'
import { type DigestOptions, digest, hasNews } from '../briefing/digest.ts'
import { reminder } from '../briefing/reminder.ts'
import { exerciseUpdate, sectionUpdate } from '../briefing/updates.ts'
import { knownZone } from '../clock.ts'
import type { Changes, ExerciseChange } from '../content/diff.ts'
import type { Edition } from '../content/edition.ts'
import type { Message } from '../message.ts'
import { type Rhythm, sectionTopic } from '../store/chats/chat.ts'
import type { Audience, NewBroadcast } from '../store/ledger/broadcast.ts'
import type { Reminder } from './reminders.ts'

/** What is posted without being asked, before anybody has counted who gets it. */
export interface Post extends Omit<NewBroadcast, 'audience' | 'message'> {
  readonly audience: Omit<Audience, 'platforms'>
  readonly message: Message
}

/** To everybody on these platforms. Pure. */
export function toBroadcast(post: Post, platforms: readonly string[]): NewBroadcast {
  const { audience, message, ...rest } = post
  return { ...rest, audience: { ...audience, platforms }, message: JSON.stringify(message) }
}

/** How late each may come, in hours: older, it is of no use to anybody. */
export const GRACE_HOURS = { digest: 6, reminder: 24, news: 7 * 24 } as const

/** Exercises change one by one: more at once may be a mistake, and wait for a moderator. */
export const MOST_CHANGES = 5

/** A Monday: digests are counted from here, by day or by week. */
const FIRST_DAY = Temporal.PlainDate.from('1970-01-05')

/** What a reminder says, to everybody in its zone. Pure. */
export function reminderPost(
  edition: Edition,
  { key, momentKey, at, exercise, zone }: Reminder,
): Post {
  return {
    ...{ key, kind: 'exercises', subject: exercise.id },
    audience: { topic: 'exercises', zone, once: { subject: exercise.id, key: momentKey } },
    message: reminder(edition, exercise, at.toZonedDateTimeISO(knownZone(zone)).toPlainDate()),
    expiresAt: at.add({ hours: GRACE_HOURS.reminder }),
  }
}

export interface DigestSlot {
  readonly rhythm: Rhythm
  readonly at: Temporal.Instant
  readonly edition: Edition
  /** What has changed since the edition that its chats know. */
  readonly changes: Changes
  /** By which editions it is told from others of the same instant. */
  readonly between: { readonly since?: number; readonly until: number }
}

/** A digest for everybody who has the same rhythm and knows the same edition. Pure. */
export function digestPost(slot: DigestSlot): Post {
  const { rhythm, at, between } = slot
  return {
    ...{ key: digestKey(slot), kind: 'digest', slotAt: at, editionId: between.until },
    audience: { topic: 'digest', zone: rhythm.zone },
    message: digest(digestOptions(slot)),
    expiresAt: at.add({ hours: GRACE_HOURS.digest }),
  }
}

/** Whether a digest is worth sending to whoever wants only what is new. Pure. */
export function isWorthSending(slot: DigestSlot): boolean {
  return hasNews(digestOptions(slot))
}

export function digestKey({ rhythm, at, between }: DigestSlot): string {
  const { zone, cadence } = rhythm
  const { since = 'none', until } = between
  return `digest ${zone} ${cadence} ${at} ${since}-${until}`
}

function digestOptions({ rhythm, at, edition, changes }: DigestSlot): DigestOptions {
  const today = at.toZonedDateTimeISO(rhythm.zone).toPlainDate()
  const { days } = today.since(FIRST_DAY, { largestUnit: 'days' })
  const turn = rhythm.cadence === 'daily' ? days : Math.floor(days / 7)
  const exercises = changes.exercises.filter(change => !isPast(change, today))
  return { edition, changes: { ...changes, exercises }, today, turn }
}

/**
 * What is told of changes at once: of exercises to those who follow them; of everything else to those who
 * want digests as it happens; of one section to those who follow it and do not get that. Pure.
 */
export function newsPosts(
  edition: Edition,
  { sections, exercises }: Changes,
  id: number,
  now: Temporal.Instant,
  timeZone: string,
): Post[] {
  const today = now.toZonedDateTimeISO(timeZone).toPlainDate()
  const common = { kind: 'digest' as const, expiresAt: now.add({ hours: GRACE_HOURS.news }) }
  const open = exercises.filter(change => !isPast(change, today))
  const told = open.filter(change => isAnnounced(change, today))
  const others = open.filter(change => !told.includes(change))
  const instant = { topic: 'digest', cadence: 'instant' } as const
  /** To those who know of exercises otherwise, or do not. */
  const everything = (name: string, changes: Changes, audience: Post['audience']): Post[] => {
    if (isEmpty(changes)) return []
    const message = sectionUpdate(edition, changes, today)
    return [{ ...common, key: `news ${id} ${name}`, editionId: id, audience, message }]
  }
  return [
    ...(told.length > 0
      ? [
          {
            ...common,
            ...{ key: `news ${id} exercises`, kind: 'exercises' as const },
            audience: { topic: 'exercises' },
            message: exerciseUpdate(edition, told, today),
          },
        ]
      : []),
    ...everything(
      'everything',
      { sections, exercises: open },
      { ...instant, except: { topic: 'exercises', cadence: 'instant' } },
    ),
    ...everything('rest', { sections, exercises: others }, { ...instant, also: 'exercises' }),
    ...sections.map(section => ({
      ...{ ...common, key: `news ${id} section ${section.command}` },
      audience: { topic: sectionTopic(section.command), except: instant },
      message: sectionUpdate(edition, { sections: [section], exercises: [] }, today),
    })),
  ]
}

/** Whether it concerns days that are over, before and after: nobody has to know any more. Pure. */
function isPast({ before, after }: ExerciseChange, today: Temporal.PlainDate): boolean {
  return [before, after].every(
    each => !each || (each.status !== 'postponed' && each.end < today.toString()),
  )
}

/**
 * Whether an exercise's change is told at once: it is still to come, and was added, moved, postponed or
 * cancelled. That it is not named any more does not say that it is cancelled. Pure.
 */
export function isAnnounced(change: ExerciseChange, today: Temporal.PlainDate): boolean {
  if (change.kind === 'removed' || change.kind === 'changed') return false
  const { kind, before, after } = change
  if (kind === 'added' && after.status === 'cancelled') return false
  // What takes place no more was to take place at its former dates.
  const { end } = kind === 'postponed' || kind === 'cancelled' ? before : after
  return end >= today.toString()
}
