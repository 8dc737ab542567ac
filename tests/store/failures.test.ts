import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { sentences } from '../../src/log.ts'
import { StoreError } from '../../src/store/error.ts'
import { inspectStore } from '../../src/store/inspect.ts'
import { fastClock } from '../platforms/pauses.ts'
import { createDatabase, startPostgres } from '../postgres.ts'
import { emptyDatabase, openTestStore, temporaryFolder, WISH } from './stores.ts'

const script = join(import.meta.dirname, 'open-or-die.ts')
const atOnce = join(import.meta.dirname, 'open-at-once.ts')
const place = (address: string) => ({ platform: 'telegram', address, kind: 'private' as const })
/** Opens the store as a user who is not root: root may read and write every file. */
async function openUnprivileged(url: string): Promise<{ code: number; said: string }> {
  const isRoot = process.getuid?.() === 0
  const child = spawn(process.execPath, [script, url], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(isRoot && { uid: 65534, gid: 65534 }),
  })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  const [code] = await once(child, 'close')
  return { code, said }
}

test('a folder or a file that cannot be written is told, with what to do', async () => {
  const folder = temporaryFolder()
  chmodSync(folder, 0o755)
  const closed = join(folder, 'closed')
  mkdirSync(closed, { mode: 0o555 })
  const missing = await openUnprivileged(`file:${closed}/data/sitrep.db`)
  expect(missing).toEqual({
    code: 74,
    said: expect.stringMatching(
      /^Can’t create the (folder of the )?database .*\. Make (its folder|it) writable/,
    ),
  })
  const inside = await openUnprivileged(`file:${closed}/sitrep.db`)
  expect(inside).toEqual({
    code: 74,
    said: expect.stringMatching(/^Can’t (create|open) the database .*\. Make .* writable/),
  })

  const { store } = await openTestStore({ url: `file:${closed}/sitrep.db` })
  await store.close()
  chmodSync(join(closed, 'sitrep.db'), 0o444)
  const readOnly = await openUnprivileged(`file:${closed}/sitrep.db`)
  expect(readOnly).toEqual({
    code: 74,
    said: expect.stringMatching(/^Can’t (write to|open) the database /),
  })
})

test('a path that leads through a file is told', async () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  for (const path of [`${file}/sitrep.db`, `${file}/deeper/sitrep.db`]) {
    await expect(openTestStore({ url: `file:${path}` })).rejects.toThrow(
      /^Can’t create the folder of the database .* \(E[A-Z]+\)\. Make it writable/,
    )
  }
})

test('a folder, a pipe and a device are refused as a database, and stay as they are', async () => {
  const folder = temporaryFolder()
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  for (const path of [folder, pipe, '/dev/null']) {
    const refused = new StoreError(`${path} is not a file. Set DATABASE_URL to the bot’s database.`)
    const url = `file:${path}`
    await expect(openTestStore({ url })).rejects.toThrow(refused)
    const options = { url, clock: fastClock(), log: sentences(() => {}), timeoutMs: 5000 }
    await expect(inspectStore(options)).rejects.toThrow(refused)
  }
  expect(readdirSync(folder)).toEqual(['pipe'])
})

test('the folder of a new database is for its user alone', async () => {
  const folder = temporaryFolder()
  await openTestStore({ url: `file:${folder}/data/sitrep.db` })
  expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
})

test('two that start at the same moment make a new folder once, and both go on', async () => {
  const folder = temporaryFolder()
  const urls = Array.from({ length: 10 }, (_, index) => `file:${folder}/${index}/sitrep.db`)
  const arrivals = new Int32Array(new SharedArrayBuffer(4 * urls.length))
  const twins = [1, 2].map(() => new Worker(atOnce, { workerData: { urls, arrivals } }))
  // One that fails leaves the other waiting for it.
  onTestFinished(async () => void (await Promise.all(twins.map(twin => twin.terminate()))))
  const ended = twins.map(twin => once(twin, 'exit'))
  expect(await Promise.all(ended)).toEqual([[0], [0]])
})

test('a file that is no database, or is damaged, is told and left as it is', async () => {
  const path = join(temporaryFolder(), 'sitrep.db')
  writeFileSync(path, 'This is a letter, and a long one. '.repeat(300))
  const before = readFileSync(path)
  const opening = openTestStore({ url: `file:${path}` })
  await expect(opening).rejects.toThrow(/is damaged or not a database\. Restore a backup/)
  await expect(opening).rejects.toThrow(StoreError)
  expect(readFileSync(path).equals(before)).toBe(true)
})

