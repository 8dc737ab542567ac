import { type Selectable, sql, type Transaction } from 'kysely'
import { type Clock, knownZone } from '../../clock.ts'
import type { TableStyle } from '../../message.ts'
import type { ChatRef, UnreachableReason } from '../../platform.ts'
import type { Sound } from '../chats/chat.ts'
import { readQuiet, readSound, readTableStyle, toChatRef } from '../chats/chat-row.ts'
import { readGone } from '../chats/reachability-columns.ts'
import { instantOf, instantOrEpoch } from '../instant.ts'
import { jsonOf } from '../json.ts'
import type { DialectName } from '../migrations/migrations.ts'
import { jsonRecordset } from '../sql/json-recordset.ts'
import type { DeliveryTable, Tables } from '../sql/schema.ts'
import { topicsOf } from './audience.ts'
import type { Broadcast } from './broadcast.ts'
import { isCount } from './broadcast-row.ts'

/** `next_at` of a released row: due in any case, even after a clock was set back, and before untried rows. */
export const AT_ONCE = 1

/** The key of a row in the ledger. */
export interface DeliveryKey {
  readonly broadcast: number
  readonly chat: number
}

/** The claiming sender: its platform and its lease. */
export interface Claiming {
  readonly platform: string
  /** The epoch of the current lease. */
  readonly epoch: number
  /** The time for which the platform recognizes a message that is sent again, in milliseconds: see `Limits`. */
  readonly knownMs: number
  /** Whether new messages leave as soon as they are claimed. The claim then records their departure. */
  readonly leavesAtOnce?: boolean
}

/** A row claimed for sending, and the state of its chat at the time of the claim. */
export interface Claimed extends DeliveryKey {
  readonly place: ChatRef
  /** Whether the chat still follows a topic of the audience, and neither muted, paused nor stopped it. */
  readonly isWanted: boolean
  /** Why the chat is unreachable. */
  readonly gone?: UnreachableReason
  /** Whether the chat is reachable again, and no post has arrived there since. */
  readonly hasMissed: boolean
  /** Whether the chat is suspected and its next try is due, so that this row may be the try. */
  readonly isTry: boolean
  readonly zone: string
  readonly quiet?: { readonly from: number; readonly to: number }
  readonly tableStyle: TableStyle
  readonly sound?: Sound
  readonly attempts: number
  readonly triedAt?: Temporal.Instant
  /** The number of times that a message was sent again although it may have arrived; includes this claim. */
  readonly repeated: number
  /** Whether the next part may arrive twice, because the platform would not recognize it. */
  readonly isRepeat: boolean
  /** The number of parts of `revision` that have arrived. */
  readonly part: number
  readonly revision: number
  readonly revisionSent: number
  readonly messages: readonly string[]
  /** Whether the row is damaged, so that nothing can be sent for it. */
  readonly isUnreadable?: boolean
  /** Whether the claim recorded the departure of the call. */
  readonly hasLeft: boolean
  readonly basis: Basis
}

/** The progress of a row when it was claimed, and the epoch of the claim. */
export interface Basis {
  readonly epoch: number
  readonly part: number
  readonly revision: number
  readonly messages: readonly string[]
}

/** Claims rows within a transaction of the lease's holder. */
export interface Claims {
  /** Claims up to `most` due rows of a broadcast: rows to be retried first, then untried ones. */
  next(
    transaction: Transaction<Tables>,
    claiming: Claiming,
    broadcast: Broadcast,
    most: number,
  ): Promise<Claimed[]>
}

