import { mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { backoffMs } from '../async/backoff.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { sqlitePath } from '../database-url.ts'
import type { Log } from '../log.ts'
import type { ComponentHealth } from '../server/health.ts'
import { type Backup, BackupError, createBackup } from '../store/backups/backup.ts'
import { backupName, expiredBackups, newestBackup } from '../store/backups/backup-names.ts'
import { listBackups } from '../store/backups/list-backups.ts'
import { StoreError } from '../store/error.ts'

/** The daily backups of an SQLite file. */
export interface Backups {
  /** Makes a backup when the newest is a day old, until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>
  /** Makes a backup before a change of the schema. Throws {@link StoreError}: the change must not go on then. */
  beforeUpgrade(): Promise<void>
  part(): ComponentHealth
  /** Resolves to the minute of the newest backup, or to the start of the process if there is none. */
  newestAt(): Promise<Temporal.Instant>
}

export interface BackupsOptions {
  readonly config: Pick<Config, 'databaseUrl' | 'backups'>
  readonly clock: Clock
  readonly log: Log
}

/** Time from the start of a lease term to the first backup, and between two, in milliseconds. */
const FIRST_MS = 30_000
const DAILY_MS = 24 * 60 * 60 * 1000

/** First and longest pause after a failure, in milliseconds. */
const PAUSES = { firstMs: 60_000, longestMs: 3_600_000 }

/** Creates the daily backups; undefined if there are none. */
export function createBackups({ config, clock, log }: BackupsOptions): Backups | undefined {
  const { databaseUrl, backups } = config
  const path = sqlitePath(databaseUrl)
  return backups && path !== undefined ? createDaily({ ...backups, path, clock, log }) : undefined
}

interface DailyOptions extends Pick<BackupsOptions, 'clock' | 'log'> {
  /** The path of the SQLite file. */
  readonly path: string
  readonly folder: string
  /** The number of backups that stay. */
  readonly keep: number
}

function createDaily({ path, folder, keep, clock, log }: DailyOptions): Backups {
  const startedAt = clock.now()
  let failures = 0
  let reason: string | undefined
  let running = Promise.resolve()

  async function make(now: Temporal.Instant): Promise<Backup> {
    await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      // `createBackup` explains why it can't write there.
      if (error.code !== 'EEXIST') log.debug({ event: 'backup.folder', err: error }, folder)
    })
    return createBackup({ path, file: number => join(folder, backupName(now, number)) })
  }

  /** Removes the oldest backups, after the new one was checked. */
  async function removeExpired(made: string): Promise<void> {
    for (const name of expiredBackups(await listBackups(folder), made, keep)) {
      await rm(join(folder, name), { force: true }).catch((err: Error) => {
        log.warn({ event: 'backup.kept', err }, `Couldn’t remove the old backup ${name}.`)
      })
    }
  }

  /** Makes a backup if one is due. Resolves to the pause before the next one, in milliseconds. */
  async function pass(): Promise<number> {
    const now = clock.now()
    const newest = newestBackup(await listBackups(folder), now)
    const ageMs = newest ? newest.until(now).total('milliseconds') : DAILY_MS
    if (ageMs < DAILY_MS) return DAILY_MS - ageMs
    try {
      const { file, size, rows } = await make(now)
      if (failures > 0) log.info({ event: 'backup.recovered' }, 'Backups work again.')
      failures = 0
      reason = undefined
      log.info({ event: 'backup.made', file, size, rows }, 'Made and checked a backup.')
      await removeExpired(basename(file))
      return DAILY_MS
    } catch (error) {
      failures += 1
      reason = error instanceof BackupError ? error.message : String(error)
      log.error({ event: 'backup.failed', failures, err: error }, reason)
      return backoffMs(failures, PAUSES)
    }
  }

  async function repeat(signal: AbortSignal): Promise<void> {
    await clock.pause(FIRST_MS, signal)
    while (!signal.aborted) await clock.pause(await pass(), signal)
  }

  return {
    run(signal) {
      // A backup of an earlier term may still be under way.
      running = running.then(() => repeat(signal))
      return running
    },
    async beforeUpgrade() {
      const now = clock.now()
      // A start that failed in this minute has made it already, of the same tables.
      const newest = newestBackup(await listBackups(folder), now)
      if (newest && newest.until(now).total('minutes') < 1) return
      try {
        const { file } = await make(now)
        log.info(
          { event: 'backup.made', file },
          'Made a backup before the upgrade of the database.',
        )
      } catch (error) {
        if (!(error instanceof BackupError)) throw error
        throw new StoreError(
          `${error.message} The database is not upgraded without a backup. To upgrade all the same, unset BACKUP_DIR.`,
        )
      }
    },
    part: () =>
      reason === undefined
        ? { status: 'daily', ready: true }
        : { status: 'trouble', reason, ready: true },
    async newestAt() {
      return newestBackup(await listBackups(folder), clock.now()) ?? startedAt
    },
  }
}
