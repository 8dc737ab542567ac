import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { Clock } from '../clock.ts'
import type { ChatPlace, PlaceKind } from '../platform.ts'
import { type Broadcast, type DeliveryState, toBroadcast } from './broadcast.ts'
import { selectOpen } from './broadcasts.ts'
import type { ChatTableStyle } from './chat.ts'
import type { DialectName } from './migrations.ts'
import type { DeliveryTable, Tables } from './schema.ts'

/**
 * The ledger of what goes to whom: rows are claimed before anything is sent, and settled after. Only
 * whoever holds the lease can do either; what an older holder had claimed is taken over as uncertain.
 * Everything throws {@link StoreError} where the store fails.
 */
export interface Deliveries {
  /** This installation's id: what is sent again has the same key, and no other bot's. */
  installation(): Promise<string>
  /**
   * Settles what was done and claims what is next, in one transaction. Nothing where somebody else
   * holds the lease by now: then nothing was written.
   */
  exchange(exchange: Exchange): Promise<Exchanged | undefined>
  /**
   * Gives free what a holder before `epoch` had claimed: it may have arrived. Resolves to how many.
   */
  recover(epoch: number): Promise<number>
  /** Gives free what this holder has claimed without having learnt of it, but for what it holds. */
  release(platform: string, epoch: number, held: readonly DeliveryKey[]): Promise<void>
  /** Makes what was settled as gone due again. */
  reopen(keys: readonly DeliveryKey[]): Promise<void>
}

export interface DeliveryKey {
  readonly broadcast: number
  readonly chat: number
}

interface Exchange {
  readonly platform: string
  /** Of the lease that is held. */
  readonly epoch: number
  /** The lease's name. */
  readonly lease: string
  readonly settle: readonly Settlement[]
  /** Most rows to be claimed. */
  readonly most: number
  /** How long the platform knows what is sent again, in milliseconds: see `Limits`. */
  readonly knownMs: number
}

export interface Exchanged {
  readonly claimed: readonly Claimed[]
  /** What is not finished, the most urgent first. */
  readonly open: readonly Broadcast[]
}

/** What has been done for one row, and what comes of that. */
export interface Settlement extends DeliveryKey {
  /** `pending`: to be claimed again at `nextAt`. */
  readonly state: Exclude<DeliveryState, 'claimed'>
  readonly nextAt?: Temporal.Instant
  readonly attempts: number
  readonly triedAt?: Temporal.Instant
  readonly repeated: number
  readonly part: number
  readonly revision: number
  readonly revisionSent: number
  readonly messages: readonly string[]
  readonly error?: string
}

/** A row, and what is known of its chat at this moment. */
export interface Claimed extends DeliveryKey {
  readonly place: ChatPlace
  /** Whether the chat wants it still: follows the topic, is awake and can be reached. */
  readonly isWanted: boolean
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
}

/** Claimed before all that has not been tried yet: when it was, whatever the clock has done since. */
const AT_ONCE = 1

