import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { sqlitePath } from '../database-url.ts'
import { causeOf, kindOf } from '../file-causes.ts'
import { BackupError, type BackupOptions, createBackup } from '../store/backups/backup.ts'
import { backupName } from '../store/backups/backup-names.ts'
import { counted, figure } from '../texts/plurals.ts'
import { createStatusLine } from './status-line.ts'
import { EXIT, fail, HELP, readArguments, readEnvironment, UsageError } from './terminal.ts'

/** Interval between two lines of progress if there is no terminal, in milliseconds. */
const LINE_MS = 10_000

const POSTGRES =
  'This is for SQLite. Back PostgreSQL up with: pg_dump --format=custom --file=FILE URL (docs/operating.md)'

/** Runs `backup`: copies the SQLite file, and checks the copy. Resolves to an exit code. */
export async function backup(args: string[]): Promise<number> {
  const { values } = readArguments(args, {
    allowPositionals: false,
    options: {
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP.backup)
    return EXIT.ok
  }
  const config = await readEnvironment()
  const path = sqlitePath(config.databaseUrl)
  if (path === undefined) return fail(POSTGRES, EXIT.usage)
  const problem = problemOf(path)
  if (problem !== undefined) return fail(problem, EXIT.io)
  if (values.out === '') throw new UsageError('--out needs the name of a file.')
  // The temporary file is removed when the process exits.
  for (const [signal, code] of SIGNALS) process.once(signal, () => process.exit(128 + code))
  try {
    const file = values.out ?? defaultFile(config)
    const status = createStatusLine(LINE_MS)
    const onProgress = (part: number | 'checking') =>
      status.show(part === 'checking' ? 'Checking …' : `Copying … ${Math.floor(part * 100)} %`)
    const made = await createBackup({ path, file, onProgress }).finally(status.end)
    const size = `${figure(Math.ceil(made.size / 1000))} kB`
    console.log(`Saved and checked ${made.file}: ${size}, ${counted(made.rows, 'row', 'rows')}.`)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    return fail(error.message, error.isRefused ? EXIT.cantCreate : EXIT.io)
  }
}

const SIGNALS = [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const

/** Why a path is not a database that can be copied; undefined if it may be one. */
function problemOf(path: string): string | undefined {
  try {
    const kind = kindOf(path)
    if (kind === 'file') return undefined
    if (kind !== undefined) return `${path} is not a file. Set DATABASE_URL to the bot’s database.`
  } catch (error) {
    return `Can’t read ${path}, because ${causeOf(error)}.`
  }
  return noDatabase(path)
}

export function noDatabase(path: string): string {
  return `No database at ${path}. Start the bot once, or set DATABASE_URL to the bot’s database.`
}

/** Returns the names of a backup in BACKUP_DIR, and creates that folder. */
function defaultFile({ backups }: Config): BackupOptions['file'] {
  if (!backups) throw new UsageError('backup needs --out FILE, or BACKUP_DIR.')
  const { folder } = backups
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // The folder exists, or `createBackup` explains why it can't write there.
    if (!['EEXIST', 'ENOENT'].includes(code)) {
      throw new BackupError(`Can’t create the folder ${folder}, because ${causeOf(error)}.`, true)
    }
  }
  const now = systemClock.now()
  return number => join(folder, backupName(now, number))
}
