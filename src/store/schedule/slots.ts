import { type Kysely, sql } from 'kysely'
import { yieldToEventLoop } from '../../async/yield.ts'
import { chatsOf, hasChats } from '../ledger/audience.ts'
import type { NewBroadcast } from '../ledger/broadcast.ts'
import { insertBroadcast } from '../ledger/write-broadcast.ts'
import type { Tables } from '../sql/schema.ts'

/**
 * The slots of the schedule, their outcomes, and a key-value table. Everything throws {@link StoreError} if the store
 * fails.
 */
export interface Slots {
  /** Lists the zones of all chats. */
  zones(): Promise<string[]>
  /** Returns those of these keys that have an outcome. */
  known(keys: readonly string[]): Promise<ReadonlySet<string>>
  /**
   * Creates the broadcast of a slot once. Records the slot as `silent` if no chat would get it. Resolves to whether it
   * created a broadcast.
   */
  post(slot: Slot, broadcast: Omit<NewBroadcast, 'key'>, now: Temporal.Instant): Promise<boolean>
  /** Finds up to `most` chats that changed their zone since the last search for their reminders. */
  moved(most: number): Promise<Moved[]>
  /**
   * Adds chats that moved into a zone after its broadcast was due, if they match the audience. The broadcast then
   * expires at `expiresAt` at the earliest. Resolves to whether there were any such chats.
   */
  join(
    slot: Slot,
    broadcast: Omit<NewBroadcast, 'key'>,
    chats: readonly number[],
    now: Temporal.Instant,
    expiresAt: Temporal.Instant,
  ): Promise<boolean>
  /** Marks moved chats as done, except those that have moved again. */
  settle(moved: readonly Moved[]): Promise<void>
  /** Records slots without a broadcast, and the cause. Keeps an existing outcome. */
  record(slots: readonly Slot[], outcome: 'missed' | 'silent'): Promise<void>
  /** Deletes the records of missed slots after an instant, because a clock that was ahead wrote them. */
  forgetMissed(after: Temporal.Instant): Promise<void>
  /** Reads the value under a name; undefined if there is none. */
  recall(name: string): Promise<string | undefined>
  /** Stores a value under a name. */
  remember(name: string, value: string): Promise<void>
  /** Erases the slots before an instant. */
  erase(before: Temporal.Instant): Promise<void>
}

/** A post that the schedule has planned for an instant. */
export interface Slot {
  /** Idempotency key: the slot is handled once, even if it is found due again. */
  readonly key: string
  readonly at: Temporal.Instant
}

/** A chat that changed its zone. */
interface Moved {
  readonly chat: number
  /** The new IANA zone. */
  readonly zone: string
}

/** Slots of one insert. Each has three parameters; SQLite accepts 32,766 in one statement. */
const BATCH = 500

export function createSlots(db: Kysely<Tables>): Slots {
  const insert = (into: Kysely<Tables>, { key, at }: Slot, outcome: 'posted' | 'silent') =>
    into
      .insertInto('slots')
      .values({ key, at: at.epochMilliseconds, outcome })
      .onConflict(conflict => conflict.column('key').doNothing())
      .returning('key')
      .executeTakeFirst()

  return {
    async zones() {
      // Skip from one zone to the next through the index: a scan would visit all chats, and zones are few.
      const { rows } = await sql<{ zone: string }>`
        with recursive each(zone) as (
          select min(zone) from chats
          union all
          select (select min(chats.zone) from chats where chats.zone > each.zone) from each
          where each.zone is not null
        )
        select zone from each where zone is not null
      `.execute(db)
      return rows.map(({ zone }) => zone)
    },
    async known(keys) {
      if (keys.length === 0) return new Set()
      const rows = await db.selectFrom('slots').select('key').where('key', 'in', keys).execute()
      return new Set(rows.map(({ key }) => key))
    },
    post(slot, broadcast, now) {
      return db.transaction().execute(async transaction => {
        const at = now.epochMilliseconds
        const hasAudience = await hasChats(transaction, broadcast.audience, at)
        if (!(await insert(transaction, slot, hasAudience ? 'posted' : 'silent'))) return false
        if (!hasAudience) return false
        return Boolean(await insertBroadcast(transaction, { ...broadcast, key: slot.key }, at))
      })
    },
    async moved(most) {
      const rows = await db
        .selectFrom('chats')
        .select(['id', 'zone'])
        .where('moved', '=', sql.lit(1))
        .orderBy('id')
        .limit(most)
        .execute()
      return rows.map(({ id: chat, zone }) => ({ chat, zone }))
    },
    join(slot, broadcast, chats, now, expiresAt) {
      return db.transaction().execute(async transaction => {
        const at = now.epochMilliseconds
        const matching = chatsOf(transaction, broadcast.audience, at).where('chats.id', 'in', chats)
        const rows = await matching.select(['chats.id', 'chats.platform']).execute()
        if (rows.length === 0) return false
        await insert(transaction, slot, 'posted')
        const inserted = await insertBroadcast(transaction, { ...broadcast, key: slot.key }, at)
        // Mark a new broadcast as enqueued: it is for these chats alone, not for its whole audience.
        const { id } = await transaction
          .updateTable('broadcasts')
          .set({ finished_at: null, ...(inserted && { enqueued: 1 }) })
          .where('dedupe_key', '=', slot.key)
          .returning('id')
          .executeTakeFirstOrThrow()
        await transaction
          .updateTable('broadcasts')
          .set({ expires_at: expiresAt.epochMilliseconds })
          .where('id', '=', id)
          .where('expires_at', '<', expiresAt.epochMilliseconds)
          .execute()
        const fresh = { state: 'pending', attempts: 0, next_at: 0, part: 0, revision_sent: 0 }
        await transaction
          .insertInto('deliveries')
          .values(
            rows.map(row => ({
              ...fresh,
              broadcast_id: id,
              chat_id: row.id,
              platform: row.platform,
            })),
          )
          .onConflict(conflict => conflict.doNothing())
          .execute()
        return true
      })
    },
    async settle(moved) {
      for (const [zone, some] of Map.groupBy(moved, each => each.zone)) {
        await db
          .updateTable('chats')
          .set({ moved: 0 })
          .where('zone', '=', zone)
          .where(
            'id',
            'in',
            some.map(({ chat }) => chat),
          )
          .execute()
      }
    },
    async record(slots, outcome) {
      for (let from = 0; from < slots.length; from += BATCH) {
        const some = slots.slice(from, from + BATCH)
        await db
          .insertInto('slots')
          .values(some.map(({ key, at }) => ({ key, at: at.epochMilliseconds, outcome })))
          .onConflict(conflict => conflict.column('key').doNothing())
          .execute()
        await yieldToEventLoop()
      }
    },
    async forgetMissed(after) {
      await db
        .deleteFrom('slots')
        .where('outcome', '=', 'missed')
        .where('at', '>', after.epochMilliseconds)
        .execute()
    },
    async recall(name) {
      const row = await db
        .selectFrom('agenda')
        .select('value')
        .where('name', '=', name)
        .executeTakeFirst()
      return row?.value
    },
    async remember(name, value) {
      await db
        .insertInto('agenda')
        .values({ name, value })
        .onConflict(conflict => conflict.column('name').doUpdateSet({ value }))
        .execute()
    },
    async erase(before) {
      await db.deleteFrom('slots').where('at', '<', before.epochMilliseconds).execute()
    },
  }
}
