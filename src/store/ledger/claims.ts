import { type Selectable, sql, type Transaction } from 'kysely'
import { type Clock, knownZone } from '../../clock.ts'
import type { ChatRef, Gone } from '../../platform.ts'
import type { ChatTableStyle } from '../chats/chat.ts'
import { readQuiet, readTableStyle, toPlace } from '../chats/chat-row.ts'
import { readGone } from '../chats/reachability-columns.ts'
import { instantOf, instantOrEpoch } from '../instant.ts'
import { jsonOf } from '../json.ts'
import type { DialectName } from '../migrations/migrations.ts'
import { jsonRecordset } from '../sql/json-recordset.ts'
import type { DeliveryTable, Tables } from '../sql/schema.ts'
import { type Broadcast, isCount } from './broadcast.ts'

/** Claimed before all that has not been tried yet: when it was, whatever the clock has done since. */
export const AT_ONCE = 1

export interface DeliveryKey {
  readonly broadcast: number
  readonly chat: number
}

/** Who claims, and for which platform. */
export interface Claiming {
  readonly platform: string
  /** Of the lease that is held. */
  readonly epoch: number
  /** How long the platform knows what is sent again, in milliseconds: see `Limits`. */
  readonly knownMs: number
  /** Whether new messages leave as soon as they are claimed: the claim then records their departure. */
  readonly leavesAtOnce?: boolean
}

/** A row, and what is known of its chat at this moment. */
export interface Claimed extends DeliveryKey {
  readonly place: ChatRef
  /** Whether the chat wants it still: follows the topic, is awake and not forgotten. */
  readonly isWanted: boolean
  /** Why the chat cannot be reached. */
  readonly gone?: Gone
  /** Whether the chat can be reached again, and no post has arrived there since. */
  readonly hasMissed: boolean
  /** Whether the chat is suspected and its next try is due, so that this row may be the try. */
  readonly isTry: boolean
  readonly zone: string
  readonly quiet?: { readonly from: number; readonly to: number }
  readonly tableStyle: ChatTableStyle
  readonly attempts: number
  readonly triedAt?: Temporal.Instant
  /** How often it was sent again although it may have arrived; this time, if it is one, included. */
  readonly repeated: number
  /** Whether sending the next part may send it twice, and the platform would not notice. */
  readonly isRepeat: boolean
  /** How many parts of `revision` have arrived. */
  readonly part: number
  readonly revision: number
  readonly revisionSent: number
  readonly messages: readonly string[]
  /** The row is damaged: nothing can be sent for it. */
  readonly isUnreadable?: boolean
  /** Whether the claim recorded the departure of the call. */
  readonly hasLeft: boolean
  readonly basis: Basis
}

/** How far a row had come when it was claimed, and in which epoch. */
export interface Basis {
  readonly epoch: number
  readonly part: number
  readonly revision: number
  readonly messages: readonly string[]
}

/** Takes rows in hand, within a transaction of whoever holds the lease. */
export interface Claims {
  next(
    transaction: Transaction<Tables>,
    claiming: Claiming,
    broadcast: Broadcast,
    most: number,
  ): Promise<Claimed[]>
}

export function createClaims(dialect: DialectName, clock: Pick<Clock, 'now'>): Claims {
  const isPostgres = dialect === 'postgres'

  /** The last that was claimed of what had not been tried, by broadcast and platform. */
  const cursors = new Map<string, number>()

  /**
   * Looks on where it has found something before: PostgreSQL walks through all that has left the index
   * until that is vacuumed. From the beginning again where there is nothing behind.
   */
  async function following<T extends { readonly chat_id: number }>(
    key: string,
    left: number,
    look: (after: number, left: number) => Promise<T[]>,
  ): Promise<T[]> {
    if (left <= 0) return []
    const after = cursors.get(key) ?? 0
    const found = await look(after, left)
    const rest = after > 0 && found.length < left ? await look(0, left - found.length) : []
    const last = [...found, ...rest].at(-1)
    if (last) cursors.set(key, last.chat_id)
    else cursors.delete(key)
    const known = new Set(found.map(({ chat_id }) => chat_id))
    return [...found, ...rest.filter(({ chat_id }) => !known.has(chat_id))]
  }

  return {
    async next(transaction, claiming, broadcast, most) {
      const { platform, epoch, knownMs, leavesAtOnce = false } = claiming
      const { id, revision, state, audience } = broadcast
      const { topic } = audience
      const at = clock.now().epochMilliseconds
      const select = () => {
        const query = transaction
          .selectFrom('deliveries as d')
          .innerJoin('chats as c', 'c.id', 'd.chat_id')
          .select([
            ...(['d.chat_id', 'd.attempts', 'd.tried_at', 'd.repeated', 'd.part'] as const),
            ...([
              'd.revision',
              'd.revision_sent',
              'd.message_ids',
              'c.address',
              'c.within',
            ] as const),
            ...(['c.kind', 'c.state', 'c.gone', 'c.retry_at', 'c.reach'] as const),
            ...(['c.paused_until', 'c.zone'] as const),
            ...(['c.quiet_from', 'c.quiet_to', 'c.table_style'] as const),
            sql<number>`(select count(*) from subscriptions s
            where s.chat_id = d.chat_id and s.topic = ${topic})`.as('follows'),
          ])
          .where('d.broadcast_id', '=', id)
          .where('d.platform', '=', platform)
          .where('d.state', '=', sql.lit('pending'))
          .orderBy('d.next_at')
          .orderBy('d.chat_id')
        // Of one that was stopped, only who has got a part of it gets the rest, or its correction.
        const begun = state === 'active' ? query : query.where('d.message_ids', 'is not', null)
        return isPostgres ? begun.forUpdate('d').skipLocked() : begun
      }
      // What was tried comes first: who waits for the rest may wait too long.
      const tried = await select()
        .where('d.next_at', '>', sql.lit(0))
        .where('d.next_at', '<=', at)
        .limit(most)
        .execute()
      const fresh = await following(`${id} ${platform}`, most - tried.length, (after, left) =>
        select()
          .where(sql<boolean>`(d.next_at, d.chat_id) > (0, ${after})`)
          .where('d.next_at', '<', sql.lit(AT_ONCE))
          .limit(left)
          .execute(),
      )
      const rows = [...tried, ...fresh].map(withCounts).map(row => {
        const messages = readIds(row.message_ids)
        const isTried = row.tried_at !== null
        const isKnown = isTried && isRecent(at - (row.tried_at ?? 0), knownMs)
        // What may have arrived of an older revision, and is known again, is found by that one's key.
        const isNew = row.revision < revision && !isKnown
        const part = isNew ? 0 : row.part
        const isRepeat = isTried && !isKnown && messages?.[part] === undefined
        return {
          ...row,
          ...(isNew && { revision, part }),
          ...{ messages, isRepeat, repeated: row.repeated + Number(isRepeat) },
          // Only a message counts as possibly sent: an edit or a deletion is idempotent.
          hasLeft: leavesAtOnce && !isTried && messages?.[part] === undefined,
        }
      })
      if (rows.length === 0) return []
      await sql`
      update deliveries as d set state = 'claimed', epoch = ${epoch}, next_at = ${at},
        revision = v.v, part = v.p, left_at = v.l
      from ${jsonRecordset(
        dialect,
        rows.map(({ chat_id: c, revision: v, part: p, hasLeft }) => ({
          ...{ b: id, c, v, p },
          l: hasLeft ? at : null,
        })),
        { b: 'bigint', c: 'bigint', v: 'integer', p: 'integer', l: 'bigint' },
      )}
      where d.broadcast_id = v.b and d.chat_id = v.c
    `.execute(transaction)
      return rows.map(row => toClaimed(row, id, { platform, epoch }, at))
    },
  }
}

