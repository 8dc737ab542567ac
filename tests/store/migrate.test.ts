import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createMigrations } from '../../src/store/migrations.ts'
import { query } from './raw.ts'
import { DIALECTS, type Dialect, emptyDatabase, openTestStore, WISH } from './stores.ts'

const script = join(import.meta.dirname, 'open-or-die.ts')
const names = Object.keys(createMigrations('sqlite'))
const place = { platform: 'telegram', address: '42', kind: 'private' as const }
async function openAsProcess(url: string, killAt?: number, at?: number) {
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

const SCHEMA: Record<Dialect, string> = {
  sqlite: 'select type, name, sql from sqlite_schema order by type, name',
  postgres: `
    select table_name as a, column_name as b, data_type as c, is_nullable as d
    from information_schema.columns where table_schema = 'public'
    union all select tablename, indexname, indexdef, '' from pg_indexes where schemaname = 'public'
    order by a, b`,
}

describe.for(DIALECTS)('migrations of %s', dialect => {
  const starts = { 'an empty database': undefined, 'one of the first migration': names[0] }
  test.for(Object.entries(starts))(
    'killed at any statement they leave %s whole, and the next start goes on',
    { timeout: 120_000 },
    async ([, target]) => {
      const fresh = await emptyDatabase(dialect)
      await openTestStore({ url: fresh })
      const url = await emptyDatabase(dialect)
      if (target) {
        const { store } = await openTestStore({ url, target })
        await store.chats.update(place, () => WISH)
        await store.close()
      }
      let kills = 0
      for (;;) {
        const { code, signal, said } = await openAsProcess(url, kills + 1)
        if (signal === null) {
          expect({ code, said }).toEqual({ code: 0, said: '' })
          break
        }
        kills += 1
      }
      // As many as there are statements: none was left out.
      expect(kills).toBeGreaterThan(12)
      expect(await query(url, SCHEMA[dialect])).toEqual(await query(fresh, SCHEMA[dialect]))
      expect(await query(url, 'select name from kysely_migration order by name')).toHaveLength(
        names.length,
      )
      const { store: after } = await openTestStore({ url })
      expect((await after.chats.find(place))?.subscription).toEqual(target && WISH)
    },
  )

  test('several processes at once migrate it once', async () => {
    const url = await emptyDatabase(dialect)
    // All at the same instant, once each has come up.
    const at = Date.now() + 1500
    const opened = await Promise.all([1, 2, 3, 4].map(() => openAsProcess(url, undefined, at)))
    expect(opened).toEqual(Array(4).fill({ code: 0, signal: null, said: '' }))
    expect(await query(url, 'select id from installation')).toHaveLength(1)
  })

  test('a database of any earlier migration is opened, and nothing in it is lost', async () => {
    for (const target of names) {
      const url = await emptyDatabase(dialect)
      const { store: before } = await openTestStore({ url, target })
      await before.chats.update(place, () => WISH)
      await before.close()
      const { store } = await openTestStore({ url })
      expect((await store.chats.find(place))?.subscription).toEqual(WISH)
      expect(await store.lease.acquire('active', 'me', 1000)).toEqual({ epoch: 1 })
    }
  })

  test('a database of a newer version is refused, and left as it is', async () => {
    const url = await emptyDatabase(dialect)
    const { store } = await openTestStore({ url })
    await store.close()
    await query(
      url,
      "insert into kysely_migration (name, timestamp) values ('999 later', '2030') returning name",
    )
    const schema = await query(url, SCHEMA[dialect])
    await expect(openTestStore({ url })).rejects.toThrow(
      /^The database was written by a newer version of Sitrep: start that one/,
    )
    expect(await query(url, SCHEMA[dialect])).toEqual(schema)
  })
})
