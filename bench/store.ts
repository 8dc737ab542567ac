import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import { ANONYMOUS } from '../src/bot.ts'
import { systemClock } from '../src/clock.ts'
import { createBot } from '../src/commands/bot.ts'
import { reservedNames } from '../src/commands/builtin.ts'
import { createRegistry } from '../src/commands/registry.ts'
import { loadEdition } from '../src/content/load.ts'
import { sentences } from '../src/log.ts'
import { createAudit } from '../src/store/announcements/audit.ts'
import { createAnnouncements } from '../src/store/announcements/drafts.ts'
import { createPictures } from '../src/store/announcements/pictures.ts'
import { createChats } from '../src/store/chats/chats.ts'
import { createSeenChanges } from '../src/store/chats/seen-changes.ts'
import { createReach } from '../src/store/chats/unreachable.ts'
import { createBroadcasts } from '../src/store/ledger/broadcasts.ts'
import { createFloods } from '../src/store/ledger/flood-waits.ts'
import { createReceipts } from '../src/store/ledger/receipts.ts'
import type { DialectName } from '../src/store/migrations/migrations.ts'
import { createDigests } from '../src/store/schedule/digests.ts'
import { createEditions } from '../src/store/schedule/editions.ts'
import { createScheduledEvents } from '../src/store/schedule/scheduled-events.ts'
import { migrate } from '../src/store/sql/migrate.ts'
import { postgresDialect } from '../src/store/sql/postgres.ts'
import type { Tables } from '../src/store/sql/schema.ts'
import { sqliteDialect } from '../src/store/sql/sqlite.ts'
import { createDatabase, startPostgres } from '../tests/postgres.ts'
import { type Figure, percentile, time } from './measure.ts'

const SUBSCRIBERS = 1_000_000
/** Chats in a slice: with their topics about 1,000 rows, as much as is ever written at once. */
const SLICE = 250
/** Chats written while settings are asked for. */
const BULK = 50_000

/** The store with a million subscribers: the clock's question, and people's while much is written. */
export async function store(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sitrep-bench-'))
  const server = await startPostgres()
  const log = sentences(() => {})
  const sqlite = sqliteDialect({ path: join(folder, 'sitrep.db'), clock: systemClock })
  const postgres = postgresDialect(await createDatabase(server.url), log)
  const figures = [
    ...(await measure('sqlite', new Kysely<Tables>({ dialect: sqlite }))),
    ...(await measure('postgres', new Kysely<Tables>({ dialect: postgres }))),
  ]
  await server.stop()
  rmSync(folder, { recursive: true })
  return figures
}

async function measure(name: DialectName, db: Kysely<Tables>): Promise<Figure[]> {
  await migrate(db, name)
  const chats = createChats(db, name, systemClock)
  const now = systemClock.now()
  for (let from = 0; from < SUBSCRIBERS; from += 40 * SLICE) {
    await subscribe(db, name, from, 40 * SLICE, now.add({ hours: 24 }))
  }
  if (name === 'postgres') await sql`analyze`.execute(db)
  const digests = createDigests(db, name, systemClock)
  const tick = await time(500, () => digests.due('telegram', now, 1000))

  const { edition } = await loadEdition(join(import.meta.dirname, '../content'), reservedNames)
  if (!edition) throw new Error('The shipped content has problems.')
  const registry = createRegistry(edition)
  const kept = {
    chats,
    announcements: createAnnouncements(db, name, systemClock),
    floods: createFloods(db),
    reach: createReach(db),
    receipts: createReceipts(db),
    audit: createAudit(db, systemClock),
    broadcasts: createBroadcasts(db, name, systemClock),
    editions: createEditions(db, systemClock),
    seenChanges: createSeenChanges(db, systemClock),
    pictures: createPictures(db, systemClock),
    scheduledEvents: createScheduledEvents(db),
    state: () => ({ status: 'open' }) as const,
  }
  const bot = createBot({
    registry: () => registry,
    clock: systemClock,
    timeZone: 'UTC',
    store: kept,
  })
  const place = { platform: 'telegram', address: '42', kind: 'private' } as const
  const settings = () => bot.parse('/settings').answer({ ...ANONYMOUS, chat: { ref: place } })
  const idle = await time(500, settings)
  const busy: number[] = []
  let isWriting = true
  const writing = (async () => {
    for (let from = 0; from < BULK; from += SLICE) {
      await subscribe(db, name, SUBSCRIBERS + from, SLICE, now.add({ hours: 24 }))
    }
    isWriting = false
  })()
  while (isWriting) {
    busy.push(...(await time(1, settings)))
    await systemClock.pause(2)
  }
  await writing
  await db.destroy()
  const ms = 'ms'
  return [
    {
      what: `${name}: a tick, 1,000,000 subscribers, nothing due, p99`,
      value: percentile(tick, 0.99),
      aim: 5,
      unit: ms,
    },
    { what: `${name}: /settings, p99`, value: percentile(idle, 0.99), unit: ms },
    {
      what: `${name}: /settings while much is written, p99`,
      value: percentile(busy, 0.99),
      aim: 50,
      unit: ms,
    },
  ]
}

/** `count` chats from the number `from` on, with three topics each. */
async function subscribe(
  db: Kysely<Tables>,
  name: DialectName,
  from: number,
  count: number,
  due: Temporal.Instant,
): Promise<void> {
  const numbers =
    name === 'sqlite'
      ? sql`(with recursive n(i) as (select ${from} + 1 union all select i + 1 from n where i < ${from} + ${count}) select i from n)`
      : sql`(select generate_series(${from}::bigint + 1, ${from}::bigint + ${count}::bigint) as i) as n`
  const at = due.epochMilliseconds
  await db.transaction().execute(async transaction => {
    await sql`
      insert into chats (platform, address, kind, state, zone, cadence, hour, weekday, table_style,
        next_digest_at, created_at, changed_at)
      select 'telegram', 'bench-' || i, 'private', 'active', 'UTC', 'weekly', 9, 1, 'grid',
        ${sql.lit(at)}, 0, 0
      from ${numbers}`.execute(transaction)
    for (const topic of ['announcements', 'digest', 'exercises']) {
      await sql`
        insert into subscriptions (chat_id, topic)
        select id, ${topic} from chats
        where id > (select max(id) from chats) - ${count}`.execute(transaction)
    }
  })
}
