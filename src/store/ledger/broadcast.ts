import type { Selectable } from 'kysely'
import type { Cadence } from '../chats/chat.ts'
import { instantOf, instantOrEpoch } from '../instant.ts'
import { hasStrings, objectOf } from '../json.ts'
import type { Tables } from '../sql/schema.ts'

/** A broadcast among others. */
export interface BroadcastListItem extends Broadcast {
  /** Its newest message, as JSON. */
  readonly message: string
}

/** What a broadcast is about, by how soon it is sent. */
export const KINDS = { announcement: 30, exercises: 20, digest: 10 } as const
type BroadcastKind = keyof typeof KINDS

/** Who gets it: every chat that follows the topic, within the rest. */
export interface Audience {
  readonly topic: string
  /** Those that are served: nobody else can be reached. */
  readonly platforms: readonly string[]
  /** A group or server. */
  readonly within?: string
  /** IANA zone. */
  readonly zone?: string
  /** How often they want news. */
  readonly cadence?: Cadence
  /** Those who follow this topic as well. */
  readonly also?: string
  /** Not the chats that have had, or are to get, a broadcast about `subject` whose key begins with `key`. */
  readonly once?: { readonly subject: string; readonly key: string }
  /** But for those who get the same otherwise. */
  readonly except?: { readonly topic: string; readonly cadence: Cadence }
}

export interface NewBroadcast {
  /** Of two with the same key the second is the first. */
  readonly key: string
  readonly kind: BroadcastKind
  readonly audience: Audience
  /** A message as JSON. */
  readonly message: string
  /** Does not wait for the end of quiet hours. */
  readonly urgent?: boolean
  /** Whether what may have arrived is sent again; yes, where nothing is said. */
  readonly repeats?: boolean
  /** Whether channels for announcements pass it on to those that follow them. */
  readonly publish?: boolean
  /** Nobody gets it before, and nobody gets it who has gone until then. */
  readonly startsAt?: Temporal.Instant
  /** When nobody wants it any more. */
  readonly expiresAt?: Temporal.Instant
  /** Who wants it: `telegram:42`. */
  readonly by?: string
  /** What it is about, where it may have to be corrected: an exercise's id. */
  readonly subject?: string
  /** Whoever gets it knows this edition. */
  readonly editionId?: number
  /** Of a digest when it was due: its chats are taken, see `Digests`. */
  readonly slotAt?: Temporal.Instant
}

export interface Broadcast {
  readonly id: number
  readonly createdAt: Temporal.Instant
  readonly kind: BroadcastKind
  readonly audience: Audience
  readonly state: 'active' | 'paused' | 'cancelled'
  /** 1, and one more with each correction. */
  readonly revision: number
  /** Whether the newest revision takes it back. */
  readonly isRetracted: boolean
  readonly isUrgent: boolean
  readonly repeats: boolean
  readonly publish: boolean
  readonly startsAt?: Temporal.Instant
  readonly expiresAt?: Temporal.Instant
  /** Whether rows have been made, be it for nobody. */
  readonly isBegun: boolean
  /** Whether its whole audience has its rows. */
  readonly isEnqueued: boolean
  /** Whether nothing is left to be done. */
  readonly isFinished: boolean
  /** Why it rests, where nobody has paused it. */
  readonly note?: string
  /** Whoever gets it knows this edition. */
  readonly editionId?: number
  /** Whether somebody has resumed it, and so wants it sent whatever the breaker says. */
  readonly isBreakerOverridden: boolean
  /** Its audience or one of its times is damaged: nothing can be sent. */
  readonly isUnreadable?: boolean
}

/** The note of a broadcast that was paused because its row is damaged. */
export const UNREADABLE = 'unreadable'

/** The note of one that was resumed. */
export const BREAKER_OVERRIDDEN = 'insisted'

type Row = Omit<Selectable<Tables['broadcasts']>, 'message'>

