import { existsSync } from 'node:fs'
import { type Dialect, Kysely, sql } from 'kysely'
import type { Clock } from '../clock.ts'
import { sqlitePath } from '../database-url.ts'
import type { Log } from '../log.ts'
import type { ChatRef } from '../platform.ts'
import { toChatRef } from './chats/chat-row.ts'
import { createReach, type ReachCount } from './chats/unreachable.ts'
import { StoreError } from './error.ts'
import { instantOf } from './instant.ts'
import { createLeaseTable } from './lease-table.ts'
import { createOutbox, type OutboxDepth } from './ledger/outbox.ts'
import { createMigrations, type DialectName } from './migrations/migrations.ts'
import { appliedMigrations } from './sql/migrate.ts'
import type { Tables } from './sql/schema.ts'

/** The facts that `doctor` reads of a database, which it neither creates nor changes. */
export interface StoreFacts {
  /** The names of the migrations that the next start runs. */
  readonly pending: readonly string[]
  /** Whether no migration has run, as in a new database. */
  readonly isEmpty: boolean
  /** Whether a newer release has migrated the database. */
  readonly isNewer: boolean
  /** The rows; absent unless the schema is this release's. */
  readonly rows?: StoreRows
}

export interface StoreRows {
  /** The process that holds the lease of the bot; undefined if none does. */
  readonly holder: string | undefined
  /** Groups and channels that get posts, by the last change, the latest first. */
  readonly chats: readonly ChatRef[]
  readonly reach: readonly ReachCount[]
  readonly outbox: readonly OutboxDepth[]
  /** The waits that platforms asked for and that are not over. `isChat`: the wait of one chat. */
  readonly waits: readonly {
    readonly platform: string
    readonly isChat: boolean
    readonly until: Temporal.Instant
  }[]
  /** The numbers of the announcements and other broadcasts that are paused. */
  readonly paused: readonly number[]
}

export interface InspectOptions {
  /** `file:` and an absolute path, or `postgres://…`. */
  readonly url: string
  readonly clock: Clock
  readonly log: Log
  /** Longest wait for a connection, and for the result of a query, in milliseconds. */
  readonly timeoutMs: number
}

/** Most chats, and most paused broadcasts, that are listed. */
const MOST = 1000

/**
 * Reads the facts of a database, also while a bot uses it. Resolves to undefined if the file does not exist. Throws
 * {@link StoreError} if the database cannot be read.
 */
export async function inspectStore(options: InspectOptions): Promise<StoreFacts | undefined> {
  const { url, clock } = options
  const path = sqlitePath(url)
  if (path !== undefined && !existsSync(path)) return undefined
  const { name, dialect, explain } = await loadReader(options)
  const db = new Kysely<Tables>({ dialect })
  try {
    const known = Object.keys(createMigrations(name))
    const applied = await appliedMigrations(db)
    const pending = known.filter(each => !applied.includes(each))
    const isNewer = applied.some(each => !known.includes(each))
    const isCurrent = pending.length === 0 && !isNewer
    const isEmpty = applied.length === 0
    return {
      pending,
      isEmpty,
      isNewer,
      ...(isCurrent && { rows: await readRows(db, name, clock) }),
    }
  } catch (error) {
    const explained = explain(error)
    if (explained instanceof StoreError) throw explained
    const { code } = error as { code?: unknown }
    if (typeof code !== 'string') throw error
    throw new StoreError(`Database error (${code}). Check the database’s log.`, { cause: error })
  } finally {
    // The first error is the one to report.
    await db.destroy().catch(() => {})
  }
}

async function readRows(db: Kysely<Tables>, name: DialectName, clock: Clock): Promise<StoreRows> {
  const now = clock.now()
  return {
    holder: await createLeaseTable(db, name).holderOf('active'),
    chats: await postedChats(db),
    reach: await createReach(db).count(),
    outbox: await createOutbox(db).read(now),
    waits: await openWaits(db, now.epochMilliseconds),
    paused: await pausedBroadcasts(db),
  }
}

async function postedChats(db: Kysely<Tables>): Promise<ChatRef[]> {
  const rows = await db
    .selectFrom('chats')
    .select(['platform', 'address', 'within', 'kind'])
    .where('state', '=', 'active')
    .where('gone', 'is', null)
    .where('address', 'is not', null)
    .where('kind', '<>', 'private')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('subscriptions')
          .select(sql`1`.as('one'))
          .whereRef('subscriptions.chat_id', '=', 'chats.id'),
      ),
    )
    .orderBy('changed_at', 'desc')
    .limit(MOST)
    .execute()
  return rows.map(toChatRef)
}

async function openWaits(db: Kysely<Tables>, nowMs: number): Promise<StoreRows['waits']> {
  const rows = await db
    .selectFrom('floods')
    .select(['platform', 'until'])
    .where('until', '>', nowMs)
    .execute()
  return rows.flatMap(({ platform: place, until: kept }) => {
    const [platform = '', chat] = place.split('/')
    const until = instantOf(kept)
    return until ? [{ platform, isChat: chat !== undefined, until }] : []
  })
}

async function pausedBroadcasts(db: Kysely<Tables>): Promise<number[]> {
  const rows = await db
    .selectFrom('broadcasts')
    .select('id')
    .where('state', '=', 'paused')
    .where('finished_at', 'is', null)
    .orderBy('id')
    .limit(MOST)
    .execute()
  return rows.map(({ id }) => id)
}

interface Reader {
  readonly name: DialectName
  readonly dialect: Dialect
  readonly explain: (error: unknown) => unknown
}

/** Loads only the driver that the URL needs. */
async function loadReader({ url, clock, log, timeoutMs }: InspectOptions): Promise<Reader> {
  const path = sqlitePath(url)
  if (path !== undefined) {
    const { sqliteDialect } = await import('./sql/sqlite.ts')
    const { explainSqlite } = await import('./sql/sqlite-errors.ts')
    return {
      name: 'sqlite',
      dialect: sqliteDialect({ path, clock, isReadOnly: true }),
      explain: error => explainSqlite(error, path),
    }
  }
  const { explainPostgres, postgresDialect } = await import('./sql/postgres.ts')
  const limits = { connectMs: timeoutMs, queryMs: timeoutMs }
  return { name: 'postgres', dialect: postgresDialect(url, log, limits), explain: explainPostgres }
}

/** Resolves to what is wrong with an SQLite file, and what to do; `unknown` if it cannot be checked. */
export async function damageOf(
  path: string,
  signal: AbortSignal,
): Promise<'none' | 'unknown' | { readonly message: string }> {
  const { checkIntegrity, damageIn } = await import('./sql/integrity-check.ts')
  const { readOnlyAddress } = await import('./sql/sqlite-read-only.ts')
  return damageIn(await checkIntegrity(readOnlyAddress(path), signal), path)
}
