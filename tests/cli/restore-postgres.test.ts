import { Client } from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { announcement } from '../delivery/scene.ts'
import { createDatabase, queryPostgres } from '../postgres.ts'
import { fill, query } from '../store/raw.ts'
import { newDatabase, openTestStore, temporaryFolder } from '../store/stores.ts'
import { runHere } from './command.ts'

const nameOf = (url: string) => new URL(url).pathname.slice(1)

/** All rows of the tables that a restore leaves as they are. */
async function rowsOf(url: string) {
  const tables = ['chats', 'subscriptions', 'editions', 'slots', 'kysely_migration']
  const rows = tables.map(table => query(url, `select * from ${table} order by 1, 2`))
  return Promise.all(rows)
}

test('a PostgreSQL database that the server has copied and renamed has all rows, and sends nothing twice once it is settled', async () => {
  const server = inject('postgres')
  const url = await newDatabase('postgres')
  await fill(url, 'telegram', 300)
  const { store } = await openTestStore({ url })
  const { id } = await store.broadcasts.create(announcement())
  await store.fanOut.enqueue(id, 200)
  await store.lease.acquire('active', 'host:1:abc', 600_000)
  await store.close()
  const before = await rowsOf(url)
  // The server copies only a database without connections. That of the query above is kept for a second.
  let copied = ''
  const copying = () => createDatabase(server, nameOf(url)).catch(() => '')
  await expect.poll(async () => (copied ||= await copying()), { timeout: 10_000 }).not.toBe('')

  // The bot has sent the rest of it in the meantime, and its database is lost.
  const run = (...args: string[]) =>
    runHere(['restore', '--settle', ...args], {
      env: { DATABASE_URL: url },
      cwd: temporaryFolder(),
    })
  const rename = (from: string, to: string) =>
    queryPostgres(`${server}/postgres`, `alter database ${from} rename to ${to}`)
  await rename(nameOf(url), `${nameOf(url)}_replaced`)
  await rename(nameOf(copied), nameOf(url))
  expect(await run('--yes')).toMatchObject({
    err: 'Nothing changed, because a bot is active on this database. Stop it first. If the database was restored just now, wait a minute.\n',
    code: 74,
  })
  await query(url, 'update lease set expires_at = 0')
  expect(await run()).toMatchObject({
    err: 'Nothing changed, because there is no terminal to ask in. Add --yes to settle the database.\n',
    code: 64,
  })
  const { out, code } = await run('--yes')
  expect(code).toBe(0)
  expect(out).toContain('1 post had begun and stopped here; 200 deliveries count as uncertain.\n')
  expect(await rowsOf(url)).toEqual(before)
  const states = 'select state, count(*)::int as count from deliveries group by state'
  expect(await query(url, states)).toEqual([{ state: 'uncertain', count: 200 }])
  const { store: restored } = await openTestStore({ url })
  expect(await restored.broadcasts.open()).toEqual([])
  expect(await restored.lease.acquire('active', 'host:2:def', 1000)).toHaveProperty('epoch')
})

test('a standby process cannot become active while a database is settled, and can afterwards', async () => {
  const url = await newDatabase('postgres')
  await fill(url, 'telegram', 1)
  const { store: standby } = await openTestStore({ url })
  const acquire = () => standby.lease.acquire('active', 'host:2:standby', 1000)
  // The first change of the command waits for this transaction.
  const other = new Client({ connectionString: url })
  await other.connect()
  onTestFinished(() => other.end())
  await other.query('begin; lock table chats in share mode')
  const settling = runHere(['restore', '--settle', '--yes'], {
    env: { DATABASE_URL: url },
    cwd: temporaryFolder(),
  })
  // Other tests use other databases of this server.
  const waiting = `select count(*)::int as count from pg_locks join pg_database on pg_database.oid = database
    where datname = current_database() and not granted`
  await expect.poll(() => query(url, waiting), { timeout: 10_000 }).toEqual([{ count: 1 }])
  expect(await acquire()).toEqual({ takenBy: expect.stringMatching(/:restore$/) })
  await other.query('rollback')
  expect(await settling).toMatchObject({ err: '', code: 0 })
  expect(await acquire()).toHaveProperty('epoch')
})
