import type { Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import { instantOrEpoch } from '../instant.ts'
import type { Tables } from '../sql/schema.ts'

/** What chats have looked up of what has changed. Throws {@link StoreError} where the store fails. */
export interface SeenChanges {
  /** What a chat has looked up, and the edition that it knows otherwise; nothing of a chat that is not kept. */
  of(chat: { readonly platform: string; readonly address: string }): Promise<Looked | undefined>
  /** It was shown the difference between two editions. */
  note(chat: number, look: Omit<Look, 'at'>): Promise<void>
}

export interface Looked {
  readonly chat: number
  /** The edition of its last digest, or of its subscription. */
  readonly edition?: number
  readonly seenChanges: readonly Look[]
}

export interface Look {
  /** A section's command, `exercises`, or nothing for all. */
  readonly subject: string
  readonly edition: number
  /** What it was compared with. */
  readonly before: number
  readonly at: Temporal.Instant
}

export function createSeenChanges(db: Kysely<Tables>, clock: Pick<Clock, 'now'>): SeenChanges {
  return {
    async of({ platform, address }) {
      const chat = await db
        .selectFrom('chats')
        .select(['id', 'edition_id'])
        .where('platform', '=', platform)
        .where('address', '=', address)
        .executeTakeFirst()
      if (!chat) return undefined
      const rows = await db.selectFrom('looks').selectAll().where('chat_id', '=', chat.id).execute()
      return {
        chat: chat.id,
        ...(chat.edition_id !== null && { edition: chat.edition_id }),
        seenChanges: rows.map(({ subject, edition_id, before_id, at }) => ({
          ...{ subject, edition: edition_id, before: before_id },
          at: instantOrEpoch(at),
        })),
      }
    },
    async note(chat, { subject, edition, before }) {
      const at = clock.now().epochMilliseconds
      const seen = { edition_id: edition, before_id: before, at }
      await db
        .insertInto('looks')
        .values({ chat_id: chat, subject, ...seen })
        .onConflict(conflict => conflict.columns(['chat_id', 'subject']).doUpdateSet(seen))
        .execute()
    },
  }
}
