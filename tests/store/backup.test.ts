import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { createBackup } from '../../src/store/backups/backup.ts'
import { fill, query } from './raw.ts'
import { newDatabase, openTestStore, temporaryFolder } from './stores.ts'

const root = join(import.meta.dirname, '../..')

/** A database of 2,000 chats, and an empty folder. */
async function openScene() {
  const url = await newDatabase('sqlite')
  await fill(url, 'telegram', 2000)
  const folder = temporaryFolder()
  return { url, path: url.slice('file:'.length), folder, file: join(folder, 'copy.db') }
}

/** The rows of all tables up to a chat, so that later ones of a writer do not count. */
async function rowsUpTo(url: string, chat: number) {
  const chats = await query(url, `select * from chats where id <= ${chat} order by id`)
  const topics = await query(
    url,
    `select * from subscriptions where chat_id <= ${chat} order by chat_id, topic`,
  )
  const others = await query(url, 'select * from kysely_migration order by name')
  return { chats, topics, others }
}

test('a backup beside a process that writes is one state of the database, row by row', async () => {
  const { url, path, file } = await openScene()
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'keep-writing.ts'), url])
  onTestFinished(() => void writer.kill('SIGKILL'))
  let written = 0
  writer.stdout.on('data', () => {
    written += 1
  })
  await expect.poll(() => written, { timeout: 20_000 }).toBeGreaterThan(2)
  const before = written
  const { rows, size } = await createBackup({ path, file })
  await expect.poll(() => written, { timeout: 20_000 }).toBeGreaterThan(before + 2)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(file).size).toBe(size)
  expect(existsSync(`${file}-wal`)).toBe(false)
  const [{ last }] = (await query(`file:${file}`, 'select max(id) as last from chats')) as [
    { last: number },
  ]
  expect(last).toBeGreaterThanOrEqual(2000 + before)
  expect(rows).toBeGreaterThan(4000)
  const copied = await rowsUpTo(`file:${file}`, Number.MAX_SAFE_INTEGER)
  expect(copied).toEqual(await rowsUpTo(url, last))
  expect(copied.topics).toHaveLength(2000 + 2 * (last - 2000))
})

test('a backup replaces no file, and leaves none if it is not made', async () => {
  const { path, folder, file } = await openScene()
  writeFileSync(file, 'mine')
  await expect(createBackup({ path, file })).rejects.toMatchObject({
    message: `There is already ${file}. Choose another name.`,
    isRefused: true,
  })
  expect(readFileSync(file, 'utf8')).toBe('mine')
  await expect(createBackup({ path, file: join(folder, 'no/copy.db') })).rejects.toMatchObject({
    message: `Can’t write a backup to ${folder}/no, because there’s no such folder. Choose another folder, or change this one.`,
    isRefused: true,
  })
  expect(readdirSync(folder)).toEqual(['copy.db'])
})

test('two backups at the same time with one name: one is made, and the other is refused', async () => {
  const { path, folder, file } = await openScene()
  const both = await Promise.allSettled([
    createBackup({ path, file }),
    createBackup({ path, file }),
  ])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(readdirSync(folder)).toEqual(['copy.db'])
})

test('a damaged database, a file that is none and that of another program make no backup', async () => {
  const { path, folder, file } = await openScene()
  const damaged = join(folder, 'damaged.db')
  const bytes = readFileSync(path)
  writeFileSync(damaged, bytes.fill(0x55, 8192, bytes.length - 8192))
  const text = join(folder, 'text.db')
  writeFileSync(text, 'no database, but long enough for a header of one. '.repeat(20))
  const foreign = join(folder, 'foreign.db')
  const other = new DatabaseSync(foreign)
  other.exec('create table albums (id integer primary key)')
  other.close()
  for (const each of [damaged, text]) {
    await expect(createBackup({ path: each, file })).rejects.toMatchObject({
      message: expect.stringContaining(`${each} is damaged or not a database`),
      isRefused: false,
    })
  }
  await expect(createBackup({ path: foreign, file })).rejects.toThrow(
    `${foreign} is not a database of this Sitrep, so there is no backup.`,
  )
  expect(readdirSync(folder).sort()).toEqual(['damaged.db', 'foreign.db', 'text.db'])
})

test('a disk that is full leaves no file, and an earlier process that was killed none for long', async () => {
  const { path, folder, file } = await openScene()
  const { pid } = spawnSync(process.execPath, ['--version'])
  const leftovers = [`copy.db.${pid}.part`, `sitrep-20261130T1300Z.db.${pid}.part-journal`]
  const others = [`notes.${pid}.part`, `copy.db.${process.ppid}.part`]
  for (const name of [...leftovers, ...others]) writeFileSync(join(folder, name), '')
  // The limit of a process stands for a full disk: 64 KB.
  const code = `import { createBackup } from '${join(root, 'src/store/backups/backup.ts')}'
    await createBackup(${JSON.stringify({ path, file })}).catch(error => console.log(error.message))`
  const script = join(folder, 'run.mjs')
  writeFileSync(script, code)
  const limited = ['-c', `ulimit -f 64 && exec "$0" "$1"`, process.execPath, script]
  const { stdout } = spawnSync('bash', limited, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  })
  expect(stdout).toBe(
    `The disk of ${folder} is full or failing, so there is no new backup. Make room on it.\n`,
  )
  expect(readdirSync(folder).sort()).toEqual([...others, 'run.mjs'].sort())
})

test('a database is backed up before its tables change, and stays as it is if that fails', async () => {
  const { url } = await openScene()
  const before = 'select count(*) as count from kysely_migration'
  await query(url, `delete from kysely_migration where name = '016 telegram files' returning name`)
  const [old] = await query(url, before)
  const refuse = () => Promise.reject(new Error('No backup.'))
  await expect(openTestStore({ url, beforeUpgrade: refuse })).rejects.toThrow('No backup.')
  expect(await query(url, before)).toEqual([old])
})
