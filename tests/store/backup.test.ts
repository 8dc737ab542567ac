import { execFileSync } from 'node:child_process'
import fs, {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createBackup } from '../../src/store/backups/backup.ts'
import { copyBeside, replaceDatabase } from '../../src/store/backups/replace-file.ts'
import { createTemporary } from '../../src/store/backups/temporary-files.ts'
import { lastChat, rowsUpTo } from './backup-rows.ts'
import { fill } from './raw.ts'
import { newDatabase, openTestStore, temporaryFolder, WISH } from './stores.ts'

/** A database of 2,000 chats, and an empty folder. */
async function openScene() {
  const url = await newDatabase('sqlite')
  await fill(url, 'telegram', 2000)
  const folder = temporaryFolder()
  return { url, path: url.slice('file:'.length), folder, file: join(folder, 'copy.db') }
}

test('a backup beside a connection that writes is one state of the database, row by row', async () => {
  const { url, path, file } = await openScene()
  const { store } = await openTestStore({ url })
  let isOver = false
  async function write(): Promise<number> {
    let count = 0
    for (; !isOver; count++) {
      const place = { platform: 'discord', address: `${count}`, kind: 'private' } as const
      await store.chats.update(place, () => WISH)
      await setImmediate()
    }
    return count
  }
  const writing = write()
  const { rows, size } = await createBackup({ path, file })
  isOver = true
  expect(await writing).toBeGreaterThan(0)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(file).size).toBe(size)
  expect(existsSync(`${file}-wal`)).toBe(false)
  const last = await lastChat(`file:${file}`)
  expect(rows).toBeGreaterThan(4000)
  const copied = await rowsUpTo(`file:${file}`, Number.MAX_SAFE_INTEGER)
  expect(copied).toEqual(await rowsUpTo(url, last))
  expect(copied.topics).toHaveLength(2000 + 2 * (last - 2000))
})

test('a backup replaces no file, and leaves none if it is not made', async () => {
  const { path, folder, file } = await openScene()
  writeFileSync(file, 'mine')
  await expect(createBackup({ path, file })).rejects.toMatchObject({
    message: `There is already ${file}. Choose another name with --out.`,
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

test('backups at the same time with numbered names get a number each', async () => {
  const { path, folder } = await openScene()
  mkdirSync(join(folder, '2.db'))
  const make = () => createBackup({ path, file: number => join(folder, `${number}.db`) })
  const made = await Promise.all([make(), make(), make()])
  const files = ['1.db', '3.db', '4.db'].map(name => join(folder, name))
  expect(made.map(({ file }) => file).sort()).toEqual(files)
  expect(readdirSync(folder)).toEqual(['1.db', '2.db', '3.db', '4.db'])
})

test('on a disk without hard links a backup replaces no file, and a restore keeps the replaced database', async () => {
  const { path, folder, file } = await openScene()
  const links = vi.spyOn(fs, 'linkSync').mockImplementation(() => {
    throw Object.assign(new Error(), { code: 'EPERM', syscall: 'link' })
  })
  // Named imports of `node:fs` follow only with this call.
  syncBuiltinESMExports()
  onTestFinished(() => {
    links.mockRestore()
    syncBuiltinESMExports()
  })
  const both = [createBackup({ path, file }), createBackup({ path, file })]
  expect(await Promise.allSettled(both)).toContainEqual({
    status: 'rejected',
    reason: expect.objectContaining({
      message: expect.stringContaining('there is already such a file'),
      isRefused: true,
    }),
  })
  expect(readdirSync(folder)).toEqual(['copy.db'])
  const [old, aside] = [readFileSync(path), `${path}.aside`]
  const copy = copyBeside(file, path)
  onTestFinished(copy.remove)
  expect(replaceDatabase(copy.path, path, aside)).toBe(true)
  expect(readFileSync(aside).equals(old)).toBe(true)
  expect(links).toHaveBeenCalled()
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

test('a backup removes what processes that were killed have left, and nothing else', async () => {
  const { path, folder, file } = await openScene()
  const used = createTemporary(join(folder, 'sitrep-20261130T1302Z.db'), 'part')
  onTestFinished(used.remove)
  const leftovers = ['copy.db.0a1b2c3d.part', 'copy.db.0a1b2c3d.part-lock', 'copy.db.1.part']
  leftovers.push('sitrep-20261130T1300Z.db.01234567.part-journal')
  const others = ['notes.01234567.part', 'copy.db.01234567.restore', 'copy.db.half.part']
  for (const name of [...leftovers, ...others]) writeFileSync(join(folder, name), '')
  mkdirSync(join(folder, 'copy.db.89abcdef.part'))
  // A lock that is no file tells nothing, so its copy stays.
  mkdirSync(join(folder, 'copy.db.76543210.part-lock'))
  writeFileSync(join(folder, 'copy.db.76543210.part'), '')
  others.push('copy.db.76543210.part', 'copy.db.76543210.part-lock')
  others.push('copy.db.89abcdef.part', basename(used.path), `${basename(used.path)}-lock`)
  await createBackup({ path, file })
  expect(readdirSync(folder).sort()).toEqual([...others, 'copy.db'].sort())
  expect(statSync(used.path).mode & 0o777).toBe(0o600)
})

test('a lock without a copy is removed if no process can be about to make the copy', async () => {
  const { path, folder, file } = await openScene()
  const used = createTemporary(join(folder, 'sitrep-20261130T1302Z.db'), 'part')
  onTestFinished(used.remove)
  renameSync(used.path, join(folder, 'renamed.db'))
  const [made, left] = [1, 2].map(digit => `${file}.0000000${digit}.part-lock`)
  for (const lock of [made, left]) writeFileSync(`${lock}`, '')
  const old = Date.now() / 1000 - 60
  for (const lock of [left, `${used.path}-lock`]) utimesSync(`${lock}`, old, old)
  await createBackup({ path, file })
  const locks = readdirSync(folder).filter(name => name.endsWith('-lock'))
  expect(locks).toEqual([basename(`${made}`), `${basename(used.path)}-lock`])
})

test('temporary files whose lock can’t be read stay, and those that can’t be removed prevent no backup', async () => {
  const { path, folder, file } = await openScene()
  const names = [1, 2, 3, 4].map(digit => `copy.db.0000000${digit}.part`)
  for (const name of names) writeFileSync(join(folder, name), '')
  const [first, second, third, fourth] = names
  mkdirSync(join(folder, `${first}-lock`))
  symlinkSync(path, join(folder, `${second}-lock`))
  execFileSync('mkfifo', [join(folder, `${third}-lock`)])
  mkdirSync(join(folder, `${fourth}-wal`))
  await createBackup({ path, file })
  const kept = [first, second, third].flatMap(name => [name, `${name}-lock`])
  expect(readdirSync(folder)).toEqual(['copy.db', ...kept, `${fourth}-wal`])
})

test('a restore leaves the copy of another restore, and removes that of one that was killed', async () => {
  const { path, file } = await openScene()
  await createBackup({ path, file })
  const copies = () => readdirSync(dirname(path)).filter(name => name.endsWith('.restore'))
  writeFileSync(`${path}.0a1b2c3d.restore`, '')
  const [first, second] = [copyBeside(file, path), copyBeside(file, path)]
  expect(copies().sort()).toEqual([first, second].map(each => basename(each.path)).sort())
  first.remove()
  second.remove()
  expect(copies()).toEqual([])
})
