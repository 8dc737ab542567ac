import { type Kysely, type SelectQueryBuilder, sql, type Transaction } from 'kysely'
import type { Batch } from '../../async/batches.ts'
import type { Clock } from '../../clock.ts'
import type { DialectName } from '../migrations/migrations.ts'
import type { Tables } from '../sql/schema.ts'
import { batchEnd, chatsOf, MOVED_MS } from './audience.ts'
import { audienceOf } from './broadcast-row.ts'
import { type LockedBroadcast, lockBroadcast } from './write-broadcast.ts'

/**
 * Work on many rows of a broadcast. Each call does a batch of at most `most` rows in one transaction, so that it
 * blocks no other caller for long, and a crash loses no progress. Call it again until `isDone` is true. Everything
 * throws {@link StoreError} if the store fails.
 *
 * There are two ways to enqueue a broadcast, that is, to create its rows in the ledger:
 * - By audience, here: one message goes to all chats that match the broadcast's {@link Audience}.
 * - By chat, in `Digests.enqueue`: each chat's digest is due at its own time. The schedule creates one broadcast for
 *   all chats that get the same digest, and adds their rows as they become due. `slot_at` marks such a broadcast, so
 *   `enqueue` here skips it. (`Slots.join` adds moved chats to a reminder in the same way.)
 *
 * Both ways insert the same pending rows into `deliveries`, and end with `enqueued = 1` in `broadcasts`. From there on
 * one path serves both: senders claim and settle the rows, and `finish` ends the broadcast.
 */
export interface FanOut {
  /** Creates the rows of the next chats of the audience. */
  enqueue(id: number, most: number): Promise<Batch>
  /** Makes rows that have an older revision due again. */
  requeueForRevision(id: number, most: number): Promise<Batch>
  /** Settles the unsent rows of a cancelled broadcast. */
  skipCancelled(id: number, most: number): Promise<Batch>
  /** Finishes a broadcast if it is enqueued and requeued, and all rows are settled. Resolves to whether it did. */
  finish(id: number): Promise<boolean>
  /** Erases rows of the oldest broadcast that finished before an instant, and then the broadcast itself. */
  erase(before: Temporal.Instant, most: number): Promise<Batch>
}

/** The states of rows whose message may have arrived, wholly or in part, and may need a correction. */
const ARRIVED = ['sent', 'failed', 'skipped', 'uncertain']

