import { type Kysely, sql } from 'kysely'
import { yieldToEventLoop } from '../../async/yield.ts'
import { chatsOf, isAnybodyIn } from '../ledger/audience.ts'
import type { NewBroadcast } from '../ledger/broadcast.ts'
import { insertBroadcast } from '../ledger/broadcasts.ts'
import type { Tables } from '../sql/schema.ts'

/** What was planned for an instant, and what came of it. Throws {@link StoreError} where the store fails. */
export interface Slots {
  /** The zones that chats have. */
  zones(): Promise<string[]>
  /** Which of these were dealt with. */
  known(keys: readonly string[]): Promise<ReadonlySet<string>>
  /** Posts what is due, once, if anybody is there to get it: false where there is nothing more to do. */
  post(slot: Slot, broadcast: Omit<NewBroadcast, 'key'>, now: Temporal.Instant): Promise<boolean>
  /** Up to `most` chats whose zone has changed since their reminders were looked for. */
  moved(most: number): Promise<Moved[]>
  /**
   * Gives chats that came into a zone after its post was due their rows, if they are in its audience. The post then
   * expires at `expiresAt` at the earliest. Resolves to whether there were any such chats.
   */
  join(
    slot: Slot,
    broadcast: Omit<NewBroadcast, 'key'>,
    chats: readonly number[],
    now: Temporal.Instant,
    expiresAt: Temporal.Instant,
  ): Promise<boolean>
  /** Ends the search for the reminders of moved chats, unless they have moved again. */
  settle(moved: readonly Moved[]): Promise<void>
  /** Writes down what is not posted, and why. */
  record(slots: readonly Slot[], outcome: 'missed' | 'silent'): Promise<void>
  /** What was missed after an instant was not. */
  forgetMissed(after: Temporal.Instant): Promise<void>
  /** What the clock has remembered under a name. */
  recall(name: string): Promise<string | undefined>
  remember(name: string, value: string): Promise<void>
  /** Erases what was planned for an instant before this one. */
  erase(before: Temporal.Instant): Promise<void>
}

export interface Slot {
  /** What makes it one and the same, however often it is found due. */
  readonly key: string
  readonly at: Temporal.Instant
}

interface Moved {
  readonly chat: number
  /** IANA zone that it has now. */
  readonly zone: string
}

/** Slots that are written at once: three parameters each. */
const AT_ONCE = 500

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
      // From one to the next by the index: there are few zones, and many chats in each.
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
        const anybody = await isAnybodyIn(transaction, broadcast.audience, at)
        if (!(await insert(transaction, slot, anybody ? 'posted' : 'silent'))) return false
        if (!anybody) return false
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
        const wanted = chatsOf(transaction, broadcast.audience, at).where('chats.id', 'in', chats)
        const rows = await wanted.select(['chats.id', 'chats.platform']).execute()
        if (rows.length === 0) return false
        await insert(transaction, slot, 'posted')
        const made = await insertBroadcast(transaction, { ...broadcast, key: slot.key }, at)
        // Its audience was there before: a new broadcast is for these chats alone.
        const { id } = await transaction
          .updateTable('broadcasts')
          .set({ finished_at: null, ...(made && { enqueued: 1 }) })
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
      for (let from = 0; from < slots.length; from += AT_ONCE) {
        const some = slots.slice(from, from + AT_ONCE)
        await db
          .insertInto('slots')
          .values(some.map(({ key, at }) => ({ key, at: at.epochMilliseconds, outcome })))
          .onConflict(conflict => conflict.column('key').doNothing())
          .execute()
        // Whoever asks something meanwhile is answered.
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