export function createClaims(dialect: DialectName, clock: Pick<Clock, 'now'>): Claims {
  const isPostgres = dialect === 'postgres'

  /** The chat of the last claimed untried row, by broadcast and platform. */
  const cursors = new Map<string, number>()

  /**
   * Resumes after the last claimed chat, and wraps around if too few rows follow. Scanning from the start would visit
   * every dead index entry until PostgreSQL vacuums.
   */
  async function findFromCursor<T extends { readonly chat_id: number }>(
    key: string,
    most: number,
    find: (after: number, most: number) => Promise<T[]>,
  ): Promise<T[]> {
    if (most <= 0) return []
    const after = cursors.get(key) ?? 0
    const found = await find(after, most)
    const rest = after > 0 && found.length < most ? await find(0, most - found.length) : []
    const last = [...found, ...rest].at(-1)
    if (last) cursors.set(key, last.chat_id)
    else cursors.delete(key)
    const foundIds = new Set(found.map(({ chat_id }) => chat_id))
    return [...found, ...rest.filter(({ chat_id }) => !foundIds.has(chat_id))]
  }

  return {
    async next(transaction, claiming, broadcast, most) {
      const { platform, epoch, knownMs, leavesAtOnce = false } = claiming
      const { id, revision, state, audience } = broadcast
      const topics = sql.join(topicsOf(audience))
      const { without = '' } = audience
      const at = clock.now().epochMilliseconds
      const select = () => {
        const query = transaction
          .selectFrom('deliveries as d')
          .innerJoin('chats as c', 'c.id', 'd.chat_id')
          .select([
            'd.chat_id',
            'd.attempts',
            'd.tried_at',
            'd.repeated',
            'd.part',
            'd.revision',
            'd.revision_sent',
            'd.message_ids',
            'c.address',
            'c.within',
            'c.kind',
            'c.state',
            'c.gone',
            'c.retry_at',
            'c.reach',
            'c.paused_until',
            'c.zone',
            'c.quiet_from',
            'c.quiet_to',
            'c.table_style',
            'c.sound',
            sql<number>`(select count(*) from subscriptions s
            where s.chat_id = d.chat_id and s.topic in (${topics}))`.as('follows'),
            sql<number>`(select count(*) from subscriptions s
            where s.chat_id = d.chat_id and s.topic = ${without})`.as('mutes'),
          ])
          .where('d.broadcast_id', '=', id)
          .where('d.platform', '=', platform)
          .where('d.state', '=', sql.lit('pending'))
          .orderBy('d.next_at')
          .orderBy('d.chat_id')
        // If the broadcast is cancelled, claim only rows with a part that arrived: they get the rest, or a correction.
        const begun = state === 'active' ? query : query.where('d.message_ids', 'is not', null)
        return isPostgres ? begun.forUpdate('d').skipLocked() : begun
      }
      // Claim rows to be retried first, so that new rows do not delay the rest of a half-sent message.
      const tried = await select()
        .where('d.next_at', '>', sql.lit(0))
        .where('d.next_at', '<=', at)
        .limit(most)
        .execute()
      const fresh = await findFromCursor(`${id} ${platform}`, most - tried.length, (after, left) =>
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
        // The key of the older revision finds a message that may have arrived, while the platform recognizes it.
        const isNew = row.revision < revision && !isKnown
        const part = isNew ? 0 : row.part
        const isRepeat = isTried && !isKnown && messages?.[part] === undefined
        return {
          ...row,
          ...(isNew && { revision, part }),
          messages,
          isRepeat,
          repeated: row.repeated + Number(isRepeat),
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
          b: id,
          c,
          v,
          p,
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
    | ('quiet_from' | 'quiet_to' | 'table_style' | 'sound')
  > & {
    readonly follows: number
    readonly mutes: number
    readonly isRepeat: boolean
    readonly hasLeft: boolean
    readonly messages: readonly string[] | undefined
    readonly areCounts: boolean
  }

/** Replaces each damaged number of a row by 0, so that the row can be claimed and settled. */
function withCounts<T extends Pick<ClaimedRow, Count>>(row: T): T & { areCounts: boolean } {
  const damaged = COUNTS.filter(name => !isCount(row[name]))
  if (damaged.length === 0) return { ...row, areCounts: true }
  const zeros = Object.fromEntries(damaged.map(name => [name, 0]))
  return { ...row, ...zeros, areCounts: false }
}

const COUNTS = ['attempts', 'repeated', 'part', 'revision', 'revision_sent'] as const
type Count = (typeof COUNTS)[number]

/** Whether a try was less than `knownMs` ago; false for a negative time, after a clock was set back. */
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
    place: toChatRef({ ...row, platform }),
    isWanted: isAwake && address !== null && Number(row.follows) > 0 && Number(row.mutes) === 0,
    isTry: row.gone !== null && row.retry_at !== null && row.retry_at <= at,
    ...(row.gone !== null && { gone: readGone(row.gone) }),
    // The column `reach` of a reachable chat holds only the missed period.
    hasMissed: row.gone === null && row.reach !== null,
    zone: knownZone(row.zone),
    ...readQuiet(row),
    tableStyle: readTableStyle(row),
    ...readSound(row),
    attempts: row.attempts,
    ...(tried_at !== null && { triedAt: instantOrEpoch(tried_at) }),
    repeated: row.repeated,
    isRepeat,
    part,
    revision,
    messages,
    hasLeft,
    revisionSent: row.revision_sent,
    basis: { epoch, part, revision, messages },
    ...(!isReadable && { isUnreadable: true }),
  }
}

/** Reads the ids of a row's messages; undefined if the column is damaged. */
function readIds(text: string | null): readonly string[] | undefined {
  if (text === null) return []
  const ids = jsonOf(text)
  return Array.isArray(ids) && ids.every(id => typeof id === 'string') ? ids : undefined
}
