import {
  type Kysely,
  type Selectable,
  type SelectQueryBuilder,
  sql,
  type Transaction,
} from 'kysely'
import type { Clock } from '../clock.ts'
import {
  type Audience,
  type Broadcast,
  DELIVERY_STATES,
  KINDS,
  type NewBroadcast,
  type Progress,
  toBroadcast,
} from './broadcast.ts'
import type { DialectName } from './migrations.ts'
import type { Tables } from './schema.ts'

/**
 * What is to be sent, to whom, and how far that has come. What takes long is done in slices of at most
 * `most` rows, each a transaction of its own, so that nobody waits and a crash loses nothing: call
 * again until it says that it is done. Everything throws {@link StoreError} where the store fails.
 */
export interface Broadcasts {
  /** Makes it, where there is none of its key yet. */
  create(broadcast: NewBroadcast): Promise<{ readonly id: number; readonly isNew: boolean }>
  find(id: number): Promise<Broadcast | undefined>
  /** What is not finished, the most urgent first. */
  open(): Promise<Broadcast[]>
  /** Its message of this moment, as JSON, and the revision that it belongs to. */
  message(id: number): Promise<{ readonly message: string; readonly revision: number } | undefined>
  /** Rows by state. Counts them all: for people, not for each send. */
  progress(id: number): Promise<Progress>
  /** How many chats are in an audience at this moment, by platform. */
  count(audience: Audience): Promise<Readonly<Record<string, number>>>

  /** Another message in the place of the one that was sent, and for those who wait. False: no such one. */
  revise(id: number, message: string): Promise<boolean>
  /** Takes it back; `notice` stands where nothing can be deleted. */
  retract(id: number, notice: string): Promise<boolean>
  /** False where it is not on its way; `note` where nobody but ourselves has wanted that. */
  pause(id: number, note?: string): Promise<boolean>
  resume(id: number): Promise<boolean>
  /** Whoever has not got it yet does not get it. */
  cancel(id: number): Promise<boolean>

  /** Gives the next of the audience their rows. */
  enqueue(id: number, most: number): Promise<Slice>
  /** Makes what was delivered of an older revision due again. */
  redo(id: number, most: number): Promise<Slice>
  /** Settles what a cancelled broadcast has still to send. */
  drop(id: number, most: number): Promise<Slice>
  /** Whether nothing is left: no row pending, none claimed, and nothing else. */
  finish(id: number): Promise<boolean>
  /** Erases what was finished before an instant. */
  erase(before: Temporal.Instant, most: number): Promise<Slice>
}

export interface Slice {
  /** About how many rows it was. */
  readonly rows: number
  readonly isDone: boolean
}

/** What has arrived, in whole or in part, and may have to be changed. */
const ARRIVED = ['sent', 'failed', 'skipped', 'uncertain']

