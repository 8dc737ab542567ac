import type { Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import { lockBroadcast } from '../ledger/write-broadcast.ts'
import type { DialectName } from '../migrations/migrations.ts'
import type { Tables } from '../sql/schema.ts'
import { insertNote, type NewEntry } from './audit.ts'
import type { Announcement } from './draft.ts'
import { toAnnouncement } from './draft-row.ts'

/** The messages that show the progress of announcements. Everything throws {@link StoreError} if the store fails. */
export interface ProgressMessageTable {
  /** Lists the announcements whose progress message is not final. Leaves out damaged rows. */
  open(): Promise<OpenProgress[]>
  /** Stores the platform's id of an announcement's progress message. */
  set(id: number, cardId: string): Promise<void>
  /**
   * Marks the progress message as final, and records the outcome, if any, in the audit once. Does nothing if the
   * announcement or its broadcast has changed since it was shown.
   */
  end(shown: Announcement, outcome?: ProgressOutcome): Promise<void>
}

export interface ProgressOutcome {
  /** The revision of the broadcast that was shown. */
  readonly revision: number
  readonly note: NewEntry
}

interface OpenProgress extends Announcement {
  /** Whether all rows of its broadcast are settled. */
  readonly isFinished: boolean
}

export function createProgressMessageTable(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): ProgressMessageTable {
  return {
    async open() {
      const rows = await db
        .selectFrom('announcements')
        .leftJoin('broadcasts', 'broadcasts.id', 'announcements.broadcast_id')
        .selectAll('announcements')
        .select('broadcasts.finished_at')
        .where('card_done', '<>', 1)
        .orderBy('announcements.id')
        .execute()
      return rows.flatMap(row => {
        const announcement = toAnnouncement(row)
        return announcement ? [{ ...announcement, isFinished: row.finished_at !== null }] : []
      })
    },
    async set(id, cardId) {
      await db.updateTable('announcements').set({ card_id: cardId }).where('id', '=', id).execute()
    },
    async end({ id, revision, state, broadcastId = 0 }, outcome) {
      await db.transaction().execute(async transaction => {
        // If the broadcast was corrected since, the progress message must still show the correction.
        const broadcast = outcome && (await lockBroadcast(transaction, dialect, broadcastId))
        if (broadcast && broadcast.revision !== outcome.revision) return
        // 0 and 2 are the values of `card_done` while the message is shown: see the schema.
        const end = async (from: 0 | 2) => {
          const { numUpdatedRows } = await transaction
            .updateTable('announcements')
            .set({ card_done: 1 })
            .where('id', '=', id)
            .where('revision', '=', revision)
            .where('state', '=', state)
            .where('card_done', '=', from)
            .executeTakeFirst()
          return numUpdatedRows > 0n
        }
        const at = clock.now().epochMilliseconds
        if ((await end(0)) && outcome) await insertNote(transaction, outcome.note, at)
        await end(2)
      })
    },
  }
}
