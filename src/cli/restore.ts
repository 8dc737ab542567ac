import { existsSync, realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { systemClock } from '../clock.ts'
import { sqlitePath } from '../database-url.ts'
import { causeOf, kindOf } from '../file-causes.ts'
import type { Inspection } from '../store/backups/inspect-copy.ts'
import {
  checkCopy,
  copyBeside,
  replaceDatabase,
  type Use,
  useOf,
} from '../store/backups/replace-file.ts'
import { counted } from '../texts/plurals.ts'
import { askFirst } from './ask-first.ts'
import { report, settleCopy, settleInPlace } from './settle.ts'
import { EXIT, fail, HELP, readArguments, readEnvironment, UsageError } from './terminal.ts'

interface Answers {
  readonly yes: boolean
}

/** Runs `restore`: puts a backup in the place of the database. Resolves to an exit code. */
export async function restore(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    allowPositionals: true,
    options: {
      yes: { type: 'boolean', short: 'y', default: false },
      settle: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP.restore)
    return EXIT.ok
  }
  const [file, ...others] = positionals
  if (others.length > 0 || (file === undefined) !== values.settle) {
    throw new UsageError('restore needs one FILE, or --settle.')
  }
  const config = await readEnvironment()
  if (file === undefined) return settleInPlace(config, values.yes)
  const path = sqlitePath(config.databaseUrl)
  if (path === undefined) return fail(POSTGRES, EXIT.usage)
  // A symbolic link stays, and the file that it names is replaced.
  return restoreFile(resolve(file), existsSync(path) ? realpathSync(path) : path, values)
}

const POSTGRES =
  'This is for SQLite. Restore PostgreSQL with pg_restore, then run: sitrep restore --settle (docs/operating.md)'

/** Restores an SQLite file. */
async function restoreFile(backup: string, path: string, answers: Answers): Promise<number> {
  try {
    const refusal = refusalOf(backup, path) ?? inUse(useOf(path), path)
    if (refusal !== undefined) return fail(refusal, EXIT.io)
    const copy = copyBeside(backup, path)
    try {
      return await restoreCopy(copy.path, backup, path, answers)
    } finally {
      copy.remove()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
    const { dest, path: named } = error as NodeJS.ErrnoException & { readonly dest?: string }
    // An error of a copy names the backup, but a full disk is that of the database.
    const place = dest === undefined ? (named ?? path) : path
    return fail(`Nothing restored, because ${causeOf(error)} (${place}).`, EXIT.io)
  }
}

/** Checks and settles a copy of a backup, asks, and gives the copy the name of the database. */
async function restoreCopy(
  copy: string,
  backup: string,
  path: string,
  { yes }: Answers,
): Promise<number> {
  const inspection = checkCopy(copy)
  if (inspection.is !== 'whole') return fail(UNFIT[inspection.is](backup), EXIT.io)
  if (useOf(path).is === 'unknown') {
    console.error(`Can’t tell if a bot uses ${path}, because it can’t be read. Stop the bot first.`)
  }
  const settled = await settleCopy(copy)
  const end = await askFirst(questionOf(backup, path, inspection.rows), {
    yes,
    nothing: 'Nothing restored',
    how: 'Add --yes to restore it.',
  })
  if (end !== undefined) return end
  // A bot may have started in the meantime.
  const use = inUse(useOf(path), path)
  if (use !== undefined) return fail(use, EXIT.io)
  const aside = `${path}.replaced-${stamp()}`
  const isReplaced = replaceDatabase(copy, path, aside)
  console.log(`Restored ${path} from ${backup}.`)
  if (!isReplaced) {
    console.log('There was no database there. If you expected one, check DATABASE_URL.')
  } else {
    console.log(`The replaced database is ${aside}. Delete it when you don’t need it.`)
  }
  report(settled)
  return EXIT.ok
}

/** Why a file can’t be a backup of the database; undefined if it may be one. */
function refusalOf(backup: string, path: string): string | undefined {
  const kind = kindOf(backup)
  if (kind === undefined) return `Nothing restored, because there’s no file ${backup}.`
  if (kind === 'folder')
    return `Nothing restored, because ${backup} is a folder. Name one backup in it.`
  if (kind === 'other') return `Nothing restored, because ${backup} is not a file.`
  if (statSync(backup).size === 0)
    return `Nothing restored, because ${backup} is empty. Choose another backup.`
  // A device or a pipe would be replaced by a file.
  if (!['file', undefined].includes(kindOf(path)))
    return `Nothing restored, because ${path} is not a file. Change DATABASE_URL.`
  const isSame = existsSync(path) && realpathSync(backup) === realpathSync(path)
  return isSame ? `Nothing restored, because ${backup} is the database itself.` : undefined
}

/** Why a database can’t be replaced now; undefined if it can be. */
function inUse(use: Use, path: string): string | undefined {
  const how =
    'Stop it first (systemctl stop sitrep, docker compose stop, or Ctrl-C in its terminal).'
  if (use.is === 'open')
    return `Nothing restored, because a bot or another program uses ${path}. ${how}`
  if (use.is === 'leased') {
    return `Nothing restored, because a bot is active on this database (${use.holder}). ${how} If it was killed, wait a minute.`
  }
  return undefined
}

/** Why a file is no backup that can be restored. */
const UNFIT: Record<Exclude<Inspection['is'], 'whole'>, (file: string) => string> = {
  'not-a-database': file => `Nothing restored, because ${file} is not a database. Choose a backup.`,
  damaged: file => `Nothing restored, because ${file} is damaged. Choose an older backup.`,
  foreign: file => `Nothing restored, because ${file} is the database of another program.`,
  newer: file =>
    `Nothing restored, because a newer Sitrep made ${file}. Run that version to restore it.`,
}

function questionOf(backup: string, path: string, rows: number): string {
  const what = `${backup} (${counted(rows, 'row', 'rows')})`
  return existsSync(path) ? `Replace ${path} with ${what}` : `Restore ${what} to ${path}`
}

/** Returns the time as in the names of backups, with seconds: `20261130T130059Z`. */
function stamp(): string {
  return systemClock.now().round('second').toString().replace(/[-:]/g, '')
}
