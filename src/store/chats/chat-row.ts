import { knownZone } from '../../clock.ts'
import { TABLE_STYLES, type TableStyle } from '../../message.ts'
import type { ChatKind, ChatRef } from '../../platform.ts'
import { EPOCH, instantOf, LARGEST_MS } from '../instant.ts'
import type { ChatRow } from '../sql/schema.ts'
import {
  CADENCES,
  type Chat,
  type DigestDates,
  digestDatesOn,
  type Rhythm,
  SOUNDS,
  type Sound,
  type Subscription,
} from './chat.ts'
import { readGone, readReach, writeReach } from './reachability-columns.ts'
import { toTopics } from './topic-rows.ts'

/** The columns of a chat that is new, or forgotten. */
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

/** Reads a chat from its row. A damaged value becomes a harmless one. Pure. */
export function toChat(row: ChatRow, topicRows: readonly string[]): Chat {
  const [pausedUntil, nextDigestAt, digestedAt] = (
    [row.paused_until, row.next_digest_at, row.digested_at] as const
  ).map(ms => (ms === null ? undefined : instantOf(ms, LARGEST_MS)))
  return {
    id: row.id,
    place: toChatRef(row),
    subscription: {
      state: oneOf(STATES, row.state) ?? 'paused',
      ...toTopics(topicRows),
      ...readRhythm(row),
      cadence: oneOf(CADENCES, row.cadence) ?? 'weekly',
      tableStyle: readTableStyle(row),
      onlyNew: row.only_new === 1,
      ...readSound(row),
      ...(pausedUntil && { pausedUntil }),
      ...(row.gone !== null && { gone: readGone(row.gone) }),
      ...readReach(row),
      // If the time is damaged, the digest is due now, and the schedule then plans the next one.
      ...(row.next_digest_at !== null && { nextDigestAt: nextDigestAt ?? EPOCH }),
      ...(digestedAt && { digestedAt }),
      ...toDigested(row),
    },
  }
}

/** Reads the place of a chat or an announcement from its row. Pure. */
export function toChatRef({
  platform,
  address,
  within,
  kind,
}: Pick<ChatRow, 'platform' | 'address' | 'within' | 'kind'>): ChatRef {
  return {
    platform,
    address: address ?? '',
    kind: readKind(kind),
    ...(within !== null && { within }),
  }
}

/** Reads the kind of a chat; `channel` if it is damaged. Pure. */
export function readKind(kind: string): ChatKind {
  return oneOf(KINDS, kind) ?? 'channel'
}

/** Reads the table style of a chat; `grid` if it is damaged or of a later release. Pure. */
export function readTableStyle(row: Pick<ChatRow, 'table_style'>): TableStyle {
  return oneOf(TABLE_STYLES, row.table_style) ?? 'grid'
}

/** Reads the sound of a chat; empty if it is the usual one, or damaged. Pure. */
export function readSound({ sound }: Pick<ChatRow, 'sound'>): { readonly sound?: Sound } {
  const known = oneOf(SOUNDS, sound ?? '')
  return known ? { sound: known } : {}
}

type RhythmRow = Pick<ChatRow, 'zone' | 'cadence' | 'hour' | 'weekday' | 'quiet_from' | 'quiet_to'>

/** Reads the schedule of a chat's digests from its row. Pure. */
export function readRhythm(row: RhythmRow): Rhythm {
  return {
    zone: knownZone(row.zone),
    cadence: row.cadence === 'daily' ? 'daily' : 'weekly',
    hour: isHour(row.hour) ? row.hour : DEFAULT_HOUR,
    weekday: isWithin(row.weekday, 1, 7) ? row.weekday : 1,
    ...readQuiet(row),
  }
}

/** Reads the quiet hours of a chat from its row; empty if the chat has none. Pure. */
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
const KINDS: readonly ChatKind[] = ['private', 'group', 'channel']

/** The local hour of digests for a chat whose row has a damaged hour. */
const DEFAULT_HOUR = 9

type DigestedRow = Pick<ChatRow, 'zone' | 'cadence' | 'digested_at' | 'digest_day' | 'digest_week'>

/** Reads the dates of a chat's newest digests. Releases before `digest_day` recorded the last instant only. */
export function toDigested(row: DigestedRow): { readonly digested?: DigestDates } {
  const { zone, cadence, digested_at, digest_day, digest_week } = row
  if (digest_day === '') return {}
  if (digest_day !== null) {
    return { digested: { day: digest_day, ...(digest_week !== null && { week: digest_week }) } }
  }
  const at = digested_at === null ? undefined : instantOf(digested_at)
  if (!at) return {}
  return { digested: digestDatesOn(at.toZonedDateTimeISO(knownZone(zone)).toPlainDate(), cadence) }
}

/** Converts a subscription to the columns of a chat; `digested_at` is not among them. Pure. */
export function toColumns({ tableStyle, onlyNew, quiet, ...subscription }: Subscription) {
  const { state, zone, cadence, hour, weekday, gone = null } = subscription
  return {
    state,
    zone,
    cadence,
    hour,
    weekday,
    gone,
    table_style: tableStyle,
    only_new: Number(onlyNew),
    sound: subscription.sound ?? null,
    quiet_from: quiet?.from ?? null,
    quiet_to: quiet?.to ?? null,
    ...writeReach(subscription),
    paused_until: subscription.pausedUntil?.epochMilliseconds ?? null,
    next_digest_at: subscription.nextDigestAt?.epochMilliseconds ?? null,
    digest_day: subscription.digested?.day ?? '',
    digest_week: subscription.digested?.week ?? null,
  }
}
