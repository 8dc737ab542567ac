import type { Kysely, Selectable } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { Message } from '../../message.ts'
import { instantOf, instantOrEpoch, LATEST } from '../instant.ts'
import { hasChats } from '../ledger/audience.ts'
import type { NewBroadcast } from '../ledger/broadcast.ts'
import { MOST_COUNT } from '../ledger/broadcast-row.ts'
import { insertBroadcast } from '../ledger/write-broadcast.ts'
import type { Tables } from '../sql/schema.ts'

/**
 * The editions of the content: the newest published one, at most one pending one, and older ones that chats have seen.
 * Everything throws {@link StoreError} if the store fails.
 */
export interface Editions {
  /** Reads the newest published edition; undefined before the first. */
  published(): Promise<KeptEdition | undefined>
  /** Reads the newest published edition whose update was not discarded; undefined before the first. */
  announced(): Promise<KeptEdition | undefined>
  /** Reads the edition that waits to be published. */
  pending(): Promise<PendingEdition | undefined>
  /** Reads an edition; undefined if the store no longer has it. */
  find(id: number): Promise<KeptEdition | undefined>
  /** Stores an edition as published, such as the first one: none of its content is news. */
  begin(edition: NewEdition & Partial<Pick<Publication, 'isDiscarded'>>): Promise<void>
  /** Stores the current content as the pending edition, and deletes an earlier pending one. */
  propose(content: string): Promise<void>
  /** Restarts the settling time of the pending edition. */
  restart(id: number): Promise<void>
  /** Makes the pending edition wait for a moderator. Resolves to false if it is not settling any more. */
  requireApproval(id: number): Promise<boolean>
  /** Deletes the pending edition, because the content is again as published. */
  dismiss(): Promise<void>
  /**
   * Publishes the pending edition, creates the broadcasts that have an audience, and corrects earlier ones, in one
   * transaction. Resolves to the number of new broadcasts. Writes nothing, and resolves to undefined, if the edition
   * is not pending any more: another process published it, or the content changed again.
   */
  publish(id: number, publication: Publication): Promise<number | undefined>
  /** Replaces the times at which the dates of an edition's events were first seen. */
  correctFirstSeen(id: number, known: string): Promise<void>
  /**
   * Lists the published editions except the newest, the newest whose update was not discarded, and those of unfinished
   * broadcasts.
   */
  older(): Promise<number[]>
  /** Lists the editions that up to `most` chats with ids above `after` have seen, and the last of these chats. */
  knownTo(
    after: number,
    most: number,
  ): Promise<{ readonly ids: readonly number[]; readonly last?: number }>
  /** Deletes editions. */
  erase(ids: readonly number[]): Promise<void>
}

/** The consequences of publishing an edition. */
export interface Publication {
  /** JSON: see {@link NewEdition}. */
  readonly known: string
  readonly broadcasts: readonly NewBroadcast[]
  /**
   * Cancels unsent broadcasts about a subject. With a `message`, it also corrects the sent ones, unless they
   * were retracted.
   */
  readonly corrections: readonly { readonly subject: string; readonly message?: Message }[]
  /** Whether a moderator discarded the update. */
  readonly isDiscarded: boolean
}

interface NewEdition {
  /** JSON. */
  readonly content: string
  /** JSON: when the dates of each event were first seen. */
  readonly known: string
}

export interface KeptEdition extends NewEdition {
  readonly id: number
  /** When it was published. */
  readonly at: Temporal.Instant
}

interface PendingEdition {
  readonly id: number
  /** JSON. */
  readonly content: string
  /** Whether it waits for a moderator. */
  readonly needsApproval: boolean
  /** When it was first seen. */
  readonly at: Temporal.Instant
}

export function createEditions(db: Kysely<Tables>, clock: Pick<Clock, 'now'>): Editions {
  const now = () => clock.now().epochMilliseconds
  const toKept = ({ id, content, known, at }: Selectable<Tables['editions']>) => ({
    ...{ id, content, known },
    at: instantOrEpoch(at),
  })
  const newestPublished = () =>
    db
      .selectFrom('editions')
      .selectAll()
      .where('state', '=', 'settled')
      .orderBy('id', 'desc')
      .limit(1)
  const pendingOf = (from: Kysely<Tables>) =>
    from.selectFrom('editions').selectAll().where('state', '<>', 'settled')

  const settlingOf = (id: number) =>
    db.updateTable('editions').where('id', '=', id).where('state', '=', 'settling')

  return {
    async published() {
      const row = await newestPublished().executeTakeFirst()
      return row && toKept(row)
    },
    async announced() {
      const row = await newestPublished().where('discarded', '=', 0).executeTakeFirst()
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
    async begin({ isDiscarded = false, ...edition }) {
      const row = { ...edition, state: 'settled', at: now(), discarded: Number(isDiscarded) }
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
    async requireApproval(id) {
      const { numUpdatedRows } = await settlingOf(id).set({ state: 'held' }).executeTakeFirst()
      return numUpdatedRows > 0n
    },
    async dismiss() {
      await db.deleteFrom('editions').where('state', '<>', 'settled').execute()
    },
    publish(id, { known, broadcasts, corrections, isDiscarded }) {
      return db.transaction().execute(async transaction => {
        const at = now()
        const { numUpdatedRows } = await transaction
          .updateTable('editions')
          .set({ state: 'settled', known, at, discarded: Number(isDiscarded) })
          .where('id', '=', id)
          .where('state', '<>', 'settled')
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return undefined
        let created = 0
        for (const broadcast of broadcasts) {
          if (!(await hasChats(transaction, broadcast.audience, at))) continue
          await insertBroadcast(transaction, broadcast, at)
          created += 1
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
              message: JSON.stringify(message),
              revised_to: 0,
              finished_at: null,
              revision: eb('revision', '+', 1),
            }))
            .execute()
        }
        return created
      })
    },
    async correctFirstSeen(id, known) {
      await db.updateTable('editions').set({ known }).where('id', '=', id).execute()
    },
    async older() {
      const rows = await db
        .selectFrom('editions')
        .select(['id', 'discarded'])
        .where('state', '=', 'settled')
        .orderBy('id', 'desc')
        .execute()
      const announced = rows.find(({ discarded }) => discarded === 0)
      // A chat will have seen the edition of an unfinished broadcast once the broadcast arrives.
      const unfinished = await db
        .selectFrom('broadcasts')
        .select('edition_id')
        .where('finished_at', 'is', null)
        .where('edition_id', 'is not', null)
        .execute()
      const isInUse = new Set([announced?.id, ...unfinished.map(({ edition_id }) => edition_id)])
      return rows.slice(1).flatMap(({ id }) => (isInUse.has(id) ? [] : id))
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
