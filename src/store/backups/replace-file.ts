import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createMigrations } from '../migrations/migrations.ts'
import { BUSY, codeOf, explainSqlite } from '../sql/sqlite-errors.ts'
import { SQLITE_HEADER, sync, tryLink } from './disk.ts'
import { type Inspection, inspectCopy } from './inspect-copy.ts'
import { createTemporary, removeLeftovers, type TemporaryFile } from './temporary-files.ts'

/** Whether a bot uses a database, as far as this machine can tell: `unknown` if the database is damaged. */
export type Use =
  | { readonly is: 'free' | 'open' | 'unknown' }
  /** The name of the process that holds the lease. */
  | { readonly is: 'leased'; readonly holder: string }

/**
 * Looks for processes that use a database: one that has the file open, or one that holds a lease by the clock of this
 * machine. A journal that a killed process has left is written into the file.
 */
export function useOf(path: string): Use {
  if (!existsSync(path)) return { is: 'free' }
  // SQLite would delete the journal beside a file that is no database.
  if (!hasHeader(path)) return { is: 'unknown' }
  try {
    const database = new DatabaseSync(path)
    try {
      // Each process keeps a shared lock on a database with a journal, so the exclusive lock fails beside it.
      database.exec('pragma locking_mode = exclusive; begin exclusive; rollback')
      const leases = database.prepare('select holder from lease where expires_at > ?')
      const [lease] = leases.all(Date.now())
      return lease ? { is: 'leased', holder: String(lease.holder) } : { is: 'free' }
    } finally {
      database.close()
    }
  } catch (error) {
    return { is: codeOf(error) === BUSY ? 'open' : 'unknown' }
  }
}

function hasHeader(path: string): boolean {
  const header = Buffer.alloc(SQLITE_HEADER.length)
  const descriptor = openSync(path, 'r')
  try {
    readSync(descriptor, header)
  } finally {
    closeSync(descriptor)
  }
  return header.toString('latin1') === SQLITE_HEADER
}

/**
 * Copies a backup into the folder of a database, as a temporary file. A journal beside the backup comes along: a plain
 * copy of a database may need it. Throws the system's error, or {@link StoreError}.
 */
export function copyBeside(backup: string, path: string): TemporaryFile {
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { mode: 0o700 })
  removeLeftovers(dirname(path), 'restore', name => name === basename(path))
  const copy = createTemporary(path, 'restore')
  try {
    for (const suffix of ['', '-wal']) {
      if (!existsSync(`${backup}${suffix}`)) continue
      copyFileSync(`${backup}${suffix}`, `${copy.path}${suffix}`, constants.COPYFILE_FICLONE)
      chmodSync(`${copy.path}${suffix}`, 0o600)
    }
  } catch (error) {
    copy.remove()
    throw error
  }
  return copy
}

/** Checks a copy as {@link inspectCopy} does. Throws {@link StoreError} if its disk fails. */
export function checkCopy(copy: string): Inspection {
  try {
    return inspectCopy(copy, Object.keys(createMigrations('sqlite')))
  } catch (error) {
    throw explainSqlite(error, copy)
  }
}

/**
 * Gives a closed database the name and the owner of another one, in one step. The replaced database keeps its content
 * under the name `aside`, with the files beside it. Returns whether there was one. Throws the system's error.
 */
export function replaceDatabase(copy: string, path: string, aside: string): boolean {
  const isReplaced = existsSync(path)
  const { uid, gid } = statSync(isReplaced ? path : dirname(path))
  // Not through a link: the owner of the folder could put one in the place of the copy, which root would follow.
  if (lstatSync(copy).uid !== uid) lchownSync(copy, uid, gid)
  sync(copy, 'r+')
  // There is a database under its name at each moment.
  if (isReplaced && !tryLink(path, aside)) copyFileSync(path, aside, constants.COPYFILE_EXCL)
  // SQLite would apply a journal that stays behind to the new database.
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`)
  }
  renameSync(copy, path)
  sync(dirname(path), 'r')
  return isReplaced
}
