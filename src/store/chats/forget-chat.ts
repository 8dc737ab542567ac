import { type Kysely, sql, type Transaction } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { ChatRow, Tables } from '../sql/schema.ts'
import { NOTHING } from './chat-row.ts'

/** Total time of the tries to empty the journal, and the pause between two of them, in milliseconds. */
const ERASE_MS = 5000
const ERASE_EVERY_MS = 50

/**
 * Erases a chat within the caller's transaction. Its rows in the ledger stay, because broadcasts count them. They lose
 * the ids of their messages, and pending and claimed rows end as `skipped`.
 */
export async function forgetChat(
  transaction: Transaction<Tables>,
  { id, platform }: ChatRow,
  now: number,
): Promise<void> {
  await transaction.deleteFrom('subscriptions').where('chat_id', '=', id).execute()
  await transaction.deleteFrom('looks').where('chat_id', '=', id).execute()
  // The ledger has no index of chats. Naming the broadcasts lets the database use the primary key.
  const deliveries = transaction
    .updateTable('deliveries')
    .where('chat_id', '=', id)
    .where('broadcast_id', 'in', transaction.selectFrom('broadcasts').select('id'))
  await deliveries.set({ message_ids: null, error: null }).execute()
  await deliveries
    .set({ state: 'skipped', settled_at: now })
    .where('state', 'in', ['pending', 'claimed'])
    .execute()
  await transaction
    .updateTable('chats')
    .set({ ...NOTHING, platform, address: null, within: null, kind: 'forgotten' })
    .set({ created_at: 0, changed_at: 0, digested_at: null, edition_id: null })
    .set({ zoned_at: null, moved: 0 })
    .where('id', '=', id)
    .execute()
}

/** Writes SQLite's journal back and empties it: until then the journal still holds the erased rows. */
export async function emptyJournal(db: Kysely<Tables>, clock: Pick<Clock, 'pause'>): Promise<void> {
  for (let waitedMs = 0; waitedMs < ERASE_MS; waitedMs += ERASE_EVERY_MS) {
    const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(db)
    if (rows[0]?.busy === 0) return
    // Another process, such as a backup, is reading the journal.
    await clock.pause(ERASE_EVERY_MS)
  }
}
