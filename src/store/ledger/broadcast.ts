import type { Message } from '../../message.ts'
import type { Cadence } from '../chats/chat.ts'

/** A broadcast with the message of its newest revision. */
export interface BroadcastWithMessage extends Broadcast {
  /** Undefined if it is damaged. */
  readonly message: Message | undefined
}

/** The kinds of broadcasts, with their priorities: a higher number is sent first. */
export const KINDS = { announcement: 30, events: 20, digest: 10 } as const
export type BroadcastKind = keyof typeof KINDS

/** The chats that follow the topic, limited by the other conditions. */
export interface Audience {
  readonly topic: string
  /** The chats that follow this topic belong to it as well. */
  readonly or?: string
  /** No chat that has this topic, even if it got the topic after the broadcast was enqueued. */
  readonly without?: string
  /** The platforms that this process serves; at least one. */
  readonly platforms: readonly string[]
  /** Only this group or server, and the chats within it. */
  readonly within?: string
  /** Only chats in this IANA zone. */
  readonly zone?: string
  /** Only chats with this cadence. */
  readonly cadence?: Cadence
  /** Only chats that follow this topic too. */
  readonly also?: string
  /** No chat that got, or is about to get, a broadcast about `subject` whose key begins with `key`. */
  readonly once?: { readonly subject: string; readonly key: string }
  /** No chat that matches one of these: it gets the same message another way. */
  readonly except?: readonly Exception[]
}

/** The chats that follow a topic and, if it is named, have a cadence. */
interface Exception {
  readonly topic: string
  readonly cadence?: Cadence
}

/** A broadcast to be created. */
export interface NewBroadcast {
  /** Idempotency key: creating it again returns the existing row. */
  readonly key: string
  readonly kind: BroadcastKind
  readonly audience: Audience
  readonly message: Message
  /** Whether it is sent during quiet hours too; false if absent. */
  readonly urgent?: boolean
  /** Whether a message that may have arrived is sent again; true if absent. */
  readonly repeats?: boolean
  /** Whether Discord's announcement channels publish it to the channels that follow them; false if absent. */
  readonly publish?: boolean
  /** The start of enqueueing: chats that unsubscribe before it get nothing. */
  readonly startsAt?: Temporal.Instant
  /** The instant from which it is not sent any more. */
  readonly expiresAt?: Temporal.Instant
  /** The author: `telegram:42`. */
  readonly by?: string
  /** The id of the event that it is about, so that an update can correct it. */
  readonly subject?: string
  /** The edition that a chat has seen once it got this. */
  readonly editionId?: number
  /** When a digest was due. Such a broadcast is enqueued by chat: see `FanOut`. */
  readonly slotAt?: Temporal.Instant
}

/** A broadcast without its message. */
export interface Broadcast {
  readonly id: number
  readonly createdAt: Temporal.Instant
  readonly kind: BroadcastKind
  readonly audience: Audience
  readonly state: 'active' | 'paused' | 'cancelled'
  /** 1, and one more with each correction. */
  readonly revision: number
  /** Whether the newest revision is a retraction. */
  readonly isRetracted: boolean
  readonly isUrgent: boolean
  readonly repeats: boolean
  readonly publish: boolean
  readonly startsAt?: Temporal.Instant
  readonly expiresAt?: Temporal.Instant
  /** Whether enqueueing has begun; an audience without chats has no rows all the same. */
  readonly isBegun: boolean
  /** Whether the whole audience is enqueued. */
  readonly isEnqueued: boolean
  /** Whether all rows are settled. */
  readonly isFinished: boolean
  /** When the last row was settled. */
  readonly finishedAt?: Temporal.Instant
  /** Why Sitrep itself paused it; absent if a person paused it. */
  readonly note?: string
  /** The edition that a chat has seen once it got this. */
  readonly editionId?: number
  /** Whether a moderator or operator resumed it, so that the breaker does not pause it again. */
  readonly isBreakerOverridden: boolean
  /** Whether its row is damaged, so that it cannot be sent. */
  readonly isUnreadable?: boolean
}

/** The note of a broadcast that was paused because its row is damaged. */
export const UNREADABLE = 'unreadable'

/** The note of a broadcast that was resumed. */
export const BREAKER_OVERRIDDEN = 'insisted'

/** The number of rows by state; `twice` counts those whose message may have arrived twice. */
export type Progress = Readonly<Record<DeliveryState | 'twice', number>>

/** The progress of a broadcast, and the causes of what is missing. */
export interface Report {
  readonly progress: Progress
  /** The number of chats that got any revision, that got the newest one, and that wait for their first. */
  readonly reach: { readonly any: number; readonly newest: number; readonly fresh: number }
  /** Causes of undelivered rows, the commonest first. */
  readonly causes: readonly Cause[]
  /** The number of rows that wait for quiet hours to end or for a retry, and when the first is due. */
  readonly later: { readonly count: number; readonly until: Temporal.Instant }
}

export interface Cause {
  readonly state: 'failed' | 'gone' | 'skipped' | 'uncertain'
  /** The platform's code, or Sitrep's reason. */
  readonly error: string
  readonly count: number
}

/** Chats of an audience with the same platform, zone, quiet hours and outcome. */
export interface AudienceGroup {
  readonly platform: string
  readonly count: number
  /**
   * The outcome that a message would have now. `reached` and `tried` get it; for `tried`, suspected chats, it is the
   * next try. `suspected` are tried later, `left` are not tried any more, and `paused` want nothing for now.
   */
  readonly state: 'reached' | 'tried' | 'suspected' | 'left' | 'paused'
  /** IANA zone. */
  readonly zone: string
  readonly quiet?: { readonly from: number; readonly to: number }
}

/** Returns the number of all rows. Pure. */
export function totalOf({ twice: _, ...states }: Progress): number {
  return Object.values(states).reduce((sum, count) => sum + count, 0)
}

export const DELIVERY_STATES = [
  'pending',
  'claimed',
  'sent',
  'failed',
  'gone',
  'skipped',
  'uncertain',
] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]
