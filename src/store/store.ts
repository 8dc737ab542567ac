import { type Dialect, Kysely } from 'kysely'
import type { Clock } from '../clock.ts'
import { sqliteFiles, sqlitePath } from '../database-url.ts'
import { exposure } from '../file-modes.ts'
import type { Log } from '../log.ts'
import { type Audit, createAudit } from './announcements/audit.ts'
import { type Announcements, createAnnouncements } from './announcements/drafts.ts'
import { createPictures, type Pictures } from './announcements/pictures.ts'
import {
  createProgressMessageTable,
  type ProgressMessageTable,
} from './announcements/progress-messages.ts'
import { createTelegramFiles, type TelegramFiles } from './announcements/telegram-files.ts'
import { createRestoration, type Restoration } from './backups/restoration.ts'
import { type Chats, createChats } from './chats/chats.ts'
import { createEventTopics, type EventTopics } from './chats/event-topics.ts'
import { createSeenChanges, type SeenChanges } from './chats/seen-changes.ts'
import { createReach, type Reach } from './chats/unreachable.ts'
import { StoreError } from './error.ts'
import { createLeaseTable, type LeaseTable } from './lease-table.ts'
import { type Broadcasts, createBroadcasts } from './ledger/broadcasts.ts'
import { createDeliveries, type Deliveries } from './ledger/deliveries.ts'
import { createFanOut, type FanOut } from './ledger/fan-out.ts'
import { createFloods, type FloodWaits } from './ledger/flood-waits.ts'
import { createOutbox, type Outbox } from './ledger/outbox.ts'
import { createReceipts, type Receipts } from './ledger/receipts.ts'
import type { DialectName } from './migrations/migrations.ts'
import { type CalendarFeeds, createCalendarFeeds } from './schedule/calendar-feeds.ts'
import { createDigests, type Digests } from './schedule/digests.ts'
import { createEditions, type Editions } from './schedule/editions.ts'
import { createScheduledEvents, type ScheduledEvents } from './schedule/scheduled-events.ts'
import { createSlots, type Slots } from './schedule/slots.ts'
import type { IntegrityCheck } from './sql/integrity-check.ts'
import { type MigrateOptions, migrate } from './sql/migrate.ts'
import type { Tables } from './sql/schema.ts'

/** The tables of the database, by family. The folders beside this file have one file for each family. */
export interface Store {
  readonly chats: Chats
  readonly broadcasts: Broadcasts
  readonly fanOut: FanOut
  readonly deliveries: Deliveries
  readonly outbox: Outbox
  readonly reach: Reach
  readonly receipts: Receipts
  readonly floods: FloodWaits
  readonly pictures: Pictures
  readonly telegramFiles: TelegramFiles
  readonly slots: Slots
  readonly scheduledEvents: ScheduledEvents
  readonly announcements: Announcements
  readonly audit: Audit
  readonly progressMessages: ProgressMessageTable
  readonly digests: Digests
  readonly editions: Editions
  readonly calendarFeeds: CalendarFeeds
  readonly seenChanges: SeenChanges
  readonly eventTopics: EventTopics
  readonly lease: LeaseTable
  readonly restoration: Restoration
  /** Returns whether the database answers and is undamaged, as far as the last query and check have shown. */
  state(): StoreState
  /** Checks an SQLite file for damage once a day until the store is closed. Does nothing for PostgreSQL. */
  watch(): void
  /** Waits for the running queries, and closes the database. Idempotent. */
  close(): Promise<void>
}

interface StoreState {
  readonly status: 'open' | 'trouble'
  /** A sentence for the operator. */
  readonly reason?: string
}

export interface StoreOptions extends MigrateOptions {
  /** `file:data/sitrep.db`, or `postgres://…`. */
  readonly url: string
  readonly clock: Clock
  readonly log: Log
  /** See `SqliteOptions`. */
  readonly maxPages?: number
}

