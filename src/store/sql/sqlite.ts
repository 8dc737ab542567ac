import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Clock } from '../../clock.ts'
import { StoreError } from '../error.ts'
import { toSafeInteger } from '../instant.ts'
import { BUSY, codeOf } from './sqlite-errors.ts'
import { BUSY_MS, openSqliteFile, type SqliteFile } from './sqlite-file.ts'
import { openReadOnly } from './sqlite-read-only.ts'

export interface SqliteOptions {
  /** The database's file. If its folder is missing, it is created, private to this user. */
  readonly path: string
  readonly clock: Pick<Clock, 'pause'>
  /** Largest size of the file, in pages of 4096 bytes; limited by the disk alone if absent. */
  readonly maxPages?: number
  /** Whether to read only, and leave no file behind: see `openReadOnly`. */
  readonly isReadOnly?: boolean
}

/** Largest number of prepared statements that a connection keeps. Sitrep has fewer. */
const STATEMENTS = 500

/** Pause before a retry while another process writes, and total time of all tries, in milliseconds. */
const RETRY_MS = 25
const PATIENCE_MS = 5000

/**
 * Creates the dialect for one SQLite file with one connection. Kysely's own dialect expects another driver than
 * `node:sqlite`. This dialect tests `columns()` to see whether a statement returns rows, and refuses a value that
 * SQLite would store as NULL.
 */
export function sqliteDialect(options: SqliteOptions): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: db => new SqliteIntrospector(db),
    createDriver() {
      let file: SqliteFile | undefined
      let connection: DatabaseConnection | undefined
      const mutex = createMutex()
      const run = (text: string) => connection?.executeQuery(CompiledQuery.raw(text))
      return {
        async init() {
          file = await retryWhileBusy(options.clock, () =>
            options.isReadOnly ? openReadOnly(options.path) : openSqliteFile(options),
          )
          connection = connect(file, options.clock)
        },
        async acquireConnection() {
          await mutex.lock()
          if (connection) return connection
          mutex.unlock()
          throw new StoreError('The store is closed.')
        },
        async beginTransaction() {
          // A transaction that begins as a reader cannot become a writer if another process has written since.
          await run('begin immediate')
        },
        async commitTransaction() {
          await run('commit')
        },
        async rollbackTransaction() {
          // SQLite itself rolls back on some errors, such as a full disk.
          if (file?.isInTransaction()) await run('rollback')
        },
        async releaseConnection() {
          mutex.unlock()
        },
        async destroy() {
          // Wait until the running transaction has ended.
          await mutex.lock()
          connection = undefined
          mutex.unlock()
          file?.close()
        },
      }
    },
  }
}

/** Runs each migration in a transaction, so that a kill leaves no half-migrated schema. */
class TransactionalAdapter extends SqliteAdapter {
  /** The driver's mutex serializes the callers. Kysely's own lock would wake all waiting callers each time. */
  override get supportsMultipleConnections(): boolean {
    return true
  }

  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/** Retries while another process writes, up to `PATIENCE_MS`. The event loop is free during the pauses. */
async function retryWhileBusy<T>(clock: Pick<Clock, 'pause'>, work: () => T): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += BUSY_MS + RETRY_MS) {
    try {
      return work()
    } catch (error) {
      if (codeOf(error) !== BUSY || waitedMs >= PATIENCE_MS) throw error
    }
    await clock.pause(RETRY_MS)
  }
}

/** Creates a fair mutex: callers get the connection one at a time, in the order of their calls. */
function createMutex() {
  const waiting: (() => void)[] = []
  let isLocked = false
  return {
    async lock(): Promise<void> {
      if (isLocked) await new Promise<void>(resolve => waiting.push(resolve))
      isLocked = true
    },
    unlock(): void {
      const next = waiting.shift()
      if (next) next()
      else isLocked = false
    },
  }
}

interface Prepared {
  readonly statement: StatementSync
  readonly returnsRows: boolean
  /** Whether the statement returns rows that it has written. */
  readonly writes: boolean
  /** The result's columns that are declared as integers, and those declared as texts. */
  readonly integers: readonly string[]
  readonly texts: readonly string[]
}

