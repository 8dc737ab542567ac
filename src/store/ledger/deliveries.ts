import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { DialectName } from '../migrations/migrations.ts'
import { isDamagedTime, jsonRecordset } from '../sql/json-recordset.ts'
import type { Tables } from '../sql/schema.ts'
import type { Broadcast } from './broadcast.ts'
import { AT_ONCE, type Claimed, type Claiming, createClaims, type DeliveryKey } from './claims.ts'
import { createSettling, holdsLease, type Settlement } from './settlements.ts'

/**
 * The ledger of deliveries: a sender claims a row before it sends, and settles it after. Only the lease's holder can do
 * either. A new holder recovers the rows that earlier holders claimed; a row whose call had left may have arrived.
 * Everything throws {@link StoreError} if the store fails.
 */
export interface Deliveries {
  /** Reads the id of this installation. It makes the keys of messages stable, and different from another bot's. */
  installation(): Promise<string>
  /**
   * Settles outcomes and claims the next rows, in one transaction. Writes nothing, and resolves to undefined, if the
   * lease was lost.
   */
  exchange(exchange: Exchange): Promise<ExchangeResult | undefined>
  /**
   * Records that the calls of these rows leave now. Resolves to the rows that are still claimed in this epoch: the
   * calls of all others must not leave.
   */
  leave(epoch: number, rows: readonly Leaving[]): Promise<readonly DeliveryKey[]>
  /**
   * Settles the outcomes that this process knows from its earlier terms, then releases all rows that earlier
   * holders claimed. A row whose call had left may have arrived. Resolves to the number of released rows. Writes
   * nothing, and resolves to undefined, if the lease was lost.
   */
  recover(recovery: Recovery): Promise<number | undefined>
  /**
   * Releases the rows that are claimed in this epoch, except `inHand`. A claim whose response was lost may have
   * committed, so the sender does not have its rows.
   */
  release(platform: string, epoch: number, inHand: readonly DeliveryKey[]): Promise<void>
  /** Makes rows that are settled as gone due again. */
  reopen(keys: readonly DeliveryKey[]): Promise<void>
}

type Leaving = DeliveryKey & Pick<Claimed, 'repeated'>

interface Recovery {
  /** The lease's name. */
  readonly lease: string
  readonly epoch: number
  /** Outcomes of this process's earlier terms that may not be in the ledger. */
  readonly known: readonly Settlement[]
  /** Epochs of this process's earlier terms: a call of theirs without an outcome never left. */
  readonly own: readonly number[]
}

interface Exchange extends Claiming {
  /** The lease's name. */
  readonly lease: string
  readonly settle: readonly Settlement[]
  /** Largest number of rows to claim. */
  readonly most: number
}

export interface ExchangeResult {
  readonly claimed: readonly Claimed[]
  /** All unfinished broadcasts, the highest priority first. */
  readonly open: readonly Broadcast[]
}

/**
 * Whether rows of a broadcast may be claimed. If it is cancelled, `Claims` finds only rows with a part that arrived.
 */
function isClaimable({ state, isUnreadable }: Broadcast): boolean {
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
          if (!isClaimable(broadcast)) continue
          claimed.push(
            ...(await claims.next(transaction, exchange, broadcast, most - claimed.length)),
          )
        }
        return { claimed, open }
      })
    },
    async leave(epoch, rows) {
      const records = rows.map(({ broadcast: b, chat: c, repeated: r }) => ({ b, c, r }))
      const columns = { b: 'bigint', c: 'bigint', r: 'integer' }
      // The row's epoch suffices: the recovery of a later holder runs either after this statement, or before it and
      // then has cleared the epoch.
      const { rows: left } = await sql<DeliveryKey>`
        update deliveries set left_at = ${now()}, repeated = v.r
        from ${jsonRecordset(dialect, records, columns)}
        where broadcast_id = v.b and chat_id = v.c and state = 'claimed' and epoch = ${epoch}
        returning broadcast_id as broadcast, chat_id as chat
      `.execute(db)
      return left
    },
    async recover(recovery) {
      const { epoch, known, own } = recovery
      return db.transaction().execute(async transaction => {
        if (!(await holdsLease(transaction, dialect, recovery))) return undefined
        const releaseRows = async (rows: RawBuilder<unknown>, triedAt: RawBuilder<unknown>) => {
          const { numAffectedRows = 0n } = await sql`
            update deliveries set state = 'pending', epoch = null, left_at = null,
              tried_at = ${triedAt}, next_at = ${AT_ONCE}
            where state = 'claimed' and epoch is distinct from ${epoch} and ${rows}
          `.execute(transaction)
          return Number(numAffectedRows)
        }
        const isOwn = own.length > 0 ? sql`epoch in (${sql.join(own)})` : sql`1 = 0`
        // Release other processes' rows first: another process may have claimed the row of a known outcome since.
        const others = await releaseRows(sql`not (${isOwn})`, sql`coalesce(tried_at, left_at)`)
        await settle(transaction, known, now(), true)
        // No claim would find a row with a damaged time.
        await transaction
          .updateTable('deliveries')
          .set({ next_at: AT_ONCE })
          .where('state', '=', sql.lit('pending'))
          .where(isDamagedTime('next_at'))
          .execute()
        return others + (await releaseRows(isOwn, sql`tried_at`))
      })
    },
    async release(platform, epoch, inHand) {
      await sql`
        update deliveries set state = 'pending', epoch = null, left_at = null, next_at = ${AT_ONCE}
        where state = 'claimed' and platform = ${platform} and epoch = ${epoch}
          and not exists (select 1 from ${keyRecords(inHand)}
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
