import type { Insertable, Kysely, Transaction } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { ChatRef } from '../../platform.ts'
import type { NewBroadcast } from '../ledger/broadcast.ts'
import {
  discardChanges,
  insertNumbered,
  isOver,
  type Renewal,
  renewBroadcast,
} from '../ledger/write-broadcast.ts'
import type { DialectName } from '../migrations/migrations.ts'
import type { Tables } from '../sql/schema.ts'
import { insertBroadcastNote, type NewEntry } from './audit.ts'
import type { Announcement, AnnouncementAct, AnnouncementOptions, DraftText } from './draft.ts'
import { toAnnouncement } from './draft-row.ts'
import { eraseUnused } from './erase-unused.ts'
import { reserveNumber } from './numbers.ts'

/**
 * The announcements of moderators, from the draft to the end of their progress messages. Everything throws
 * {@link StoreError} if the store fails, and a `TypeError` if a row that it writes is damaged.
 */
export interface Announcements {
  /** Creates a draft. The key makes it idempotent: a second call returns the existing draft. */
  draft(draft: NewDraft): Promise<Announcement>
  /** Reads an announcement; undefined if it is missing or damaged. */
  find(id: number): Promise<Announcement | undefined>
  /**
   * Finds the announcement that a number names: its open draft, or else an open correction or retraction of it, or else
   * the announcement itself.
   */
  numbered(number: number): Promise<Announcement | undefined>
  /** Lists up to `most` drafts, the newest first. */
  drafts(most: number): Promise<Announcement[]>
  /** Finds the announcement of a broadcast that was confirmed last. */
  about(broadcastId: number): Promise<Announcement | undefined>
  /** Changes a draft, and increments its revision; undefined if the draft has another revision by now. */
  revise(id: number, revision: number, change: DraftChange): Promise<Announcement | undefined>
  /** Discards a draft. Resolves to false if the draft has another revision or state by now. */
  discard(id: number, revision: number): Promise<boolean>
  /**
   * Carries out a draft once, even if it is confirmed twice, and records the actor in the audit. `revision` is the
   * one that the moderator has seen.
   */
  confirm(id: number, revision: number, how: Confirmation): Promise<Confirmed>
  /**
   * Cancels a broadcast of which no row exists yet, and makes its announcement, if it has one, a draft again. Discards
   * the open corrections and retractions of the broadcast.
   */
  undo(broadcastId: number, note: NewEntry): Promise<Undone>
  /** Erases drafts that were not changed since `before`, and unused pictures that are older. */
  erase(before: Temporal.Instant): Promise<void>
}

interface NewDraft extends DraftChange {
  readonly key: string
  readonly act: AnnouncementAct
  readonly by: string
  readonly place: ChatRef
  readonly text: DraftText
  readonly options: AnnouncementOptions
  /** The broadcast to correct or to retract. */
  readonly broadcastId?: number
}

interface DraftChange {
  readonly text?: DraftText
  readonly options?: AnnouncementOptions
}

/** The effect of a confirmed draft: a new broadcast, or a renewed one. `note` goes into the audit. */
type Confirmation = { readonly note: NewEntry } & (
  | { readonly broadcast: Omit<NewBroadcast, 'key'> }
  | { readonly renewal: Renewal }
)

/**
 * The result of a confirmation: `already` if it was confirmed before, `changed` if the draft or its broadcast has
 * changed since, `gone` if the draft was discarded, also because its broadcast was retracted or undone.
 */
type Confirmed =
  | { readonly outcome: 'done' | 'already'; readonly announcement: Announcement }
  | { readonly outcome: 'changed' | 'gone' }

/** The result of an undo: `already` if it was undone before, `late` if a chat may have got the message. */
type Undone =
  /** `announcement` is absent if the command line created the broadcast, without a draft. */
  | { readonly outcome: 'done'; readonly announcement?: Announcement }
  | { readonly outcome: 'already' | 'late' }

/** Returns the columns of a text. The row refers to the picture, so that `erase` keeps the picture. */
const textColumns = (text: DraftText) => ({
  text: JSON.stringify(text),
  picture_id: text.picture?.id ?? null,
})