export function toBroadcast(row: Row): Broadcast {
  const { id, revision, starts_at, expires_at, note, edition_id } = row
  const audience = audienceOf(row)
  const times = [row.created_at, starts_at, expires_at, row.slot_at, row.finished_at]
  const numbers = [revision, row.enqueued_to, row.revised_to]
  const kind = row.kind in KINDS ? (row.kind as BroadcastKind) : undefined
  const state = STATES.find(each => each === row.state)
  const isReadable =
    audience &&
    kind &&
    state &&
    times.every(ms => ms === null || instantOf(ms)) &&
    numbers.every(number => number === null || isCount(number))
  return {
    id,
    createdAt: instantOrEpoch(row.created_at),
    revision,
    kind: kind ?? 'announcement',
    audience: audience ?? { topic: row.topic, platforms: [] },
    state: state ?? 'active',
    isRetracted: row.retracted === 1,
    isUrgent: row.urgent === 1,
    repeats: row.repeats === 1,
    publish: row.publish === 1,
    isBegun: row.enqueued === 1 || row.enqueued_to > 0,
    isEnqueued: row.enqueued === 1,
    isFinished: row.finished_at !== null,
    ...(starts_at !== null && { startsAt: instantOrEpoch(starts_at) }),
    ...(expires_at !== null && { expiresAt: instantOrEpoch(expires_at) }),
    ...(edition_id !== null && { editionId: edition_id }),
    isBreakerOverridden: note === BREAKER_OVERRIDDEN,
    ...(note !== null && note !== BREAKER_OVERRIDDEN && { note }),
    ...(!isReadable && { isUnreadable: true }),
  }
}

const STATES = ['active', 'paused', 'cancelled'] as const

/** The most that can be counted: PostgreSQL's `integer` has room for one more. */
export const MOST_COUNT = 2 ** 31 - 2

/** Whether a row's number can have been counted. Pure. */
export function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MOST_COUNT
}

/** The audience of a broadcast's row; undefined if it is damaged. */
export function audienceOf(row: Pick<Row, 'topic' | 'audience'>): Audience | undefined {
  const audience = { ...objectOf(row.audience), topic: row.topic }
  return isAudience(audience) ? audience : undefined
}

function isAudience(value: object): value is Audience {
  const { platforms, within, zone, cadence, also, except, once } = value as Record<string, unknown>
  const areStrings = [within, zone, cadence, also].every(
    each => each === undefined || typeof each === 'string',
  )
  const areParts = hasStrings(once, ['subject', 'key']) && hasStrings(except, ['topic', 'cadence'])
  return isStrings(platforms) && areStrings && areParts
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(each => typeof each === 'string')
}

/** How far a broadcast has come: rows by their state, and in `twice` how many may have come twice. */
export type Progress = Readonly<Record<DeliveryState | 'twice', number>>

/** How far a broadcast has come, and why not further. */
export interface Report {
  readonly progress: Progress
  /** How many have got a version of it, how many the newest, and how many are still to get their first. */
  readonly reach: { readonly any: number; readonly newest: number; readonly fresh: number }
  /** Why who has not got it has not, the commonest first: the platform's code, or our reason. */
  readonly causes: readonly Cause[]
  /** Who is to be claimed later, and when the first of them: quiet hours, or to be tried again. */
  readonly later: { readonly count: number; readonly until: Temporal.Instant }
}

export interface Cause {
  readonly state: 'failed' | 'gone' | 'skipped' | 'uncertain'
  readonly error: string
  readonly count: number
}

/** Chats of one platform in an audience that want the same quiet, or cannot be reached for the same reason. */
export interface AudienceGroup {
  readonly platform: string
  readonly count: number
  /**
   * Whether they would get it: `tried` are suspected, and get it as the next try; `suspected` are tried later;
   * `left` cannot be reached; `paused` want nothing for a while.
   */
  readonly state: 'reached' | 'tried' | 'suspected' | 'left' | 'paused'
  /** IANA zone. */
  readonly zone: string
  readonly quiet?: { readonly from: number; readonly to: number }
}

/** How many rows there are. Pure. */
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
