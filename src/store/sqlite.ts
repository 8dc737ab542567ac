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
  // Only the last one: what is above it is somebody else's to make.
  if (!existsSync(folder) || !statSync(folder).isDirectory()) mkdirSync(folder, { mode: 0o700 })
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

/** The file was deleted, or another one was put in its place. */
class Replaced extends Error {}

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

function connect(database: DatabaseSync, { path, clock }: SqliteOptions): DatabaseConnection {
  const { ino } = statSync(path)
  let lookedAt = 0
  const statements = new Map<string, StatementSync>()

  function prepare(text: string): StatementSync {
    const known = statements.get(text)
    if (known) return known
    if (statements.size >= STATEMENTS) statements.clear()
    const statement = database.prepare(text)
    statements.set(text, statement)
    return statement
  }

  /** Written to a file that is gone, nothing would be found again; read from it, for a moment. */
  function look(isToWrite: boolean): void {
    const now = performance.now()
    if (!isToWrite && now - lookedAt < LOOK_MS) return
    lookedAt = now
    if (statSync(path, { throwIfNoEntry: false })?.ino !== ino) throw new Replaced()
  }

  function execute<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const statement = prepare(sql)
    const values = parameters.map(bindable)
    if (statement.columns().length > 0) return { rows: statement.all(...values) as R[] }
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
    // biome-ignore lint/correctness/useYield: Kysely's port demands it, and nothing here streams.
    async *streamQuery() {
      throw new Error('Rows are not streamed: ask for a slice of them.')
    },
  }
}

/** SQLite would store a Date, or what else it does not know, as NULL. */
function bindable(value: unknown): SQLInputValue {
  const isPlain = ['string', 'number', 'bigint'].includes(typeof value)
  if (value === null || isPlain || value instanceof Uint8Array) return value as SQLInputValue
  throw new TypeError(`A value of type ${typeof value} cannot be stored.`)
}

/** Primary result codes, sqlite.org/rescode.html. */
const BUSY = 5
const LOCKED = 6
const READONLY = 8
const IO_ERROR = 10
const CORRUPT = 11
const FULL = 13
const CANNOT_OPEN = 14
const NOT_A_DATABASE = 26

function codeOf(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: number }
  // The higher bits tell the same more exactly.
  return errcode === undefined ? undefined : errcode & 0xff
}

/** Where an operator can help, what to do; every other error as it is. */
export function explainSqlite(error: unknown, path: string): unknown {
  const sentence = sentenceFor(error, path)
  return sentence === undefined ? error : new StoreError(sentence, { cause: error })
}

function sentenceFor(error: unknown, path: string): string | undefined {
  if (error instanceof Replaced) {
    return `The database ${path} was deleted or replaced while it was in use: start the bot again.`
  }
  const { code, syscall } = error as { code?: string; syscall?: string }
  if (syscall === 'open') {
    return `The database ${path} cannot be made (${code}): let this user write there, or set DATABASE_URL to another place.`
  }
  if (syscall === 'mkdir' || code === 'EACCES') {
    return `The folder of the database ${path} cannot be made (${code}): let this user write there, or set DATABASE_URL to another place.`
  }
  switch (codeOf(error)) {
    case BUSY:
    case LOCKED:
      return `Another program holds the database ${path} and does not let go: end it.`
    case READONLY:
      return `The database ${path} cannot be written to: give this user the right to write the file and its folder.`
    case CANNOT_OPEN:
      return `The database ${path} cannot be opened: let this user write the file and its folder, or set DATABASE_URL to another place.`
    case FULL:
      return `There is no room for the database ${path}: make room on its disk.`
    case IO_ERROR:
      return `The disk fails under the database ${path}: look at the disk, and bring the database back from a backup if it is damaged.`
    case CORRUPT:
    case NOT_A_DATABASE:
      return `The file ${path} is damaged, or no database: bring it back from a backup, or move it away to begin with an empty one.`
    default:
      return undefined
  }
}
