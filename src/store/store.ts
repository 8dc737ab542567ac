import { type Dialect, Kysely } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { exposure } from '../modes.ts'
import { type Agenda, createAgenda } from './agenda.ts'
import { type Announcements, createAnnouncements } from './announcements.ts'
import { type Audit, createAudit } from './audit.ts'
import { type Broadcasts, createBroadcasts } from './broadcasts.ts'
import { type CardTable, createCardTable } from './cards.ts'
import { type Chats, createChats } from './chats.ts'
import type { Checkup } from './checkup.ts'
import { createDeliveries, type Deliveries } from './deliveries.ts'
import { createDigests, type Digests } from './digests.ts'
import { createEditions, type Editions } from './editions.ts'
import { StoreError } from './error.ts'
import { createFloods, type Floods } from './floods.ts'
import { createLeaseTable, type LeaseTable } from './lease-table.ts'
import { createLooks, type Looks } from './looks.ts'
import { migrate } from './migrate.ts'
import type { DialectName } from './migrations.ts'
import { createPictures, type Pictures } from './pictures.ts'
import { createReach, type Reach } from './reach.ts'
import { createReceipts, type Receipts } from './receipts.ts'
import type { Tables } from './schema.ts'
import { createSpreading, type Spreading } from './spreading.ts'

/** What is kept: one file a table family beside this one. */
export interface Store {
  readonly chats: Chats
  readonly broadcasts: Broadcasts
  readonly spreading: Spreading
  readonly deliveries: Deliveries
  readonly reach: Reach
  readonly receipts: Receipts
  readonly floods: Floods
  readonly pictures: Pictures
  readonly agenda: Agenda
  readonly announcements: Announcements
  readonly audit: Audit
  readonly cards: CardTable
  readonly digests: Digests
  readonly editions: Editions
  readonly looks: Looks
  readonly lease: LeaseTable
  state(): StoreState
  /** Looks for damage once a day until the store is closed; PostgreSQL has no such check. */
  watch(): void
  /** May be called again. */
  close(): Promise<void>
}

interface StoreState {
  readonly status: 'open' | 'trouble'
  readonly reason?: string
}

export interface StoreOptions {
  /** `file:data/sitrep.db`, or `postgres://…`. */
  readonly url: string
  readonly clock: Clock
  readonly log: Log
  /** See `SqliteOptions`. */
  readonly maxPages?: number
  /** The last migration to run, where not all shall be. */
  readonly target?: string
}

/** Opens the database and brings it to the newest schema. Throws {@link StoreError}. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { clock, log } = options
  const { name, dialect, explain, files = [], startCheckup } = await chooseDialect(options)
  const db = new Kysely<Tables>({ dialect })
  let state: StoreState = { status: 'open' }
  let closing: Promise<void> | undefined

  async function explained<T>(work: () => Promise<T>): Promise<T> {
    if (closing) throw new StoreError('The store is closed.')
    try {
      const done = await work()
      if (state.status === 'trouble') {
        log.info({ event: 'store.recovered' }, 'The store is back.')
        state = { status: 'open' }
      }
      return done
    } catch (error) {
      const told = explain(error)
      if (told instanceof StoreError) {
        if (state.status === 'open') log.error({ event: 'store.trouble', err: error }, told.message)
        state = { status: 'trouble', reason: told.message }
      }
      throw told
    }
  }

  /** A table family whose every failure is told once, and explained. */
  function guarded<T extends object>(family: T): T {
    const entries = Object.entries(family).map(([method, call]) => {
      return [method, (...values: unknown[]) => explained(() => call(...values))]
    })
    return Object.fromEntries(entries)
  }

  try {
    await migrate(db, name, options.target)
  } catch (error) {
    // The first error says what to do. A database that never opened fails to close for the same cause.
    await db.destroy().catch((err: unknown) => {
      log.debug({ event: 'store.unclosed', err }, 'The database could not be closed.')
    })
    const told = explain(error)
    const { code } = error as { code?: unknown }
    // What nobody has thought of is the database's still, where it has a code of its own.
    if (told instanceof StoreError || typeof code !== 'string') throw told
    throw new StoreError(`The database cannot be used (${code}): look at its own log.`, {
      cause: error,
    })
  }

  const exposed = exposure(files)
  if (exposed) log.warn({ event: 'store.exposed' }, exposed)
  let checkup: Checkup | undefined

  return {
    chats: guarded(createChats(db, name, clock)),
    broadcasts: guarded(createBroadcasts(db, name, clock)),
    spreading: guarded(createSpreading(db, name, clock)),
    deliveries: guarded(createDeliveries(db, name, clock)),
    reach: guarded(createReach(db)),
    receipts: guarded(createReceipts(db)),
    floods: guarded(createFloods(db)),
    pictures: guarded(createPictures(db, clock)),
    agenda: guarded(createAgenda(db)),
    announcements: guarded(createAnnouncements(db, name, clock)),
    audit: guarded(createAudit(db, clock)),
    cards: guarded(createCardTable(db, name, clock)),
    digests: guarded(createDigests(db, name, clock)),
    editions: guarded(createEditions(db, clock)),
    looks: guarded(createLooks(db, clock)),
    lease: guarded(createLeaseTable(db, name)),
    watch() {
      checkup ??= startCheckup?.()
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

interface Chosen {
  readonly name: DialectName
  readonly dialect: Dialect
  readonly explain: (error: unknown) => unknown
  /** The paths of a database file, of its journal and of its shared memory. */
  readonly files?: readonly string[]
  /** Starts the checks for damage; undefined unless the database is a file. */
  readonly startCheckup?: () => Checkup
}

/** Loads the driver of the database that is used, and not the other. */
async function chooseDialect({ url, clock, log, maxPages }: StoreOptions): Promise<Chosen> {
  if (url.startsWith('file:')) {
    const { sqliteDialect } = await import('./sqlite.ts')
    const { explainSqlite } = await import('./sqlite-errors.ts')
    const { startCheckup } = await import('./checkup.ts')
    const path = url.slice('file:'.length)
    const size = maxPages === undefined ? {} : { maxPages }
    return {
      name: 'sqlite',
      dialect: sqliteDialect({ path, clock, ...size }),
      explain: error => explainSqlite(error, path),
      files: ['', '-wal', '-shm'].map(suffix => `${path}${suffix}`),
      startCheckup: () => startCheckup({ path, clock, log }),
    }
  }
  const { explainPostgres, postgresDialect } = await import('./postgres.ts')
  return { name: 'postgres', dialect: postgresDialect(url, log), explain: explainPostgres }
}
