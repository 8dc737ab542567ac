import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createMigrations } from '../../src/store/migrations/migrations.ts'
import { query } from './raw.ts'
import { type Dialect, emptyDatabase, openTestStore, WISH } from './stores.ts'

const script = join(import.meta.dirname, 'open-or-die.ts')
export const names = Object.keys(createMigrations('sqlite'))
const place = { platform: 'telegram', address: '42', kind: 'private' as const }

/** A chat that wants what {@link WISH} says, in a database of the first migration or any later one. */
export async function subscribeEarly(url: string): Promise<void> {
  await query(
    url,
    `insert into chats (platform, address, kind, state, zone, cadence, hour, weekday, table_style,
      created_at, changed_at)
    values ('telegram', '42', 'private', 'active', '${WISH.zone}', 'weekly', 9, 1, 'grid', 0, 0)
    returning id`,
  )
  for (const topic of WISH.topics) {
    await query(
      url,
      `insert into subscriptions (chat_id, topic) select id, '${topic}' from chats returning topic`,
    )
  }
}

export async function openAsProcess(url: string, killAt?: number, at?: number) {
  const args = killAt === undefined ? [script, url] : [script, url, String(killAt)]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...(at && { OPEN_AT: String(at) }) },
  })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  const [code, signal] = await once(child, 'close')
  return { code, signal, said }
}

export const SCHEMA: Record<Dialect, string> = {
  sqlite: 'select type, name, sql from sqlite_schema order by type, name',
  postgres: `
    select table_name as a, column_name as b, data_type as c, is_nullable as d
    from information_schema.columns where table_schema = 'public'
    union all select tablename, indexname, indexdef, '' from pg_indexes where schemaname = 'public'
    order by a, b`,
}

/**
 * Processes that are killed while they migrate, one after the other: the first before its statement `first`,
 * counted from 1, the next `step` statements later, until one comes through.
 */
export function killStorm(dialect: Dialect, first: number, step: number): void {
  const starts = { 'an empty database': undefined, 'one of the first migration': names[0] }
  test.for(Object.entries(starts))(
    'killed at any statement they leave %s whole, and the next start goes on',
    { timeout: 300_000 },
    async ([, target]) => {
      const fresh = await emptyDatabase(dialect)
      await openTestStore({ url: fresh })
      const url = await emptyDatabase(dialect)
      if (target) {
        const { store } = await openTestStore({ url, target })
        await subscribeEarly(url)
        await store.close()
      }
      let kills = 0
      for (let at = first; ; at += step) {
        const { code, signal, said } = await openAsProcess(url, at)
        if (signal === null) {
          expect({ code, said }).toEqual({ code: 0, said: '' })
          break
        }
        kills += 1
      }
      // One run for each statement, or for a share of them.
      expect(kills).toBeGreaterThan(12 / step)
      expect(await query(url, SCHEMA[dialect])).toEqual(await query(fresh, SCHEMA[dialect]))
      expect(await query(url, 'select name from kysely_migration order by name')).toHaveLength(
        names.length,
      )
      const { store: after } = await openTestStore({ url })
      expect((await after.chats.find(place))?.subscription).toEqual(target && WISH)
    },
  )
}
