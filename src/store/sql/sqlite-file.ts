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
import { BUSY, CANNOT_OPEN, codeOf, IO_ERROR, READONLY, Replaced } from './sqlite-errors.ts'

/** How long SQLite waits for another writer and holds the event loop, in milliseconds. */
export const BUSY_MS = 50

/** Pause between two looks at the file, and between two tries to open it anew, in milliseconds. */
const LOOK_MS = 1000

/** Size of the pieces in which two files are compared, in bytes. */
const PIECE = 1 << 20

/** After these errors a connection stays broken when the file is mended. */
const BREAKING: readonly (number | undefined)[] = [READONLY, CANNOT_OPEN, IO_ERROR]

/** Erased rows leave the file and its journal; committed ones survive a loss of power. */
const PRAGMAS = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma foreign_keys = on;
  pragma secure_delete = on;
  pragma wal_checkpoint(truncate);
`

/** An SQLite file with one connection, which is opened anew after the file was mended or replaced. */
export interface SqliteFile {
  database(): DatabaseSync
  isInTransaction(): boolean
  /**
   * Looks whether the file is still there, and opens it anew if it was replaced, or if the connection is broken.
   * Call it outside of transactions only. Throws the error that the file still has.
   */
  look(isToWrite: boolean): void
  /** Takes an error of a query: the connection may be broken from then on. */
  failed(error: unknown): void
  close(): void
}

export interface SqliteFileOptions {
  readonly path: string
  readonly maxPages?: number
}

/** An open connection, with what tells its files from others. */
interface Opened {
  readonly database: DatabaseSync
  readonly held: Held
  /** Inode of the journal. */
  readonly wal: number | undefined
}

/** A descriptor of a database file that this process uses. */
interface Held {
  readonly key: string
  readonly descriptor: number
  users: number
}

/** By device and inode. */
const held = new Map<string, Held>()

/** Makes the folder and the file where they are missing. Throws if the file cannot be read and written. */
export function openSqliteFile(options: SqliteFileOptions): SqliteFile {
  const { path } = options
  makeFolder(dirname(path))
  // For this user alone, and with it the journal beside it.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  let opened = openOnce(options)
  let isOpen = true
  let broken: { readonly error: unknown } | undefined
  let lookedAt = 0

  /** Throws {@link Replaced} if nothing is there, or no database of this version. */
  function reopen(): void {
    if (keyOf(path) === undefined) throw new Replaced()
    const isSame = keyOf(path) === opened.held.key
    if (!isSame && !(isOpen && isCopy(path, opened.held))) {
      if (!isCurrent(path)) throw new Replaced()
      if (isOpen) setJournalAside(path, opened)
    }
    close()
    opened = openOnce(options)
    isOpen = true
  }

  function close(): void {
    if (!isOpen) return
    isOpen = false
    end(opened)
  }

  return {
    database: () => opened.database,
    isInTransaction: () => isOpen && opened.database.isTransaction,
    look(isToWrite) {
      const now = performance.now()
      if (broken && now - lookedAt < LOOK_MS) throw broken.error
      if (!broken && !isToWrite && now - lookedAt < LOOK_MS) return
      lookedAt = now
      if (!broken && keyOf(path) === opened.held.key) return
      try {
        reopen()
        broken = undefined
      } catch (error) {
        broken = { error }
        throw error
      }
    },
    failed(error) {
      if (!BREAKING.includes(codeOf(error))) return
      broken ??= { error }
      lookedAt = 0
    },
    close,
  }
}

function openOnce({ path, maxPages }: SqliteFileOptions): Opened {
  checkModes(path)
  const database = new DatabaseSync(path, { timeout: BUSY_MS })
  try {
    database.exec(PRAGMAS)
    if (maxPages !== undefined) database.exec(`pragma max_page_count = ${maxPages}`)
    checkWritable(database)
    return { database, held: hold(path), wal: inodeOf(`${path}-wal`) }
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Throws if this user may not write the file, or one beside it. SQLite would make a journal with the mode of the
 * file, which stays unwritable after the file is mended; such a journal gets the mode that the file has by now.
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

/** SQLite opens a file that it may not write for reading alone, and tells it at the first write. */
function checkWritable(database: DatabaseSync): void {
  try {
    database.exec('begin immediate')
    database.exec('rollback')
  } catch (error) {
    // Another process is writing at this moment, so the file can be written to.
    if (codeOf(error) !== BUSY) throw error
  }
}

function end({ database, held }: Opened): void {
  if (database.isOpen) database.close()
  prune(held)
}

/** Keeps a file readable after its name is gone. All users share a descriptor: closing one ends SQLite's locks. */
function hold(path: string): Held {
  const key = keyOf(path) ?? path
  const known = held.get(key) ?? { key, descriptor: openSync(path, 'r'), users: 0 }
  known.users += 1
  held.set(key, known)
  return known
}

function prune(known: Held): void {
  known.users -= 1
  if (known.users > 0) return
  held.delete(known.key)
  closeSync(known.descriptor)
}

/**
 * Renames the journal of a file that was replaced by another one. SQLite would apply the journal's changes to the
 * new file. A copy of the same file keeps the journal: its newest changes may stand there alone.
 */
function setJournalAside(path: string, { wal }: Opened): void {
  const journal = `${path}-wal`
  if (wal !== undefined && inodeOf(journal) === wal) renameSync(journal, `${journal}.replaced`)
}

/** Whether the file holds the same bytes as an open one. */
function isCopy(path: string, { descriptor }: Held): boolean {
  const other = openSync(path, 'r')
  try {
    const [piece, otherPiece] = [Buffer.alloc(PIECE), Buffer.alloc(PIECE)]
    for (let at = 0; ; at += PIECE) {
      const length = readSync(descriptor, piece, 0, PIECE, at)
      const otherLength = readSync(other, otherPiece, 0, PIECE, at)
      const ends = [piece.subarray(0, length), otherPiece.subarray(0, otherLength)] as const
      if (!ends[0].equals(ends[1])) return false
      if (length < PIECE) return true
    }
  } finally {
    closeSync(other)
  }
}

/** Whether a file that was put in place has the schema of this version. Reads it without its journal. */
function isCurrent(path: string): boolean {
  const address = pathToFileURL(path)
  address.search = '?immutable=1'
  const database = new DatabaseSync(address, { readOnly: true })
  try {
    const named = `select name from sqlite_master where name = 'kysely_migration'`
    if (database.prepare(named).all().length === 0) return false
    const applied = database.prepare('select name from kysely_migration').all()
    const known = Object.keys(createMigrations('sqlite'))
    return applied.length === known.length && applied.every(({ name }) => known.includes(`${name}`))
  } finally {
    database.close()
  }
}

function keyOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats && `${stats.dev}:${stats.ino}`
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}

/** Makes the last folder of the path for this user alone; those above are the operator's to make. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process that started at the same moment has made it.
    if (!isFolder(folder)) throw error
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
