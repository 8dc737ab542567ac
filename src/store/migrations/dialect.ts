import { type CreateTableBuilder, type Kysely, sql } from 'kysely'

export type DialectName = 'sqlite' | 'postgres'

/** What migrations say differently in each dialect. */
export interface Dialect {
  readonly isSqlite: boolean
  /** A table with an `id` that is never used again, not even after a row is gone. */
  withId(db: Kysely<unknown>, name: string): CreateTableBuilder<string, 'id'>
  /** Kept in the order of its key, without a second key beside it. */
  clustered<T extends string, C extends string>(
    table: CreateTableBuilder<T, C>,
  ): CreateTableBuilder<T, C>
}

export function createDialect(name: DialectName): Dialect {
  const isSqlite = name === 'sqlite'
  return {
    isSqlite,
    withId: (db, table) =>
      db.schema
        .createTable(table)
        .addColumn('id', isSqlite ? 'integer' : 'bigint', column =>
          isSqlite
            ? column.primaryKey().autoIncrement()
            : column.primaryKey().generatedAlwaysAsIdentity(),
        ),
    clustered: table => (isSqlite ? table.modifyEnd(sql`without rowid`) : table),
  }
}
