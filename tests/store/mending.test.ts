import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { startBot } from '../bot-process.ts'
import { openTelegramServer } from '../platforms/telegram/server.ts'
import { openTestStore, temporaryFolder, WISH } from './stores.ts'

const script = join(import.meta.dirname, 'keep-writing.ts')
const place = (address: string) => ({ platform: 'telegram', address, kind: 'private' as const })

const UNPRIVILEGED = 65534
const isRoot = process.getuid?.() === 0

/** Gives a file to the user of the process, or to the operator: root where the tests run as root. */
function own(path: string, mode: number, whose: 'bot' | 'operator'): void {
  chmodSync(path, mode)
  if (isRoot)
    chownSync(
      path,
      ...((whose === 'bot' ? [UNPRIVILEGED, UNPRIVILEGED] : [0, 0]) as [number, number]),
    )
}

/** A folder of the bot's user with a database in it. */
async function makeDatabase() {
  const outer = temporaryFolder()
  chmodSync(outer, 0o755)
  const folder = join(outer, 'data')
  mkdirSync(folder)
  const path = join(folder, 'sitrep.db')
  const { store } = await openTestStore({ url: `file:${path}` })
  await store.close()
  own(path, 0o644, 'bot')
  own(folder, 0o755, 'bot')
  return { folder, path }
}

/** A process that writes all the time, as a user to whom modes apply. */
function keepWriting(path: string) {
  const child = spawn(process.execPath, [script, `file:${path}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(isRoot && { uid: UNPRIVILEGED, gid: UNPRIVILEGED }),
  })
  const exit = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exit
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    exit,
    /** The next line of this form. */
    async says(form: RegExp): Promise<string> {
      for (;;) {
        const { value, done } = await lines.next()
        if (done) throw new Error('The process has ended.')
        if (form.test(value)) return value
      }
    },
  }
}

const WRITABLE = /^Can’t (write to|open) the database .*\. (Let this user write|Make .* writable)/

type Files = Awaited<ReturnType<typeof makeDatabase>>

test.each<[string, (files: Files) => void, (files: Files) => void]>([
  [
    'that belongs to another user',
    ({ path }) => own(path, 0o444, 'operator'),
    ({ path }) => own(path, 0o644, 'bot'),
  ],
  [
    'with the mode of a file to read',
    ({ path }) => own(path, 0o444, 'bot'),
    ({ path }) => own(path, 0o644, 'bot'),
  ],
  [
    'to read, with a journal of the same mode',
    ({ path }) => {
      for (const suffix of ['', '-wal', '-shm']) {
        if (suffix) writeFileSync(`${path}${suffix}`, '')
        own(`${path}${suffix}`, 0o444, 'bot')
      }
    },
    ({ path }) => own(path, 0o644, 'bot'),
  ],
  [
    'whose folder belongs to another user',
    ({ folder }) => own(folder, 0o555, 'operator'),
    ({ folder }) => own(folder, 0o755, 'bot'),
  ],
  [
    'with a journal of another user beside it',
    ({ path }) => {
      for (const suffix of ['-wal', '-shm']) {
        writeFileSync(`${path}${suffix}`, '')
        own(`${path}${suffix}`, 0o444, 'operator')
      }
    },
    ({ path }) => {
      for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`)
    },
  ],
])(
  'a start with a database %s ends with 74 and says what to do, until that is done',
  async (_, spoil, fix) => {
    const files = await makeDatabase()
    spoil(files)
    const first = keepWriting(files.path)
    await first.says(WRITABLE)
    expect((await first.exit)[0]).toBe(74)
    fix(files)
    await keepWriting(files.path).says(/^kept$/)
  },
)

test('a database that is replaced by one to read alone is opened anew once it can be written', async () => {
  const { path } = await makeDatabase()
  const process = keepWriting(path)
  await process.says(/^kept$/)
  copyFileSync(path, `${path}.copy`)
  own(`${path}.copy`, 0o444, 'operator')
  renameSync(`${path}.copy`, path)
  await process.says(WRITABLE)
  own(path, 0o644, 'bot')
  await process.says(/^kept$/)
})

