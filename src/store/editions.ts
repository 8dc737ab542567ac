import type { Kysely } from 'kysely'
import type { Clock } from '../clock.ts'
import type { NewBroadcast } from './broadcast.ts'
import { insertBroadcast } from './broadcasts.ts'
import type { Tables } from './schema.ts'

/**
 * What the content has said: the edition whose news were told last, what is to become news, and what some
 * chat has still to be told the difference to. Everything throws {@link StoreError} where the store fails.
 */
export interface Editions {
  /** The one whose news were told last; nothing before the first was seen. */
  settled(): Promise<KeptEdition | undefined>
  /** What is no news yet, and may become it. */
  pending(): Promise<PendingEdition | undefined>
  /** One of those that are kept. */
  find(id: number): Promise<KeptEdition | undefined>
  /** The first one that is ever seen: nothing in it is news. */
  begin(edition: NewEdition): Promise<void>
  /** What the content says now, in the place of what was pending. */
  propose(content: string): Promise<void>
  /** It is seen anew from now on: the clock was set back. */
  restart(id: number): Promise<void>
  /** A moderator has to decide. */
  hold(id: number): Promise<void>
  /** The content says again what was told last. */
  dismiss(): Promise<void>
  /**
   * It is what was told last from now on, and `broadcasts` tell of it: all of that, or nothing. False
   * where it is not pending any more: somebody else has settled it, or it was edited again.
   */
  settle(id: number, known: string, broadcasts: readonly NewBroadcast[]): Promise<boolean>
  /** Those that are older than the newest. */
  older(): Promise<number[]>
  /** The editions that up to `most` chats behind the id `after` know, and the last of these chats. */
  knownTo(
    after: number,
    most: number,
  ): Promise<{ readonly ids: readonly number[]; readonly last?: number }>
  erase(ids: readonly number[]): Promise<void>
}

interface NewEdition {
  /** JSON. */
  readonly content: string
  /** JSON: since when the dates of each exercise are known. */
  readonly known: string
}

export interface KeptEdition extends NewEdition {
  readonly id: number
  /** When it was settled. */
  readonly at: Temporal.Instant
}

export interface PendingEdition {
  readonly id: number
  /** JSON. */
  readonly content: string
  /** Whether a moderator has to decide. */
  readonly isHeld: boolean
  /** Since when the content says so. */
  readonly at: Temporal.Instant
}

export function createEditions(db: Kysely<Tables>, clock: Pick<Clock, 'now'>): Editions {
  const now = () => clock.now().epochMilliseconds
  const instant = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms)
  const pendingOf = (from: Kysely<Tables>) =>
    from.selectFrom('editions').selectAll().where('state', '<>', 'settled')

  return {
    async settled() {
      const row = await db
        .selectFrom('editions')
        .selectAll()
        .where('state', '=', 'settled')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row && { ...row, at: instant(row.at) }
    },
    async pending() {
      const row = await pendingOf(db).orderBy('id', 'desc').limit(1).executeTakeFirst()
      if (!row) return undefined
      const { id, content, state, at } = row
      return { id, content, isHeld: state === 'held', at: instant(at) }
    },
    async find(id) {
      const row = await db
        .selectFrom('editions')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst()
      return row && { ...row, at: instant(row.at) }
    },
    async begin(edition) {
      const row = { ...edition, state: 'settled', at: now() }
      await db.insertInto('editions').values(row).execute()
    },
    async propose(content) {
      await db.transaction().execute(async transaction => {
        await transaction.deleteFrom('editions').where('state', '<>', 'settled').execute()
        const row = { content, known: '{}', state: 'settling', at: now() }
        await transaction.insertInto('editions').values(row).execute()
      })
    },
    async restart(id) {
      await db.updateTable('editions').set({ at: now() }).where('id', '=', id).execute()
    },
    async hold(id) {
      await db.updateTable('editions').set({ state: 'held' }).where('id', '=', id).execute()
    },
    async dismiss() {
      await db.deleteFrom('editions').where('state', '<>', 'settled').execute()
    },
    async settle(id, known, broadcasts) {
      return db.transaction().execute(async transaction => {
        const { numUpdatedRows } = await transaction
          .updateTable('editions')
          .set({ state: 'settled', known, at: now() })
          .where('id', '=', id)
          .where('state', '<>', 'settled')
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return false
        for (const broadcast of broadcasts) {
          await insertBroadcast(transaction, broadcast, now())
        }
        return true
      })
    },
    async older() {
      const rows = await db
        .selectFrom('editions')
        .select('id')
        .where('state', '=', 'settled')
        .orderBy('id', 'desc')
        .execute()
      return rows.slice(1).map(({ id }) => id)
    },
    async knownTo(after, most) {
      const chats = await db
        .selectFrom('chats')
        .select(['id', 'edition_id'])
        .where('id', '>', after)
        .orderBy('id')
        .limit(most)
        .execute()
      const last = chats.at(-1)?.id
      if (last === undefined) return { ids: [] }
      const looks = await db
        .selectFrom('looks')
        .select(['edition_id', 'before_id'])
        .where('chat_id', '>', after)
        .where('chat_id', '<=', last)
        .execute()
      const ids = [
        ...chats.flatMap(({ edition_id }) => edition_id ?? []),
        ...looks.flatMap(({ edition_id, before_id }) => [edition_id, before_id]),
      ]
      return { last, ids: [...new Set(ids)] }
    },
    async erase(ids) {
      if (ids.length === 0) return
      await db.deleteFrom('editions').where('id', 'in', ids).execute()
    },
  }
}
