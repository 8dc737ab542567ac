import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createBackups } from '../../src/app/backups.ts'
import { checkBackups } from '../../src/app/doctor/backups.ts'
import type { DoctorContext } from '../../src/app/doctor/doctor-context.ts'
import { createHealth, reportOf } from '../../src/app/health.ts'
import { readiness } from '../../src/server/health.ts'
import { backupName } from '../../src/store/backups/backup-names.ts'
import { SQLITE_HEADER } from '../../src/store/backups/disk.ts'
import { openMemoryLog } from '../platforms/memory-log.ts'
import { testClock } from '../platforms/pauses.ts'
import { createStream } from '../platforms/stream.ts'
import { query } from '../store/raw.ts'
import { newDatabase, openTestStore, temporaryFolder } from '../store/stores.ts'

const START = Temporal.Instant.from('2026-11-30T13:00:30Z')
const DAY_MS = 86_400_000

/** The backups of a database whose clock a test sets, and whose pauses it ends. */
async function openScene(keep = 2) {
  const url = await newDatabase('sqlite')
  const folder = join(temporaryFolder(), 'backups')
  const memory = await openMemoryLog()
  let now = START
  const pauses = createStream<{ readonly ms: number; end(): void }>()
  const clock = testClock(
    () => now,
    (ms, signal) =>
      new Promise(end => {
        if (signal?.aborted) return end()
        signal?.addEventListener('abort', () => end())
        pauses.push({ ms, end })
      }),
  )
  const config = { databaseUrl: url, backups: { folder, keep } }
  const backups = createBackups({ config, clock, log: memory.log })
  if (!backups) throw new Error('There are backups.')
  const over = new AbortController()
  const running = backups.run(over.signal)
  onTestFinished(async () => {
    over.abort()
    await running
  })
  return {
    ...{ ...memory, url, folder, backups },
    files: () => readdirSync(folder).sort(),
    /** Lets minutes pass, ends the pause that comes next, and resolves to its milliseconds. */
    async pause(minutes = 0): Promise<number> {
      const { ms, end } = await pauses.next()
      now = now.add({ minutes })
      end()
      return ms
    },
  }
}

test('a backup is made soon after the start and once a day, and the oldest of its own names go', async () => {
  const { folder, files, backups, pause, seen, url } = await openScene()
  expect(await backups.newestAt()).toEqual(START)
  expect(await pause(1)).toBe(30_000)
  expect(await pause(24 * 60)).toBe(DAY_MS)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  const own = ['sitrep.db', 'sitrep-20261101T0000Z.db.old', 'notes.txt']
  for (const name of own) writeFileSync(join(folder, name), '')
  expect(await pause(24 * 60)).toBe(DAY_MS)
  expect(await pause()).toBe(DAY_MS)
  const kept = ['sitrep-20261201T1301Z.db', 'sitrep-20261202T1301Z.db']
  expect(files()).toEqual([...own, ...kept].sort())
  expect(await seen('backup.made')).toMatchObject({ file: `${folder}/sitrep-20261130T1301Z.db` })
  const whole = 'select count(*) as count from kysely_migration'
  expect(await query(`file:${join(folder, kept[1] ?? '')}`, whole)).toEqual(await query(url, whole))
  expect(`${await backups.newestAt()}`).toBe('2026-12-02T13:01:00Z')
})

test('a backup that is not a day old is left until it is, and one of a clock that ran ahead does not count', async () => {
  const { folder, files, pause } = await openScene()
  mkdirSync(folder)
  const ahead = 'sitrep-20310101T0000Z.db'
  for (const name of [backupName(START.subtract({ hours: 3 })), ahead]) {
    writeFileSync(join(folder, name), SQLITE_HEADER)
  }
  expect(await pause()).toBe(30_000)
  expect(await pause(21 * 60)).toBe(DAY_MS - 3 * 3_600_000 - 30_000)
  expect(await pause()).toBe(DAY_MS)
  expect(files()).toEqual(['sitrep-20261201T1000Z.db', ahead])
})

