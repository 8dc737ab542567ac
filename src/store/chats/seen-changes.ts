import type { Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import { instantOrEpoch } from '../instant.ts'
import type { Tables } from '../sql/schema.ts'

/** The changes that chats have looked up. Everything throws {@link StoreError} if the store fails. */
export interface SeenChanges {
  /** Reads what a chat has seen; undefined if the store has no such chat. */
  of(chat: { readonly platform: string; readonly address: string }): Promise<SeenByChat | undefined>
  /** Records that a chat was shown the difference between two editions. Replaces its last record of the subject. */
  note(chat: number, change: Omit<SeenChange, 'at'>): Promise<void>
}

/** The editions that a chat has seen. */
export interface SeenByChat {
  readonly chat: number
  /** The edition of its last digest or update, or the newest at its subscription. */
  readonly edition?: number
  readonly seenChanges: readonly SeenChange[]
}

/** A difference between two editions that a chat was shown. */
export interface SeenChange {
  /** A section's command, `events`, or an empty text for all. */
  readonly subject: string
  /** The newer edition. */
  readonly edition: number
  /** The older edition, which the newer one was compared with. */
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
          subject,
          edition: edition_id,
          before: before_id,
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
