import type { Kysely } from 'kysely'
import { readableTime } from '../instant.ts'
import type { ServerKey } from '../schedule/scheduled-events.ts'
import type { ChatRow, Tables } from '../sql/schema.ts'

/** The columns of a chat that are exported as RFC 3339. */
const TIMES = [
  'paused_until',
  'next_digest_at',
  'digested_at',
  'created_at',
  'changed_at',
  'zoned_at',
] as const

/** Formats the named columns of a row as RFC 3339. */
function readable<K extends string>(row: Readonly<Record<K, number | null>>, names: readonly K[]) {
  const entries = names.map(name => {
    const ms = row[name]
    return [name, ms === null ? null : readableTime(ms)]
  })
  return Object.fromEntries(entries) as Record<K, string | number | null>
}

/** Everything that is stored about a chat, as a value for JSON. `deliveries` are in the order in which their broadcasts were made. */
export interface ChatExport {
  readonly chat?: unknown
  readonly looks?: readonly unknown[]
  readonly deliveries?: readonly unknown[]
  readonly topics?: readonly string[]
  /** The ids of the followed and the muted events; absent if there are none. */
  readonly followed?: readonly string[]
  readonly muted?: readonly string[]
  readonly announcements: readonly unknown[]
  /** The switch of the events in the list of the chat's server. */
  readonly server?: unknown
  /** The events that the bot has made in that list. */
  readonly scheduledEvents?: readonly unknown[]
}

/** Exports the data about the events in a server's list, as a value for JSON. */
export async function exportServer(
  db: Kysely<Tables>,
  { platform, server }: ServerKey,
): Promise<Pick<ChatExport, 'server' | 'scheduledEvents'>> {
  const found = await db
    .selectFrom('event_servers')
    .selectAll()
    .where('platform', '=', platform)
    .where('server', '=', server)
    .executeTakeFirst()
  if (!found) return {}
  const events = await db
    .selectFrom('scheduled_events')
    .selectAll()
    .where('platform', '=', platform)
    .where('server', '=', server)
    .orderBy('subject')
    .execute()
  return {
    server: { ...found, ...readable(found, ['next_at']) },
    scheduledEvents: events.map(each => ({ ...each, ...readable(each, ['starts_at', 'ends_at']) })),
  }
}

/** Exports the settings of a chat, the changes that it has seen, and its deliveries, as a value for JSON. */
export async function exportOf(
  db: Kysely<Tables>,
  { id, ...chat }: ChatRow,
): Promise<Pick<ChatExport, 'chat' | 'looks' | 'deliveries'>> {
  const deliveries = await db
    .selectFrom('broadcasts')
    .innerJoin('deliveries', 'deliveries.broadcast_id', 'broadcasts.id')
    .where('deliveries.chat_id', '=', id)
    .select(['broadcasts.kind', 'broadcasts.topic', 'deliveries.state'])
    .select(['deliveries.revision_sent', 'deliveries.message_ids', 'deliveries.error'])
    .select('deliveries.settled_at')
    .orderBy('broadcasts.created_at')
    .orderBy('broadcasts.id')
    .execute()
  const seenChanges = await db.selectFrom('looks').selectAll().where('chat_id', '=', id).execute()
  return {
    chat: { ...chat, ...readable(chat, TIMES) },
    looks: seenChanges.map(({ chat_id: _, ...each }) => ({
      ...each,
      ...readable(each, ['at']),
    })),
    deliveries: deliveries.map(each => ({ ...each, ...readable(each, ['settled_at']) })),
  }
}
