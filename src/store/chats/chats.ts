import { type Kysely, sql, type Transaction } from 'kysely'
import { type Clock, knownZone } from '../../clock.ts'
import type { TableStyle } from '../../message.ts'
import type { ChatRef } from '../../platform.ts'
import { insertNote } from '../announcements/audit.ts'
import { authoredIn, forgetAuthored, moveAuthored } from '../announcements/forget-author.ts'
import type { DialectName } from '../migrations/migrations.ts'
import { forgetServer } from '../schedule/scheduled-events.ts'
import type { ChatRow, Tables } from '../sql/schema.ts'
import type { Chat, Subscription } from './chat.ts'
import { NOTHING, readTableStyle, toChat, toColumns } from './chat-row.ts'
import { type ChatExport, exportOf, exportServer } from './export.ts'
import { emptyJournal, forgetChat } from './forget-chat.ts'
import { topicRows, toTopics } from './topic-rows.ts'

type Key = Pick<ChatRef, 'platform' | 'address'>
/** A chat, with the server that it is part of. */
type Part = Key & Pick<ChatRef, 'within'>

/** The chats and their subscriptions. Everything throws {@link StoreError} if the store fails. */
export interface Chats {
  /** Reads a chat; undefined if the store has none of this address. */
  find(key: Key): Promise<Chat | undefined>
  /** Reads the settings that every answer needs, and whether the chat counts as gone. */
  loadAnswerPrefs(key: Key): Promise<DeliveryPrefs | undefined>
  /** Finds a group or server, and all chats within it. */
  findWithin(key: Key): Promise<Chat[]>
  /**
   * Changes a subscription in a transaction: a concurrent change waits and then sees the result. Creates the chat if
   * it is missing. Writes nothing, and resolves to undefined, if `change` returns undefined.
   */
  update(
    place: ChatRef,
    change: (before: Subscription | undefined) => Subscription | undefined,
  ): Promise<Chat | undefined>
  /** Lists the platforms of all chats that are not forgotten. */
  platforms(): Promise<string[]>
  /** Lists the groups and servers of a platform that contain reachable chats, or whose events were turned on. */
  groups(platform: string): Promise<string[]>
  /** Gives a group, and all chats within it, the group's new id. */
  move(platform: string, from: string, to: string): Promise<void>
  /** Exports all data about a chat, as a value for JSON; undefined if there is none. */
  export(key: Part): Promise<ChatExport | undefined>
  /**
   * Erases a chat and the record of its server's events, and records `actor` in the audit. The ledger still counts its
   * deliveries, without their place. Resolves to whether there was anything to erase.
   */
  forget(key: Part, actor: string): Promise<boolean>
}

interface DeliveryPrefs {
  readonly tableStyle: TableStyle
  /** IANA zone. */
  readonly zone: string
  readonly isGone: boolean
}

/** Selects the id of the newest published edition. */
const newest = sql<number | null>`(select max(id) from editions where state = 'settled')`

/** Thrown to roll the transaction back if `change` returns undefined. */
class Unchanged extends Error {}

