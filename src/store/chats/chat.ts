import type { TableStyle } from '../../message.ts'
import type { ChatRef, UnreachableReason } from '../../platform.ts'
import type { Missed, UnreachableState } from './reachability-columns.ts'

export const CADENCES = ['instant', 'daily', 'weekly'] as const
export type Cadence = (typeof CADENCES)[number]
/** The cadence of digests. */
export type DigestCadence = Exclude<Cadence, 'instant'>

/** The choices of a chat about sound, besides the usual one. */
export const SOUNDS = ['silent', 'loud'] as const
export type Sound = (typeof SOUNDS)[number]

/** The schedule of a chat's digests. */
export interface Rhythm {
  /** IANA zone. */
  readonly zone: string
  readonly cadence: DigestCadence
  /** 0–23, local. */
  readonly hour: number
  /** 1 (Monday) to 7, ISO 8601. */
  readonly weekday: number
  /** Local hours between which the bot posts nothing. */
  readonly quiet?: { readonly from: number; readonly to: number }
}

/** The local dates of a chat's newest digests, in the zone that the chat had at the time; ISO 8601. */
export interface DigestDates {
  /** The newest day. */
  readonly day: string
  /** Monday of the newest week whose weekly digest the chat got. */
  readonly week?: string
}

/** Returns the topic of a section's changes. Pure. */
export const sectionTopic = (command: string) => `section:${command}`

/** Returns the topic of the reminders and updates of one event. Pure. */
export const eventTopic = (event: string) => `event ${event}`

/** Returns the topic that marks chats which want no posts about one event. Pure. */
export const muteTopic = (event: string) => `mute ${event}`

/** The settings of a chat, the dates of its digests, and its reachability. */
export interface Subscription extends Omit<Rhythm, 'cadence'> {
  readonly cadence: Cadence
  readonly state: 'active' | 'paused' | 'stopped'
  /** The end of a pause; absent if the pause has no end. */
  readonly pausedUntil?: Temporal.Instant
  /** Why the chat is unreachable; absent if it is reachable. */
  readonly gone?: UnreachableReason
  /** Since when the chat is unreachable, and its next try. An unreachable chat without it counts as left. */
  readonly unreached?: UnreachableState
  /** The last period in which the chat was unreachable. */
  readonly missed?: Missed
  /** `digest`, `events`, `announcements`, `section:` and a command; sorted. */
  readonly topics: readonly string[]
  /** The ids of single events that the chat follows; absent if there are none. */
  readonly followed?: readonly string[]
  /** The ids of events that the chat muted; absent if there are none. No event is both followed and muted. */
  readonly muted?: readonly string[]
  readonly tableStyle: TableStyle
  /** Whether the chat wants no digest without news. */
  readonly onlyNew: boolean
  /** Whether all posts arrive silently or all ring; absent if that depends on the kind of the post: see `isSilent`. */
  readonly sound?: Sound
  readonly nextDigestAt?: Temporal.Instant
  /** The instant of its last digest, sent or not. A change of settings keeps the instant. */
  readonly digestedAt?: Temporal.Instant
  /** The dates of its newest digests. A change of settings keeps them. */
  readonly digested?: DigestDates
}

export interface Chat {
  readonly id: number
  readonly place: ChatRef
  readonly subscription: Subscription
}

/** Returns the dates to record for a digest on a local date: its day, and its week if it is weekly. Pure. */
export function digestDatesOn(date: Temporal.PlainDate, cadence: string): DigestDates {
  const day = date.toString()
  return cadence === 'weekly' ? { day, week: mondayOf(date) } : { day }
}

/** Returns the Monday of a date's ISO 8601 week. Pure. */
export function mondayOf(date: Temporal.PlainDate): string {
  return date.subtract({ days: date.dayOfWeek - 1 }).toString()
}
