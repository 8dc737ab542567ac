import { type Kysely, sql, type Transaction } from 'kysely'
import type { Clock } from '../clock.ts'
import { type Broadcast, type DeliveryState, toBroadcast } from './broadcast.ts'
import { selectOpen } from './broadcasts.ts'
import { AT_ONCE, type Claimed, type Claiming, createClaims, type DeliveryKey } from './claims.ts'
import type { DialectName } from './migrations.ts'
import { records } from './records.ts'
import type { Tables } from './schema.ts'

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

interface Exchange extends Claiming {
  /** The lease's name. */
  readonly lease: string
  readonly settle: readonly Settlement[]
  /** Most rows to be claimed. */
  readonly most: number
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

export function createDeliveries(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): Deliveries {
  const now = () => clock.now().epochMilliseconds
  const isPostgres = dialect === 'postgres'
  const claims = createClaims(dialect, clock)

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
    const given = records(dialect, rows, SETTLED)
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

  /** Who has got what is told of an edition knows it. */
  async function know(
    transaction: Transaction<Tables>,
    settlements: readonly Settlement[],
    open: readonly Broadcast[],
  ): Promise<void> {
    const editions = new Map(open.map(({ id, editionId }) => [id, editionId]))
    const rows = settlements.flatMap(({ state, broadcast, chat }) => {
      const edition = state === 'sent' ? editions.get(broadcast) : undefined
      return edition === undefined ? [] : [{ c: chat, e: edition }]
    })
    if (rows.length === 0) return
    await sql`
      update chats set edition_id = v.e
      from ${records(dialect, rows, { c: 'bigint', e: 'bigint' })}
      where chats.id = v.c and chats.state <> 'stopped'
        and (chats.edition_id is null or chats.edition_id < v.e)
        and exists (select 1 from editions where editions.id = v.e)
    `.execute(transaction)
  }

  const keyRecords = (keys: readonly DeliveryKey[]) =>
    records(
      dialect,
      keys.map(({ broadcast, chat }) => ({ b: broadcast, c: chat })),
      { b: 'bigint', c: 'bigint' },
    )

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
        await know(transaction, settlements, open)
        const claimed: Claimed[] = []
        for (const broadcast of open) {
          if (claimed.length >= most) break
          if (broadcast.state === 'paused') continue
          claimed.push(
            ...(await claims.next(transaction, exchange, broadcast, most - claimed.length)),
          )
        }
        return { claimed, open }
      })
    },
    async recover(epoch) {
      const { numAffectedRows = 0n } = await sql`
        update deliveries set state = 'pending', epoch = null,
          tried_at = coalesce(tried_at, case when revision_sent < revision then next_at end),
          next_at = ${AT_ONCE}
        where state = 'claimed' and epoch < ${epoch}
      `.execute(db)
      return Number(numAffectedRows)
    },
    async release(platform, epoch, held) {
      await sql`
        update deliveries set state = 'pending', epoch = null, next_at = ${AT_ONCE}
        where state = 'claimed' and platform = ${platform} and epoch = ${epoch}
          and not exists (select 1 from ${keyRecords(held)}
            where v.b = deliveries.broadcast_id and v.c = deliveries.chat_id)
      `.execute(db)
    },
    async reopen(keys) {
      await db.transaction().execute(async transaction => {
        await sql`
          update deliveries as d set state = 'pending', next_at = ${AT_ONCE}, error = null,
            settled_at = null
          from ${keyRecords(keys)}
          where d.broadcast_id = v.b and d.chat_id = v.c and d.state = 'gone'
        `.execute(transaction)
        await sql`
          update broadcasts set finished_at = null
          where id in (select v.b from ${keyRecords(keys)})
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
