import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openFacts } from '../../src/app/doctor/database.ts'
import { systemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { sentences } from '../../src/log.ts'
import { damageOf, inspectStore } from '../../src/store/inspect.ts'
import { query } from '../store/raw.ts'
import {
  DIALECTS,
  databaseFolder,
  emptyDatabase,
  newDatabase,
  openTestStore,
  WISH,
} from '../store/stores.ts'

const inspect = (url: string) =>
  inspectStore({ url, clock: systemClock, log: sentences(() => {}), timeoutMs: 5000 })

/** The bytes of all files beside a database. */
function filesOf(url: string): Record<string, string> {
  const folder = dirname(url.slice('file:'.length))
  return Object.fromEntries(
    readdirSync(folder).map(name => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  )
}

const group = { platform: 'telegram', address: '-1001', kind: 'group' as const }

describe.for(DIALECTS)('the inspection of %s', dialect => {
  test('reads what a running bot does, and changes nothing', async () => {
    const url = await newDatabase(dialect)
    const { store } = await openTestStore({ url })
    await store.chats.update(group, () => WISH)
    await store.chats.update({ ...group, address: '42', kind: 'private' }, () => WISH)
    await store.chats.update({ ...group, address: '-1002' }, () => ({ ...WISH, state: 'paused' }))
    await store.lease.acquire('active', 'desk:7', 60_000)
    const until = systemClock.now().add({ hours: 1 }).round('millisecond')
    await store.floods.keep('telegram', until)
    await store.floods.keep('discord/9', until)
    await store.floods.keep('discord', systemClock.now().subtract({ hours: 1 }))
    const before = dialect === 'sqlite' ? filesOf(url) : {}
    const facts = await inspect(url)
    expect(facts).toEqual({
      pending: [],
      isEmpty: false,
      isNewer: false,
      rows: {
        holder: 'desk:7',
        chats: [group],
        reach: [],
        outbox: [],
        waits: expect.arrayContaining([
          { platform: 'telegram', isChat: false, until },
          { platform: 'discord', isChat: true, until },
        ]),
        paused: [],
      },
    })
    expect(facts?.rows?.waits.length).toBe(2)
    if (dialect === 'sqlite') expect(filesOf(url)).toMatchObject(withoutMemory(before))
    // The bot writes all the same.
    await store.floods.end('telegram')
    expect((await inspect(url))?.rows?.waits.length).toBe(1)
  })

  test('names the migrations that a start would run, and runs none', async () => {
    const url = await emptyDatabase(dialect)
    const { store } = await openTestStore({ url, target: '012 sound' })
    await store.close()
    const facts = await inspect(url)
    expect(facts?.pending[0]).toBe('013 events')
    expect(facts?.rows).toBeUndefined()
    expect(await query(url, 'select name from kysely_migration')).toHaveLength(12)
  })

  test('leaves an empty database empty', async () => {
    const url = await emptyDatabase(dialect)
    if (dialect === 'sqlite') {
      const path = url.slice('file:'.length)
      mkdirSync(dirname(path))
      writeFileSync(path, '')
    }
    for (let times = 1; times <= 2; times++) {
      expect(await inspect(url)).toMatchObject({ isEmpty: true, isNewer: false })
    }
  })

  test('tells a database of a newer release', async () => {
    const url = await newDatabase(dialect)
    await query(
      url,
      `insert into kysely_migration (name, timestamp) values ('999 later', '2030') returning name`,
    )
    expect(await inspect(url)).toEqual({ pending: [], isEmpty: false, isNewer: true })
  })
})

/** The shared memory of SQLite has the locks of readers. */
function withoutMemory(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !name.endsWith('-shm')))
}

test('an SQLite file without a bot is read without a file beside it', async () => {
  const url = await newDatabase('sqlite')
  const before = filesOf(url)
  expect((await inspect(url))?.rows?.holder).toBeUndefined()
  expect(await damageOf(url.slice('file:'.length), new AbortController().signal)).toBe('none')
  expect(filesOf(url)).toEqual(before)
})

test('a database that does not exist is not created', async () => {
  const folder = databaseFolder()
  expect(await inspect(`file:${folder}/sitrep.db`)).toBeUndefined()
  expect(readdirSync(folder)).toEqual([])
})

test('a file that is no database, and a damaged page, are told in sentences', async () => {
  const path = join(databaseFolder(), 'sitrep.db')
  writeFileSync(path, 'not a database, but a text that is long enough to be read as its head')
  await expect(inspect(`file:${path}`)).rejects.toThrow(/is damaged or not a database/)
  const url = await newDatabase('sqlite')
  const damaged = url.slice('file:'.length)
  const bytes = readFileSync(damaged)
  writeFileSync(damaged, bytes.fill(0xff, 4096, 8192))
  expect(await damageOf(damaged, new AbortController().signal)).toMatchObject({
    message: expect.stringMatching(/Restore a backup/),
  })
})

test('PostgreSQL that is away is told in a sentence without the password', async () => {
  const url = 'postgres://sitrep:pa55word@127.0.0.1:9/sitrep'
  const failed = await inspect(url).catch((error: Error) => error.message)
  expect(failed).toMatch(/^Can’t reach PostgreSQL/)
  expect(failed).not.toContain('pa55word')
})

test('a file that another program keeps locked is named as such', async () => {
  const url = await newDatabase('sqlite')
  const database = new DatabaseSync(url.slice('file:'.length))
  onTestFinished(() => database.close())
  database.exec('pragma locking_mode = exclusive; begin exclusive')
  const config = readConfig({ DATABASE_URL: url })
  const signal = new AbortController().signal
  const opened = await openFacts({ config, clock: systemClock, timeoutMs: 200, signal })
  expect(opened).toEqual({ failure: 'Another program keeps the database locked. Stop it.' })
})
