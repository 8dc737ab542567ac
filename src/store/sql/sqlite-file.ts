import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { createMigrations } from '../migrations/migrations.ts'
import {
  BUSY,
  CANNOT_OPEN,
  codeOf,
  IO_ERROR,
  NotAFileError,
  READONLY,
  ReplacedFileError,
} from './sqlite-errors.ts'

/** Longest wait of SQLite for another writer, in milliseconds. The wait blocks the event loop. */
export const BUSY_MS = 50

/** Shortest time between two checks of the file, and between two tries to reopen it, in milliseconds. */
const CHECK_MS = 1000

/** Size of the chunks in which two files are compared, in bytes. */
const CHUNK = 1 << 20

/** After these errors a connection stays broken even when the operator has repaired the file. */
const BREAKING: readonly (number | undefined)[] = [READONLY, CANNOT_OPEN, IO_ERROR]

/** With these pragmas, deleted rows leave the file and its journal, and committed rows survive a power loss. */
const PRAGMAS = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma foreign_keys = on;
  pragma secure_delete = on;
  pragma wal_checkpoint(truncate);
`

/** An SQLite file with one connection, which reopens after the file was repaired or replaced. */
export interface SqliteFile {
  database(): DatabaseSync
  isInTransaction(): boolean
  /**
   * Reopens the file if it was replaced, or if the connection is broken. Checks before each write, and before a read
   * at most once a second; retries a broken connection once a second. Call it outside of transactions only. Throws
   * the error of the reopening if that fails.
   */
  reopenIfNeeded(isWrite: boolean): void
  /** Records the error of a query: some errors mean that the connection is broken. */
  onFailure(error: unknown): void
  close(): void
}

export interface SqliteFileOptions {
  readonly path: string
  readonly maxPages?: number
}

/** An open connection, and the identity of its files. */
interface Connection {
  readonly database: DatabaseSync
  readonly file: SharedFile
  /** Inode of the journal. */
  readonly wal: number | undefined
}

/** A descriptor of a database file, shared by all connections of this process to the file. */
interface SharedFile {
  /** Device and inode. */
  readonly key: string
  readonly descriptor: number
  users: number
}

/** All shared files, by their keys. */
const sharedFiles = new Map<string, SharedFile>()

/** Creates the folder and the file if they are missing. Throws if the file cannot be read and written. */
export function openSqliteFile(options: SqliteFileOptions): SqliteFile {
  const { path } = options
  makeFolder(dirname(path))
  // Private to this user. SQLite creates the journal with the mode of the file.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  let connection = connect(options)
  let isOpen = true
  let broken: { readonly error: unknown } | undefined
  let checkedAt = 0

  /** Throws {@link ReplacedFileError} if the file is missing, or is not a database of this version. */
  function reopen(): void {
    if (keyOf(path) === undefined) throw new ReplacedFileError()
    const isSame = keyOf(path) === connection.file.key
    if (!isSame && !(isOpen && isCopy(path, connection.file))) {
      if (!isCurrent(path)) throw new ReplacedFileError()
      if (isOpen) setJournalAside(path, connection)
    }
    close()
    connection = connect(options)
    isOpen = true
  }

  function close(): void {
    if (!isOpen) return
    isOpen = false
    disconnect(connection)
  }

  return {
    database: () => connection.database,
    isInTransaction: () => isOpen && connection.database.isTransaction,
    reopenIfNeeded(isWrite) {
      const now = performance.now()
      const isChecked = now - checkedAt < CHECK_MS
      if (broken && isChecked) throw broken.error
      if (!broken && !isWrite && isChecked) return
      checkedAt = now
      if (!broken && keyOf(path) === connection.file.key) return
      try {
        reopen()
        broken = undefined
      } catch (error) {
        broken = { error }
        throw error
      }
    },
    onFailure(error) {
      if (!BREAKING.includes(codeOf(error))) return
      broken ??= { error }
      checkedAt = 0
    },
    close,
  }
}

function connect({ path, maxPages }: SqliteFileOptions): Connection {
  checkIsFile(path)
  checkModes(path)
  const database = new DatabaseSync(path, { timeout: BUSY_MS })
  try {
    database.exec(PRAGMAS)
    if (maxPages !== undefined) database.exec(`pragma max_page_count = ${maxPages}`)
    checkWritable(database)
    return { database, file: share(path), wal: inodeOf(`${path}-wal`) }
  } catch (error) {
    database.close()
    throw error
  }
}

/** Throws {@link NotAFileError} if the path exists but is no file. SQLite would wait without a limit for a pipe. */
export function checkIsFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) throw new NotAFileError()
}

/**
 * Throws if this user may not write the file, or one of the files beside it. SQLite creates the journal with the mode
 * of the file, so the journal of a read-only file stays unwritable after the operator has repaired the file's mode.
 * Such a journal gets the current mode of the file.
 */
function checkModes(path: string): void {
  accessSync(path, constants.R_OK | constants.W_OK)
  for (const beside of [`${path}-wal`, `${path}-shm`]) {
    const stats = statSync(beside, { throwIfNoEntry: false })
    if (!stats) continue
    const isOwn = stats.uid === process.getuid?.()
    if (isOwn && (stats.mode & 0o600) !== 0o600) chmodSync(beside, statSync(path).mode & 0o777)
    accessSync(beside, constants.R_OK | constants.W_OK)
  }
}

/** Throws if the file is read-only. SQLite would open such a file, and fail at the first write. */
function checkWritable(database: DatabaseSync): void {
  try {
    database.exec('begin immediate')
    database.exec('rollback')
  } catch (error) {
    // Another process is writing now, so the file is writable.
    if (codeOf(error) !== BUSY) throw error
  }
}

function disconnect({ database, file }: Connection): void {
  if (database.isOpen) database.close()
  unshare(file)
}

/**
 * Opens a descriptor, so that the file stays readable after its name is deleted. All connections share the
 * descriptor, because closing any descriptor of the file would drop SQLite's locks.
 */
function share(path: string): SharedFile {
  const key = keyOf(path) ?? path
  const file = sharedFiles.get(key) ?? { key, descriptor: openSync(path, 'r'), users: 0 }
  file.users += 1
  sharedFiles.set(key, file)
  return file
}

function unshare(file: SharedFile): void {
  file.users -= 1
  if (file.users > 0) return
  sharedFiles.delete(file.key)
  closeSync(file.descriptor)
}

/**
 * Renames the journal of a replaced file, because SQLite would apply the journal's changes to the new file. The
 * caller keeps the journal of a copy: only the journal may hold the newest changes.
 */
function setJournalAside(path: string, { wal }: Connection): void {
  const journal = `${path}-wal`
  if (wal !== undefined && inodeOf(journal) === wal) renameSync(journal, `${journal}.replaced`)
}

/** Whether the file has the same bytes as an open one. */
function isCopy(path: string, { descriptor }: SharedFile): boolean {
  const other = openSync(path, 'r')
  try {
    const [chunk, otherChunk] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)]
    for (let at = 0; ; at += CHUNK) {
      const length = readSync(descriptor, chunk, 0, CHUNK, at)
      const otherLength = readSync(other, otherChunk, 0, CHUNK, at)
      if (!chunk.subarray(0, length).equals(otherChunk.subarray(0, otherLength))) return false
      if (length < CHUNK) return true
    }
  } finally {
    closeSync(other)
  }
}

/** Whether a file has exactly the migrations of this version. Reads the file without its journal. */
function isCurrent(path: string): boolean {
  const address = pathToFileURL(path)
  address.search = '?immutable=1'
  const database = new DatabaseSync(address, { readOnly: true })
  try {
    const named = `select name from sqlite_master where name = 'kysely_migration'`
    if (database.prepare(named).all().length === 0) return false
    const applied = database.prepare('select name from kysely_migration').all()
    const names = Object.keys(createMigrations('sqlite'))
    return applied.length === names.length && applied.every(({ name }) => names.includes(`${name}`))
  } finally {
    database.close()
  }
}

/** Returns the device and inode of a file; undefined if the file is missing. */
function keyOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats && `${stats.dev}:${stats.ino}`
}

/** Returns the inode of a file; undefined if the file is missing. */
function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}

/** Creates the last folder of the path, private to this user. The operator creates the folders above. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process that started at the same time may have created the folder.
    if (!isFolder(folder)) throw error
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
