import { closeSync, existsSync, lstatSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { codeOf, explainSqlite, NOT_A_DATABASE } from '../sql/sqlite-errors.ts'

/** A copy of a database that has no final name yet. */
export interface TemporaryFile {
  readonly path: string
  /** Removes the file and those beside it. Idempotent. */
  remove(): void
}

/** The ending of a copy's name: `part` of one that becomes a backup, `restore` of one that becomes the database. */
export type Ending = 'part' | 'restore'

/** The suffixes of a copy and the files beside it. The lock goes first: a later call removes a copy without a lock. */
const SUFFIXES = ['-lock', '', '-journal', '-wal', '-shm'] as const

/** Temporary names. Earlier versions put the process ID in the place of the random digits. */
const NAME = /^(.+)\.(?:[\da-f]{8}|\d+)\.(part|restore)(?=(?:-lock|-journal|-wal|-shm)?$)/

/** Longest wait for a process that tests the lock, in milliseconds. */
const LOCK_MS = 5000

/** Age of a lock, in milliseconds, from which on the process that made it has locked it or has ended. */
const SETTLED_MS = 2 * LOCK_MS

/**
 * Creates an empty file with mode 0600 and a temporary name in the folder of `file`. It is removed when the process exits.
 * A lock tells other processes that the file is in use, also those of other containers, which have their own process IDs.
 * The system ends the lock of a process that is killed. Throws the system's error, or {@link StoreError}.
 */
export function createTemporary(file: string, ending: Ending): TemporaryFile {
  const path = `${file}.${crypto.randomUUID().slice(0, 8)}.${ending}`
  let lock: DatabaseSync | undefined
  function remove(): void {
    process.off('exit', remove)
    if (lock?.isOpen) lock.close()
    removeFiles(path)
  }
  process.on('exit', remove)
  try {
    lock = createLock(path)
    closeSync(openSync(path, 'wx', 0o600))
    return { path, remove }
  } catch (error) {
    remove()
    throw error
  }
}

/** Creates the lock of a temporary file. It ends when the connection is closed. */
function createLock(path: string): DatabaseSync {
  // Others may read it, because a user who can remove the copy needs to see the lock.
  closeSync(openSync(`${path}-lock`, 'wx', 0o644))
  try {
    const lock = new DatabaseSync(`${path}-lock`, { timeout: LOCK_MS })
    // A journal in a file would be one more file to remove.
    lock.exec('pragma journal_mode = memory; begin exclusive')
    return lock
  } catch (error) {
    throw explainSqlite(error, path)
  }
}

function removeFiles(path: string): void {
  for (const suffix of SUFFIXES) rmSync(`${path}${suffix}`, { force: true })
}

/**
 * Removes the temporary files of a folder that no process uses any more, if `isOwn` accepts the name of the file that they
 * were made for. Leaves those that this user can't remove. Throws the system's error if the folder can't be read.
 */
export function removeLeftovers(
  folder: string,
  ending: Ending,
  isOwn: (name: string) => boolean,
): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const [name, base = '', found] = NAME.exec(entry.name) ?? []
    if (name === undefined || found !== ending || !isOwn(base) || entry.isDirectory()) continue
    const path = join(folder, name)
    if (mayBeInUse(path)) continue
    try {
      removeFiles(path)
    } catch {
      // A new copy has a name of its own, so this one is not in its way.
    }
  }
}

/** Tells whether a process has the lock of a temporary file, or whether that can't be known. */
function mayBeInUse(path: string): boolean {
  const stats = lstatSync(`${path}-lock`, { throwIfNoEntry: false })
  if (!stats) return false
  // SQLite would wait without a limit for a pipe.
  if (!stats.isFile()) return true
  // A process makes its lock before its copy. One that was killed after it had renamed its copy leaves the lock.
  if (!existsSync(path) && Date.now() - stats.mtimeMs < SETTLED_MS) return true
  try {
    const lock = new DatabaseSync(`${path}-lock`, { readOnly: true })
    try {
      // A read needs a shared lock, which fails beside an exclusive one.
      lock.prepare('select count(*) from sqlite_schema').get()
      return false
    } finally {
      lock.close()
    }
  } catch (error) {
    return codeOf(error) !== NOT_A_DATABASE
  }
}
