import { existsSync, renameSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { knownCauseOf } from '../../file-causes.ts'
import { StoreError } from '../error.ts'
import { createMigrations } from '../migrations/migrations.ts'
import { CORRUPT, explainSqlite, FULL, IO_ERROR, NOT_A_DATABASE } from '../sql/sqlite-errors.ts'
import { backupTime } from './backup-names.ts'
import type { Copied, CopyJob } from './backup-worker.ts'
import { sync, tryLink } from './disk.ts'
import { createTemporary, removeLeftovers, type TemporaryFile } from './temporary-files.ts'

export interface BackupOptions {
  /** The file of the database, which may be in use. */
  readonly path: string
  /** The file of the backup, which must not exist; or the name of each try, whose number counts from 1. */
  readonly file: string | ((number: number) => string)
  /** Called four times a second with the part that is copied, from 0 to 1; `checking` once all is. */
  readonly onProgress?: (part: number | 'checking') => void
}

export interface Backup {
  readonly file: string
  /** Size in bytes. */
  readonly size: number
  /** Rows of all tables. */
  readonly rows: number
}

/** A backup that was not made. `isRefused` if its file can’t be created, and not because of a disk or the database. */
export class BackupError extends StoreError {
  readonly isRefused: boolean
  constructor(message: string, isRefused = false) {
    super(message)
    this.isRefused = isRefused
  }
}

/** Time between two calls of `onProgress`, in milliseconds. */
const PROGRESS_MS = 250

/**
 * Copies a database into a new file with mode 0600, also while a bot writes to it. The copy has a temporary name in the
 * same folder until it is checked and on the disk. It is removed if the process exits before, and by a later call if the
 * process was killed. Throws {@link BackupError}, and then leaves no file.
 */
export async function createBackup(options: BackupOptions): Promise<Backup> {
  const first = nameOf(options, 1)
  const folder = dirname(first)
  if (typeof options.file === 'string' && existsSync(first))
    throw new BackupError(`There is already ${first}. Choose another name with --out.`, true)
  let copy: TemporaryFile | undefined
  try {
    const isOwn = (name: string) => name === basename(first) || backupTime(name) !== undefined
    removeLeftovers(folder, 'part', isOwn)
    copy = createTemporary(first, 'part')
    const rows = await copyAndCheck(options, copy.path)
    sync(copy.path, 'r+')
    const { size } = statSync(copy.path)
    const file = publish(copy.path, options)
    sync(folder, 'r')
    return { file, size, rows }
  } catch (error) {
    throw explain(error, folder)
  } finally {
    copy?.remove()
  }
}

/** Resolves to the number of rows of a whole copy. */
async function copyAndCheck({ path, onProgress }: BackupOptions, copy: string): Promise<number> {
  const whole = sizeOf(path) + sizeOf(`${path}-wal`)
  const migrations = Object.keys(createMigrations('sqlite'))
  let isChecking = false
  const timer = setInterval(() => {
    onProgress?.(isChecking ? 'checking' : Math.min(1, sizeOf(copy) / Math.max(1, whole)))
  }, PROGRESS_MS)
  const onChecking = () => {
    isChecking = true
  }
  try {
    const copied = await inWorker({ path, copy, migrations }, onChecking)
    if ('code' in copied) throw explainCode(copied.code, path, dirname(copy))
    const { inspection } = copied
    if (inspection.is === 'whole') return inspection.rows
    if (inspection.is === 'damaged') throw damaged(path)
    throw new BackupError(`${path} is not a database of this Sitrep, so there is no backup.`)
  } finally {
    clearInterval(timer)
  }
}

function inWorker(job: CopyJob, onChecking: () => void): Promise<Copied> {
  const worker = new Worker(new URL('./backup-worker.ts', import.meta.url), { workerData: job })
  return new Promise((resolve, reject) => {
    worker.on('message', (message: Copied | 'checking') =>
      message === 'checking' ? onChecking() : resolve(message),
    )
    worker.once('error', reject)
    worker.once('exit', () => reject(new BackupError('The backup has ended early. Try again.')))
  })
}

function nameOf({ file }: Pick<BackupOptions, 'file'>, number: number): string {
  return resolve(typeof file === 'string' ? file : file(number))
}

/** Gives a copy its final name, and returns that. Never replaces another file: tries the next number, if there is one. */
function publish(copy: string, { file }: Pick<BackupOptions, 'file'>, number = 1): string {
  const name = nameOf({ file }, number)
  try {
    rename(copy, name)
    return name
  } catch (error) {
    if (typeof file === 'string' || (error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return publish(copy, { file }, number + 1)
  }
}

function rename(copy: string, file: string): void {
  if (tryLink(copy, file)) return
  if (existsSync(file)) throw Object.assign(new Error(), { code: 'EEXIST', syscall: 'rename' })
  renameSync(copy, file)
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** Turns an error of the system into one that says what to do. */
function explain(error: unknown, folder: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (error instanceof BackupError || syscall === undefined) return error
  if (code === 'ENOSPC' || code === 'EDQUOT') return full(folder)
  const cause = knownCauseOf(error, 'folder')
  if (cause === undefined) return new BackupError(`Can’t write a backup to ${folder} (${code}).`)
  return new BackupError(
    `Can’t write a backup to ${folder}, because ${cause}. Choose another folder, or change this one.`,
    true,
  )
}

/** Explains an error of SQLite. While it copies, it names neither the database nor the copy. */
function explainCode(code: number, path: string, folder: string): unknown {
  if (code === FULL || code === IO_ERROR) return full(folder)
  if (code === CORRUPT || code === NOT_A_DATABASE) return damaged(path)
  const { message } = explainSqlite({ errcode: code }, path) as Error
  return new BackupError(message ?? `The backup has failed (SQLite error ${code}).`)
}

const full = (folder: string) =>
  new BackupError(
    `The disk of ${folder} is full or failing, so there is no new backup. Make room on it.`,
  )

const damaged = (path: string) =>
  new BackupError(
    `The database ${path} is damaged or not a database, so there is no new backup. Keep the earlier ones, and restore the newest: sitrep restore FILE.`,
  )
