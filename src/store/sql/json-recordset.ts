import { sql } from 'kysely'
import { LATEST } from '../instant.ts'
import type { DialectName } from '../migrations/migrations.ts'

/** Builds a table expression `v` from one JSON parameter, so that one statement serves any number of rows. */
export function jsonRecordset(
  dialect: DialectName,
  rows: readonly Record<string, unknown>[],
  columns: Readonly<Record<string, string>>,
) {
  if (dialect === 'postgres') {
    const typed = Object.entries(columns).map(([name, type]) => `${name} ${type}`)
    const json = JSON.stringify(rows)
    return sql`json_to_recordset(cast(${json} as json)) as v(${sql.raw(typed.join(', '))})`
  }
  const names = Object.keys(columns)
  // SQLite finds a value faster by its position than by its name. Without the limit, it reads a value again for each use.
  const json = JSON.stringify(rows.map(row => names.map(name => row[name])))
  const read = names.map((name, index) => `value ->> ${index} as ${name}`)
  return sql`(select ${sql.raw(read.join(', '))} from json_each(${json}) limit -1) as v`
}

/** Matches a column whose time `instantOf` cannot read. SQLite sorts texts after all numbers, so they match. */
export function isDamagedTime(column: string) {
  return sql<boolean>`(${sql.ref(column)} < 0 or ${sql.ref(column)} > ${LATEST.epochMilliseconds})`
}
