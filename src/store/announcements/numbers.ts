import { type Kysely, sql } from 'kysely'
import type { DialectName } from '../migrations/migrations.ts'
import type { Tables } from '../sql/schema.ts'

/** Takes the next id of a broadcast. No other broadcast and no other draft gets it. */
export async function reserveNumber(db: Kysely<Tables>, dialect: DialectName): Promise<number> {
  const next =
    dialect === 'sqlite'
      ? sql<{
          id: number
        }>`update sqlite_sequence set seq = seq + 1 where name = 'broadcasts' returning seq as id`
      : sql<{ id: number }>`select nextval(pg_get_serial_sequence('broadcasts', 'id')) as id`
  const { rows } = await next.execute(db)
  const [row] = rows
  if (!row) throw new TypeError('The sequence of announcements is missing in the database.')
  return Number(row.id)
}
