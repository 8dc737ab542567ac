import { knownZone } from '../clock.ts'
import type { ChatPlace, Gone, PlaceKind } from '../platform.ts'
import { type Missed, readReach, type Unreached, writeReach } from './reachability.ts'
import type { ChatRow } from './schema.ts'

export const CADENCES = ['instant', 'daily', 'weekly'] as const
export type Cadence = (typeof CADENCES)[number]
/** How often digests come. */
export type DigestCadence = Exclude<Cadence, 'instant'>

export type ChatTableStyle = 'grid' | 'cards'

/** When somebody wants their digest. */
export interface Rhythm {
  /** IANA zone. */
  readonly zone: string
  readonly cadence: DigestCadence
  /** 0–23, local. */
  readonly hour: number
  /** 1 (Monday) to 7, ISO 8601. */
  readonly weekday: number
  /** Local hours from which and to which nothing is posted. */
  readonly quiet?: { readonly from: number; readonly to: number }
}

/** The local dates of a chat's digests, whichever zone was set when they came; ISO 8601. */
export interface Digested {
  /** The newest day. */
  readonly day: string
  /** Monday of the newest week whose weekly digest has come. */
  readonly week?: string
}

/** The topic of a section's changes. */
export const sectionTopic = (command: string) => `section:${command}`

/** What a chat wants. */
export interface Subscription {
  readonly state: 'active' | 'paused' | 'stopped'
  /** Where it is paused for a time: until then. */
  readonly pausedUntil?: Temporal.Instant
  /** Why it cannot be reached, where it cannot. */
  readonly gone?: Gone
  /** More about that. A chat without it was left. */
  readonly unreached?: Unreached
  /** The last time in which it could not be reached. */
  readonly missed?: Missed
  /** `digest`, `exercises`, `announcements`, `section:` and a command; sorted. */
  readonly topics: readonly string[]
  /** IANA zone. */
  readonly zone: string
  readonly cadence: Cadence
  /** 0–23, local. */
  readonly hour: number
  /** 1 (Monday) to 7, ISO 8601. */
  readonly weekday: number
  /** Local hours from which and to which nothing is posted. */
  readonly quiet?: { readonly from: number; readonly to: number }
  readonly tableStyle: ChatTableStyle
  /** Whether digests come only where there is something new. */
  readonly onlyNew: boolean
  readonly nextDigestAt?: Temporal.Instant
  /** The instant of its last digest, whatever the clock says now; never changed with a wish. */
  readonly digestedAt?: Temporal.Instant
  /** The digests that have come; never changed with a wish. */
  readonly digested?: Digested
}

export interface Chat {
  readonly id: number
  readonly place: ChatPlace
  readonly subscription: Subscription
}

/** What a chat wants of which nothing is known. */
export const NOTHING = toColumns({
  state: 'stopped',
  topics: [],
  zone: 'UTC',
  cadence: 'weekly',
  hour: 0,
  weekday: 1,
  tableStyle: 'grid',
  onlyNew: false,
})

export function toChat(row: ChatRow, topics: readonly string[]): Chat {
  const { platform, address, within, kind } = row
  const instant = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms)
  return {
    id: row.id,
    place: {
      platform,
      address: address ?? '',
      ...(within !== null && { within }),
      kind: kind as PlaceKind,
    },
    subscription: {
      state: row.state as Subscription['state'],
      topics: [...topics].sort(),
      zone: knownZone(row.zone),
      cadence: row.cadence as Cadence,
      hour: row.hour,
      weekday: row.weekday,
      tableStyle: row.table_style as ChatTableStyle,
      onlyNew: row.only_new === 1,
      ...(row.paused_until !== null && { pausedUntil: instant(row.paused_until) }),
      ...(row.gone !== null && { gone: row.gone as Gone }),
      ...readReach(row),
      ...(row.quiet_from !== null &&
        row.quiet_to !== null && { quiet: { from: row.quiet_from, to: row.quiet_to } }),
      ...(row.next_digest_at !== null && { nextDigestAt: instant(row.next_digest_at) }),
      ...(row.digested_at !== null && { digestedAt: instant(row.digested_at) }),
      ...toDigested(row),
    },
  }
}

type DigestedRow = Pick<ChatRow, 'zone' | 'cadence' | 'digested_at' | 'digest_day' | 'digest_week'>

/** The digests that a chat has had. A release before `digest_day` recorded the last instant alone. */
export function toDigested(row: DigestedRow): { readonly digested?: Digested } {
  const { zone, cadence, digested_at, digest_day, digest_week } = row
  if (digest_day === '') return {}
  if (digest_day !== null) {
    return { digested: { day: digest_day, ...(digest_week !== null && { week: digest_week }) } }
  }
  if (digested_at === null) return {}
  const at = Temporal.Instant.fromEpochMilliseconds(digested_at)
  return { digested: digestedOn(at.toZonedDateTimeISO(knownZone(zone)).toPlainDate(), cadence) }
}

/** The digest of a date, as the newest of its day, or of its week. Pure. */
export function digestedOn(date: Temporal.PlainDate, cadence: string): Digested {
  const day = date.toString()
  return cadence === 'weekly' ? { day, week: mondayOf(date) } : { day }
}

/** Monday of the ISO 8601 week. Pure. */
export function mondayOf(date: Temporal.PlainDate): string {
  return date.subtract({ days: date.dayOfWeek - 1 }).toString()
}

export function toColumns({ tableStyle, onlyNew, quiet, ...subscription }: Subscription) {
  const { state, zone, cadence, hour, weekday, gone = null } = subscription
  return {
    ...{ state, zone, cadence, hour, weekday, gone },
    table_style: tableStyle,
    only_new: Number(onlyNew),
    quiet_from: quiet?.from ?? null,
    quiet_to: quiet?.to ?? null,
    ...writeReach(subscription),
    paused_until: subscription.pausedUntil?.epochMilliseconds ?? null,
    next_digest_at: subscription.nextDigestAt?.epochMilliseconds ?? null,
    digest_day: subscription.digested?.day ?? '',
    digest_week: subscription.digested?.week ?? null,
  }
}
