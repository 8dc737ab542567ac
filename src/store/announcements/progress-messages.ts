import type { Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import { lockBroadcast } from '../ledger/fan-out.ts'
import type { DialectName } from '../migrations/migrations.ts'
import type { Tables } from '../sql/schema.ts'
import { insertNote, type NewEntry } from './audit.ts'
import { type Announcement, toAnnouncement } from './draft.ts'

/** What shows how far announcements have come. Everything throws {@link StoreError} where the store fails. */
export interface ProgressMessageTable {
  /** Announcements whose outcome is still to come, or to be shown. A row that is damaged is left out. */
  open(): Promise<OpenCard[]>
  /** It is shown by this message from now on. */
  set(id: number, cardId: string): Promise<void>
  /**
   * Nothing more is to come of what was shown; the outcome is written down once, if there is one. Changes nothing
   * if the announcement or its broadcast has changed since then.
   */
  end(shown: Announcement, outcome?: ProgressOutcome): Promise<void>
}

export interface ProgressOutcome {
  /** The revision of the broadcast that was shown. */
  readonly revision: number
  readonly note: NewEntry
}

interface OpenCard extends Announcement {
  /** Whether the last row of its broadcast is settled. */
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
        // A correction that came since then is still to be shown.
        const held = outcome && (await lockBroadcast(transaction, dialect, broadcastId))
        if (held && held.revision !== outcome.revision) return
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