type ClaimedRow = Pick<
  Selectable<DeliveryTable>,
  | ('chat_id' | 'attempts' | 'tried_at' | 'repeated' | 'part')
  | ('revision' | 'revision_sent' | 'message_ids')
> &
  Pick<
    Selectable<Tables['chats']>,
    | ('address' | 'within' | 'kind' | 'state' | 'gone' | 'retry_at' | 'reach')
    | ('paused_until' | 'zone')
    | ('quiet_from' | 'quiet_to' | 'table_style')
  > & {
    readonly follows: number
    readonly isRepeat: boolean
    readonly hasLeft: boolean
    readonly messages: readonly string[] | undefined
    readonly areCounts: boolean
  }

/** The row with 0 in the place of each damaged number, so that it can be claimed and settled. */
function withCounts<T extends Pick<ClaimedRow, Count>>(row: T): T & { areCounts: boolean } {
  const damaged = COUNTS.filter(name => !isCount(row[name]))
  const zeros = Object.fromEntries(damaged.map(name => [name, 0]))
  return { ...row, ...zeros, areCounts: damaged.length === 0 }
}

const COUNTS = ['attempts', 'repeated', 'part', 'revision', 'revision_sent'] as const
type Count = (typeof COUNTS)[number]

/** A clock that was set back tells nothing. */
function isRecent(sinceMs: number, knownMs: number): boolean {
  return sinceMs >= 0 && sinceMs < knownMs
}

function toClaimed(
  row: ClaimedRow,
  broadcast: number,
  { platform, epoch }: Pick<Claiming, 'platform' | 'epoch'>,
  at: number,
): Claimed {
  const { address, tried_at, paused_until } = row
  const { part, revision, messages = [], isRepeat, hasLeft } = row
  const isReadable =
    row.areCounts && row.messages !== undefined && (tried_at === null || instantOf(tried_at))
  const isAwake =
    row.state === 'active' ||
    (row.state === 'paused' && paused_until !== null && paused_until <= at)
  return {
    broadcast,
    chat: row.chat_id,
    place: toPlace({ ...row, platform }),
    isWanted: isAwake && address !== null && Number(row.follows) > 0,
    isTry: row.gone !== null && row.retry_at !== null && row.retry_at <= at,
    ...(row.gone !== null && { gone: readGone(row.gone) }),
    // The column of a reachable chat holds nothing else.
    hasMissed: row.gone === null && row.reach !== null,
    zone: knownZone(row.zone),
    ...readQuiet(row),
    tableStyle: readTableStyle(row),
    attempts: row.attempts,
    ...(tried_at !== null && { triedAt: instantOrEpoch(tried_at) }),
    ...{ repeated: row.repeated, isRepeat, part, revision, messages, hasLeft },
    revisionSent: row.revision_sent,
    basis: { epoch, part, revision, messages },
    ...(!isReadable && { isUnreadable: true }),
  }
}

/** The ids of a row's messages; undefined if the ledger holds something else. */
function readIds(text: string | null): readonly string[] | undefined {
  if (text === null) return []
  const ids = jsonOf(text)
  return Array.isArray(ids) && ids.every(id => typeof id === 'string') ? ids : undefined
}
