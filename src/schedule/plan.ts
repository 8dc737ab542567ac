import { titleOf } from '../briefing/announced.ts'
import { localDay } from '../briefing/local.ts'
import { digestReason, reminderReason } from '../briefing/reasons.ts'
import type { Edition } from '../content/edition.ts'
import type { Message } from '../message.ts'
import { nextDigest, type Rhythm } from './due.ts'
import { digestPost, type Post, reminderPost } from './posts.ts'
import { knownAt, type ReminderSettings, remindersIn } from './reminders.ts'

/** What would be posted, when and why. */
export interface PlannedPost {
  readonly at: Temporal.Instant
  /** The same by the clock of the chat, in words. */
  readonly local: string
  readonly kind: Post['kind']
  readonly key: string
  readonly topic: string
  readonly title: string
  readonly why: string
  readonly message: Message
}

export interface PlanOptions {
  readonly edition: Edition
  /** Of a chat that follows everything. */
  readonly rhythm: Rhythm
  readonly reminders: ReminderSettings
  /** Both days included, in the rhythm's zone. */
  readonly from: Temporal.PlainDate
  readonly to: Temporal.PlainDate
}

/** The longest span that is planned, in days: ten years. */
export const LONGEST_DAYS = 3653

const NOTHING = { sections: [], exercises: [] } as const

/** The time machine: every post of a span, the first one first, of content that is known before it. Pure. */
export function plan({ edition, rhythm, reminders, from, to }: PlanOptions): PlannedPost[] {
  const { zone } = rhythm
  // An instant earlier, so that what is due at the very begin is part of it, and at the end is not.
  const before = from.toZonedDateTime(zone).toInstant().subtract({ nanoseconds: 1 })
  const last = to.add({ days: 1 }).toZonedDateTime(zone).toInstant().subtract({ nanoseconds: 1 })
  const known = knownAt({}, edition.exercises, before)
  const posts = remindersIn(zone, edition.exercises, known, reminders, before, last).map(each =>
    planned(
      reminderPost(edition, each),
      each.at,
      zone,
      reminderReason(each.exercise.name, each.moment),
    ),
  )
  let at = nextDigest(rhythm, before)
  for (; Temporal.Instant.compare(at, last) <= 0; at = nextDigest(rhythm, at)) {
    const post = digestPost({ rhythm, at, edition, changes: NOTHING, between: { until: 0 } })
    posts.push(planned(post, at, zone, digestReason(rhythm)))
  }
  return posts.sort((a, b) => Temporal.Instant.compare(a.at, b.at))
}

function planned(
  { kind, key, audience, message }: Post,
  at: Temporal.Instant,
  zone: string,
  why: string,
): PlannedPost {
  const local = localDay(at, zone)
  return { at, local, kind, key, topic: audience.topic, title: titleOf(message), why, message }
}
