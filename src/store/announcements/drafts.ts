import type { Insertable, Kysely, Transaction } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { ChatRef } from '../../platform.ts'
import type { NewBroadcast } from '../ledger/broadcast.ts'
import { insertBroadcast, type Renewal, renewBroadcast } from '../ledger/broadcasts.ts'
import type { DialectName } from '../migrations/migrations.ts'
import type { Tables } from '../sql/schema.ts'
import { insertNote, type NewEntry } from './audit.ts'
import {
  type Announcement,
  type AnnouncementAct,
  type AnnouncementOptions,
  toAnnouncement,
} from './draft.ts'

/**
 * What moderators want to have announced, from the draft to the last word on its progress. Everything
 * throws {@link StoreError} where the store fails.
 */
export interface Announcements {
  /** Of two with the same key the second is the first. */
  draft(draft: NewDraft): Promise<Announcement>
  find(id: number): Promise<Announcement | undefined>
  /** What is neither confirmed nor discarded, the newest first. */
  drafts(most: number): Promise<Announcement[]>
  /** The newest that concerns a broadcast and was confirmed. */
  about(broadcastId: number): Promise<Announcement | undefined>
  /** Changes a draft, and counts it up; nothing where it is not this revision any more. */
  revise(id: number, revision: number, change: DraftChange): Promise<Announcement | undefined>
  discard(id: number, revision: number): Promise<boolean>
  /**
   * Does what a draft wants, once, however often it is confirmed; and writes down by whom. Which revision
   * it is has to be what whoever confirms has seen.
   */
  confirm(id: number, revision: number, how: Confirmation): Promise<Confirmed>
  /** What has become this broadcast is a draft again, where nobody has been given a row yet. */
  undo(broadcastId: number, note: NewEntry): Promise<Undone>
  /** Erases drafts that nobody has touched since, and pictures that nothing shows any more. */
  erase(before: Temporal.Instant): Promise<void>
}

interface NewDraft extends DraftChange {
  readonly key: string
  readonly act: AnnouncementAct
  readonly by: string
  readonly place: ChatRef
  readonly text: string
  readonly options: AnnouncementOptions
  /** What shall be corrected or taken back. */
  readonly broadcastId?: number
}

interface DraftChange {
  readonly text?: string
  readonly options?: AnnouncementOptions
  readonly pictureId?: number | null
}

/** What a draft becomes. */
type Confirmation = { readonly note: NewEntry } & (
  | { readonly broadcast: Omit<NewBroadcast, 'key'> }
  | { readonly renewal: Renewal }
)

/** `already` where somebody was quicker, `changed` where it says something else by now. */
type Confirmed =
  | { readonly outcome: 'done' | 'already'; readonly announcement: Announcement }
  | { readonly outcome: 'changed' | 'gone' }

/** `already` where it was undone before; `late` where somebody may have got it. */
type Undone =
  | { readonly outcome: 'done'; readonly announcement: Announcement }
  | { readonly outcome: 'already' | 'late' }

/** Throws if the row is damaged: the caller has written it, or asked for this one alone. */
function whole(row: Parameters<typeof toAnnouncement>[0]): Announcement {
  const announcement = toAnnouncement(row)
  if (!announcement) throw new TypeError('This announcement is damaged in the database.')
  return announcement
}