/** Reads a row that must not be damaged. Throws a `TypeError` if it is. */
function readOrThrow(row: Parameters<typeof toAnnouncement>[0]): Announcement {
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

  /** Updates a draft, unless it has another revision or state by now. */
  const draftAt = (id: number, revision: number) =>
    db
      .updateTable('announcements')
      .where('id', '=', id)
      .where('revision', '=', revision)
      .where('state', '=', 'draft')

  /** Reads an announcement, and locks its row until the transaction ends. */
  async function locked(query: ReturnType<typeof select>) {
    const row = await (dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
    return row && toAnnouncement(row)
  }

  /** Creates or renews the broadcast. Resolves to its id; undefined if it is missing, or has changed since. */
  async function carryOut(
    transaction: Transaction<Tables>,
    { id, number, revision, broadcastId }: Announcement,
    how: Confirmation,
  ): Promise<number | undefined> {
    if ('broadcast' in how) {
      const broadcast = { ...how.broadcast, key: `announcement ${id} ${revision}` }
      return (await insertNumbered(transaction, broadcast, number, now()))?.id
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
    return readOrThrow(row)
  }

  return {
    async draft({ key, act, by, place, text, options, broadcastId }) {
      const { platform, address, within = null, kind } = place
      // Read before the insert: a conflicting insert would use up an id, and moderators would wonder about the gap.
      const existing = await select(db).where('source_key', '=', key).executeTakeFirst()
      if (existing) return readOrThrow(existing)
      const id = await reserveNumber(db, dialect)
      const inserted = await db
        .insertInto('announcements')
        .values({
          id,
          number: broadcastId ?? id,
          source_key: key,
          act,
          state: 'draft',
          revision: 1,
          created_by: by,
          ...textColumns(text),
          platform,
          address,
          within,
          kind,
          options: JSON.stringify(options),
          broadcast_id: broadcastId ?? null,
          card_done: 1,
          created_at: now(),
          changed_at: now(),
        })
        .onConflict(conflict => conflict.column('source_key').doNothing())
        .returningAll()
        .executeTakeFirst()
      const row =
        inserted ?? (await select(db).where('source_key', '=', key).executeTakeFirstOrThrow())
      return readOrThrow(row)
    },
    async find(id) {
      const row = await select(db).where('id', '=', id).executeTakeFirst()
      return row && toAnnouncement(row)
    },
    async numbered(number) {
      const row = await select(db)
        .where('number', '=', number)
        .orderBy(({ eb }) => eb.case().when('state', '=', 'draft').then(0).else(1).end())
        .orderBy(({ eb }) => eb.case().when('act', '=', 'send').then(0).else(1).end())
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
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
        // `changed_at` of a confirmed announcement is when it was confirmed.
        .orderBy('changed_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row && toAnnouncement(row)
    },
    async revise(id, revision, { text, options }) {
      const row = await draftAt(id, revision)
        .set({ revision: revision + 1, changed_at: now(), ...(text && textColumns(text)) })
        .set(options ? { options: JSON.stringify(options) } : {})
        .returningAll()
        .executeTakeFirst()
      return row && toAnnouncement(row)
    },
    async discard(id, revision) {
      const discarded = draftAt(id, revision).set({ state: 'discarded', changed_at: now() })
      return (await discarded.executeTakeFirst()).numUpdatedRows > 0n
    },
    confirm(id, revision, how) {
      return db.transaction().execute(async transaction => {
        const found = await locked(select(transaction).where('id', '=', id))
        if (!found || found.state === 'discarded') return { outcome: 'gone' as const }
        if (found.state === 'confirmed') return { outcome: 'already' as const, announcement: found }
        if (found.revision !== revision) return { outcome: 'changed' as const }
        const broadcastId = await carryOut(transaction, found, how)
        if (broadcastId === undefined) {
          const about = found.broadcastId
          // A retraction skips the drafts that are being confirmed, so their confirmation discards them.
          if (about === undefined || !(await isOver(transaction, dialect, about)))
            return { outcome: 'changed' as const }
          await save(transaction, id, { state: 'discarded' })
          return { outcome: 'gone' as const }
        }
        const change = { state: 'confirmed', broadcast_id: broadcastId, card_done: 0 }
        const announcement = await save(transaction, id, change)
        await insertBroadcastNote(transaction, how.note, broadcastId, now())
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
        const { numUpdatedRows } = await transaction
          .updateTable('broadcasts')
          .set({ state: 'cancelled', note: null, finished_at: now() })
          // A renewal that was prepared for the old revision must fail.
          .set(({ eb }) => ({ revision: eb('revision', '+', 1) }))
          .where('id', '=', broadcastId)
          .where('retracted', '=', 0)
          // A chat with a row may have got the message by now. While there is no row, no chat has got it.
          .where('enqueued_to', '=', 0)
          .where('enqueued', '=', 0)
          // Without a draft, only an undo window makes a broadcast one that can be undone.
          .$if(!found, it => it.where('finished_at', 'is', null).where('starts_at', 'is not', null))
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return { outcome: found ? 'late' : 'already' }
        await insertBroadcastNote(transaction, note, broadcastId, now())
        await discardChanges(transaction, dialect, broadcastId, now())
        if (!found) return { outcome: 'done' }
        const revision = found.revision + 1
        const change = { state: 'draft', revision, broadcast_id: null, card_done: 0 }
        return { outcome: 'done', announcement: await save(transaction, found.id, change) }
      })
    },
    erase: before => eraseUnused(db, before),
  }
}
