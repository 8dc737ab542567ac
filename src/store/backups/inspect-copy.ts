import { DatabaseSync } from 'node:sqlite'
import { CORRUPT, codeOf, NOT_A_DATABASE, SQL_ERROR } from '../sql/sqlite-errors.ts'

/** The kind of a copy; `rows` counts those of all tables. */
export type Inspection =
  | { readonly is: 'whole'; readonly rows: number }
  | { readonly is: 'not-a-database' | 'damaged' | 'foreign' | 'newer' }

/**
 * Checks every page of a copy of a database, and whether this release can read its tables. It may block for seconds: SQLite
 * checks some 100 MB a second. Throws an error of SQLite about the file's disk or its rights.
 *
 * @param migrations the names of all migrations of this release.
 */
export function inspectCopy(path: string, migrations: readonly string[]): Inspection {
  const database = new DatabaseSync(path)
  try {
    const all = (text: string) => database.prepare(text).all()
    const [check] = all('pragma integrity_check(1)')
    if (check?.integrity_check !== 'ok') return { is: 'damaged' }
    const tables = all(`select name from sqlite_schema where type = 'table'`).map(({ name }) =>
      String(name),
    )
    const own = ['kysely_migration', 'chats']
    if (!own.every(name => tables.includes(name))) return { is: 'foreign' }
    const applied = all('select name from kysely_migration').map(({ name }) => String(name))
    if (applied.some(name => !migrations.includes(name))) return { is: 'newer' }
    const counts = tables.map(name => all(`select count(*) as rows from "${name}"`)[0]?.rows)
    const rows = counts.reduce<number>((sum, count) => sum + Number(count), 0)
    return { is: 'whole', rows }
  } catch (error) {
    const code = codeOf(error)
    if (code === NOT_A_DATABASE) return { is: 'not-a-database' }
    if (code === CORRUPT) return { is: 'damaged' }
    // A table has other columns, or a name or a type that this build of SQLite can't read.
    if (code === SQL_ERROR) return { is: 'foreign' }
    throw error
  } finally {
    database.close()
  }
}
