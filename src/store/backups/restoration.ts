import { type Kysely, sql, type Transaction } from 'kysely'
import type { Clock } from '../../clock.ts'
import { insertNote } from '../announcements/audit.ts'
import { objectOf } from '../json.ts'
import type { DialectName } from '../migrations/migrations.ts'
import type { Tables } from '../sql/schema.ts'

/** The changes of {@link Restoration.settle}. */
export interface Settled {
  /** Posts that had begun and are stopped, and their deliveries that may have arrived. */
  readonly stopped: number
  readonly uncertain: number
  /** The numbers of posts for a later time, which are paused. */
  readonly paused: readonly number[]
}

/** Prepares a database that was restored from a backup. */
export interface Restoration {
  /**
   * Makes sure that a bot sends nothing of this database again that it may have sent after the backup was made:
   *
   * - Posts that had begun are stopped, and their open deliveries are `uncertain`. Retractions go on, because a deletion
   *   can be repeated.
   * - Posts for a later time are paused, because they may have been changed or undone.
   * - The dates of events count as known from now on, so no earlier reminder is sent.
   * - The first edits that a bot finds wait for approval: see {@link RESTORED}.
   * - New posts and editions get numbers that no button of a lost one has.
   *
   * No process holds a lease afterwards. The audit gets an entry with the name of the `actor`.
   */
  settle(actor: string): Promise<Settled>
}

/**
 * The key under which the store keeps that a backup was restored: empty until the first run of the schedule, then the
 * instant of that run, and `over` once edits are published as usual again.
 */
export const RESTORED = 'restored'

/** More posts than a bot makes from one backup to the restore of it. */
const NUMBERS = 10_000

/** The keys of the schedule's table with requests that the bot has answered since, if it could. */
const REQUESTS = ['telegram inbox']

export function createRestoration(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): Restoration {
  return {
    settle: actor =>
      db.transaction().execute(async transaction => {
        const now = clock.now()
        const at = now.epochMilliseconds
        await transaction.updateTable('lease').set({ holder: null, expires_at: 0 }).execute()
        const settled = await settlePosts(transaction, at)
        await markEventsKnown(transaction, now)
        await transaction.updateTable('chats').set({ moved: 0 }).where('moved', '=', 1).execute()
        await transaction
          .deleteFrom('agenda')
          .where('name', 'in', [...REQUESTS, RESTORED])
          .execute()
        await transaction.insertInto('agenda').values({ name: RESTORED, value: '' }).execute()
        // Discord would take a message of a new post for a lost one with the same key.
        await transaction.updateTable('installation').set({ id: crypto.randomUUID() }).execute()
        for (const table of ['broadcasts', 'editions'])
          await skipNumbers(transaction, dialect, table)
        const { stopped, uncertain } = settled
        const details = { stopped, uncertain, paused: settled.paused.length }
        await insertNote(transaction, { actor, action: 'database.restore', details }, at)
        return settled
      }),
  }
}

/** Stops the posts that had begun, and pauses the others. */
async function settlePosts(transaction: Transaction<Tables>, at: number): Promise<Settled> {
  const isOpen = sql<boolean>`finished_at is null and retracted = 0`
  const hasBegun = sql<boolean>`(starts_at is null or starts_at <= ${at})`
  const begun = transaction.selectFrom('broadcasts').select('id').where(isOpen).where(hasBegun)
  const { numUpdatedRows: uncertain } = await transaction
    .updateTable('deliveries')
    .set({ state: 'uncertain', error: 'restored', settled_at: at, epoch: null, left_at: null })
    .where('state', 'in', ['pending', 'claimed'])
    .where('broadcast_id', 'in', begun)
    .executeTakeFirst()
  const { numUpdatedRows: stopped } = await transaction
    .updateTable('broadcasts')
    .set({ state: 'cancelled', note: null, enqueued: 1, revised_to: null, finished_at: at })
    .where('id', 'in', begun)
    .executeTakeFirst()
  const paused = await transaction
    .updateTable('broadcasts')
    .set({ state: 'paused', note: 'restored' })
    .where(isOpen)
    .where('starts_at', '>', at)
    .where('state', '<>', 'cancelled')
    .returning('id')
    .execute()
  return {
    stopped: Number(stopped),
    uncertain: Number(uncertain),
    paused: paused.map(({ id }) => id),
  }
}

/** Sets the instant since which the schedule knows the dates of events: it sends no reminder of an earlier moment. */
async function markEventsKnown(transaction: Transaction<Tables>, now: Temporal.Instant) {
  const published = await transaction
    .selectFrom('editions')
    .select(['id', 'known'])
    .where('state', '=', 'settled')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!published) return
  const entries = Object.entries(objectOf(published.known) ?? {})
  const known = entries.map(([id, dates]) => [id, { ...Object(dates), since: now.toString() }])
  await transaction
    .updateTable('editions')
    .set({ known: JSON.stringify(Object.fromEntries(known)) })
    .where('id', '=', published.id)
    .execute()
}

async function skipNumbers(transaction: Transaction<Tables>, dialect: DialectName, table: string) {
  const next =
    dialect === 'sqlite'
      ? sql`update sqlite_sequence set seq = seq + ${NUMBERS} where name = ${table}`
      : sql`select setval(s, nextval(s) + ${NUMBERS})
          from (select pg_get_serial_sequence(${table}, 'id') as s) as own`
  await next.execute(transaction)
}
