import type { Selectable } from 'kysely'
import { parseMessage } from '../../message.ts'
import { instantOf, instantOrEpoch } from '../instant.ts'
import { hasStrings, objectOf } from '../json.ts'
import type { Tables } from '../sql/schema.ts'
import {
  type Audience,
  BREAKER_OVERRIDDEN,
  type Broadcast,
  type BroadcastKind,
  type BroadcastWithMessage,
  KINDS,
} from './broadcast.ts'

type Row = Omit<Selectable<Tables['broadcasts']>, 'message'>

/** Reads a broadcast and its message from its row. Pure. */
export function toBroadcastWithMessage(
  row: Selectable<Tables['broadcasts']>,
): BroadcastWithMessage {
  return { ...toBroadcast(row), message: parseMessage(row.message) }
}

/** Reads a broadcast from its row. A damaged row has `isUnreadable`, and harmless values instead. Pure. */
export function toBroadcast(row: Row): Broadcast {
  const { id, revision, starts_at, expires_at, finished_at, note, edition_id } = row
  const audience = audienceOf(row)
  const times = [row.created_at, starts_at, expires_at, row.slot_at, finished_at]
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
    isFinished: finished_at !== null,
    ...(finished_at !== null && { finishedAt: instantOrEpoch(finished_at) }),
    ...(starts_at !== null && { startsAt: instantOrEpoch(starts_at) }),
    ...(expires_at !== null && { expiresAt: instantOrEpoch(expires_at) }),
    ...(edition_id !== null && { editionId: edition_id }),
    isBreakerOverridden: note === BREAKER_OVERRIDDEN,
    ...(note !== null && note !== BREAKER_OVERRIDDEN && { note }),
    ...(!isReadable && { isUnreadable: true }),
  }
}

const STATES = ['active', 'paused', 'cancelled'] as const

/** The largest count: one less than PostgreSQL's largest `integer`, so that it can still grow by one. */
export const MOST_COUNT = 2 ** 31 - 2

/** Whether a row's number is a possible count. Pure. */
export function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MOST_COUNT
}

/** Reads the audience of a broadcast from its row; undefined if it is damaged. Pure. */
export function audienceOf(row: Pick<Row, 'topic' | 'audience'>): Audience | undefined {
  const { except, ...others }: Record<string, unknown> = objectOf(row.audience) ?? {}
  // Earlier releases stored a single exception.
  const exceptions = except === undefined ? {} : { except: [except].flat() }
  const audience = { ...others, ...exceptions, topic: row.topic }
  return isAudience(audience) ? audience : undefined
}

function isAudience(value: object): value is Audience {
  const { platforms, or, without, within, zone, cadence, also, except, once } = value as Record<
    string,
    unknown
  >
  const areStrings = [or, without, within, zone, cadence, also].every(
    each => each === undefined || typeof each === 'string',
  )
  const areParts = hasStrings(once, ['subject', 'key']) && areExceptions(except)
  return isStrings(platforms) && areStrings && areParts
}

function areExceptions(value: unknown): boolean {
  if (value === undefined) return true
  return (
    Array.isArray(value) &&
    value.every(each => {
      const names = Object(each).cadence === undefined ? ['topic'] : ['topic', 'cadence']
      return each !== undefined && hasStrings(each, names)
    })
  )
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(each => typeof each === 'string')
}
