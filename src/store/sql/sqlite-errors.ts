import { dirname } from 'node:path'
import { StoreError } from '../error.ts'

/** Thrown if the database file was deleted, or replaced by another one. */
export class ReplacedFileError extends Error {}

/** Thrown if the path of the database leads to a folder, a pipe or a device. */
export class NotAFileError extends Error {}

/** Primary result codes of SQLite: sqlite.org/rescode.html. */
export const SQL_ERROR = 1
export const BUSY = 5
const LOCKED = 6
export const READONLY = 8
export const IO_ERROR = 10
export const CORRUPT = 11
export const FULL = 13
export const CANNOT_OPEN = 14
export const NOT_A_DATABASE = 26

/** Reads the primary result code of an error; undefined if SQLite did not raise it. */
export function codeOf(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: number }
  // The higher bits hold the extended result code.
  return errcode === undefined ? undefined : errcode & 0xff
}

/** Turns an error that an operator can fix into a {@link StoreError} that says how. Returns any other unchanged. */
export function explainSqlite(error: unknown, path: string): unknown {
  const sentence = sentenceFor(error, path)
  return sentence === undefined ? error : new StoreError(sentence, { cause: error })
}

function sentenceFor(error: unknown, path: string): string | undefined {
  if (error instanceof ReplacedFileError) {
    return `The database ${path} was deleted or replaced while in use. Restart the bot.`
  }
  if (error instanceof NotAFileError) {
    return `${path} is not a file. Set DATABASE_URL to the bot’s database.`
  }
  const { code, syscall } = error as { code?: string; syscall?: string }
  if (syscall === 'access') return readOnly(path)
  if (syscall === 'open') {
    return `Can’t create the database ${path} (${code}). Make its folder writable or change DATABASE_URL.`
  }
  if (syscall === 'mkdir' && code === 'ENOENT') {
    return `There is no folder ${dirname(dirname(path))}, in which Sitrep creates the folder of the database ${path}. Create it or change DATABASE_URL.`
  }
  if (syscall === 'mkdir' || code === 'EACCES') {
    return `Can’t create the folder of the database ${path} (${code}). Make it writable or change DATABASE_URL.`
  }
  switch (codeOf(error)) {
    case BUSY:
    case LOCKED:
      return `Another program has locked the database ${path}. Stop it.`
    case READONLY:
      return readOnly(path)
    case CANNOT_OPEN:
      return `Can’t open the database ${path}. Make the file and its folder writable or change DATABASE_URL.`
    case FULL:
      return `The disk of the database ${path} is full. Make room on it.`
    case IO_ERROR:
      return `Disk error in the database ${path}. Check the disk, and restore a backup if the file is damaged.`
    case CORRUPT:
    case NOT_A_DATABASE:
      return `The file ${path} is damaged or not a database. Restore a backup, or move the file away to start with an empty database.`
    default:
      return undefined
  }
}

function readOnly(path: string): string {
  return `Can’t write to the database ${path}. Let this user write the file, those beside it (-wal, -shm) and the folder.`
}
