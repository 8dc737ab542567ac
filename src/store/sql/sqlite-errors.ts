import { StoreError } from '../error.ts'

/** Thrown if the database file was deleted, or replaced by another one. */
export class ReplacedFileError extends Error {}

/** Primary result codes of SQLite: sqlite.org/rescode.html. */
export const BUSY = 5
const LOCKED = 6
export const READONLY = 8
export const IO_ERROR = 10
export const CORRUPT = 11
const FULL = 13
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
    return `The database ${path} was deleted or replaced while it was in use: start the bot again.`
  }
  const { code, syscall } = error as { code?: string; syscall?: string }
  if (syscall === 'access') return readOnly(path)
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
      return readOnly(path)
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

function readOnly(path: string): string {
  return `The database ${path} cannot be written to: give this user the right to write the file, those beside it (-wal, -shm) and its folder.`
}
