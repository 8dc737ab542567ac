import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fill, query } from '../store/raw.ts'
import { DIALECTS, emptyDatabase, newDatabase, temporaryFolder } from '../store/stores.ts'
import { runHere } from './command.ts'

/** A database with three chats, a backup of it with the name `own.db`, and a folder in which commands run. */
async function openScene() {
  const url = await newDatabase('sqlite')
  await fill(url, 'telegram', 3)
  const cwd = realpathSync(temporaryFolder())
  const run = (args: string[], env: Record<string, string> = {}) =>
    runHere(args, { cwd, env: { DATABASE_URL: url, ...env } })
  expect(await run(['backup', '--out', 'own.db'])).toMatchObject({ code: 0 })
  return { url, path: url.slice('file:'.length), cwd, run, at: (name: string) => join(cwd, name) }
}

test('a restore keeps a symbolic link to the database, and replaces the file that it names', async () => {
  const { cwd, run, at } = await openScene()
  mkdirSync(at('disk'))
  copyFileSync(at('own.db'), at('disk/real.db'))
  symlinkSync(at('disk/real.db'), at('link.db'))
  await fill(`file:${at('link.db')}`, 'discord', 2)
  const { out, code } = await run(['restore', 'own.db', '--yes'], { DATABASE_URL: 'file:link.db' })
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining(at('disk/real.db')) })
  expect(lstatSync(at('link.db')).isSymbolicLink()).toBe(true)
  expect(await query(`file:${at('disk/real.db')}`, 'select count(*) as count from chats')).toEqual([
    { count: 3 },
  ])
  expect(readdirSync(cwd).filter(name => name.includes('replaced'))).toEqual([])
})

test('pipes, folders, empty files and links in a circle are refused as backups and as databases, in words', async () => {
  const { path, cwd, run, at } = await openScene()
  spawnSync('mkfifo', [at('pipe')])
  mkdirSync(at('folder'))
  writeFileSync(at('empty.db'), '')
  symlinkSync(at('circle'), at('circle'))
  const before = [readdirSync(cwd), readdirSync(join(path, '..'))]
  const circle = 'its symbolic links lead in a circle'
  for (const [file, why] of [
    ['pipe', `${at('pipe')} is not a file.`],
    ['empty.db', `${at('empty.db')} is empty. Choose another backup.`],
    ['circle', `${circle} (${at('circle')}).`],
    ['own.db/x', `there’s no file ${at('own.db/x')}.`],
  ] as const) {
    expect(await run(['restore', file, '--yes'])).toEqual({
      out: '',
      err: `Nothing restored, because ${why}\n`,
      code: 74,
    })
  }
  for (const name of ['pipe', 'folder']) {
    const DATABASE_URL = `file:${at(name)}`
    expect(await run(['restore', 'own.db', '--yes'], { DATABASE_URL })).toMatchObject({
      err: `Nothing restored, because ${at(name)} is not a file. Change DATABASE_URL.\n`,
      code: 74,
    })
    expect(await run(['backup', '--out', 'x.db'], { DATABASE_URL })).toMatchObject({
      err: `${at(name)} is not a file. Set DATABASE_URL to the bot’s database.\n`,
      code: 74,
    })
  }
  expect([readdirSync(cwd), readdirSync(join(path, '..'))]).toEqual(before)
})

test('a BACKUP_DIR that cannot be created, or is a link in a circle, is explained', async () => {
  const { run, at } = await openScene()
  symlinkSync(at('circle'), at('circle'))
  expect(await run(['backup'], { BACKUP_DIR: 'own.db/copies' })).toMatchObject({
    err: `Can’t create the folder ${at('own.db/copies')}, because a part of its path is a file, not a folder.\n`,
    code: 73,
  })
  for (const BACKUP_DIR of ['none/copies', 'circle']) {
    expect(await run(['backup'], { BACKUP_DIR })).toMatchObject({
      out: '',
      err: expect.stringMatching(/^Can’t write a backup to .+(?: Choose another folder|\(ELOOP\))/),
      code: expect.toBeOneOf([73, 74]),
    })
  }
})

test('a database with other columns or odd names is refused as the database of another program', async () => {
  const { run, at } = await openScene()
  const tables = ['kysely_migration (x)', 'chats (x)', '"odd""name" (x)']
  for (const table of tables) await query(`file:${at('odd.db')}`, `create table ${table}`)
  expect(await run(['restore', 'odd.db', '--yes'])).toEqual({
    out: '',
    err: `Nothing restored, because ${at('odd.db')} is the database of another program.\n`,
    code: 74,
  })
})

test.for(DIALECTS)('an empty database on %s is not settled, and gets no tables', async dialect => {
  const url = await emptyDatabase(dialect)
  const run = () =>
    runHere(['restore', '--settle', '--yes'], {
      cwd: temporaryFolder(),
      env: { DATABASE_URL: url },
    })
  const { err, code } = await run()
  expect({ err, code }).toEqual({
    err: expect.stringMatching(
      /^Nothing changed, because .+ is no database of Sitrep yet\. Restore it first\.\n$/,
    ),
    code: 74,
  })
  expect((await run()).err).toBe(err)
})

test('the database of another program is not settled, and gets no tables', async () => {
  const { run, at } = await openScene()
  await query(`file:${at('odd.db')}`, 'create table albums (id integer)')
  const env = { DATABASE_URL: 'file:odd.db' }
  expect(await run(['restore', '--settle', '--yes'], env)).toMatchObject({ code: 74 })
  expect(await query(`file:${at('odd.db')}`, 'select name from sqlite_schema')).toEqual([
    { name: 'albums' },
  ])
})

test('an older database is backed up before it is settled', async () => {
  const { url, run, at } = await openScene()
  await query(url, `delete from kysely_migration where name like '016%' returning 1`)
  writeFileSync(at('file'), '')
  expect(await run(['restore', '--settle', '--yes'], { BACKUP_DIR: 'file' })).toMatchObject({
    err: expect.stringContaining('The database is not upgraded without a backup.'),
    code: 74,
  })
})
