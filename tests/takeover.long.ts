import { expect, onTestFinished, test } from 'vitest'
import { startBot } from './bot-process.ts'
import { createDatabase, startPostgres } from './postgres.ts'
import { DIALECTS } from './store/stores.ts'
import { askedOf, expectTurns, openTelegram, takeoverContract } from './takeover-contract.ts'

/** The life of an operator's lease, in milliseconds. */
const TTL_MS = 10_000

// A process sleeps for half a minute.
for (const dialect of DIALECTS) takeoverContract(TTL_MS, 30_000, dialect)

test('a PostgreSQL that is started again keeps the one active that was', async () => {
  const server = await startPostgres()
  onTestFinished(() => server.stop())
  const url = await createDatabase(server.url)
  const telegram = await openTelegram()
  const first = startBot('a', telegram, url, TTL_MS)
  await first.seen('lease.acquired')
  expect(await askedOf(telegram, 1)).toBe('/a')
  const second = startBot('b', telegram, url, TTL_MS)
  await second.seen('lease.waiting')
  await server.down()
  await first.seen('store.trouble')
  await server.up()
  await first.seen('store.recovered')
  expect(await askedOf(telegram, 2)).toBe('/a')
  expect([first.count('lease.lost'), second.count('lease.acquired')]).toEqual([0, 0])

  // The database is away for longer than the lease: no process acts; then one does.
  await server.down()
  await first.seen('lease.lost')
  await server.up()
  await Promise.race([first.seen('lease.acquired', 2), second.seen('lease.acquired')])
  const active = await askedOf(telegram, 3)
  expectTurns(telegram, active === '/a' ? ['/a'] : ['/a', '/b'])
}, 180_000)
