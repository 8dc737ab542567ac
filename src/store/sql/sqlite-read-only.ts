import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { BUSY_MS, checkIsFile, type SqliteFile } from './sqlite-file.ts'

/**
 * Returns the address with which an SQLite file is read without a change on the disk. A read-only connection to a file
 * without a journal would create one, and leave it behind. Such a file has no process that writes, so SQLite may take it
 * as immutable.
 */
export function readOnlyAddress(path: string): string {
  if (existsSync(`${path}-wal`)) return path
  const address = pathToFileURL(path)
  address.search = '?immutable=1'
  return address.href
}

/** Opens an SQLite file that exists, also while a bot writes to it. Throws SQLite's errors, or {@link NotAFileError}. */
export function openReadOnly(path: string): SqliteFile {
  checkIsFile(path)
  const database = new DatabaseSync(readOnlyAddress(path), { readOnly: true, timeout: BUSY_MS })
  return {
    database: () => database,
    isInTransaction: () => database.isTransaction,
    reopenIfNeeded() {},
    onFailure() {},
    close: () => database.close(),
  }
}
