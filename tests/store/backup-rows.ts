import { query } from './raw.ts'

/** The rows of chats up to one of them, so that those which a writer has added since do not count. */
export async function rowsUpTo(url: string, chat: number) {
  const chats = await query(url, `select * from chats where id <= ${chat} order by id`)
  const topics = await query(
    url,
    `select * from subscriptions where chat_id <= ${chat} order by chat_id, topic`,
  )
  const migrations = await query(url, 'select * from kysely_migration order by name')
  return { chats, topics, migrations }
}

/** The id of the newest chat. */
export async function lastChat(url: string): Promise<number> {
  const [row] = (await query(url, 'select max(id) as last from chats')) as { last: number }[]
  return row?.last ?? 0
}
