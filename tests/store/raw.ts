import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { queryPostgres } from '../postgres.ts'

/** Tries of a statement while a bot in this process is writing, 10 ms apart: waiting within SQLite would stop the bot. */
const TRIES = 500

/** A database without Sitrep: rows of queries in its own language, through one connection. */
export async function connect(url: string): Promise<{
  query(text: string): Promise<unknown[]>
  close(): Promise<void>
}> {
  if (url.startsWith('file:')) {
    const database = new DatabaseSync(url.slice('file:'.length))
    return {
      async query(text) {
        for (let tries = 1; ; tries++) {
          try {
            const rows = database.prepare(text).all()
            // Its rows have no prototype.
            return rows.map(row => ({ ...row }))
          } catch (error) {
            if (tries >= TRIES || !/locked/.test((error as Error).message)) throw error
            await setTimeout(10)
          }
        }
      },
      close: async () => database.close(),
    }
  }
  const client = new Client(url)
  await client.connect()
  return {
    query: async text => (await client.query(text)).rows,
    close: () => client.end(),
  }
}

/** Runs one query, and returns its rows. */
export async function query(url: string, text: string): Promise<unknown[]> {
  if (!url.startsWith('file:')) return queryPostgres(url, text)
  const { query, close } = await connect(url)
  try {
    return await query(text)
  } finally {
    await close()
  }
}

/** Ids of chats as each platform gives them. */
export const ADDRESS = { telegram: 1_000_000n, discord: 1_100_000_000_000_000_000n } as const

/**
 * `count` chats that follow `topics`, with addresses from that of the platform's first on: quicker than
 * each by itself.
 */
export async function fill(
  url: string,
  platform: keyof typeof ADDRESS,
  count: number,
  topics: readonly string[] = ['announcements'],
): Promise<void> {
  const first = ADDRESS[platform]
  const numbers = url.startsWith('file:')
    ? `(with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ${count}) select i from n)`
    : `(select generate_series(0, ${count - 1}) as i) as n`
  const kind = platform === 'telegram' ? 'private' : 'channel'
  const within = platform === 'telegram' ? 'null' : "'1000'"
  await query(
    url,
    `insert into chats (platform, address, within, kind, state, zone, cadence, hour, weekday,
       table_style, created_at, changed_at)
     select '${platform}', cast(${first} + i as text), ${within}, '${kind}', 'active', 'UTC', 'weekly',
       9, 1, 'grid', 0, 0 from ${numbers}`,
  )
  for (const topic of topics) {
    await query(
      url,
      `insert into subscriptions (chat_id, topic)
       select id, '${topic}' from chats where platform = '${platform}'`,
    )
  }
}
