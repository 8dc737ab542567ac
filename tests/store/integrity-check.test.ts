import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { turns } from '../platforms/pauses.ts'
import { newDatabase, openTestStore, temporaryFolder, WISH } from './stores.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const PAGE = 4096

/** A file that was there before the test opens it, with so many chats. */
async function filled(chats = 0): Promise<string> {
  const path = join(temporaryFolder(), 'sitrep.db')
  const { store } = await openTestStore({ url: `file:${path}` })
  for (let chat = 0; chat < chats; chat++) {
    const place = { platform: 'telegram', address: String(chat), kind: 'private' } as const
    await store.chats.update(place, () => WISH)
  }
  await store.close()
  return path
}

test('a page that is damaged in the middle of the file is found within a day, logged once, and later found sound', async () => {
  const path = await filled(300)
  const clock = turns()
  const { store, seen, events } = await openTestStore({ url: `file:${path}`, clock })
  store.watch()
  const told = () => events().filter(event => event === 'store.damaged').length
  await clock.next(MINUTE)
  // Each pause of a day is asked for when a check has ended, and begins the next one.
  await clock.next(DAY)
  expect(store.state()).toEqual({ status: 'open' })

  const sound = readFileSync(path)
  const damaged = Buffer.from(sound)
  const middle = Math.floor(sound.length / PAGE / 2) * PAGE
  damaged.fill(0xff, middle, middle + PAGE)
  writeFileSync(path, damaged)
  for (let check = 0; check < 3; check++) await clock.next(DAY)
  const line = await seen('store.damaged')
  expect(line.msg).toMatch(/sitrep\.db is damaged or not a database\. Restore a backup/)
  expect(store.state()).toEqual({ status: 'trouble', reason: line.msg })
  expect(told()).toBe(1)

  writeFileSync(path, sound)
  for (let check = 0; check < 2; check++) await clock.next(DAY)
  await seen('store.recovered')
  expect(store.state()).toEqual({ status: 'open' })
})

test('a file that cannot be checked is logged, and is no damage', async () => {
  const path = await filled()
  const clock = turns()
  const { store, seen } = await openTestStore({ url: `file:${path}`, clock })
  store.watch()
  rmSync(path)
  await clock.next(MINUTE)
  await clock.next(DAY)
  expect(await seen('store.unchecked')).toBeDefined()
})

test('PostgreSQL is left to its own checks', async () => {
  const clock = turns()
  const { store } = await openTestStore({ url: await newDatabase('postgres'), clock })
  store.watch()
  expect(store.state()).toEqual({ status: 'open' })
})

test.each(['0644', '0640', '0604', '0660', '0666'])(
  'a database file of mode %s that was there before is logged once, with its journal',
  async octal => {
    const path = await filled()
    chmodSync(path, Number.parseInt(octal, 8))
    const { events, seen } = await openTestStore({ url: `file:${path}` })
    const named = ['', '-wal', '-shm'].map(suffix => `${path}${suffix} (mode ${octal})`).join(', ')
    expect((await seen('store.exposed')).msg).toBe(
      `Other users of this machine can open ${named}. Run \`chmod 600 ${path} ${path}-wal ${path}-shm\`.`,
    )
    expect(events().filter(event => event === 'store.exposed')).toHaveLength(1)
  },
)

test('a file beside the database of mode 0644 is logged by its name alone', async () => {
  const path = await filled()
  await openTestStore({ url: `file:${path}` })
  chmodSync(`${path}-shm`, 0o644)
  const { seen } = await openTestStore({ url: `file:${path}` })
  expect((await seen('store.exposed')).msg).toBe(
    `Other users of this machine can open ${path}-shm (mode 0644). Run \`chmod 600 ${path}-shm\`.`,
  )
})

test('a file for this user alone is used without a word', async () => {
  const path = await filled()
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const { events } = await openTestStore({ url: `file:${path}` })
  expect(events()).toEqual([])
})