/** Opens the database and migrates it to the newest schema. Throws {@link StoreError}. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { clock, log } = options
  const { name, dialect, explain, files = [], startIntegrityCheck } = await loadBackend(options)
  const db = new Kysely<Tables>({ dialect })
  let state: StoreState = { status: 'open' }
  let closing: Promise<void> | undefined

  async function explained<T>(work: () => Promise<T>): Promise<T> {
    if (closing) throw new StoreError('The store is closed.')
    try {
      const done = await work()
      if (state.status === 'trouble') {
        log.info({ event: 'store.recovered' }, 'Database connection restored.')
        state = { status: 'open' }
      }
      return done
    } catch (error) {
      const explanation = explain(error)
      if (explanation instanceof StoreError) {
        const { message } = explanation
        if (state.status === 'open') log.error({ event: 'store.trouble', err: error }, message)
        state = { status: 'trouble', reason: message }
      }
      throw explanation
    }
  }

  /**
   * Wraps a table family: an error that an operator can fix becomes a {@link StoreError}, and is logged once until a
   * query succeeds.
   */
  function guarded<T extends object>(family: T): T {
    const entries = Object.entries(family).map(([method, call]) => {
      return [method, (...values: unknown[]) => explained(() => call(...values))]
    })
    return Object.fromEntries(entries)
  }

  try {
    await migrate(db, name, options)
  } catch (error) {
    // Report the first error. A database that never opened fails to close for the same cause.
    await db.destroy().catch((err: unknown) => {
      log.debug({ event: 'store.unclosed', err }, 'Couldn’t close the database.')
    })
    const explanation = explain(error)
    const { code } = error as { code?: unknown }
    // An unknown error with a code comes from the database, and not from a fault of Sitrep.
    if (explanation instanceof StoreError || typeof code !== 'string') throw explanation
    throw new StoreError(`Database error (${code}). Check the database’s log.`, {
      cause: error,
    })
  }

  const exposed = exposure(files)
  if (exposed) log.warn({ event: 'store.exposed' }, `${exposed.text} ${exposed.fix}`)
  let checkup: IntegrityCheck | undefined

  return {
    chats: guarded(createChats(db, name, clock)),
    broadcasts: guarded(createBroadcasts(db, name, clock)),
    fanOut: guarded(createFanOut(db, name, clock)),
    deliveries: guarded(createDeliveries(db, name, clock)),
    outbox: guarded(createOutbox(db)),
    reach: guarded(createReach(db)),
    receipts: guarded(createReceipts(db)),
    floods: guarded(createFloods(db)),
    pictures: guarded(createPictures(db, clock)),
    telegramFiles: guarded(createTelegramFiles(db, clock)),
    slots: guarded(createSlots(db)),
    scheduledEvents: guarded(createScheduledEvents(db)),
    announcements: guarded(createAnnouncements(db, name, clock)),
    audit: guarded(createAudit(db, clock)),
    progressMessages: guarded(createProgressMessageTable(db, name, clock)),
    digests: guarded(createDigests(db, name, clock)),
    editions: guarded(createEditions(db, clock)),
    calendarFeeds: guarded(createCalendarFeeds(db)),
    eventTopics: guarded(createEventTopics(db)),
    seenChanges: guarded(createSeenChanges(db, clock)),
    lease: guarded(createLeaseTable(db, name)),
    restoration: guarded(createRestoration(db, name, clock)),
    watch() {
      checkup ??= startIntegrityCheck?.()
    },
    state() {
      const reason = checkup?.damage()
      return reason === undefined ? state : { status: 'trouble', reason }
    },
    close() {
      checkup?.stop()
      closing ??= db.destroy()
      return closing
    },
  }
}

interface Backend {
  readonly name: DialectName
  readonly dialect: Dialect
  /** Turns an error that an operator can fix into a {@link StoreError}; returns any other error unchanged. */
  readonly explain: (error: unknown) => unknown
  /** The paths of an SQLite file, of its journal and of its shared memory. */
  readonly files?: readonly string[]
  /** Starts the checks for damage; absent unless the database is a file. */
  readonly startIntegrityCheck?: () => IntegrityCheck
}

/** Loads only the driver that the URL needs. */
async function loadBackend({ url, clock, log, maxPages }: StoreOptions): Promise<Backend> {
  const path = sqlitePath(url)
  if (path !== undefined) {
    const { sqliteDialect } = await import('./sql/sqlite.ts')
    const { explainSqlite } = await import('./sql/sqlite-errors.ts')
    const { startIntegrityCheck } = await import('./sql/integrity-check.ts')
    const size = maxPages === undefined ? {} : { maxPages }
    return {
      name: 'sqlite',
      dialect: sqliteDialect({ path, clock, ...size }),
      explain: error => explainSqlite(error, path),
      files: sqliteFiles(path),
      startIntegrityCheck: () => startIntegrityCheck({ path, clock, log }),
    }
  }
  const { explainPostgres, postgresDialect } = await import('./sql/postgres.ts')
  return { name: 'postgres', dialect: postgresDialect(url, log), explain: explainPostgres }
}