export function createChats(db: Kysely<Tables>, dialect: DialectName, clock: Clock): Chats {
  const now = () => clock.now().epochMilliseconds

  const select = (from: Kysely<Tables>, { platform, address }: Key) =>
    from
      .selectFrom('chats')
      .selectAll()
      .where('platform', '=', platform)
      .where('address', '=', address)

  // Every answer runs this query, so it is compiled only once.
  const loadAnswerPrefs = db
    .selectFrom('chats')
    .select(['table_style', 'gone', 'zone'])
    .where('platform', '=', '')
    .where('address', '=', '')
    .compile()

  /** Locks the rows that a query finds until the transaction ends. */
  function locked<T extends { forUpdate(): T }>(query: T): T {
    // An SQLite transaction locks the whole file.
    return dialect === 'postgres' ? query.forUpdate() : query
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
    const removed = before.filter(topic => !after.includes(topic))
    const added = after.filter(topic => !before.includes(topic))
    if (removed.length > 0) {
      await transaction
        .deleteFrom('subscriptions')
        .where('chat_id', '=', id)
        .where('topic', 'in', removed)
        .execute()
    }
    if (added.length > 0) {
      await transaction
        .insertInto('subscriptions')
        .values(added.map(topic => ({ chat_id: id, topic })))
        .execute()
    }
  }

  return {
    async find(key) {
      const row = await select(db, key).executeTakeFirst()
      return row && read(db, row)
    },
    async loadAnswerPrefs({ platform, address }) {
      const { rows } = await db.executeQuery<Pick<ChatRow, 'gone' | 'table_style' | 'zone'>>({
        ...loadAnswerPrefs,
        parameters: [platform, address],
      })
      const [row] = rows
      if (!row) return undefined
      const { gone, zone } = row
      return {
        tableStyle: readTableStyle(row),
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
        // Insert first: a concurrent insert of the same chat then waits for this transaction.
        const inserted = await transaction
          .insertInto('chats')
          .values({ ...NOTHING, platform, address, within, kind, created_at: now(), changed_at: 0 })
          .onConflict(conflict => conflict.columns(['platform', 'address']).doNothing())
          .returning('id')
          .executeTakeFirst()
        const row = await locked(select(transaction, place)).executeTakeFirstOrThrow()
        const topics = await topicsOf(transaction, row.id)
        const before = inserted ? undefined : toChat(row, topics).subscription
        const after = change(before)
        if (!after) throw new Unchanged()
        const isMoved = before !== undefined && before.zone !== after.zone
        const saved = await transaction
          .updateTable('chats')
          .set({ ...toColumns(after), within, kind, changed_at: now() })
          .set(isMoved ? { zoned_at: now(), moved: Number(before.state !== 'stopped') } : {})
          // A new subscriber has seen the newest edition, so older changes are no news.
          .set({
            edition_id: after.state === 'stopped' ? null : sql`coalesce(edition_id, ${newest})`,
          })
          .where('id', '=', row.id)
          .returningAll()
          .executeTakeFirstOrThrow()
        const rows = topicRows(after)
        await setTopics(transaction, row.id, topics, rows)
        if (after.state === 'stopped') {
          await transaction.deleteFrom('looks').where('chat_id', '=', row.id).execute()
        }
        return toChat(saved, rows)
      })
      return saving.catch((error: unknown) => {
        if (error instanceof Unchanged) return undefined
        throw error
      })
    },
    async platforms() {
      // Skip from one platform to the next through the index `chats_by_address`: a scan would visit all chats.
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
      const servers = await db
        .selectFrom('event_servers')
        .select('server')
        .where('platform', '=', platform)
        .execute()
      return [
        ...new Set([
          ...rows.map(({ within }) => within ?? ''),
          ...servers.map(({ server }) => server),
        ]),
      ]
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
          // The chat at the new address has a subscription of its own, which is newer: keep that one.
          if (there) await forgetChat(transaction, row, now())
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
      const { platform, within: server } = key
      const events = server === undefined ? {} : await exportServer(db, { platform, server })
      if (!row) {
        const isEmpty = announcements.length === 0 && !events.server
        return isEmpty ? undefined : { ...events, announcements }
      }
      return {
        ...(await exportOf(db, row)),
        ...events,
        ...toTopics(await topicsOf(db, row.id)),
        announcements,
      }
    },
    async forget(key, actor) {
      const isErased = await db.transaction().execute(async transaction => {
        const found = await select(transaction, key).executeTakeFirst()
        const hasAuthored = await forgetAuthored(transaction, key)
        const { platform, within: server } = key
        const hasEvents =
          server !== undefined && (await forgetServer(transaction, { platform, server }))
        if (!found && !hasAuthored && !hasEvents) return false
        if (found) await forgetChat(transaction, found, now())
        const details = { platform: key.platform }
        await insertNote(transaction, { actor, action: 'forget', details }, now())
        return true
      })
      if (isErased && dialect === 'sqlite') await emptyJournal(db, clock)
      return isErased
    },
  }
}
