import type { Kysely, Selectable } from 'kysely'
import type { ChatRef } from '../../platform.ts'
import { instantOrEpoch } from '../instant.ts'
import type { DeliveryTable, Tables } from '../sql/schema.ts'
import type { DeliveryState } from './broadcast.ts'

/** What chats have got. Throws {@link StoreError} where the store fails. */
export interface Receipts {
  /** The newest first. */
  of(chat: Pick<ChatRef, 'platform' | 'address'>, most: number): Promise<Receipt[]>
}

export interface Receipt {
  readonly kind: string
  readonly topic: string
  /** Its newest message, as JSON. */
  readonly message: string
  readonly revision: number
  readonly isRetracted: boolean
  /** Whether its broadcast rests for the moment. */
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
      // By the ledger's key, which begins with the broadcast: it has no index of chats alone, and SQLite
      // would look through all of it.
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
        .orderBy('b.id', 'desc')
        .limit(most)
        .execute()
      return rows.map(toReceipt)
    },
  }
}

type ReceiptRow = Pick<
  Selectable<Tables['broadcasts']>,
  'kind' | 'topic' | 'message' | 'revision' | 'retracted' | 'created_at'
> &
  Pick<
    Selectable<DeliveryTable>,
    'state' | 'revision_sent' | 'repeated' | 'error' | 'settled_at'
  > & { readonly broadcast_state: string }

function toReceipt({ error, settled_at, ...row }: ReceiptRow): Receipt {
  return {
    ...{ kind: row.kind, topic: row.topic, message: row.message, revision: row.revision },
    isRetracted: row.retracted === 1,
    isPaused: row.broadcast_state === 'paused',
    state: row.state as DeliveryState,
    ...{ revisionSent: row.revision_sent, repeated: row.repeated },
    ...(error !== null && { error }),
    createdAt: instantOrEpoch(row.created_at),
    ...(settled_at !== null && { settledAt: instantOrEpoch(settled_at) }),
  }
}