function connect(file: SqliteFile, clock: Pick<Clock, 'pause'>): DatabaseConnection {
  let prepared = new Map<string, Prepared>()
  let preparedFor: DatabaseSync | undefined

  function prepare(text: string): Prepared {
    const database = file.database()
    // A statement is valid only for the connection that prepared it.
    if (database !== preparedFor || prepared.size >= STATEMENTS) prepared = new Map()
    preparedFor = database
    const cached = prepared.get(text)
    if (cached) return cached
    const statement = database.prepare(text)
    const columns = statement.columns()
    const named = (types: RegExp) =>
      columns.filter(({ type }) => types.test(type ?? '')).map(({ name }) => name)
    const made = {
      statement,
      returnsRows: columns.length > 0,
      writes: /\breturning\b/.test(text),
      integers: named(/^(integer|bigint)$/i),
      texts: named(/^text$/i),
    }
    // `allOf` repeats a statement that meets a large integer, and a repeated write would write twice.
    if (made.writes) statement.setReadBigInts(true)
    prepared.set(text, made)
    return made
  }

  function execute<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const prepared = prepare(sql)
    const { statement, returnsRows } = prepared
    const values = parameters.map(bindable)
    if (returnsRows) return { rows: rowsOf(prepared, values) as R[] }
    const { changes, lastInsertRowid } = statement.run(...values)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      try {
        // A transaction already holds the file's write lock.
        if (file.isInTransaction()) return execute<R>(query)
        file.reopenIfNeeded(query.sql.startsWith('begin'))
        return await retryWhileBusy(clock, () => execute<R>(query))
      } catch (error) {
        file.onFailure(error)
        throw error
      }
    },
    streamQuery(): never {
      throw new Error('Rows are not streamed: ask for a slice of them.')
    },
  }
}

/**
 * Runs a statement and converts its rows to the types that PostgreSQL would return. SQLite stores any value in any
 * column, and integers beyond 2^53.
 */
function rowsOf(prepared: Prepared, values: readonly SQLInputValue[]): object[] {
  const { statement, writes, integers, texts } = prepared
  const rows = writes ? statement.all(...values).map(withNumbers) : allOf(statement, values)
  for (const row of rows) {
    for (const name of integers) {
      if (!Number.isSafeInteger(row[name]) && row[name] !== null) row[name] = integerOf(row[name])
    }
    for (const name of texts) {
      if (row[name] instanceof Uint8Array) row[name] = Buffer.from(row[name]).toString()
    }
  }
  return rows
}

/** Reads integers as numbers; if one is beyond 2^53, runs the statement again with bigints. */
function allOf(statement: StatementSync, values: readonly SQLInputValue[]) {
  try {
    return statement.all(...values)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_OUT_OF_RANGE') throw error
    statement.setReadBigInts(true)
    try {
      return statement.all(...values).map(withNumbers)
    } finally {
      statement.setReadBigInts(false)
    }
  }
}

/** Converts the bigints of a row to safe integers. */
function withNumbers(row: Record<string, SQLOutputValue>): Record<string, SQLOutputValue> {
  const entries = Object.entries(row)
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      typeof value === 'bigint' ? toSafeInteger(value) : value,
    ]),
  )
}

/** Converts a damaged value of an integer column. A text becomes the largest number, as SQLite sorts it. */
function integerOf(value: unknown): number {
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  return toSafeInteger(isNumber ? value : Number.POSITIVE_INFINITY)
}

/** Throws a `TypeError` for a value of another type, such as a Date: SQLite would store it as NULL. */
function bindable(value: unknown): SQLInputValue {
  const type = typeof value
  const isPlain = type === 'string' || type === 'number' || type === 'bigint'
  if (isPlain || value === null || value instanceof Uint8Array) return value as SQLInputValue
  throw new TypeError(`A value of type ${type} cannot be stored.`)
}
