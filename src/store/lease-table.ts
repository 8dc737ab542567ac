import { type Kysely, sql } from 'kysely'
import type { DialectName } from './migrations/migrations.ts'
import type { Tables } from './sql/schema.ts'

/**
 * The leases: a process may send only while it holds one. All times come from the database's clock, because the
 * clocks of two machines differ. Everything throws {@link StoreError} if the store fails.
 */
export interface LeaseTable {
  /**
   * Takes a free, expired or own lease for `ttlMs` milliseconds. Resolves to the new epoch, or to the current holder.
   */
  acquire(name: string, holder: string, ttlMs: number): Promise<Acquired>
  /** Extends a lease to `ttlMs` milliseconds from now. Resolves to false if the lease was lost. */
  renew(name: string, holder: string, epoch: number, ttlMs: number): Promise<boolean>
  /** Ends a lease early. Does nothing if the lease was lost. */
  release(name: string, holder: string, epoch: number): Promise<void>
  /** Resolves to the process that holds the lease now; undefined if none does. */
  holderOf(name: string): Promise<string | undefined>
  /** Whether any process holds the lease now. */
  isTaken(name: string): Promise<boolean>
}

/** Longest lease of any process, in milliseconds. A row with a later end is damaged, and counts as expired. */
const LONGEST_MS = 86_400_000

/** The largest plausible epoch: the year 9999 in milliseconds, since a damaged epoch restarts from the clock. */
const MOST_EPOCH = 253_402_300_799_999

type Acquired = { readonly epoch: number } | { readonly takenBy: string }

export function createLeaseTable(db: Kysely<Tables>, dialect: DialectName): LeaseTable {
  const now =
    dialect === 'sqlite'
      ? sql<number>`cast(unixepoch('subsec') * 1000 as integer)`
      : sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
  const inMs = (ms: number) => sql<number>`${now} + ${sql.lit(Math.round(ms))}`

  // The epoch grows, so that the new holder can tell its own rows from those that earlier holders claimed.
  const next = sql<number>`case when lease.epoch between 0 and ${sql.lit(MOST_EPOCH)}
    then cast(lease.epoch as bigint) + 1 else ${now} end`
  const isOver = sql<boolean>`(lease.expires_at <= ${now} or lease.expires_at > ${inMs(LONGEST_MS)})`

  async function holderOf(name: string): Promise<string | undefined> {
    const row = await db
      .selectFrom('lease')
      .select('holder')
      .where('name', '=', name)
      .where(({ not }) => not(isOver))
      .executeTakeFirst()
    return row && (row.holder ?? '')
  }

  return {
    async acquire(name, holder, ttlMs) {
      const taken = await db
        .insertInto('lease')
        .values({ name, holder, epoch: 1, expires_at: inMs(ttlMs) })
        .onConflict(conflict =>
          conflict
            .column('name')
            .doUpdateSet({ holder, epoch: next, expires_at: inMs(ttlMs) })
            // A process takes its own earlier lease without a wait.
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
    holderOf,
    isTaken: async name => (await holderOf(name)) !== undefined,
  }
}
