import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { DialectName } from '../migrations/migrations.ts'
import { isDamagedTime, jsonRecordset } from '../sql/json-recordset.ts'
import type { Tables } from '../sql/schema.ts'
import type { Broadcast } from './broadcast.ts'
import { AT_ONCE, type Claimed, type Claiming, createClaims, type DeliveryKey } from './claims.ts'
import { createSettling, holdsLease, type Settlement } from './settlements.ts'

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
  exchange(exchange: Exchange): Promise<ExchangeResult | undefined>
  /**
   * Records that the calls of these rows leave now. Resolves to the rows that are still ours: the calls of
   * all others must not leave.
   */
  leave(epoch: number, rows: readonly Leaving[]): Promise<readonly DeliveryKey[]>
  /**
   * Settles the outcomes that this process knows of its earlier terms, then releases all rows that earlier
   * holders claimed; only a row whose call had left may have arrived. Resolves to the number of released
   * rows, or to undefined if another process holds the lease by now: then nothing was written.
   */
  recover(recovery: Recovery): Promise<number | undefined>
  /** Gives free what this holder has claimed without having learnt of it, but for what it holds. */
  release(platform: string, epoch: number, held: readonly DeliveryKey[]): Promise<void>
  /** Makes what was settled as gone due again. */
  reopen(keys: readonly DeliveryKey[]): Promise<void>
}

type Leaving = DeliveryKey & Pick<Claimed, 'repeated'>

interface Recovery {
  /** The lease's name, and its epoch. */
  readonly lease: string
  readonly epoch: number
  readonly known: readonly Settlement[]
  /** Epochs of this process's earlier terms: a call of theirs without an outcome never left. */
  readonly own: readonly number[]
}

interface Exchange extends Claiming {
  /** The lease's name. */
  readonly lease: string
  readonly settle: readonly Settlement[]
  /** Most rows to be claimed. */
  readonly most: number
}

export interface ExchangeResult {
  readonly claimed: readonly Claimed[]
  /** What is not finished, the most urgent first. */
  readonly open: readonly Broadcast[]
}

/** Whether rows of a broadcast may be claimed; of a cancelled one, the rows that have begun. */
function mayGoOn({ state, isUnreadable }: Broadcast): boolean {
  return state === 'cancelled' || (state === 'active' && !isUnreadable)
}

export function createDeliveries(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): Deliveries {
  const now = () => clock.now().epochMilliseconds
  const claims = createClaims(dialect, clock)
  const { settle } = createSettling(dialect)

  const keyRecords = (keys: readonly DeliveryKey[]) =>
    jsonRecordset(
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
      const { settle: settlements, most } = exchange
      return db.transaction().execute(async transaction => {
        if (!(await holdsLease(transaction, dialect, exchange))) return undefined
        const open = await settle(transaction, settlements, now())
        const claimed: Claimed[] = []
        for (const broadcast of open) {
          if (claimed.length >= most) break
          if (!mayGoOn(broadcast)) continue
          claimed.push(
            ...(await claims.next(transaction, exchange, broadcast, most - claimed.length)),
          )
        }
        return { claimed, open }
      })
    },
    async leave(epoch, rows) {
      const given = rows.map(({ broadcast: b, chat: c, repeated: r }) => ({ b, c, r }))
      const columns = { b: 'bigint', c: 'bigint', r: 'integer' }
      // The row's own epoch decides: recovery of a later holder waits for this statement, or precedes it.
      const { rows: left } = await sql<DeliveryKey>`
        update deliveries set left_at = ${now()}, repeated = v.r
        from ${jsonRecordset(dialect, given, columns)}
        where broadcast_id = v.b and chat_id = v.c and state = 'claimed' and epoch = ${epoch}
        returning broadcast_id as broadcast, chat_id as chat
      `.execute(db)
      return left
    },
    async recover(recovery) {
      const { epoch, known, own } = recovery
      return db.transaction().execute(async transaction => {
        if (!(await holdsLease(transaction, dialect, recovery))) return undefined
        const free = async (rows: RawBuilder<unknown>, triedAt: RawBuilder<unknown>) => {
          const { numAffectedRows = 0n } = await sql`
            update deliveries set state = 'pending', epoch = null, left_at = null,
              tried_at = ${triedAt}, next_at = ${AT_ONCE}
            where state = 'claimed' and epoch is distinct from ${epoch} and ${rows}
          `.execute(transaction)
          return Number(numAffectedRows)
        }
        const isOwn = own.length > 0 ? sql`epoch in (${sql.join(own)})` : sql`1 = 0`
        // Other processes' rows first: a known outcome may be of a row that they took over.
        const others = await free(sql`not (${isOwn})`, sql`coalesce(tried_at, left_at)`)
        await settle(transaction, known, now(), true)
        // No claim would find them.
        await transaction
          .updateTable('deliveries')
          .set({ next_at: AT_ONCE })
          .where('state', '=', sql.lit('pending'))
          .where(isDamagedTime('next_at'))
          .execute()
        return others + (await free(isOwn, sql`tried_at`))
      })
    },
    async release(platform, epoch, held) {
      await sql`
        update deliveries set state = 'pending', epoch = null, left_at = null, next_at = ${AT_ONCE}
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