test('a file that is away is never made anew, and used again when it is back', async () => {
  const { path } = await makeDatabase()
  const process = keepWriting(path)
  await process.says(/^kept$/)
  renameSync(path, `${path}.away`)
  await process.says(/was deleted or replaced/)
  await process.says(/was deleted or replaced/)
  expect(existsSync(path)).toBe(false)
  renameSync(`${path}.away`, path)
  await process.says(/^kept$/)
})

/** A store with one chat in the file itself, and another that stands in the journal alone. */
async function openWithJournal() {
  const { path } = await makeDatabase()
  const { store, seen } = await openTestStore({ url: `file:${path}` })
  await store.chats.update(place('1'), () => WISH)
  new DatabaseSync(path).exec('pragma wal_checkpoint(truncate)')
  const backup = `${path}.backup`
  new DatabaseSync(path).exec(`vacuum into '${backup}'`)
  await store.chats.update(place('2'), () => WISH)
  const has = async (chat: string) => (await store.chats.find(place(chat))) !== undefined
  const write = () => store.chats.update(place('3'), () => WISH).catch((error: Error) => error)
  return { path, backup, store, seen, has, write }
}

const PATIENT = { timeout: 10_000, interval: 100 }
const KEPT = expect.objectContaining({ subscription: expect.anything() })

test('a copy of the file that takes its place keeps what stands in the journal alone', async () => {
  const { path, has, write } = await openWithJournal()
  copyFileSync(path, `${path}.copy`)
  renameSync(`${path}.copy`, path)
  await expect.poll(write, PATIENT).toEqual(KEPT)
  expect(await Promise.all(['1', '2', '3'].map(has))).toEqual([true, true, true])
})

test('a backup that takes the place of the file is used as it is, without the old journal', async () => {
  const { path, backup, has, write } = await openWithJournal()
  renameSync(backup, path)
  await expect.poll(write, PATIENT).toEqual(KEPT)
  expect(await Promise.all(['1', '2', '3'].map(has))).toEqual([true, false, true])
  const [row] = new DatabaseSync(path).prepare('pragma integrity_check').all()
  expect(row).toEqual({ integrity_check: 'ok' })
})

test.each<[string, (path: string) => void]>([
  ['empty', path => writeFileSync(path, '')],
  ['a letter', path => writeFileSync(path, 'This is a letter, and a long one. '.repeat(300))],
  ['a database of another program', path => new DatabaseSync(path).exec('create table x (a)')],
  [
    'an older database',
    path => {
      const database = new DatabaseSync(path)
      database.exec(`create table kysely_migration (name text)`)
      database.exec(`insert into kysely_migration values ('001-chats')`)
      database.close()
    },
  ],
])('a file that is %s is not written to, and the right one is used again', async (_, make) => {
  const { path, backup, store, has, write } = await openWithJournal()
  make(`${path}.other`)
  const before = readFileSync(`${path}.other`)
  renameSync(path, `${path}.away`)
  renameSync(`${path}.other`, path)
  expect(await write()).toBeInstanceOf(Error)
  expect(store.state().status).toBe('trouble')
  expect(readFileSync(path).equals(before)).toBe(true)
  renameSync(`${path}.away`, path)
  await expect.poll(write, PATIENT).toEqual(KEPT)
  expect(await Promise.all(['1', '2', '3'].map(has))).toEqual([true, true, true])
  expect(store.state().status).toBe('open')
  rmSync(backup)
})

test('the bot goes on with a copy of its database that takes its place', async () => {
  const telegram = await openTelegramServer()
  onTestFinished(() => telegram.close())
  const path = join(temporaryFolder(), 'sitrep.db')
  const bot = startBot('bot', telegram, `file:${path}`, 5000)
  await bot.seen('started')
  renameSync(path, `${path}.away`)
  await bot.seen('store.trouble')
  expect(await bot.readyz()).toMatchObject({ ready: false })
  copyFileSync(`${path}.away`, `${path}.copy`)
  renameSync(`${path}.copy`, path)
  await bot.seen('store.recovered')
  await expect.poll(() => bot.readyz(), PATIENT).toMatchObject({ ready: true })
})
