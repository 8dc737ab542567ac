import { knownZone } from '../clock.ts'
import type { ChatPlace, Gone, PlaceKind } from '../platform.ts'
import { EPOCH, instantOf, LARGEST_MS } from './instant.ts'
import { type Missed, readGone, readReach, type Unreached, writeReach } from './reachability.ts'
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

/** A chat as its row says. A value that no release has written counts as one that does no harm. Pure. */
export function toChat(row: ChatRow, topics: readonly string[]): Chat {
  const [pausedUntil, nextDigestAt, digestedAt] = (
    [row.paused_until, row.next_digest_at, row.digested_at] as const
  ).map(ms => (ms === null ? undefined : instantOf(ms, LARGEST_MS)))
  return {
    id: row.id,
    place: toPlace(row),
    subscription: {
      state: oneOf(STATES, row.state) ?? 'paused',
      topics: [...topics].sort(),
      ...readRhythm(row),
      cadence: oneOf(CADENCES, row.cadence) ?? 'weekly',
      tableStyle: readTableStyle(row),
      onlyNew: row.only_new === 1,
      ...(pausedUntil && { pausedUntil }),
      ...(row.gone !== null && { gone: readGone(row.gone) }),
      ...readReach(row),
      // Due at once: the schedule then plans it anew.
      ...(row.next_digest_at !== null && { nextDigestAt: nextDigestAt ?? EPOCH }),
      ...(digestedAt && { digestedAt }),
      ...toDigested(row),
    },
  }
}

/** A platform's place as a row says. Pure. */
export function toPlace({
  platform,
  address,
  within,
  kind,
}: Pick<ChatRow, 'platform' | 'address' | 'within' | 'kind'>): ChatPlace {
  return {
    ...{ platform, address: address ?? '', kind: readKind(kind) },
    ...(within !== null && { within }),
  }
}

export function readKind(kind: string): PlaceKind {
  return oneOf(KINDS, kind) ?? 'channel'
}

export function readTableStyle(row: Pick<ChatRow, 'table_style'>): ChatTableStyle {
  return row.table_style === 'cards' ? 'cards' : 'grid'
}

type RhythmRow = Pick<ChatRow, 'zone' | 'cadence' | 'hour' | 'weekday' | 'quiet_from' | 'quiet_to'>

/** When a chat wants its digest, by its row. Pure. */
export function readRhythm(row: RhythmRow): Rhythm {
  return {
    zone: knownZone(row.zone),
    cadence: row.cadence === 'daily' ? 'daily' : 'weekly',
    hour: isHour(row.hour) ? row.hour : DEFAULT_HOUR,
    weekday: isWithin(row.weekday, 1, 7) ? row.weekday : 1,
    ...readQuiet(row),
  }
}

/** Reads the quiet hours of a chat; empty if the chat has none. Pure. */
export function readQuiet({
  quiet_from: from,
  quiet_to: to,
}: Pick<ChatRow, 'quiet_from' | 'quiet_to'>): Pick<Rhythm, 'quiet'> {
  return from !== null && to !== null && isHour(from) && isHour(to) ? { quiet: { from, to } } : {}
}

const isHour = (value: number) => isWithin(value, 0, 23)

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function oneOf<T extends string>(values: readonly T[], value: string): T | undefined {
  return values.find(each => each === value)
}

const STATES = ['active', 'paused', 'stopped'] as const
const KINDS: readonly PlaceKind[] = ['private', 'group', 'channel']

/** For a chat whose hour is damaged. */
const DEFAULT_HOUR = 9

type DigestedRow = Pick<ChatRow, 'zone' | 'cadence' | 'digested_at' | 'digest_day' | 'digest_week'>

/** The digests that a chat has had. A release before `digest_day` recorded the last instant alone. */
export function toDigested(row: DigestedRow): { readonly digested?: Digested } {
  const { zone, cadence, digested_at, digest_day, digest_week } = row
  if (digest_day === '') return {}
  if (digest_day !== null) {
    return { digested: { day: digest_day, ...(digest_week !== null && { week: digest_week }) } }
  }
  const at = digested_at === null ? undefined : instantOf(digested_at)
  if (!at) return {}
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
