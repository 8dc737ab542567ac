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

export interface SqliteOptions {
  /** The database's file. Its folder is made where it is missing, for this user alone. */
  readonly path: string
  readonly clock: Pick<Clock, 'pause'>
  /** Most pages of 4096 bytes that the file may have; without it as many as the disk has. */
  readonly maxPages?: number
}

/** Statements kept prepared: more than Sitrep has. */
const STATEMENTS = 500

/** Pauses before another try where somebody else is writing, and how long in all, in milliseconds. */
const RETRY_MS = 25
const PATIENCE_MS = 5000

/**
 * One file, one connection. Kysely's own dialect takes `node:sqlite` for another driver: here
 * `columns()` tells whether rows come back, and nothing is bound that would be stored as NULL.
 */
export function sqliteDialect(options: SqliteOptions): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: db => new SqliteIntrospector(db),
    createDriver() {
      let file: SqliteFile | undefined
      let connection: DatabaseConnection | undefined
      const turns = createTurns()
      const run = (text: string) => connection?.executeQuery(CompiledQuery.raw(text))
      return {
        async init() {
          file = await patiently(options.clock, () => openSqliteFile(options))
          connection = connect(file, options.clock)
        },
        async acquireConnection() {
          await turns.take()
          if (connection) return connection
          turns.pass()
          throw new StoreError('The store is closed.')
        },
        async beginTransaction() {
          // At once for writing: a reader that becomes a writer may find that it is too late.
          await run('begin immediate')
        },
        async commitTransaction() {
          await run('commit')
        },
        async rollbackTransaction() {
          // A full disk has rolled back by itself.
          if (file?.isInTransaction()) await run('rollback')
        },
        async releaseConnection() {
          turns.pass()
        },
        async destroy() {
          // Whoever is within a transaction ends it first.
          await turns.take()
          connection = undefined
          turns.pass()
          file?.close()
        },
      }
    },
  }
}

/** Each migration runs in a transaction: a kill leaves no half schema. */
class TransactionalAdapter extends SqliteAdapter {
  /** Turns are ours: Kysely's own wake all who wait each time, to find that one may go on. */
  override get supportsMultipleConnections(): boolean {
    return true
  }

  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/** Again for as long as somebody else writes, without holding the event loop meanwhile. */
async function patiently<T>(clock: Pick<Clock, 'pause'>, work: () => T): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += BUSY_MS + RETRY_MS) {
    try {
      return work()
    } catch (error) {
      if (codeOf(error) !== BUSY || waitedMs >= PATIENCE_MS) throw error
    }
    await clock.pause(RETRY_MS)
  }
}

/** One at a time, in the order of their coming: a transaction is nobody else's. */
function createTurns() {
  const waiting: (() => void)[] = []
  let taken = false
  return {
    async take(): Promise<void> {
      if (taken) await new Promise<void>(resolve => waiting.push(resolve))
      taken = true
    },
    pass(): void {
      const next = waiting.shift()
      if (next) next()
      else taken = false
    },
  }
}

interface Prepared {
  readonly statement: StatementSync
  readonly returnsRows: boolean
  /** Whether it returns rows that it has written. */
  readonly writes: boolean
  /** Columns of the result by their declared type. */
  readonly integers: readonly string[]
  readonly texts: readonly string[]
}

function connect(file: SqliteFile, clock: Pick<Clock, 'pause'>): DatabaseConnection {
  let prepared = new Map<string, Prepared>()
  let preparedFor: DatabaseSync | undefined

  function prepare(text: string): Prepared {
    const database = file.database()
    // Statements belong to the connection that has prepared them.
    if (database !== preparedFor || prepared.size >= STATEMENTS) prepared = new Map()
    preparedFor = database
    const known = prepared.get(text)
    if (known) return known
    const statement = database.prepare(text)
    const columns = statement.columns()
    const named = (types: RegExp) =>
      columns.filter(({ type }) => types.test(type ?? '')).map(({ name }) => name)
    const made = {
      ...{ statement, returnsRows: columns.length > 0, writes: /\breturning\b/.test(text) },
      ...{ integers: named(/^(integer|bigint)$/i), texts: named(/^text$/i) },
    }
    // Rows of such a statement cannot be read again: a second run would write twice.
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
        // Within a transaction the file is ours already.
        if (file.isInTransaction()) return execute<R>(query)
        file.look(query.sql.startsWith('begin'))
        return await patiently(clock, () => execute<R>(query))
      } catch (error) {
        file.failed(error)
        throw error
      }
    },
    streamQuery(): never {
      throw new Error('Rows are not streamed: ask for a slice of them.')
    },
  }
}

/** Reads rows as PostgreSQL would: SQLite takes any value into any column, and larger integers than a number holds. */
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

/** Only if an integer of a row is too large, all of them are read as bigints. */
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

function withNumbers(row: Record<string, SQLOutputValue>): Record<string, SQLOutputValue> {
  const entries = Object.entries(row)
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      typeof value === 'bigint' ? toSafeInteger(value) : value,
    ]),
  )
}

/** A text counts as more than any number, as SQLite compares them. */
function integerOf(value: unknown): number {
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  return toSafeInteger(isNumber ? value : Number.POSITIVE_INFINITY)
}

/** SQLite would store a Date, or what else it does not know, as NULL. */
function bindable(value: unknown): SQLInputValue {
  const type = typeof value
  const isPlain = type === 'string' || type === 'number' || type === 'bigint'
  if (isPlain || value === null || value instanceof Uint8Array) return value as SQLInputValue
  throw new TypeError(`A value of type ${type} cannot be stored.`)
}
