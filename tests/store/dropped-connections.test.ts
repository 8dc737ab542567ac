import { Kysely, sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { postgresDialect } from '../../src/store/sql/postgres.ts'
import { openMemoryLog } from '../platforms/memory-log.ts'
import { openProxy } from './outages.ts'
import { emptyDatabase } from './stores.ts'

test('connections that the network drops without an error are replaced after one query that was not answered', async () => {
  const { log } = await openMemoryLog()
  const proxy = await openProxy(await emptyDatabase('postgres'))
  const db = new Kysely({ dialect: postgresDialect(proxy.url, log, { queryMs: 300 }) })
  onTestFinished(() => db.destroy())
  const ask = () => sql`select 1 as one`.execute(db).then(({ rows }) => rows)
  await Promise.all([ask(), ask(), ask()])
  await proxy.fail('drops')
  await expect(ask()).rejects.toThrow('Query read timeout')
  expect(await Promise.all([ask(), ask(), ask()])).toEqual(Array(3).fill([{ one: 1 }]))
})

test('a connection that fails once more does not replace those that were made since', async () => {
  const { log } = await openMemoryLog()
  const proxy = await openProxy(await emptyDatabase('postgres'))
  const db = new Kysely({ dialect: postgresDialect(proxy.url, log, { queryMs: 300 }) })
  onTestFinished(() => db.destroy())
  const failed = Promise.withResolvers<void>()
  // The rollback is not answered either.
  const transaction = db.transaction().execute(async tx => {
    await proxy.fail('drops')
    await sql`select 1`.execute(tx).finally(failed.resolve)
  })
  const rejected = expect(transaction).rejects.toThrow('Query read timeout')
  const readProcess = () => sql`select pg_backend_pid() as id`.execute(db).then(({ rows }) => rows)
  await failed.promise
  const made = await readProcess()
  await rejected
  expect(await readProcess()).toEqual(made)
})