export function createDeliveries(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): Deliveries {
  const now = () => clock.now().epochMilliseconds
  const isPostgres = dialect === 'postgres'

  /** Rows out of one parameter: a statement for any number of them. */
  function records(rows: readonly Record<string, unknown>[], columns: Record<string, string>) {
    const json = JSON.stringify(rows)
    if (isPostgres) {
      const typed = Object.entries(columns).map(([name, type]) => `${name} ${type}`)
      return sql`jsonb_to_recordset(cast(${json} as jsonb)) as v(${sql.raw(typed.join(', '))})`
    }
    const read = Object.keys(columns).map(name => `value ->> '${name}' as ${name}`)
    return sql`(select ${sql.raw(read.join(', '))} from json_each(${json})) as v`
  }

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

  async function holds(transaction: Transaction<Tables>, lease: string, epoch: number) {
    const query = transaction.selectFrom('lease').select('epoch').where('name', '=', lease)
    // Nobody takes it over while we write.
    const held = await (isPostgres ? query.forShare() : query).executeTakeFirst()
    return held?.epoch === epoch
  }

  async function settle(
    transaction: Transaction<Tables>,
    epoch: number,
    settlements: readonly Settlement[],
  ): Promise<void> {
    if (settlements.length === 0) return
    const settledAt = now()
    const rows = settlements.map(each => ({
      ...{ b: each.broadcast, c: each.chat, s: each.state, a: each.attempts, r: each.repeated },
      n: each.nextAt ? Math.max(AT_ONCE, each.nextAt.epochMilliseconds) : AT_ONCE,
      t: each.triedAt?.epochMilliseconds ?? null,
      ...{ p: each.part, v: each.revision, w: each.revisionSent, e: each.error ?? null },
      m: each.messages.length > 0 ? JSON.stringify(each.messages) : null,
      d: each.state === 'pending' ? null : settledAt,
    }))
    const given = records(rows, SETTLED)
    // What has arrived, or was refused, of a revision that is not the newest any more is work again.
    const isBehind = sql`(v.v < b.revision and (v.s = 'failed'
      or v.m is not null and v.s in ('sent', 'skipped', 'uncertain')))`
    await sql`
      update deliveries as d set
        state = case when ${isBehind} then 'pending' else v.s end,
        next_at = case when ${isBehind} then 0 else v.n end,
        part = case when ${isBehind} then 0 else v.p end,
        attempts = v.a, tried_at = v.t, repeated = v.r, revision = v.v, revision_sent = v.w,
        message_ids = v.m, error = v.e, settled_at = v.d, epoch = null
      from ${given} join broadcasts as b on b.id = v.b
      where d.broadcast_id = v.b and d.chat_id = v.c and d.epoch = ${epoch} and d.state = 'claimed'
    `.execute(transaction)
  }

  async function claim(
    transaction: Transaction<Tables>,
    { platform, epoch, knownMs }: Exchange,
    { id, revision, state, audience: { topic } }: Broadcast,
    most: number,
  ): Promise<Claimed[]> {
    const at = now()
    const select = () => {
      const query = transaction
        .selectFrom('deliveries as d')
        .innerJoin('chats as c', 'c.id', 'd.chat_id')
        .select([
          ...(['d.chat_id', 'd.attempts', 'd.tried_at', 'd.repeated', 'd.part'] as const),
          ...(['d.revision', 'd.revision_sent', 'd.message_ids', 'c.address', 'c.within'] as const),
          ...(['c.kind', 'c.state', 'c.gone', 'c.paused_until', 'c.zone'] as const),
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
    const rows = [...tried, ...fresh].map(row => {
      const messages: string[] = row.message_ids === null ? [] : JSON.parse(row.message_ids)
      const isTried = row.tried_at !== null && messages[row.part] === undefined
      const isRepeat = isTried && !isKnown(at - (row.tried_at ?? 0), knownMs)
      // What may have arrived of an older revision is found out by that one's key.
      const isNew = row.revision < revision && row.tried_at === null
      return {
        ...row,
        ...(isNew && { revision, part: 0 }),
        // On record before it is sent: whoever dies doing so has no time to tell.
        ...{ messages, isRepeat, repeated: row.repeated + Number(isRepeat) },
      }
    })
    if (rows.length === 0) return []
    await sql`
      update deliveries as d set state = 'claimed', epoch = ${epoch}, next_at = ${at},
        revision = v.v, part = v.p, repeated = v.r
      from ${records(
        rows.map(row => ({ b: id, c: row.chat_id, v: row.revision, p: row.part, r: row.repeated })),
        { b: 'bigint', c: 'bigint', v: 'integer', p: 'integer', r: 'integer' },
      )}
      where d.broadcast_id = v.b and d.chat_id = v.c
    `.execute(transaction)
    return rows.map(row => toClaimed(row, id, platform, at))
  }

  async function keyed(
    keys: readonly DeliveryKey[],
    change: (given: ReturnType<typeof records>) => ReturnType<typeof sql>,
  ) {
    const rows = keys.map(({ broadcast, chat }) => ({ b: broadcast, c: chat }))
    await change(records(rows, { b: 'bigint', c: 'bigint' })).execute(db)
  }

  return {
    async installation() {
      const { id } = await db.selectFrom('installation').select('id').executeTakeFirstOrThrow()
      return id
    },
    async exchange(exchange) {
      const { lease, epoch, settle: settlements, most } = exchange
      return db.transaction().execute(async transaction => {
        if (!(await holds(transaction, lease, epoch))) return undefined
        const query = selectOpen(transaction)
        // None of them is changed, nor corrected, while rows are settled by what it is.
        const open = (await (isPostgres ? query.forShare() : query).execute()).map(toBroadcast)
        await settle(transaction, epoch, settlements)
        const claimed: Claimed[] = []
        for (const broadcast of open) {
          if (claimed.length >= most) break
          if (broadcast.state === 'paused') continue
          claimed.push(...(await claim(transaction, exchange, broadcast, most - claimed.length)))
        }
        return { claimed, open }
      })
    },
    async recover(epoch) {
      const { numAffectedRows = 0n } = await sql`
        update deliveries set state = 'pending', epoch = null,
          tried_at = coalesce(tried_at, next_at), next_at = ${AT_ONCE}
        where state = 'claimed' and epoch < ${epoch}
      `.execute(db)
      return Number(numAffectedRows)
    },
    release: (platform, epoch, held) =>
      keyed(
        held,
        given => sql`
          update deliveries set state = 'pending', epoch = null, next_at = ${AT_ONCE}
          where state = 'claimed' and platform = ${platform} and epoch = ${epoch}
            and not exists (
              select 1 from ${given} where v.b = deliveries.broadcast_id and v.c = deliveries.chat_id)
        `,
      ),
    async reopen(keys) {
      await db.transaction().execute(async transaction => {
        const rows = keys.map(({ broadcast, chat }) => ({ b: broadcast, c: chat }))
        await sql`
          update deliveries as d set state = 'pending', next_at = ${AT_ONCE}, error = null,
            settled_at = null
          from ${records(rows, { b: 'bigint', c: 'bigint' })}
          where d.broadcast_id = v.b and d.chat_id = v.c and d.state = 'gone'
        `.execute(transaction)
        await sql`
          update broadcasts set finished_at = null
          where id in (select v.b from ${records(rows, { b: 'bigint', c: 'bigint' })})
        `.execute(transaction)
      })
    },
  }
}

/** What is given for each row that is settled, by the type of its column. */
const SETTLED = {
  ...{ b: 'bigint', c: 'bigint', s: 'text', a: 'integer', r: 'integer', n: 'bigint' },
  ...{ t: 'bigint', p: 'integer', v: 'integer', w: 'integer', e: 'text', m: 'text', d: 'bigint' },
} as const

type ClaimedRow = Pick<
  Selectable<DeliveryTable>,
  | ('chat_id' | 'attempts' | 'tried_at' | 'repeated' | 'part')
  | ('revision' | 'revision_sent' | 'message_ids')
> &
  Pick<
    Selectable<Tables['chats']>,
    | ('address' | 'within' | 'kind' | 'state' | 'gone' | 'paused_until' | 'zone')
    | ('quiet_from' | 'quiet_to' | 'table_style')
  > & { readonly follows: number; readonly isRepeat: boolean; readonly messages: readonly string[] }

/** A clock that was set back tells nothing. */
function isKnown(sinceMs: number, knownMs: number): boolean {
  return sinceMs >= 0 && sinceMs < knownMs
}

function toClaimed(row: ClaimedRow, broadcast: number, platform: string, at: number): Claimed {
  const { address, within, tried_at, quiet_from, quiet_to, paused_until } = row
  const isAwake =
    row.state === 'active' ||
    (row.state === 'paused' && paused_until !== null && paused_until <= at)
  return {
    broadcast,
    chat: row.chat_id,
    place: {
      platform,
      address: address ?? '',
      ...(within !== null && { within }),
      kind: row.kind as PlaceKind,
    },
    isWanted: isAwake && row.gone === null && address !== null && Number(row.follows) > 0,
    zone: row.zone,
    ...(quiet_from !== null && quiet_to !== null && { quiet: { from: quiet_from, to: quiet_to } }),
    tableStyle: row.table_style as ChatTableStyle,
    attempts: row.attempts,
    ...(tried_at !== null && { triedAt: Temporal.Instant.fromEpochMilliseconds(tried_at) }),
    ...{ repeated: row.repeated, isRepeat: row.isRepeat, part: row.part, revision: row.revision },
    revisionSent: row.revision_sent,
    messages: row.messages,
  }
}