test('foreign files, folders and links with the names of backups do not count, and stay', async () => {
  const { url, folder, files, backups, pause } = await openScene(1)
  mkdirSync(folder)
  const [empty = '', junk = '', own = '', link = '', old = ''] = [1, 2, 3, 4, 50].map(hours =>
    backupName(START.subtract({ hours })),
  )
  writeFileSync(join(folder, empty), '')
  writeFileSync(join(folder, junk), 'SQLite')
  mkdirSync(join(folder, own, 'deeper'), { recursive: true })
  symlinkSync(url.slice('file:'.length), join(folder, link))
  writeFileSync(join(folder, old), SQLITE_HEADER)
  expect(`${await backups.newestAt()}`).toBe('2026-11-28T11:00:00Z')
  const config = { databaseUrl: url, backups: { folder, keep: 1 } }
  const clock = { now: () => START }
  const examined = await checkBackups({ config, clock } as unknown as DoctorContext)
  expect(examined[0]?.text).toBe(`The newest backup in ${folder} is 50 hours, 1 minute old.`)
  expect(await pause()).toBe(30_000)
  expect(await pause()).toBe(DAY_MS)
  expect(files()).toEqual([empty, junk, own, link, 'sitrep-20261130T1300Z.db'].sort())
  expect(`${await backups.newestAt()}`).toBe('2026-11-30T13:00:00Z')
})

test('a failure is logged with its cause, shown as a warning, and tried again after growing pauses; the last good one stays', async () => {
  const { url, folder, files, backups, pause, seen, events } = await openScene(1)
  const { store } = await openTestStore({ url })
  expect(await pause()).toBe(30_000)
  expect(await pause(24 * 60)).toBe(DAY_MS)
  const [good = ''] = files()
  const away = `${folder}-away`
  renameSync(folder, away)
  writeFileSync(folder, '')
  const tries = [await pause(), await pause()]
  await expect.poll(() => events().filter(name => name === 'backup.failed').length).toBe(3)
  expect(existsSync(join(away, good))).toBe(true)
  const { reason } = backups.part()
  expect(reason).toContain(`Can’t write a backup to ${folder}`)
  expect(await seen('backup.failed')).toMatchObject({ msg: reason, failures: 1 })
  const health = createHealth({
    ...({ store, backups, isLocal: true } as unknown as Parameters<typeof createHealth>[0]),
    editions: { part: () => ({ status: 'loaded', ready: true }) } as never,
    lease: { state: () => 'held' } as never,
    supervisor: { states: () => ({}) } as never,
  })
  expect(readiness(reportOf(health))).toMatchObject({
    ready: true,
    report: { parts: { backups: { status: 'trouble', reason, ready: true } } },
  })
  rmSync(folder)
  renameSync(away, folder)
  tries.push(await pause())
  for (const [index, ms] of tries.entries()) {
    expect(ms).toBeGreaterThanOrEqual(30_000 * 2 ** index)
    expect(ms).toBeLessThanOrEqual(60_000 * 2 ** index)
  }
  expect(await pause()).toBe(DAY_MS)
  expect(files()).toEqual(['sitrep-20261201T1300Z.db'])
  expect(backups.part()).toEqual({ status: 'daily', ready: true })
  expect(events()).toContain('backup.recovered')
})

test('the tables of an existing database change only after a backup, and not if it fails', async () => {
  const { url, folder, files, backups } = await openScene()
  const names = 'select name from kysely_migration order by name'
  await query(url, `delete from kysely_migration where name = '016 telegram files' returning name`)
  await query(url, 'drop table telegram_files')
  await query(url, 'alter table pictures add column telegram_file text')
  const old = await query(url, names)
  const { beforeUpgrade } = backups
  writeFileSync(folder, '')
  await expect(openTestStore({ url, beforeUpgrade })).rejects.toThrow(
    /a part of its path is a file, not a folder\. .* The database is not upgraded without a backup\. To upgrade all the same, unset BACKUP_DIR\.$/,
  )
  expect(await query(url, names)).toEqual(old)
  rmSync(folder)
  await openTestStore({ url, beforeUpgrade })
  expect(await query(url, names)).toHaveLength(old.length + 1)
  expect(files()).toEqual(['sitrep-20261130T1300Z.db'])
  expect(await query(`file:${join(folder, 'sitrep-20261130T1300Z.db')}`, names)).toEqual(old)
  // Nothing changes at the next start, so there is no further backup.
  rmSync(join(folder, 'sitrep-20261130T1300Z.db'))
  await openTestStore({ url, beforeUpgrade })
  expect(files()).toEqual([])
})
