import { type Kysely, sql, type Transaction } from 'kysely'
import type { ChatRef } from '../../platform.ts'
import { readableTime } from '../instant.ts'
import { jsonOf } from '../json.ts'
import type { Tables } from '../sql/schema.ts'
import { ERASED } from './draft-row.ts'

/**
 * Erases the traces of a forgotten chat within the caller's transaction: its unsent announcements lose their texts and
 * pictures, and all of its announcements lose their place. Resolves to whether there were any.
 */
export async function forgetAuthored(
  transaction: Transaction<Tables>,
  { platform, address }: Pick<ChatRef, 'platform' | 'address'>,
): Promise<boolean> {
  const here = () =>
    transaction
      .updateTable('announcements')
      .where('platform', '=', platform)
      .where('address', '=', address)
  const unsent = await here()
    .set({ state: 'discarded', text: ERASED })
    .where('state', '<>', 'confirmed')
    .returning(['id', 'picture_id'])
    .execute()
  const pictures = unsent.flatMap(({ picture_id }) => picture_id ?? [])
  if (pictures.length > 0) {
    const ids = unsent.map(({ id }) => id)
    const unlink = transaction.updateTable('announcements').set({ picture_id: null })
    await unlink.where('id', 'in', ids).execute()
    await transaction.deleteFrom('pictures').where('id', 'in', pictures).execute()
  }
  const { numUpdatedRows } = await here()
    .set({ address: null, within: null, card_id: null })
    // The key names the message that the announcement came from, and with it the chat.
    .set({ source_key: sql<string>`'forgotten ' || id` })
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Moves the announcements that were written in a group, or in a topic of it, to the group's new id. */
export async function moveAuthored(
  transaction: Transaction<Tables>,
  platform: string,
  from: string,
  to: string,
): Promise<void> {
  const rows = await transaction
    .selectFrom('announcements')
    .select(['id', 'address', 'within'])
    .where('platform', '=', platform)
    .where(({ or, eb }) => or([eb('address', '=', from), eb('within', '=', from)]))
    .execute()
  for (const { id, address, within } of rows) {
    const moved = `${to}${address?.slice(from.length) ?? ''}`
    await transaction
      .updateTable('announcements')
      .set({ address: moved, within: within === from ? to : within, card_id: null })
      .where('id', '=', id)
      .execute()
  }
}

/** Exports the announcements that were written in a chat, as values for JSON. */
export async function authoredIn(
  db: Kysely<Tables>,
  { platform, address }: Pick<ChatRef, 'platform' | 'address'>,
): Promise<object[]> {
  const rows = await db
    .selectFrom('announcements')
    .select([
      'id',
      'number',
      'act',
      'state',
      'created_by',
      'text',
      'options',
      'created_at',
      'changed_at',
    ])
    .where('platform', '=', platform)
    .where('address', '=', address)
    .orderBy('id')
    .execute()
  return rows.map(({ text, options, created_at, changed_at, ...row }) => ({
    ...row,
    text: jsonOf(text) ?? text,
    options: jsonOf(options) ?? options,
    created_at: readableTime(created_at),
    changed_at: readableTime(changed_at),
  }))
}
