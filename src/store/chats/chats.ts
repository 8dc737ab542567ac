import { type Kysely, sql, type Transaction } from 'kysely'
import { type Clock, knownZone } from '../../clock.ts'
import type { ChatRef } from '../../platform.ts'
import { authoredIn, forgetAuthored, moveAuthored } from '../announcements/forget-author.ts'
import type { DialectName } from '../migrations/migrations.ts'
import type { ChatRow, Tables } from '../sql/schema.ts'
import {
  type Chat,
  type ChatTableStyle,
  NOTHING,
  type Subscription,
  toChat,
  toColumns,
} from './chat.ts'
import { exportOf } from './export.ts'

type Key = Pick<ChatRef, 'platform' | 'address'>

/** What is kept of chats. Everything throws {@link StoreError} where the store fails. */
export interface Chats {
  find(key: Key): Promise<Chat | undefined>
  /** Reads the chat's table style and zone, and whether it counts as gone, for every answer. */
  loadDeliveryPrefs(key: Key): Promise<DeliveryPrefs | undefined>
  /** A group or server with all that is part of it. */
  findWithin(key: Key): Promise<Chat[]>
  /**
   * Changes what a chat wants, by what it wanted before; of two changes at once the second sees the
   * first. Makes the chat where there is none. Nothing is written where `change` returns nothing.
   */
  update(
    place: ChatRef,
    change: (before: Subscription | undefined) => Subscription | undefined,
  ): Promise<Chat | undefined>
  /** The platforms that chats are kept of. */
  platforms(): Promise<string[]>
  /** The groups and servers that reachable chats of a platform are part of. */
  groups(platform: string): Promise<string[]>
  /** A group goes on under another id, with all that is part of it. */
  move(platform: string, from: string, to: string): Promise<void>
  /** Everything that is kept about a chat, as JSON. */
  export(key: Key): Promise<object | undefined>
  /**
   * Erases a chat; what was delivered stays as a number, without a trace of where. That `actor` has
   * done it goes into the audit.
   */
  forget(key: Key, actor: string): Promise<boolean>
}

interface DeliveryPrefs {
  readonly tableStyle: ChatTableStyle
  /** IANA zone. */
  readonly zone: string
  readonly isGone: boolean
}

/** The edition whose news were told last. */
const newest = sql<number | null>`(select max(id) from editions where state = 'settled')`

/** Of a change that changes nothing: what was begun for it is undone. */
class Unchanged extends Error {}

/** How long it is tried to empty the journal beside the file, and how often, in milliseconds. */
const ERASE_MS = 5000
const ERASE_EVERY_MS = 50