/** SQLite's usual size of a page. */
const PAGE_BYTES = 4096

test('damage that is met while running is told, and the rest goes on', async () => {
  const path = join(temporaryFolder(), 'sitrep.db')
  const first = await openTestStore({ url: `file:${path}` })
  for (let chat = 0; chat < 500; chat++)
    await first.store.chats.update(place(String(chat)), () => WISH)
  await first.store.close()
  const bytes = readFileSync(path)
  // Damages the pages with rows of chats, and leaves those of the schema, which a start reads.
  for (let page = 0; page < bytes.length; page += PAGE_BYTES) {
    const end = page + PAGE_BYTES
    if (bytes.subarray(page, end).includes(WISH.zone)) bytes.fill(0xff, page, end)
  }
  writeFileSync(path, bytes)
  const { store, seen } = await openTestStore({ url: `file:${path}` })
  const all = Array.from({ length: 500 }, (_, chat) => store.chats.find(place(String(chat))))
  const results = await Promise.allSettled(all)
  expect(results.some(({ status }) => status === 'rejected')).toBe(true)
  expect(await seen('store.trouble')).toMatchObject({
    msg: expect.stringMatching(/is damaged or not a database/),
  })
})

test('a full disk loses nothing that was there, and what is freed is used again', async () => {
  const { store, seen } = await openTestStore({ url: await emptyDatabase('sqlite'), maxPages: 60 })
  let kept = 0
  const filling = (async () => {
    for (;;) {
      await store.chats.update(place(String(kept)), () => ({ ...WISH, zone: 'x'.repeat(500) }))
      kept += 1
    }
  })()
  await expect(filling).rejects.toThrow(/^The disk of the database .* is full\. Make room on it\.$/)
  expect(kept).toBeGreaterThan(10)
  expect(store.state()).toMatchObject({
    status: 'trouble',
    reason: expect.stringMatching(/is full\. Make room/),
  })
  await seen('store.trouble')
  for (let chat = 0; chat < kept; chat++) {
    expect((await store.chats.find(place(String(chat))))?.subscription.hour).toBe(9)
  }
  expect(await store.chats.find(place(String(kept)))).toBeUndefined()
  await store.chats.forget(place('0'), 'telegram:0')
  await store.chats.update(place('1'), () => WISH)
  await seen('store.recovered')
  expect(store.state()).toEqual({ status: 'open' })
})

test('a file that is deleted or replaced while it is in use is told, not written to', async () => {
  const url = await emptyDatabase('sqlite')
  const { store } = await openTestStore({ url })
  await store.chats.update(place('1'), () => WISH)
  const path = url.slice('file:'.length)
  renameSync(path, `${path}.away`)
  await expect(store.chats.update(place('2'), () => WISH)).rejects.toThrow(
    /was deleted or replaced while in use\. Restart the bot\.$/,
  )
  writeFileSync(path, '')
  await expect(store.chats.update(place('1'), () => WISH)).rejects.toThrow(/was deleted/)
})

test('the file and its journal are for their user alone', async () => {
  const folder = temporaryFolder()
  const { store } = await openTestStore({ url: `file:${folder}/sitrep.db` })
  await store.chats.update(place('1'), () => WISH)
  const modes = readdirSync(folder).map(file => statSync(join(folder, file)).mode & 0o777)
  expect(modes).toEqual([0o600, 0o600, 0o600])
})

test('a lock of another process is waited for, and reported if it lasts', async () => {
  const url = await emptyDatabase('sqlite')
  const { store } = await openTestStore({ url })
  using other = new DatabaseSync(url.slice('file:'.length))
  other.exec('begin immediate')
  const waiting = store.chats.update(place('1'), () => WISH)
  // The wait does not block the event loop.
  const stall = monitorEventLoopDelay({ resolution: 5 })
  stall.enable()
  await new Promise(resolve => setTimeout(resolve, 400))
  stall.disable()
  // A wait within the event loop would hold it for all of these 400 ms.
  expect(stall.max / 1e6).toBeLessThan(350)
  // Nor does it hold a start up for good.
  const opening = openTestStore({ url })
  other.exec('commit')
  await Promise.all([waiting, opening])
  expect((await store.chats.find(place('1')))?.subscription).toEqual(WISH)

  const { store: hasty } = await openTestStore({ url, clock: fastClock() })
  other.exec('begin immediate')
  await expect(hasty.chats.update(place('2'), () => WISH)).rejects.toThrow(
    /^Another program has locked the database .*\. Stop it\.$/,
  )
  other.exec('rollback')
  await hasty.chats.update(place('2'), () => WISH)
})