export function createBroadcasts(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): Broadcasts {
  const now = () => clock.now().epochMilliseconds

  /** Of two that change it the second sees what the first has done. */
  async function changing<T>(
    id: number,
    change: (transaction: Transaction<Tables>, broadcast: Held) => Promise<T>,
  ): Promise<T | undefined> {
    return db.transaction().execute(async transaction => {
      const query = transaction.selectFrom('broadcasts').select(HELD).where('id', '=', id)
      const held = await (dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
      return held && change(transaction, held)
    })
  }

  async function renew(id: number, message: string, retracted: 0 | 1): Promise<boolean> {
    const renewed = await changing(id, async (transaction, held) => {
      await transaction
        .updateTable('broadcasts')
        .set({ message, retracted, revision: held.revision + 1, revised_to: 0, finished_at: null })
        // What was stopped half way goes on for those alone who have got it.
        .set(held.state === 'cancelled' ? { state: 'active', enqueued: 1 } : {})
        .where('id', '=', id)
        .execute()
      return true
    })
    return renewed ?? false
  }

  async function turn(
    id: number,
    from: readonly string[],
    to: Broadcast['state'],
    note: string | null = null,
  ): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('broadcasts')
      .set({ state: to, note })
      .where('id', '=', id)
      .where('state', 'in', from)
      .where('finished_at', 'is', null)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  /** The chats of an audience that can be reached at this moment. */
  function chatsOf({ topic, platforms, within, zone }: Audience) {
    let query = db
      .selectFrom('subscriptions')
      .innerJoin('chats', 'chats.id', 'subscriptions.chat_id')
      .where('subscriptions.topic', '=', topic)
      .where('chats.platform', 'in', platforms)
      .where('chats.gone', 'is', null)
      .where(({ or, and, eb }) =>
        or([
          eb('chats.state', '=', 'active'),
          and([eb('chats.state', '=', 'paused'), eb('chats.paused_until', '<=', now())]),
        ]),
      )
    if (within !== undefined) {
      query = query.where(({ or, eb }) =>
        or([eb('chats.within', '=', within), eb('chats.address', '=', within)]),
      )
    }
    if (zone !== undefined) query = query.where('chats.zone', '=', zone)
    return query
  }

  return {
    async create({ key, kind, audience, message, urgent, repeats = true, publish, ...rest }) {
      const { topic, ...others } = audience
      const made = await db
        .insertInto('broadcasts')
        .values({
          ...{ dedupe_key: key, kind, topic, message, audience: JSON.stringify(others) },
          ...{ priority: KINDS[kind], state: 'active', revision: 1, enqueued_to: 0 },
          ...{ urgent: Number(urgent ?? false), repeats: Number(repeats) },
          publish: Number(publish ?? false),
          expires_at: rest.expiresAt?.epochMilliseconds ?? null,
          created_at: now(),
          created_by: rest.by ?? null,
        })
        .onConflict(conflict => conflict.column('dedupe_key').doNothing())
        .returning('id')
        .executeTakeFirst()
      if (made) return { ...made, isNew: true }
      const known = await db
        .selectFrom('broadcasts')
        .select('id')
        .where('dedupe_key', '=', key)
        .executeTakeFirstOrThrow()
      return { ...known, isNew: false }
    },
    async find(id) {
      const row = await db
        .selectFrom('broadcasts')
        .select(COLUMNS)
        .where('id', '=', id)
        .executeTakeFirst()
      return row && toBroadcast(row)
    },
    async open() {
      const rows = await selectOpen(db).execute()
      return rows.map(toBroadcast)
    },
    message: id =>
      db
        .selectFrom('broadcasts')
        .select(['message', 'revision'])
        .where('id', '=', id)
        .executeTakeFirst(),
    async progress(id) {
      const rows = await db
        .selectFrom('deliveries')
        .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
        .where('broadcast_id', '=', id)
        .groupBy('state')
        .execute()
      const counted = rows.map(({ state, count }) => [state, Number(count)])
      const none = DELIVERY_STATES.map(state => [state, 0])
      return { ...Object.fromEntries(none), ...Object.fromEntries(counted) }
    },
    async count(audience) {
      const rows = await chatsOf(audience)
        .select(({ fn }) => ['chats.platform', fn.countAll<number>().as('count')])
        .groupBy('chats.platform')
        .execute()
      const none = audience.platforms.map(platform => [platform, 0])
      const counted = rows.map(({ platform, count }) => [platform, Number(count)])
      return { ...Object.fromEntries(none), ...Object.fromEntries(counted) }
    },

    revise: (id, message) => renew(id, message, 0),
    retract: (id, notice) => renew(id, notice, 1),
    pause: (id, note) => turn(id, ['active'], 'paused', note),
    resume: id => turn(id, ['paused'], 'active'),
    cancel: id => turn(id, ['active', 'paused'], 'cancelled'),

    async enqueue(id, most) {
      const slice = await changing(id, async (transaction, held) => {
        if (held.enqueued === 1 || held.state === 'cancelled') return DONE
        const audience: Audience = { topic: held.topic, ...JSON.parse(held.audience) }
        const last = await transaction
          .selectFrom('subscriptions')
          .select('chat_id')
          .where('topic', '=', held.topic)
          .where('chat_id', '>', held.enqueued_to)
          .orderBy('chat_id')
          .limit(1)
          .offset(most - 1)
          .executeTakeFirst()
        let chats = chatsOf(audience).where('subscriptions.chat_id', '>', held.enqueued_to)
        if (last) chats = chats.where('subscriptions.chat_id', '<=', last.chat_id)
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
          .set(last ? { enqueued_to: last.chat_id } : { enqueued: 1 })
          .where('id', '=', id)
          .execute()
        return { rows: most, isDone: !last }
      })
      return slice ?? DONE
    },
    async redo(id, most) {
      const slice = await changing(id, async (transaction, { revised_to: from, revision }) => {
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
          .set({ state: 'pending', next_at: 0, attempts: 0, part: 0, tried_at: null, epoch: null })
          .where('broadcast_id', '=', id)
          .where('chat_id', '>', from)
          .where('state', 'in', ARRIVED)
          .where('message_ids', 'is not', null)
          .where('revision_sent', '<', revision)
        if (last) rows = rows.where('chat_id', '<=', last.chat_id)
        await rows.execute()
        await transaction
          .updateTable('broadcasts')
          .set({ revised_to: last?.chat_id ?? null })
          .where('id', '=', id)
          .execute()
        return { rows: most, isDone: !last }
      })
      return slice ?? DONE
    },
    async drop(id, most) {
      const slice = await changing(id, async (transaction, held) => {
        if (held.state !== 'cancelled') return DONE
        const { numUpdatedRows } = await transaction
          .updateTable('deliveries')
          .set({
            // What may have arrived is not told as if it had not.
            state: sql`case when tried_at is null then 'skipped' else 'uncertain' end`,
            ...{ error: 'cancelled', settled_at: now() },
          })
          .where('broadcast_id', '=', id)
          .where('chat_id', 'in', pendingOf(transaction, id, most))
          .where('state', '=', sql.lit('pending'))
          .executeTakeFirst()
        return { rows: Number(numUpdatedRows), isDone: numUpdatedRows < most }
      })
      return slice ?? DONE
    },
    async finish(id) {
      const finished = await changing(id, async (transaction, held) => {
        const isSpread = held.enqueued === 1 || held.state === 'cancelled'
        if (!isSpread || held.revised_to !== null) return false
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
      return db.transaction().execute(async transaction => {
        const old = await transaction
          .selectFrom('broadcasts')
          .select('id')
          .where('finished_at', '<', before.epochMilliseconds)
          .orderBy('id')
          .limit(1)
          .executeTakeFirst()
        if (!old) return DONE
        const rows = transaction
          .selectFrom('deliveries')
          .select('chat_id')
          .where('broadcast_id', '=', old.id)
          .limit(most)
        const { numDeletedRows } = await transaction
          .deleteFrom('deliveries')
          .where('broadcast_id', '=', old.id)
          .where('chat_id', 'in', rows)
          .executeTakeFirst()
        const isEmpty = numDeletedRows < most
        if (isEmpty) await transaction.deleteFrom('broadcasts').where('id', '=', old.id).execute()
        return { rows: Number(numDeletedRows), isDone: false }
      })
    },
  }
}

const DONE: Slice = { rows: 0, isDone: true }

const COLUMNS = [
  ...(['id', 'dedupe_key', 'kind', 'topic', 'audience', 'priority', 'state'] as const),
  ...(['revision', 'enqueued_to', 'enqueued', 'revised_to', 'retracted', 'urgent'] as const),
  ...(['repeats', 'publish', 'expires_at', 'created_at', 'created_by'] as const),
  ...(['finished_at', 'note'] as const),
] as const

const HELD = [
  ...(['state', 'revision', 'topic', 'audience', 'enqueued', 'enqueued_to'] as const),
  'revised_to',
] as const
type Held = Pick<Selectable<Tables['broadcasts']>, (typeof HELD)[number]>

/** What is not finished, the most urgent first, the oldest first. */
export function selectOpen(db: Kysely<Tables>) {
  return db
    .selectFrom('broadcasts')
    .select(COLUMNS)
    .where('finished_at', 'is', null)
    .orderBy('priority', 'desc')
    .orderBy('id')
}

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
    .limit(most)
}
