import type { Kysely, Selectable, Transaction } from 'kysely'
import type { Message } from '../../message.ts'
import type { DialectName } from '../migrations/migrations.ts'
import type { Tables } from '../sql/schema.ts'
import { KINDS, type NewBroadcast } from './broadcast.ts'

/** Inserts a broadcast, also within a caller's transaction. Resolves to undefined if one with the same key exists. */
export function insertBroadcast(
  db: Kysely<Tables>,
  broadcast: NewBroadcast,
  now: number,
): Promise<{ readonly id: number } | undefined> {
  return db
    .insertInto('broadcasts')
    .values(columnsOf(broadcast, now))
    .onConflict(conflict => conflict.column('dedupe_key').doNothing())
    .returning('id')
    .executeTakeFirst()
}

/**
 * Inserts a broadcast under the number that its draft has reserved. Replaces a broadcast of that number that was undone,
 * because no chat had it. Resolves to undefined if there is another broadcast of that number.
 */
export function insertNumbered(
  transaction: Transaction<Tables>,
  broadcast: NewBroadcast,
  id: number,
  now: number,
): Promise<{ readonly id: number } | undefined> {
  const columns = columnsOf(broadcast, now)
  return transaction
    .insertInto('broadcasts')
    .values({ id, ...columns })
    .onConflict(conflict =>
      conflict
        .column('id')
        .doUpdateSet({ ...columns, retracted: 0, revised_to: null, finished_at: null, note: null })
        .where('broadcasts.state', '=', 'cancelled')
        .where('broadcasts.enqueued', '=', 0)
        .where('broadcasts.enqueued_to', '=', 0),
    )
    .returning('id')
    .executeTakeFirst()
}

function columnsOf(
  { key, kind, audience, message, urgent, repeats = true, publish, ...rest }: NewBroadcast,
  now: number,
) {
  const { topic, ...others } = audience
  return {
    dedupe_key: key,
    kind,
    topic,
    message: JSON.stringify(message),
    audience: JSON.stringify(others),
    priority: KINDS[kind],
    state: 'active',
    revision: 1,
    enqueued_to: 0,
    urgent: Number(urgent ?? false),
    repeats: Number(repeats),
    publish: Number(publish ?? false),
    starts_at: rest.startsAt?.epochMilliseconds ?? null,
    expires_at: rest.expiresAt?.epochMilliseconds ?? null,
    created_at: now,
    created_by: rest.by ?? null,
    subject: rest.subject ?? null,
    edition_id: rest.editionId ?? null,
    slot_at: rest.slotAt?.epochMilliseconds ?? null,
  }
}

/** A new revision of a broadcast: a correction or a retraction. */
export interface Renewal {
  readonly message: Message
  readonly isRetracted: boolean
  /** The only revision that it may replace; any if absent. */
  readonly after?: number | undefined
}

/**
 * Writes the next revision of a broadcast within the caller's transaction. Resolves to false if the broadcast is
 * missing, or has changed since `after`. Cancels a scheduled broadcast that is retracted before its start, because
 * no chat got it. A retraction discards the open drafts about the broadcast.
 */
export async function renewBroadcast(
  transaction: Transaction<Tables>,
  dialect: DialectName,
  id: number,
  { message, isRetracted, after }: Renewal,
  now: number,
): Promise<boolean> {
  const row = await lockBroadcast(transaction, dialect, id)
  if (!row || (after !== undefined && (row.revision !== after || isUndone(row)))) return false
  const isUnsent = hasNoChat(row)
  const rest =
    isRetracted && isUnsent
      ? { state: 'cancelled', revised_to: null, finished_at: now }
      : { revised_to: 0, finished_at: null }
  await transaction
    .updateTable('broadcasts')
    .set({ message: JSON.stringify(message), retracted: Number(isRetracted) })
    .set({ revision: row.revision + 1, ...rest })
    .where('id', '=', id)
    .execute()
  // Reopen the progress messages of earlier announcements: they must show the new revision, and lose their buttons.
  await transaction
    .updateTable('announcements')
    .set({ card_done: 2 })
    .where('broadcast_id', '=', id)
    .where('state', '=', 'confirmed')
    .where('card_done', '=', 1)
    .execute()
  if (isRetracted) await discardChanges(transaction, dialect, id, now)
  return true
}

/** Whether no chat has a scheduled broadcast yet. */
const hasNoChat = ({ starts_at, enqueued, enqueued_to }: LockedBroadcast) =>
  starts_at !== null && enqueued === 0 && enqueued_to === 0

const isUndone = (row: LockedBroadcast) => row.state === 'cancelled' && hasNoChat(row)

/** Whether a broadcast was retracted or undone, so that nothing of it can be changed. Locks it in the transaction. */
export async function isOver(
  transaction: Transaction<Tables>,
  dialect: DialectName,
  id: number,
): Promise<boolean> {
  const row = await lockBroadcast(transaction, dialect, id)
  return row !== undefined && (row.retracted === 1 || isUndone(row))
}

/** Discards the open corrections and retractions of a broadcast within the caller's transaction. */
export async function discardChanges(
  transaction: Transaction<Tables>,
  dialect: DialectName,
  id: number,
  now: number,
): Promise<void> {
  const open = transaction
    .selectFrom('announcements')
    .select('id')
    .where('broadcast_id', '=', id)
    .where('state', '=', 'draft')
  // A draft that is confirmed now holds its row and waits for the broadcast, so waiting for it would be a deadlock.
  const rows = await (dialect === 'postgres' ? open.forUpdate().skipLocked() : open).execute()
  if (rows.length === 0) return
  await transaction
    .updateTable('announcements')
    .set({ state: 'discarded', changed_at: now })
    .where(
      'id',
      'in',
      rows.map(row => row.id),
    )
    .execute()
}

const LOCKED_COLUMNS = [
  'state',
  'revision',
  'topic',
  'audience',
  'enqueued',
  'enqueued_to',
  'revised_to',
  'retracted',
  'finished_at',
  'slot_at',
  'starts_at',
] as const
export type LockedBroadcast = Pick<
  Selectable<Tables['broadcasts']>,
  (typeof LOCKED_COLUMNS)[number]
>

/** Reads a broadcast, and locks its row until the transaction ends. */
export function lockBroadcast(
  transaction: Transaction<Tables>,
  dialect: DialectName,
  id: number,
): Promise<LockedBroadcast | undefined> {
  const query = transaction.selectFrom('broadcasts').select(LOCKED_COLUMNS).where('id', '=', id)
  return (dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
}
