import { type Kysely, sql, type Transaction } from 'kysely'
import type { Clock } from '../clock.ts'
import type { ChatPlace } from '../platform.ts'
import {
  type Chat,
  type ChatTableStyle,
  NOTHING,
  type Subscription,
  toChat,
  toColumns,
} from './chat.ts'
import type { DialectName } from './migrations.ts'
import type { ChatRow, Tables } from './schema.ts'

type Key = Pick<ChatPlace, 'platform' | 'address'>

/** What is kept of chats. Everything throws {@link StoreError} where the store fails. */
export interface Chats {
  find(key: Key): Promise<Chat | undefined>
  /** How it wants its tables, where it has said so. */
  tableStyle(key: Key): Promise<ChatTableStyle | undefined>
  /** A group or server with all that is part of it. */
  findWithin(key: Key): Promise<Chat[]>
  /**
   * Changes what a chat wants, by what it wanted before; of two changes at once the second sees the
   * first. Makes the chat where there is none.
   */
  update(
    place: ChatPlace,
    change: (before: Subscription | undefined) => Subscription,
  ): Promise<Chat>
  /** A group goes on under another id, with all that is part of it. */
  move(platform: string, from: string, to: string): Promise<void>
  /** The chats whose digests are due at `now`, soonest first. */
  due(now: Temporal.Instant, limit: number): Promise<number[]>
  /** Everything that is kept about a chat, as JSON. */
  export(key: Key): Promise<object | undefined>
  /** Erases a chat; what was delivered stays as a number, without a trace of where. */
  forget(key: Key): Promise<boolean>
}

