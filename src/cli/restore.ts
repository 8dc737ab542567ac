import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { createBackups } from '../app/backups.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { sqlitePath } from '../database-url.ts'
import { sentences } from '../log.ts'
import { skipDueDigests } from '../schedule/skip-due-digests.ts'
import type { Inspection } from '../store/backups/inspect-copy.ts'
import {
  checkCopy,
  copyBeside,
  removeDatabase,
  replaceDatabase,
  type Use,
  useOf,
} from '../store/backups/replace-file.ts'
import type { Settled } from '../store/backups/restoration.ts'
import { inspectStore } from '../store/inspect.ts'
import { openStore, type Store } from '../store/store.ts'
import { counted, listed } from '../texts/plurals.ts'
import { askFirst } from './ask-first.ts'
import { OPERATOR } from './audit-entry.ts'
import { causeOf, kindOf } from './file-causes.ts'
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
  if (file === undefined) return settleInPlace(config, values)
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
      return await restoreCopy(copy, backup, path, answers)
    } finally {
      removeDatabase(copy)
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
    return `Nothing restored, because a bot is active on this database (${use.holder}). ${how} If it was killed, wait 10 seconds.`
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

interface Said extends Settled {
  /** Chats whose due digest is skipped. */
  readonly digests: number
}

/** Migrates a copy, and settles it. */
async function settleCopy(copy: string): Promise<Said> {
  const store = await openStore({
    url: `file:${copy}`,
    clock: systemClock,
    log: sentences(() => {}),
  })
  try {
    const settled = await store.restoration.settle(OPERATOR)
    return { ...settled, digests: await skipDueDigests(store, systemClock.now()) }
  } finally {
    await store.close()
  }
}

/** Longest wait for an answer of the database, in milliseconds. */
const ANSWER_MS = 10_000

const ACTIVE =
  'Nothing changed, because a bot is active on this database. Stop it first. If the database was restored just now, wait 10 seconds.'

async function isActive({ lease }: Pick<Store, 'lease'>): Promise<boolean> {
  return (await lease.isTaken('active')) || (await lease.isTaken('local'))
}

/** Settles the database of the configuration, which another tool has restored. */
async function settleInPlace(config: Config, { yes }: Answers): Promise<number> {
  const { databaseUrl: url } = config
  const options = { url, clock: systemClock, log: sentences(() => {}) }
  // To open an empty database, or that of another program, would create tables in it.
  const facts = await inspectStore({ ...options, timeoutMs: ANSWER_MS })
  if (!facts || facts.isEmpty) {
    const place = sqlitePath(url) ?? 'DATABASE_URL'
    return fail(
      `Nothing changed, because ${place} is no database of Sitrep yet. Restore it first.`,
      EXIT.io,
    )
  }
  const beforeUpgrade = createBackups({ config, ...options })?.beforeUpgrade
  const store = await openStore({ ...options, beforeUpgrade })
  try {
    if (await isActive(store)) return fail(ACTIVE, EXIT.io)
    const end = await askFirst('Stop all posts of this database that a bot may have sent', {
      yes,
      nothing: 'Nothing changed',
      how: 'Add --yes to settle the database.',
    })
    if (end !== undefined) return end
    // A bot may have started in the meantime.
    if (await isActive(store)) return fail(ACTIVE, EXIT.io)
    const settled = await store.restoration.settle(OPERATOR)
    report({ ...settled, digests: await skipDueDigests(store, systemClock.now()) })
    return EXIT.ok
  } finally {
    await store.close()
  }
}

/** Prints what a bot will not send of the restored database. */
function report({ stopped, uncertain, paused, digests }: Said): void {
  const numbers = paused.map(id => `#${id}`)
  const lines = [
    ...(stopped > 0
      ? [
          `${counted(stopped, 'post', 'posts')} had begun and stopped here; ${counted(uncertain, 'delivery counts', 'deliveries count')} as uncertain.`,
        ]
      : []),
    ...(numbers.length > 0
      ? [`Paused for you to check: ${listed(numbers)}. Send with: bin/sitrep broadcast --resume N`]
      : []),
    ...(digests > 0
      ? [`Digests that are due are skipped in ${counted(digests, 'chat', 'chats')}.`]
      : []),
    'Reminders due before now are not sent. Edits that the bot finds in its first hour wait for your approval.',
  ]
  console.log('So that nothing is sent twice:')
  for (const line of lines) console.log(`  ${line}`)
  console.log('Start the bot now.')
}
