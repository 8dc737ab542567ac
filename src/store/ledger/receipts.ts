import type { Kysely } from 'kysely'
import { type Message, parseMessage } from '../../message.ts'
import type { ChatRef } from '../../platform.ts'
import { instantOrEpoch } from '../instant.ts'
import type { Tables } from '../sql/schema.ts'
import type { DeliveryState } from './broadcast.ts'

/** The deliveries to a chat. Everything throws {@link StoreError} if the store fails. */
export interface Receipts {
  /** Lists up to `most` deliveries to a chat, the newest first; empty if the store has no such chat. */
  of(chat: Pick<ChatRef, 'platform' | 'address'>, most: number): Promise<Receipt[]>
  /**
   * Resolves to the id of the announcement that a message in a chat is part of; undefined if it is part of none.
   * `message` is the platform's id of the message.
   */
  announcementOf(
    chat: Pick<ChatRef, 'platform' | 'address'>,
    message: string,
  ): Promise<number | undefined>
}

/** A broadcast and its delivery to one chat. */
export interface Receipt {
  readonly kind: string
  readonly topic: string
  /** The message of the newest revision; undefined if it is damaged. */
  readonly message: Message | undefined
  readonly revision: number
  readonly isRetracted: boolean
  /** Whether the broadcast is paused. */
  readonly isPaused: boolean
  readonly state: DeliveryState
  readonly revisionSent: number
  readonly repeated: number
  readonly error?: string
  readonly createdAt: Temporal.Instant
  readonly settledAt?: Temporal.Instant
}

export function createReceipts(db: Kysely<Tables>): Receipts {
  return {
    async of({ platform, address }, most) {
      const chat = await db
        .selectFrom('chats')
        .select('id')
        .where('platform', '=', platform)
        .where('address', '=', address)
        .executeTakeFirst()
      if (!chat) return []
      // The ledger has no index of chats. Naming the broadcasts lets the database use the primary key; SQLite would
      // scan the whole table otherwise.
      const rows = await db
        .selectFrom('broadcasts as b')
        .innerJoin('deliveries as d', 'd.broadcast_id', 'b.id')
        .where('d.chat_id', '=', chat.id)
        .where('d.broadcast_id', 'in', db.selectFrom('broadcasts').select('id'))
        .select([
          'b.kind',
          'b.topic',
          'b.message',
          'b.revision',
          'b.retracted',
          'b.created_at',
          'b.state as broadcast_state',
        ])
        .select(['d.state', 'd.revision_sent', 'd.repeated', 'd.error', 'd.settled_at'])
        // A draft reserves its id, so ids are not in the order of sending.
        .orderBy('b.created_at', 'desc')
        .orderBy('b.id', 'desc')
        .limit(most)
        .execute()
      return rows.map(({ error, settled_at, ...row }) => ({
        kind: row.kind,
        topic: row.topic,
        message: parseMessage(row.message),
        revision: row.revision,
        isRetracted: row.retracted === 1,
        isPaused: row.broadcast_state === 'paused',
        state: row.state as DeliveryState,
        revisionSent: row.revision_sent,
        repeated: row.repeated,
        ...(error !== null && { error }),
        createdAt: instantOrEpoch(row.created_at),
        ...(settled_at !== null && { settledAt: instantOrEpoch(settled_at) }),
      }))
    },
    async announcementOf({ platform, address }, message) {
      const row = await db
        .selectFrom('deliveries as d')
        .innerJoin('chats as c', 'c.id', 'd.chat_id')
        .select('d.broadcast_id as id')
        .where('c.platform', '=', platform)
        .where('c.address', '=', address)
        // Naming the broadcasts lets the database use the primary key of the ledger.
        .where('d.broadcast_id', 'in', ({ selectFrom }) =>
          selectFrom('broadcasts').select('id').where('kind', '=', 'announcement'),
        )
        .where('d.message_ids', 'like', `%${JSON.stringify(message)}%`)
        .executeTakeFirst()
      return row?.id
    },
  }
}
