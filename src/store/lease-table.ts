import { type Kysely, sql } from 'kysely'
import type { DialectName } from './migrations/migrations.ts'
import type { Tables } from './sql/schema.ts'

/** Who may act. The times are the store's own: no two machines agree on theirs. */
export interface LeaseTable {
  /** The new epoch, or who holds it now. */
  acquire(name: string, holder: string, ttlMs: number): Promise<Acquired>
  /** Whether it is still ours; it then holds for `ttlMs` from now. */
  renew(name: string, holder: string, epoch: number, ttlMs: number): Promise<boolean>
  release(name: string, holder: string, epoch: number): Promise<void>
  /** Whether somebody holds it at this moment. */
  isTaken(name: string): Promise<boolean>
}

/** A lease that ends later than this, in milliseconds, was written by no process: its row is damaged. */
const LONGEST_MS = 86_400_000

/** An epoch that is greater than this one, in milliseconds since the epoch, was not counted: the year 9999. */
const MOST_EPOCH = 253_402_300_799_999

type Acquired = { readonly epoch: number } | { readonly takenBy: string }

export function createLeaseTable(db: Kysely<Tables>, dialect: DialectName): LeaseTable {
  const now =
    dialect === 'sqlite'
      ? sql<number>`cast(unixepoch('subsec') * 1000 as integer)`
      : sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
  const inMs = (ms: number) => sql<number>`${now} + ${sql.lit(Math.round(ms))}`

  // Above each epoch that was counted, so that rows that an earlier holder claimed are released.
  const next = sql<number>`case when lease.epoch between 0 and ${sql.lit(MOST_EPOCH)}
    then cast(lease.epoch as bigint) + 1 else ${now} end`
  const isOver = sql<boolean>`(lease.expires_at <= ${now} or lease.expires_at > ${inMs(LONGEST_MS)})`

  return {
    async acquire(name, holder, ttlMs) {
      const taken = await db
        .insertInto('lease')
        .values({ name, holder, epoch: 1, expires_at: inMs(ttlMs) })
        .onConflict(conflict =>
          conflict
            .column('name')
            .doUpdateSet({ holder, epoch: next, expires_at: inMs(ttlMs) })
            // Our own, that we have let go of, need not be waited for.
            .where(sql<boolean>`${isOver} or lease.holder = ${holder}`),
        )
        .returning('epoch')
        .executeTakeFirst()
      if (taken) return taken
      const row = await db
        .selectFrom('lease')
        .select('holder')
        .where('name', '=', name)
        .executeTakeFirst()
      return { takenBy: row?.holder ?? '' }
    },
    async renew(name, holder, epoch, ttlMs) {
      const { numUpdatedRows } = await db
        .updateTable('lease')
        .set({ expires_at: inMs(ttlMs) })
        .where('name', '=', name)
        .where('holder', '=', holder)
        .where('epoch', '=', epoch)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    async release(name, holder, epoch) {
      await db
        .updateTable('lease')
        .set({ holder: null, expires_at: 0 })
        .where('name', '=', name)
        .where('holder', '=', holder)
        .where('epoch', '=', epoch)
        .execute()
    },
    async isTaken(name) {
      const row = await db
        .selectFrom('lease')
        .select('name')
        .where('name', '=', name)
        .where(({ not }) => not(isOver))
        .executeTakeFirst()
      return row !== undefined
    },
  }
}
