import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fill, query } from '../store/raw.ts'
import { newDatabase, openTestStore, temporaryFolder } from '../store/stores.ts'
import { runHere } from './command.ts'

/** A database with three chats, and a folder in which commands run. */
async function openScene() {
  const url = await newDatabase('sqlite')
  await fill(url, 'telegram', 3)
  const cwd = temporaryFolder()
  const path = url.slice('file:'.length)
  const run = (args: string[], env: Record<string, string> = {}) =>
    runHere(args, { cwd, env: { DATABASE_URL: url, ...env } })
  return { url, path, cwd, run }
}

const chatsOf = (url: string) => query(url, 'select count(*) as count from chats')

test('a backup goes to BACKUP_DIR under the name of its minute, or to the file that is named', async () => {
  const { cwd, run } = await openScene()
  const made = await run(['backup'], { BACKUP_DIR: 'copies' })
  expect(made).toEqual({
    out: expect.stringMatching(
      /^Saved and checked (.+)\/copies\/sitrep-\d{8}T\d{4}Z\.db: \d+ kB, \d+ rows\.\n$/,
    ),
    err: '',
    code: 0,
  })
  expect(statSync(join(cwd, 'copies')).mode & 0o777).toBe(0o700)
  const [name = ''] = readdirSync(join(cwd, 'copies'))
  expect(await chatsOf(`file:${join(cwd, 'copies', name)}`)).toEqual([{ count: 3 }])
  await run(['backup'], { BACKUP_DIR: 'copies' })
  const names = readdirSync(join(cwd, 'copies'))
  expect(names).toHaveLength(2)
  // The second is of the same minute, or the first minute is over.
  expect(names.every(each => /^sitrep-\d{8}T\d{4}Z(-2)?\.db$/.test(each))).toBe(true)
  expect(await run(['backup', '--out', 'own.db'])).toMatchObject({ err: '', code: 0 })
  expect(await run(['backup', '--out', 'own.db'])).toEqual({
    out: '',
    err: `There is already ${join(cwd, 'own.db')}. Choose another name with --out.\n`,
    code: 73,
  })
})

test('a backup without a place, without a database and of PostgreSQL ends with what to do', async () => {
  const { cwd, run } = await openScene()
  expect(await run(['backup'])).toMatchObject({
    err: expect.stringContaining('backup needs --out FILE, or BACKUP_DIR.'),
    code: 64,
  })
  const missing = await run(['backup', '--out', 'x.db'], { DATABASE_URL: 'file:none.db' })
  expect(missing).toMatchObject({
    err: `No database at ${join(cwd, 'none.db')}. Start the bot once, or set DATABASE_URL to the bot’s database.\n`,
    code: 74,
  })
  const postgres = { DATABASE_URL: 'postgres://sitrep@127.0.0.1:1/sitrep' }
  for (const args of [
    ['backup', '--out', 'x'],
    ['restore', 'x'],
  ]) {
    expect(await run(args, postgres)).toMatchObject({
      err: expect.stringMatching(/^This is for SQLite\. .*pg_(dump|restore)/),
      code: 64,
    })
  }
  expect(await run(['backup'], { ...postgres, BACKUP_DIR: 'x' })).toMatchObject({
    err: expect.stringContaining('BACKUP_DIR: works with an SQLite file alone.'),
    code: 78,
  })
  expect(readdirSync(cwd)).toEqual([])
})

test('a restore keeps the replaced database aside, and the mode and the rows of the backup', async () => {
  const { url, path, cwd, run } = await openScene()
  await run(['backup', '--out', 'own.db'])
  await fill(url, 'discord', 2)
  const { out, err, code } = await run(['restore', 'own.db', '--yes'])
  expect({ err, code }).toEqual({ err: '', code: 0 })
  const [, aside = ''] = /^The replaced database is (\S+\.replaced-\d{8}T\d{6}Z)\./m.exec(out) ?? []
  expect(out).toBe(
    `Restored ${path} from ${join(cwd, 'own.db')}.
The replaced database is ${aside}. Delete it when you don’t need it.
So that nothing is sent twice:
  Reminders due before now are not sent. Edits that the bot finds in its first hour wait for your approval.
Start the bot now.
`,
  )
  expect(await chatsOf(url)).toEqual([{ count: 3 }])
  expect(await chatsOf(`file:${aside}`)).toEqual([{ count: 5 }])
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const names = readdirSync(join(path, '..'))
  expect(names.filter(name => /restore|-wal|-shm/.test(name))).toEqual([])
})

test('a database that is damaged or missing is restored too', async () => {
  const { url, path, run } = await openScene()
  await run(['backup', '--out', 'own.db'])
  writeFileSync(path, 'damaged')
  writeFileSync(`${path}-wal`, 'journal')
  const restored = await run(['restore', 'own.db', '--yes'])
  expect(restored).toMatchObject({
    err: `Can’t tell if a bot uses ${path}, because it can’t be read. Stop the bot first.\n`,
    code: 0,
  })
  expect(await chatsOf(url)).toEqual([{ count: 3 }])
  const aside = readdirSync(join(path, '..')).filter(name => name.includes('replaced'))
  expect(aside.map(name => name.replace(/.*Z/, '')).sort()).toEqual(['', '-wal'])
  rmSync(path)
  writeFileSync(`${path}-wal`, 'journal')
  const other = await run(['restore', 'own.db', '--yes'])
  expect(other).toMatchObject({ out: expect.not.stringContaining('replaced'), err: '', code: 0 })
  expect(await chatsOf(url)).toEqual([{ count: 3 }])
})

test('what is no backup, and a database in use, are refused, and nothing changes', async () => {
  const { url, path, cwd, run } = await openScene()
  await run(['backup', '--out', 'own.db'])
  const bad = (name: string) => join(cwd, name)
  writeFileSync(bad('text.db'), 'no database')
  mkdirSync(bad('folder'))
  await run(['backup', '--out', 'newer.db'])
  await query(
    `file:${bad('newer.db')}`,
    `insert into kysely_migration values ('999', '') returning 1`,
  )
  await query(`file:${bad('foreign.db')}`, 'create table albums (id integer)')
  const refusals: [string, string][] = [
    ['none.db', `there’s no file ${bad('none.db')}.`],
    ['folder', `${bad('folder')} is a folder. Name one backup in it.`],
    ['text.db', `${bad('text.db')} is not a database. Choose a backup.`],
    ['newer.db', `a newer Sitrep made ${bad('newer.db')}. Run that version to restore it.`],
    ['foreign.db', `${bad('foreign.db')} is the database of another program.`],
    [path, `${path} is the database itself.`],
  ]
  for (const [file, why] of refusals) {
    expect(await run(['restore', file, '--yes'])).toEqual({
      out: '',
      err: `Nothing restored, because ${why}\n`,
      code: 74,
    })
  }
  expect(await run(['restore', 'own.db'])).toMatchObject({
    err: 'Nothing restored, because there is no terminal to ask in. Add --yes to restore it.\n',
    code: 64,
  })
  const before = readdirSync(join(path, '..'))
  const { store } = await openTestStore({ url })
  expect(await run(['restore', 'own.db', '--yes'])).toMatchObject({
    err: expect.stringContaining(`because a bot or another program uses ${path}. Stop it first`),
    code: 74,
  })
  await store.lease.acquire('active', 'host:1:abc', 10_000)
  await store.close()
  expect(await run(['restore', 'own.db', '--yes'])).toMatchObject({
    err: expect.stringMatching(/because a bot is active on this database \(host:1:abc\)\. Stop/),
    code: 74,
  })
  expect(readdirSync(join(path, '..'))).toEqual(before)
})
