import { type Kysely, sql } from 'kysely'
import { isAnybodyIn } from './audience.ts'
import type { NewBroadcast } from './broadcast.ts'
import { insertBroadcast } from './broadcasts.ts'
import type { Tables } from './schema.ts'

/** What was planned for an instant, and what came of it. Throws {@link StoreError} where the store fails. */
export interface Agenda {
  /** The zones that chats have. */
  zones(): Promise<string[]>
  /** Which of these were dealt with. */
  known(keys: readonly string[]): Promise<ReadonlySet<string>>
  /** Posts what is due, once, if anybody is there to get it: false where there is nothing more to do. */
  post(slot: Slot, broadcast: Omit<NewBroadcast, 'key'>, now: Temporal.Instant): Promise<boolean>
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

/** Slots that are written at once: three parameters each. */
const AT_ONCE = 500

export function createAgenda(db: Kysely<Tables>): Agenda {
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
    async record(slots, outcome) {
      for (let from = 0; from < slots.length; from += AT_ONCE) {
        const some = slots.slice(from, from + AT_ONCE)
        await db
          .insertInto('slots')
          .values(some.map(({ key, at }) => ({ key, at: at.epochMilliseconds, outcome })))
          .onConflict(conflict => conflict.column('key').doNothing())
          .execute()
        // Whoever asks something meanwhile is answered.
        await new Promise(resolve => setImmediate(resolve))
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