export function createAnnouncements(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): Announcements {
  const now = () => clock.now().epochMilliseconds

  const select = (from: Kysely<Tables> | Transaction<Tables>) =>
    from.selectFrom('announcements').selectAll()

  /** Whoever changes it at the same time waits. */
  async function locked(query: ReturnType<typeof select>) {
    const row = await (dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
    return row && toAnnouncement(row)
  }

  /** What it becomes; nothing where what it concerns is not there any more. */
  async function carryOut(
    transaction: Transaction<Tables>,
    { id, revision, broadcastId }: Announcement,
    how: Confirmation,
  ): Promise<number | undefined> {
    if ('broadcast' in how) {
      const broadcast = { ...how.broadcast, key: `announcement ${id} ${revision}` }
      return (await insertBroadcast(transaction, broadcast, now()))?.id
    }
    if (broadcastId === undefined) return undefined
    const isRenewed = await renewBroadcast(transaction, dialect, broadcastId, how.renewal, now())
    return isRenewed ? broadcastId : undefined
  }

  async function save(
    transaction: Kysely<Tables>,
    id: number,
    change: Partial<Insertable<Tables['announcements']>>,
  ): Promise<Announcement> {
    const row = await transaction
      .updateTable('announcements')
      .set({ ...change, changed_at: now() })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    return whole(row)
  }

  return {
    async draft({ key, act, by, place, text, options, pictureId = null, broadcastId }) {
      const { platform, address, within = null, kind } = place
      // Looked for first: numbers that are never used would be asked about.
      const known = await select(db).where('source_key', '=', key).executeTakeFirst()
      if (known) return whole(known)
      const made = await db
        .insertInto('announcements')
        .values({
          ...{ source_key: key, act, state: 'draft', revision: 1, created_by: by, text },
          ...{ platform, address, within, kind, options: JSON.stringify(options) },
          ...{ picture_id: pictureId, broadcast_id: broadcastId ?? null, card_done: 1 },
          ...{ created_at: now(), changed_at: now() },
        })
        .onConflict(conflict => conflict.column('source_key').doNothing())
        .returningAll()
        .executeTakeFirst()
      const row = made ?? (await select(db).where('source_key', '=', key).executeTakeFirstOrThrow())
      return whole(row)
    },
    async find(id) {
      const row = await select(db).where('id', '=', id).executeTakeFirst()
      return row && toAnnouncement(row)
    },
    async drafts(most) {
      const query = select(db).where('state', '=', 'draft').orderBy('id', 'desc').limit(most)
      return (await query.execute()).flatMap(row => toAnnouncement(row) ?? [])
    },
    async about(broadcastId) {
      const row = await select(db)
        .where('broadcast_id', '=', broadcastId)
        .where('state', '=', 'confirmed')
        // By when they were confirmed.
        .orderBy('changed_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row && toAnnouncement(row)
    },
    async revise(id, revision, { text, options, pictureId }) {
      const row = await db
        .updateTable('announcements')
        .set({
          revision: revision + 1,
          changed_at: now(),
          ...(text !== undefined && { text }),
          ...(options && { options: JSON.stringify(options) }),
          ...(pictureId !== undefined && { picture_id: pictureId }),
        })
        .where('id', '=', id)
        .where('revision', '=', revision)
        .where('state', '=', 'draft')
        .returningAll()
        .executeTakeFirst()
      return row && toAnnouncement(row)
    },
    async discard(id, revision) {
      const { numUpdatedRows } = await db
        .updateTable('announcements')
        .set({ state: 'discarded', changed_at: now() })
        .where('id', '=', id)
        .where('revision', '=', revision)
        .where('state', '=', 'draft')
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    confirm(id, revision, how) {
      return db.transaction().execute(async transaction => {
        const found = await locked(select(transaction).where('id', '=', id))
        if (!found || found.state === 'discarded') return { outcome: 'gone' as const }
        if (found.state === 'confirmed') return { outcome: 'already' as const, announcement: found }
        if (found.revision !== revision) return { outcome: 'changed' as const }
        const broadcastId = await carryOut(transaction, found, how)
        // Somebody has corrected it meanwhile, or taken it back.
        if (broadcastId === undefined) return { outcome: 'changed' as const }
        const change = { state: 'confirmed', broadcast_id: broadcastId, card_done: 0 }
        const announcement = await save(transaction, id, change)
        const details = { ...how.note.details, broadcast: broadcastId }
        await insertNote(transaction, { ...how.note, details }, now())
        return { outcome: 'done' as const, announcement }
      })
    },
    undo(broadcastId, note) {
      return db.transaction().execute(async (transaction): Promise<Undone> => {
        const found = await locked(
          select(transaction)
            .where('broadcast_id', '=', broadcastId)
            .where('state', '=', 'confirmed')
            .where('act', '=', 'send'),
        )
        if (!found) return { outcome: 'already' }
        const { numUpdatedRows } = await transaction
          .updateTable('broadcasts')
          .set({ state: 'cancelled', note: null, finished_at: now() })
          // Whoever has looked at it before corrects nothing of it any more.
          .set(({ eb }) => ({ revision: eb('revision', '+', 1) }))
          .where('id', '=', broadcastId)
          .where('retracted', '=', 0)
          // Whoever has a row may have got it by now; what was stopped before that has reached nobody.
          .where('enqueued_to', '=', 0)
          .where('enqueued', '=', 0)
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return { outcome: 'late' }
        await insertNote(transaction, note, now())
        const revision = found.revision + 1
        const change = { state: 'draft', revision, broadcast_id: null, card_done: 0 }
        return { outcome: 'done', announcement: await save(transaction, found.id, change) }
      })
    },
    async erase(before) {
      const old = before.epochMilliseconds
      await db
        .deleteFrom('announcements')
        .where('state', '<>', 'confirmed')
        .where('changed_at', '<', old)
        .execute()
      await db
        .deleteFrom('pictures')
        .where('created_at', '<', old)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('announcements')
                .select('announcements.id')
                .whereRef('announcements.picture_id', '=', 'pictures.id'),
            ),
          ),
        )
        .execute()
    },
  }
}