export function createFanOut(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): FanOut {
  const now = () => clock.now().epochMilliseconds

  /** Changes a broadcast in a transaction that locks its row; resolves to `none` if there is no such broadcast. */
  const changeLocked = <T>(
    id: number,
    none: T,
    change: (transaction: Transaction<Tables>, broadcast: LockedBroadcast) => Promise<T>,
  ): Promise<T> =>
    db.transaction().execute(async transaction => {
      const row = await lockBroadcast(transaction, dialect, id)
      return row ? change(transaction, row) : none
    })

  return {
    enqueue: (id, most) =>
      changeLocked(id, DONE, async (transaction, row) => {
        if (row.enqueued === 1 || row.state === 'cancelled' || row.slot_at !== null) return DONE
        const audience = audienceOf(row)
        if (!audience) return DONE
        const from = row.enqueued_to
        const last = await batchEnd(transaction, audience, from, most)
        // Bound both tables: the query planner may scan either.
        let chats = chatsOf(transaction, audience, now())
          .where('chats.id', '>', from)
          .where('subscriptions.chat_id', '>', from)
        if (last !== undefined) {
          chats = chats.where('chats.id', '<=', last).where('subscriptions.chat_id', '<=', last)
        }
        await transaction
          .insertInto('deliveries')
          .columns(['broadcast_id', 'chat_id', 'platform', 'state', ...ZERO_COLUMNS])
          .expression(
            chats.select([
              sql.lit(id).as('broadcast_id'),
              'chats.id as chat_id',
              'chats.platform',
              sql.lit('pending').as('state'),
              ...ZERO_COLUMNS.map(name => sql.lit(0).as(name)),
            ]),
          )
          .onConflict(conflict => conflict.doNothing())
          .execute()
        await transaction
          .updateTable('broadcasts')
          .set(last === undefined ? { enqueued: 1 } : { enqueued_to: last })
          .where('id', '=', id)
          .execute()
        return { isDone: last === undefined }
      }),
    requeueForRevision: (id, most) =>
      changeLocked(id, DONE, async (transaction, { revised_to: from, revision }) => {
        if (from === null) return DONE
        const last = await transaction
          .selectFrom('deliveries')
          .select('chat_id')
          .where('broadcast_id', '=', id)
          .where('chat_id', '>', from)
          .orderBy('chat_id')
          .limit(1)
          .offset(most - 1)
          .executeTakeFirst()
        let rows = transaction
          .updateTable('deliveries')
          .set({
            state: 'pending',
            next_at: 0,
            attempts: 0,
            part: 0,
            settled_at: null,
            epoch: null,
          })
          .where('broadcast_id', '=', id)
          .where('chat_id', '>', from)
          .where(({ or, and, eb }) =>
            or([
              and([eb('state', 'in', ARRIVED), eb('message_ids', 'is not', null)]),
              // The platform may accept the new revision of a message that it refused.
              eb('state', '=', 'failed'),
            ]),
          )
          .where('revision_sent', '<', revision)
        if (last) rows = rows.where('chat_id', '<=', last.chat_id)
        await rows.execute()
        await transaction
          .updateTable('broadcasts')
          .set({ revised_to: last?.chat_id ?? null })
          .where('id', '=', id)
          .execute()
        return { isDone: !last }
      }),
    skipCancelled: (id, most) =>
      changeLocked(id, DONE, async (transaction, row) => {
        if (row.state !== 'cancelled') return DONE
        const { numUpdatedRows } = await transaction
          .updateTable('deliveries')
          .set({
            // Never report `skipped` for a message that may have arrived.
            state: sql`case when tried_at is null then 'skipped' else 'uncertain' end`,
            error: 'cancelled',
            settled_at: now(),
          })
          .where('broadcast_id', '=', id)
          .where('chat_id', 'in', pendingOf(transaction, id, most))
          .where('message_ids', 'is', null)
          .where('state', '=', sql.lit('pending'))
          .executeTakeFirst()
        return { isDone: numUpdatedRows < most }
      }),
    finish: id =>
      changeLocked(id, false, async (transaction, row) => {
        const isEnqueued = row.enqueued === 1 || row.state === 'cancelled'
        if (!isEnqueued || row.revised_to !== null) return false
        for (const state of ['pending', 'claimed'] as const) {
          const { rows } = await sql`
            select 1 from deliveries where broadcast_id = ${id} and state = ${sql.lit(state)} limit 1
          `.execute(transaction)
          if (rows.length > 0) return false
        }
        await transaction
          .updateTable('broadcasts')
          .set({ finished_at: now() })
          .where('id', '=', id)
          .execute()
        return true
      }),
    async erase(before, most) {
      const old = await db
        .selectFrom('broadcasts')
        .select('id')
        .where('finished_at', '<', before.epochMilliseconds)
        .where(({ or, eb }) =>
          or([eb('subject', 'is', null), eb('finished_at', '<', now() - MOVED_MS)]),
        )
        .orderBy('id')
        .limit(1)
        .executeTakeFirst()
      if (!old) return DONE
      const { id } = old
      return changeLocked(id, DONE, async (transaction, { finished_at }) => {
        // A correction has reopened the broadcast since.
        if (finished_at === null) return { isDone: false }
        const chats = transaction
          .selectFrom('deliveries')
          .select('chat_id')
          .where('broadcast_id', '=', id)
          .limit(most)
        const { numDeletedRows } = await transaction
          .deleteFrom('deliveries')
          .where('broadcast_id', '=', id)
          .where('chat_id', 'in', chats)
          .executeTakeFirst()
        if (numDeletedRows < most) {
          await transaction.deleteFrom('broadcasts').where('id', '=', id).execute()
        }
        return { isDone: false }
      })
    },
  }
}

const DONE: Batch = { isDone: true }

/** The columns of a new row that are 0. */
const ZERO_COLUMNS = [
  'attempts',
  'next_at',
  'part',
  'revision',
  'revision_sent',
  'repeated',
] as const

function pendingOf(
  db: Kysely<Tables>,
  id: number,
  most: number,
): SelectQueryBuilder<Tables, 'deliveries', { chat_id: number }> {
  return db
    .selectFrom('deliveries')
    .select('chat_id')
    .where('broadcast_id', '=', id)
    .where('state', '=', sql.lit('pending'))
    .where('message_ids', 'is', null)
    .limit(most)
}
