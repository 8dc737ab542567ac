import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Clock } from '../clock.ts'
import { StoreError } from './error.ts'
import { BUSY, codeOf, Replaced } from './sqlite-errors.ts'

export interface SqliteOptions {
  /** The database's file. Its folder is made where it is missing, for this user alone. */
  readonly path: string
  readonly clock: Pick<Clock, 'pause'>
  /** Most pages of 4096 bytes that the file may have; without it as many as the disk has. */
  readonly maxPages?: number
}

/** Statements kept prepared: more than Sitrep has. */
const STATEMENTS = 500

/** A busy wait holds the event loop: so long and no longer, in milliseconds. */
const BUSY_MS = 50

/** How often it is looked whether the file is still the same, in milliseconds. */
const LOOK_MS = 1000

/** Pauses before another try where somebody else is writing, and how long in all, in milliseconds. */
const RETRY_MS = 25
const PATIENCE_MS = 5000

/** What is forgotten is gone from the file, and from its journal; what is committed survives a loss of power. */
const PRAGMAS = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma foreign_keys = on;
  pragma secure_delete = on;
  pragma wal_checkpoint(truncate);
`

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
      let database: DatabaseSync | undefined
      let connection: DatabaseConnection | undefined
      const turns = createTurns()
      const run = (text: string) => connection?.executeQuery(CompiledQuery.raw(text))
      return {
        async init() {
          database = await open(options)
          connection = connect(database, options)
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
          if (database?.isTransaction) await run('rollback')
        },
        async releaseConnection() {
          turns.pass()
        },
        async destroy() {
          // Whoever is within a transaction ends it first.
          await turns.take()
          connection = undefined
          turns.pass()
          if (database?.isOpen) database.close()
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

async function open({ path, clock, maxPages }: SqliteOptions): Promise<DatabaseSync> {
  const folder = dirname(path)
  makeFolder(folder)
  // For this user alone, and with it the journal beside it.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  const database = new DatabaseSync(path, { timeout: BUSY_MS })
  try {
    await patiently(clock, () => {
      database.exec(PRAGMAS)
      if (maxPages !== undefined) database.exec(`pragma max_page_count = ${maxPages}`)
    })
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** For this user alone, and only the last one: what is above it is somebody else's to make. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Of two that start at the same moment the other was quicker.
    if (!isFolder(folder)) throw error
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
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
}

function connect(database: DatabaseSync, { path, clock }: SqliteOptions): DatabaseConnection {
  const { ino } = statSync(path)
  let lookedAt = 0
  const statements = new Map<string, Prepared>()

  function prepare(text: string): Prepared {
    const known = statements.get(text)
    if (known) return known
    if (statements.size >= STATEMENTS) statements.clear()
    const statement = database.prepare(text)
    const prepared = { statement, returnsRows: statement.columns().length > 0 }
    statements.set(text, prepared)
    return prepared
  }

  /** Written to a file that is gone, nothing would be found again; read from it, for a moment. */
  function look(isToWrite: boolean): void {
    const now = performance.now()
    if (!isToWrite && now - lookedAt < LOOK_MS) return
    lookedAt = now
    if (statSync(path, { throwIfNoEntry: false })?.ino !== ino) throw new Replaced()
  }

  function execute<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const { statement, returnsRows } = prepare(sql)
    const values = parameters.map(bindable)
    if (returnsRows) return { rows: statement.all(...values) as R[] }
    const { changes, lastInsertRowid } = statement.run(...values)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      // Within a transaction the file is ours already.
      if (database.isTransaction) return execute<R>(query)
      look(query.sql.startsWith('begin'))
      return patiently(clock, () => execute<R>(query))
    },
    streamQuery(): never {
      throw new Error('Rows are not streamed: ask for a slice of them.')
    },
  }
}

/** SQLite would store a Date, or what else it does not know, as NULL. */
function bindable(value: unknown): SQLInputValue {
  const type = typeof value
  const isPlain = type === 'string' || type === 'number' || type === 'bigint'
  if (isPlain || value === null || value instanceof Uint8Array) return value as SQLInputValue
  throw new TypeError(`A value of type ${type} cannot be stored.`)
}
