import type { Kysely, Selectable } from 'kysely'
import type { Clock } from '../../clock.ts'
import { instantOf, instantOrEpoch, LATEST } from '../instant.ts'
import { isAnybodyIn } from '../ledger/audience.ts'
import { MOST_COUNT, type NewBroadcast } from '../ledger/broadcast.ts'
import { insertBroadcast } from '../ledger/broadcasts.ts'
import type { Tables } from '../sql/schema.ts'

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
  /** What is settling is seen anew from now on. */
  restart(id: number): Promise<void>
  /** A moderator has to decide of what is settling; false where it is not any more. */
  hold(id: number): Promise<boolean>
  /** The content says again what was told last. */
  dismiss(): Promise<void>
  /**
   * It is what was told last from now on, broadcasts tell of it where anybody is there to hear, and what
   * was posted before is corrected: all of that, or nothing. Resolves to how many tell of it; to nothing
   * where it is not pending any more: somebody else has settled it, or it was edited again.
   */
  settle(id: number, settling: Settling): Promise<number | undefined>
  /** Since when dates are known, put right. */
  relearn(id: number, known: string): Promise<void>
  /** Those that are older than the newest, but for what is on its way. */
  older(): Promise<number[]>
  /** The editions that up to `most` chats behind the id `after` know, and the last of these chats. */
  knownTo(
    after: number,
    most: number,
  ): Promise<{ readonly ids: readonly number[]; readonly last?: number }>
  erase(ids: readonly number[]): Promise<void>
}

export interface Settling {
  /** JSON: see {@link NewEdition}. */
  readonly known: string
  readonly broadcasts: readonly NewBroadcast[]
  /**
   * Who waits for a broadcast about a subject does not get it; what was posted says this from now on, where
   * there is something to say, unless it was taken back.
   */
  readonly corrections: readonly { readonly subject: string; readonly message?: string }[]
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

interface PendingEdition {
  readonly id: number
  /** JSON. */
  readonly content: string
  /** Whether a moderator has to decide. */
  readonly needsApproval: boolean
  /** Since when the content says so. */
  readonly at: Temporal.Instant
}

export function createEditions(db: Kysely<Tables>, clock: Pick<Clock, 'now'>): Editions {
  const now = () => clock.now().epochMilliseconds
  const toKept = ({ at, ...row }: Selectable<Tables['editions']>) => ({
    ...row,
    at: instantOrEpoch(at),
  })
  const pendingOf = (from: Kysely<Tables>) =>
    from.selectFrom('editions').selectAll().where('state', '<>', 'settled')

  const settlingOf = (id: number) =>
    db.updateTable('editions').where('id', '=', id).where('state', '=', 'settling')

  return {
    async settled() {
      const row = await db
        .selectFrom('editions')
        .selectAll()
        .where('state', '=', 'settled')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row && toKept(row)
    },
    async pending() {
      const row = await pendingOf(db).orderBy('id', 'desc').limit(1).executeTakeFirst()
      if (!row) return undefined
      const { id, content, state, at } = row
      return { id, content, needsApproval: state === 'held', at: instantOf(at) ?? LATEST }
    },
    async find(id) {
      const row = await db
        .selectFrom('editions')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst()
      return row && toKept(row)
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
      await settlingOf(id).set({ at: now() }).execute()
    },
    async hold(id) {
      const { numUpdatedRows } = await settlingOf(id).set({ state: 'held' }).executeTakeFirst()
      return numUpdatedRows > 0n
    },
    async dismiss() {
      await db.deleteFrom('editions').where('state', '<>', 'settled').execute()
    },
    settle(id, { known, broadcasts, corrections }) {
      return db.transaction().execute(async transaction => {
        const at = now()
        const { numUpdatedRows } = await transaction
          .updateTable('editions')
          .set({ state: 'settled', known, at })
          .where('id', '=', id)
          .where('state', '<>', 'settled')
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return undefined
        let told = 0
        for (const broadcast of broadcasts) {
          if (!(await isAnybodyIn(transaction, broadcast.audience, at))) continue
          await insertBroadcast(transaction, broadcast, at)
          told += 1
        }
        for (const { subject, message } of corrections) {
          const about = () => transaction.updateTable('broadcasts').where('subject', '=', subject)
          await about()
            .set({ state: 'cancelled', note: null })
            .where('state', 'in', ['active', 'paused'])
            .where('finished_at', 'is', null)
            .execute()
          if (message === undefined) continue
          await about()
            .where('retracted', '=', 0)
            .where('revision', '<=', MOST_COUNT)
            .set(({ eb }) => ({
              ...{ message, revised_to: 0, finished_at: null },
              revision: eb('revision', '+', 1),
            }))
            .execute()
        }
        return told
      })
    },
    async relearn(id, known) {
      await db.updateTable('editions').set({ known }).where('id', '=', id).execute()
    },
    async older() {
      const rows = await db
        .selectFrom('editions')
        .select('id')
        .where('state', '=', 'settled')
        .orderBy('id', 'desc')
        .execute()
      // What is still on its way makes them known when it arrives.
      const coming = await db
        .selectFrom('broadcasts')
        .select('edition_id')
        .where('finished_at', 'is', null)
        .where('edition_id', 'is not', null)
        .execute()
      const isComing = new Set(coming.map(({ edition_id }) => edition_id))
      return rows.slice(1).flatMap(({ id }) => (isComing.has(id) ? [] : id))
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
      const seenChanges = await db
        .selectFrom('looks')
        .select(['edition_id', 'before_id'])
        .where('chat_id', '>', after)
        .where('chat_id', '<=', last)
        .execute()
      const ids = [
        ...chats.flatMap(({ edition_id }) => edition_id ?? []),
        ...seenChanges.flatMap(({ edition_id, before_id }) => [edition_id, before_id]),
      ]
      return { last, ids: [...new Set(ids)] }
    },
    async erase(ids) {
      if (ids.length === 0) return
      await db.deleteFrom('editions').where('id', 'in', ids).execute()
    },
  }
}