export function createChats(
  db: Kysely<Tables>,
  dialect: DialectName,
  clock: Pick<Clock, 'now'>,
): Chats {
  const now = () => clock.now().epochMilliseconds

  const select = (from: Kysely<Tables>, { platform, address }: Key) =>
    from
      .selectFrom('chats')
      .selectAll()
      .where('platform', '=', platform)
      .where('address', '=', address)

  async function topicsOf(from: Kysely<Tables>, id: number): Promise<string[]> {
    const rows = await from
      .selectFrom('subscriptions')
      .select('topic')
      .where('chat_id', '=', id)
      .orderBy('topic')
      .execute()
    return rows.map(({ topic }) => topic)
  }

  async function read(from: Kysely<Tables>, row: ChatRow): Promise<Chat> {
    return toChat(row, await topicsOf(from, row.id))
  }

  async function setTopics(
    transaction: Transaction<Tables>,
    id: number,
    before: readonly string[],
    after: readonly string[],
  ): Promise<void> {
    const gone = before.filter(topic => !after.includes(topic))
    const added = after.filter(topic => !before.includes(topic))
    if (gone.length > 0) {
      await transaction
        .deleteFrom('subscriptions')
        .where('chat_id', '=', id)
        .where('topic', 'in', gone)
        .execute()
    }
    if (added.length > 0) {
      await transaction
        .insertInto('subscriptions')
        .values(added.map(topic => ({ chat_id: id, topic })))
        .execute()
    }
  }

  /** In a transaction of somebody else's. */
  async function forgetIn(transaction: Transaction<Tables>, { id, platform }: ChatRow) {
    await transaction.deleteFrom('subscriptions').where('chat_id', '=', id).execute()
    await transaction
      .updateTable('deliveries')
      .set({ message_ids: null, error: null })
      .where('chat_id', '=', id)
      .where('broadcast_id', 'in', transaction.selectFrom('broadcasts').select('id'))
      .execute()
    await transaction
      .updateTable('chats')
      .set({ ...NOTHING, platform, address: null, within: null, kind: 'forgotten' })
      .set({ created_at: 0, changed_at: 0 })
      .where('id', '=', id)
      .execute()
  }

  return {
    async find(key) {
      const row = await select(db, key).executeTakeFirst()
      return row && read(db, row)
    },
    async tableStyle({ platform, address }) {
      const row = await db
        .selectFrom('chats')
        .select('table_style')
        .where('platform', '=', platform)
        .where('address', '=', address)
        .executeTakeFirst()
      return row?.table_style as ChatTableStyle | undefined
    },
    async findWithin({ platform, address }) {
      const rows = await db
        .selectFrom('chats')
        .selectAll()
        .where('platform', '=', platform)
        .where(({ or, eb }) => or([eb('address', '=', address), eb('within', '=', address)]))
        .orderBy('id')
        .execute()
      return Promise.all(rows.map(row => read(db, row)))
    },
    async update(place, change) {
      return db.transaction().execute(async transaction => {
        const { platform, address, within = null, kind } = place
        // Made first, so that of two who make it at once the second waits for the first.
        const made = await transaction
          .insertInto('chats')
          .values({ ...NOTHING, platform, address, within, kind, created_at: now(), changed_at: 0 })
          .onConflict(conflict => conflict.columns(['platform', 'address']).doNothing())
          .returning('id')
          .executeTakeFirst()
        const query = select(transaction, place)
        // SQLite's transaction has the whole file to itself.
        const locking = dialect === 'postgres' ? query.forUpdate() : query
        const row = await locking.executeTakeFirstOrThrow()
        const topics = await topicsOf(transaction, row.id)
        const after = change(made ? undefined : toChat(row, topics).subscription)
        const saved = await transaction
          .updateTable('chats')
          .set({ ...toColumns(after), within, kind, changed_at: now() })
          .where('id', '=', row.id)
          .returningAll()
          .executeTakeFirstOrThrow()
        await setTopics(transaction, row.id, topics, after.topics)
        return toChat(saved, after.topics)
      })
    },
    async move(platform, from, to) {
      await db.transaction().execute(async transaction => {
        const rows = await transaction
          .selectFrom('chats')
          .selectAll()
          .where('platform', '=', platform)
          .where(({ or, eb }) => or([eb('address', '=', from), eb('within', '=', from)]))
          .execute()
        for (const row of rows) {
          const address = `${to}${row.address?.slice(from.length) ?? ''}`
          const there = await select(transaction, { platform, address }).executeTakeFirst()
          // Whoever has subscribed at the new address already has said what they want.
          if (there) await forgetIn(transaction, row)
          else {
            await transaction
              .updateTable('chats')
              .set({ address, within: row.within === from ? to : row.within })
              .where('id', '=', row.id)
              .execute()
          }
        }
      })
    },
    async due(at, limit) {
      const rows = await db
        .selectFrom('chats')
        .select('id')
        .where('next_digest_at', '<=', at.epochMilliseconds)
        .orderBy('next_digest_at')
        .limit(limit)
        .execute()
      return rows.map(({ id }) => id)
    },
    async export(key) {
      const row = await select(db, key).executeTakeFirst()
      if (!row) return undefined
      const deliveries = await db
        .selectFrom('broadcasts')
        .innerJoin('deliveries', 'deliveries.broadcast_id', 'broadcasts.id')
        .where('deliveries.chat_id', '=', row.id)
        .select(['broadcasts.kind', 'broadcasts.topic', 'deliveries.state'])
        .select(['deliveries.revision_sent', 'deliveries.message_ids', 'deliveries.error'])
        .select('deliveries.settled_at')
        .orderBy('broadcasts.id')
        .execute()
      const { id: _, ...chat } = row
      return { chat, topics: await topicsOf(db, row.id), deliveries }
    },
    async forget(key) {
      const row = await db.transaction().execute(async transaction => {
        const found = await select(transaction, key).executeTakeFirst()
        if (found) await forgetIn(transaction, found)
        return found
      })
      // Until then it stands in the journal beside the file.
      if (dialect === 'sqlite') await sql`pragma wal_checkpoint(truncate)`.execute(db)
      return row !== undefined
    },
  }
}
