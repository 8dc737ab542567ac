import { type Kysely, sql } from 'kysely'
import { StoreError } from '../error.ts'
import { createMigrations, type DialectName } from '../migrations/migrations.ts'

/** Migrates to the newest schema, or to `target`. Throws {@link StoreError} if a newer release wrote the data. */
export async function migrate<T>(
  db: Kysely<T>,
  dialect: DialectName,
  target?: string,
): Promise<void> {
  const migrations = createMigrations(dialect)
  const applied = await appliedMigrations(db)
  if (applied.some(name => !(name in migrations))) {
    throw new StoreError(
      'This database was created by a newer Sitrep. Run that version, or change DATABASE_URL.',
    )
  }
  if (applied.length === Object.keys(migrations).length) return
  const { Migrator } = await import('kysely/migration')
  const provider = { getMigrations: async () => migrations }
  const migrator = new Migrator({ db, provider, nameComparator: byName })
  const { error } = await (target ? migrator.migrateTo(target) : migrator.migrateToLatest())
  if (error) throw error
}

/** Reads the names of the migrations that have run. A new database has no such table, and so none. */
export async function appliedMigrations<T>(db: Kysely<T>): Promise<string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
    return rows.map(({ name }) => name)
  } catch (error) {
    // PostgreSQL translates its messages, so test its code for an undefined table.
    const { code, message } = error as { code?: string; message: string }
    if (code === '42P01' || /no such table/.test(message)) return []
    throw error
  }
}

function byName(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