test('forgotten data is gone from the bytes of the file', async () => {
  const url = await emptyDatabase('sqlite')
  const { store } = await openTestStore({ url })
  const secret = '77123456789012'
  for (let chat = 0; chat < 50; chat++) await store.chats.update(place(String(chat)), () => WISH)
  await store.chats.update({ ...place(secret), within: `w${secret}` }, () => ({
    ...WISH,
    topics: [`section:${secret}`],
  }))
  const folder = join(url.slice('file:'.length), '..')
  const holds = () =>
    readdirSync(folder).some(file => readFileSync(join(folder, file)).includes(secret))
  expect(holds()).toBe(true)
  // Another process reads in the meantime: a backup, or a standby.
  using reader = new DatabaseSync(url.slice('file:'.length))
  reader.exec('begin; select * from chats')
  reader.prepare('select count(*) from chats').get()
  const forgetting = store.chats.forget(place(secret), 'telegram:0')
  await new Promise(resolve => setTimeout(resolve, 200))
  reader.exec('commit')
  await forgetting
  expect(holds()).toBe(false)
  expect(await store.chats.find(place('49'))).toBeDefined()
})

test('a PostgreSQL that is not there, refuses us, or has no such database is told', async () => {
  const server = inject('postgres')
  await expect(openTestStore({ url: 'postgres://x:hunter2@127.0.0.1:1/x' })).rejects.toThrow(
    'Can’t reach PostgreSQL. Check that it’s running and that DATABASE_URL has the right host and port.',
  )
  await expect(openTestStore({ url: `${server}/nowhere` })).rejects.toThrow(
    'PostgreSQL has no such database. Create it or change DATABASE_URL.',
  )
  const onWarning = vi.fn()
  process.on('warning', onWarning)
  onTestFinished(() => void process.off('warning', onWarning))
  for (const mode of ['require', 'prefer', 'verify-ca', 'verify-full']) {
    const url = `${server}/postgres?application_name=x&sslmode=${mode}`
    await expect(openTestStore({ url })).rejects.toThrow(/^TLS mismatch with PostgreSQL/)
  }
  // pg would print its warning before the sentence.
  expect(onWarning.mock.calls).toEqual([])
  const hba = join(temporaryFolder(), 'hba.conf')
  writeFileSync(hba, 'host all all 127.0.0.1/32 scram-sha-256\n')
  chmodSync(join(hba, '..'), 0o755)
  const strict = await startPostgres(['-c', `hba_file=${hba}`])
  onTestFinished(() => strict.stop())
  await expect(openTestStore({ url: `${strict.url}/postgres` })).rejects.toThrow(
    /^PostgreSQL wants a password\. Add it to DATABASE_URL/,
  )
  const url = strict.url.replace('sitrep@', 'sitrep:hunter2@')
  const error = await openTestStore({ url: `${url}/postgres` }).catch((reason: Error) => reason)
  expect(error).toBeInstanceOf(StoreError)
  expect((error as Error).message).toBe(
    'PostgreSQL rejected the password. Check it in DATABASE_URL.',
  )
})

test('a PostgreSQL that is started again is used again', async () => {
  const server = await startPostgres()
  onTestFinished(() => server.stop())
  const { store, seen, events, written } = await openTestStore({
    url: await createDatabase(server.url),
  })
  await store.chats.update(place('1'), () => WISH)
  const restarted = server.down().then(server.up)
  let failed = 0
  for (let chat = 2; failed === 0 && chat < 5000; chat++) {
    await store.chats
      .update(place(String(chat)), () => WISH)
      .catch((error: unknown) => {
        expect(error).toBeInstanceOf(StoreError)
        failed += 1
      })
  }
  await restarted
  expect(failed).toBe(1)
  await store.chats.update(place('1'), before => ({ ...WISH, ...before, hour: 7 }))
  await seen('store.recovered')
  expect((await store.chats.find(place('1')))?.subscription.hour).toBe(7)
  expect(events().filter(event => event === 'store.trouble')).toHaveLength(1)
  expect(written()).not.toMatch(/postgres:\/\//)
})