export function createChats(db: Kysely<Tables>, dialect: DialectName, clock: Clock): Chats {
  const now = () => clock.now().epochMilliseconds

  const select = (from: Kysely<Tables>, { platform, address }: Key) =>
    from
      .selectFrom('chats')
      .selectAll()
      .where('platform', '=', platform)
      .where('address', '=', address)

  // Asked before every answer: put together once.
  const loadDeliveryPrefs = db
    .selectFrom('chats')
    .select(['table_style', 'gone', 'zone'])
    .where('platform', '=', '')
    .where('address', '=', '')
    .compile()

  /** Until the end of the transaction nobody else changes what it finds. */
  function locked<T extends { forUpdate(): T }>(query: T): T {
    // SQLite's transaction has the whole file to itself.
    return dialect === 'postgres' ? query.forUpdate() : query
  }

  /** What was erased stands in the journal beside the file until that is written back and emptied. */
  async function emptyJournal(): Promise<void> {
    for (let waitedMs = 0; waitedMs < ERASE_MS; waitedMs += ERASE_EVERY_MS) {
      const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(db)
      if (rows[0]?.busy === 0) return
      // Somebody reads from it: a backup, a process that stands by.
      await clock.pause(ERASE_EVERY_MS)
    }
  }

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
    await transaction.deleteFrom('looks').where('chat_id', '=', id).execute()
    // By the ledger's key, which begins with the broadcast: it has no index of chats alone.
    const deliveries = transaction
      .updateTable('deliveries')
      .where('chat_id', '=', id)
      .where('broadcast_id', 'in', transaction.selectFrom('broadcasts').select('id'))
    await deliveries.set({ message_ids: null, error: null }).execute()
    await deliveries
      .set({ state: 'skipped', settled_at: now() })
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

  return {
    async find(key) {
      const row = await select(db, key).executeTakeFirst()
      return row && read(db, row)
    },
    async loadDeliveryPrefs({ platform, address }) {
      const { rows } = await db.executeQuery<Pick<ChatRow, 'gone' | 'table_style' | 'zone'>>({
        ...loadDeliveryPrefs,
        parameters: [platform, address],
      })
      const [row] = rows
      if (!row) return undefined
      const { table_style, gone, zone } = row
      return {
        tableStyle: table_style as ChatTableStyle,
        zone: knownZone(zone),
        isGone: gone !== null,
      }
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
      const saving = db.transaction().execute(async transaction => {
        const { platform, address, within = null, kind } = place
        // Made first, so that of two who make it at once the second waits for the first.
        const made = await transaction
          .insertInto('chats')
          .values({ ...NOTHING, platform, address, within, kind, created_at: now(), changed_at: 0 })
          .onConflict(conflict => conflict.columns(['platform', 'address']).doNothing())
          .returning('id')
          .executeTakeFirst()
        const row = await locked(select(transaction, place)).executeTakeFirstOrThrow()
        const topics = await topicsOf(transaction, row.id)
        const before = made ? undefined : toChat(row, topics).subscription
        const after = change(before)
        if (!after) throw new Unchanged()
        const isMoved = before !== undefined && before.zone !== after.zone
        const saved = await transaction
          .updateTable('chats')
          .set({ ...toColumns(after), within, kind, changed_at: now() })
          .set(isMoved ? { zoned_at: now(), moved: Number(before.state !== 'stopped') } : {})
          // What has changed before it subscribed is no news to it.
          .set({
            edition_id: after.state === 'stopped' ? null : sql`coalesce(edition_id, ${newest})`,
          })
          .where('id', '=', row.id)
          .returningAll()
          .executeTakeFirstOrThrow()
        await setTopics(transaction, row.id, topics, after.topics)
        if (after.state === 'stopped') {
          await transaction.deleteFrom('looks').where('chat_id', '=', row.id).execute()
        }
        return toChat(saved, after.topics)
      })
      return saving.catch((error: unknown) => {
        if (error instanceof Unchanged) return undefined
        throw error
      })
    },
    async platforms() {
      // By the index of addresses, from one to the next.
      const found: string[] = []
      for (;;) {
        const row = await db
          .selectFrom('chats')
          .select('platform')
          .where('platform', '>', found.at(-1) ?? '')
          .where('address', 'is not', null)
          .orderBy('platform')
          .limit(1)
          .executeTakeFirst()
        if (!row) return found
        found.push(row.platform)
      }
    },
    async groups(platform) {
      const rows = await db
        .selectFrom('chats')
        .select('within')
        .distinct()
        .where('platform', '=', platform)
        .where('within', 'is not', null)
        .where('gone', 'is', null)
        .execute()
      return rows.map(({ within }) => within ?? '')
    },
    async move(platform, from, to) {
      await db.transaction().execute(async transaction => {
        await moveAuthored(transaction, platform, from, to)
        const query = transaction
          .selectFrom('chats')
          .selectAll()
          .where('platform', '=', platform)
          .where(({ or, eb }) => or([eb('address', '=', from), eb('within', '=', from)]))
          .orderBy('id')
        for (const row of await locked(query).execute()) {
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
    async export(key) {
      const row = await select(db, key).executeTakeFirst()
      const announcements = await authoredIn(db, key)
      if (!row) return announcements.length > 0 ? { announcements } : undefined
      return { ...(await exportOf(db, row)), topics: await topicsOf(db, row.id), announcements }
    },
    async forget(key, actor) {
      const row = await db.transaction().execute(async transaction => {
        const found = await select(transaction, key).executeTakeFirst()
        const isWritten = await forgetAuthored(transaction, key)
        if (!found && !isWritten) return undefined
        if (found) await forgetIn(transaction, found)
        const details = JSON.stringify({ platform: key.platform })
        const entry = { at: now(), actor, action: 'forget', details }
        await transaction.insertInto('audit').values(entry).execute()
        return true
      })
      if (row && dialect === 'sqlite') await emptyJournal()
      return row === true
    },
  }
}
