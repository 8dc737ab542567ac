import {
  type Kysely,
  type Selectable,
  type SelectQueryBuilder,
  sql,
  type Transaction,
} from 'kysely'
import type { Batch } from '../../async/batches.ts'
import type { Clock } from '../../clock.ts'
import type { DialectName } from '../migrations/migrations.ts'
import type { Tables } from '../sql/schema.ts'
import { chatsOf, lastOf, MOVED_MS } from './audience.ts'
import { audienceOf } from './broadcast.ts'

/**
 * What is done to many rows of a broadcast: in slices of at most `most` rows, each a transaction of its
 * own, so that nobody waits and a crash loses nothing. Call again until it says that it is done.
 * Everything throws {@link StoreError} where the store fails.
 */
export interface FanOut {
  /** Gives the next of the audience their rows. */
  enqueue(id: number, most: number): Promise<Batch>
  /** Makes what was delivered of an older revision due again. */
  requeueForRevision(id: number, most: number): Promise<Batch>
  /** Settles what a cancelled broadcast has still to send. */
  drop(id: number, most: number): Promise<Batch>
  /** Whether nothing is left: no row pending, none claimed, and nothing else. */
  finish(id: number): Promise<boolean>
  /** Erases what was finished before an instant. */
  erase(before: Temporal.Instant, most: number): Promise<Batch>
}

/** What has arrived, in whole or in part, and may have to be changed. */
const ARRIVED = ['sent', 'failed', 'skipped', 'uncertain']

export function createFanOut(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): FanOut {
  const now = () => clock.now().epochMilliseconds

  return {
    async enqueue(id, most) {
      const slice = await changing(db, dialect, id, async (transaction, row) => {
        if (row.enqueued === 1 || row.state === 'cancelled' || row.slot_at !== null) return DONE
        const audience = audienceOf(row)
        if (!audience) return DONE
        const from = row.enqueued_to
        const last = await lastOf(transaction, audience, from, most)
        // Both are bound: whichever it walks through, it walks no further.
        let chats = chatsOf(transaction, audience, now())
          .where('chats.id', '>', from)
          .where('subscriptions.chat_id', '>', from)
        if (last !== undefined) {
          chats = chats.where('chats.id', '<=', last).where('subscriptions.chat_id', '<=', last)
        }
        await transaction
          .insertInto('deliveries')
          .columns([
            ...(['broadcast_id', 'chat_id', 'platform', 'state', 'attempts', 'next_at'] as const),
            ...(['part', 'revision', 'revision_sent', 'repeated'] as const),
          ])
          .expression(
            chats.select([
              ...([
                sql.lit(id).as('broadcast_id'),
                'chats.id as chat_id',
                'chats.platform',
              ] as const),
              ...[sql.lit('pending').as('state'), sql.lit(0).as('attempts')],
              ...[sql.lit(0).as('next_at'), sql.lit(0).as('part'), sql.lit(0).as('revision')],
              ...[sql.lit(0).as('revision_sent'), sql.lit(0).as('repeated')],
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
      })
      return slice ?? DONE
    },
    async requeueForRevision(id, most) {
      const slice = await changing(
        db,
        dialect,
        id,
        async (transaction, { revised_to: from, revision }) => {
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
                // What was refused may be taken in its new form.
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
        },
      )
      return slice ?? DONE
    },
    async drop(id, most) {
      const slice = await changing(db, dialect, id, async (transaction, row) => {
        if (row.state !== 'cancelled') return DONE
        const { numUpdatedRows } = await transaction
          .updateTable('deliveries')
          .set({
            // What may have arrived is not told as if it had not.
            state: sql`case when tried_at is null then 'skipped' else 'uncertain' end`,
            ...{ error: 'cancelled', settled_at: now() },
          })
          .where('broadcast_id', '=', id)
          .where('chat_id', 'in', pendingOf(transaction, id, most))
          .where('message_ids', 'is', null)
          .where('state', '=', sql.lit('pending'))
          .executeTakeFirst()
        return { isDone: numUpdatedRows < most }
      })
      return slice ?? DONE
    },
    async finish(id) {
      const finished = await changing(db, dialect, id, async (transaction, row) => {
        const isSpread = row.enqueued === 1 || row.state === 'cancelled'
        if (!isSpread || row.revised_to !== null) return false
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
      })
      return finished ?? false
    },
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
      const slice = await changing(db, dialect, id, async (transaction, { finished_at }) => {
        // Corrected meanwhile, it is not finished any more.
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
      return slice ?? DONE
    },
  }
}

const DONE: Batch = { isDone: true }

const HELD = [
  ...(['state', 'revision', 'topic', 'audience', 'enqueued', 'enqueued_to'] as const),
  ...(['revised_to', 'finished_at', 'slot_at', 'starts_at'] as const),
] as const
type Held = Pick<Selectable<Tables['broadcasts']>, (typeof HELD)[number]>

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

/** Of two that change it the second sees what the first has done. */
async function changing<T>(
  db: Kysely<Tables>,
  dialect: DialectName,
  id: number,
  change: (transaction: Transaction<Tables>, broadcast: Held) => Promise<T>,
): Promise<T | undefined> {
  return db.transaction().execute(async transaction => {
    const row = await lockBroadcast(transaction, dialect, id)
    return row && change(transaction, row)
  })
}

/** The broadcast as it is; nobody else changes it until the transaction ends. */
export function lockBroadcast(
  transaction: Transaction<Tables>,
  dialect: DialectName,
  id: number,
): Promise<Held | undefined> {
  const query = transaction.selectFrom('broadcasts').select(HELD).where('id', '=', id)
  return (dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
}
