import { type CreateTableBuilder, type Kysely, sql } from 'kysely'

export type DialectName = 'sqlite' | 'postgres'

/** The differences between the dialects that migrations need. */
export interface Dialect {
  readonly isSqlite: boolean
  /** Begins a table with a column `id`. The database never reuses an id, not even that of a deleted row. */
  withId(db: Kysely<unknown>, name: string): CreateTableBuilder<string, 'id'>
  /** Stores an SQLite table in the order of its primary key, without a separate rowid. */
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
