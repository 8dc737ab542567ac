import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createBackup } from '../../src/store/backups/backup.ts'
import { removeLeftovers } from '../../src/store/backups/temporary-files.ts'
import { lastChat, rowsUpTo } from './backup-rows.ts'
import { fill, query } from './raw.ts'
import { newDatabase, temporaryFolder } from './stores.ts'

const root = join(import.meta.dirname, '../..')
const COPIES = 8

/** Bytes that a backup writes from one kill to the next. */
const STEP = 4_000_000

/** A database of 30 MB with 2,000 chats, and an empty folder. */
async function openScene() {
  const url = await newDatabase('sqlite')
  await fill(url, 'telegram', 2000)
  await query(
    url,
    `insert into audit (at, actor, action, details)
     with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000)
     select i, 'telegram:42', 'x', hex(randomblob(120)) from n`,
  )
  const folder = temporaryFolder()
  return { url, path: url.slice('file:'.length), folder, file: join(folder, 'copy.db') }
}

/** Makes a backup in a process of its own, under a limit of file sizes in KB. */
function scriptOf(folder: string, path: string, file: string): string {
  const script = join(folder, 'run.mjs')
  writeFileSync(
    script,
    `import { createBackup } from '${join(root, 'src/store/backups/backup.ts')}'
    await createBackup(${JSON.stringify({ path, file })}).catch(error => console.log(error.message))`,
  )
  return script
}

test('backups beside a process that writes are each one state of the database, row by row', async () => {
  const { url, path, folder } = await openScene()
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'keep-writing.ts'), url])
  onTestFinished(() => void writer.kill('SIGKILL'))
  let said = ''
  writer.stdout.on('data', chunk => {
    said += chunk
  })
  await expect.poll(() => said, { timeout: 30_000 }).toContain('kept\n')
  for (let copy = 0; copy < COPIES; copy++) {
    const file = join(folder, `${copy}.db`)
    await createBackup({ path, file })
    const last = await lastChat(`file:${file}`)
    const copied = await rowsUpTo(`file:${file}`, Number.MAX_SAFE_INTEGER)
    expect(copied).toEqual(await rowsUpTo(url, last))
    expect(copied.topics).toHaveLength(2000 + 2 * (last - 2000))
  }
  // No write had to wait so long that it failed.
  expect(new Set(said.trim().split('\n'))).toEqual(new Set(['kept']))
  expect(await lastChat(url)).toBeGreaterThan(2005)
})

test('a process that is killed at any moment leaves no half backup, and the next one removes its temporary file', async () => {
  const { path, folder, file } = await openScene()
  const script = scriptOf(temporaryFolder(), path, file)
  const parts = () => readdirSync(folder).filter(name => name.endsWith('.part'))
  const sizeOf = (name: string) =>
    statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0
  let kills = 0
  let left: string[] = []
  for (let size = 1; !existsSync(file); size += STEP) {
    const child = spawn(process.execPath, [script], { stdio: 'ignore' })
    const exit = once(child, 'exit')
    const own = () => parts().filter(name => !left.includes(name))
    await expect
      .poll(() => own().some(name => sizeOf(name) >= size) || child.exitCode !== null, {
        interval: 1,
        timeout: 30_000,
      })
      .toBe(true)
    // Another process sees that the file is in use.
    removeLeftovers(folder, 'part', () => true)
    expect(own().length === 1 || existsSync(file)).toBe(true)
    child.kill('SIGKILL')
    await exit
    left = own()
    kills += left.length
    const beside = left.flatMap(name => [name, `${name}-journal`, `${name}-lock`])
    expect(readdirSync(folder).filter(name => !beside.includes(name))).toEqual(
      existsSync(file) ? ['copy.db'] : [],
    )
  }
  expect(kills).toBeGreaterThan(2)
  expect(await query(`file:${file}`, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }])
  expect(readdirSync(folder)).toEqual(['copy.db'])
})

test('a disk that is full leaves no file', async () => {
  const { path, folder, file } = await openScene()
  const script = scriptOf(temporaryFolder(), path, file)
  // The limit of a process stands for a full disk: 10 MB.
  const limited = ['-c', 'ulimit -f 10000 && exec "$0" "$1"', process.execPath, script]
  const { stdout } = spawnSync('bash', limited, { encoding: 'utf8' })
  expect(stdout).toBe(
    `The disk of ${folder} is full or failing, so there is no new backup. Make room on it.\n`,
  )
  expect(readdirSync(folder)).toEqual([])
})
