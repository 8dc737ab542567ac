import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { saying } from '../delivery/scene.ts'
import { png } from '../pictures.ts'
import { query } from './raw.ts'
import { DIALECTS, newDatabase, openTestStore } from './stores.ts'

/** The names of a picture of the content folder, and of a drawn one. */
const HASH = 'a'.repeat(64)
const DRAWN = `drawn-${'b'.repeat(64)}`

/** A thousand drawn pictures, each newer than the one before. */
const INSERT = `insert into telegram_files (name, picture_id, file, kept_at)
  select 'drawn-' || i, null, 'file', i from`
const FILL = {
  sqlite: `${INSERT} (with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) select i from n)`,
  postgres: `${INSERT} generate_series(1, 1000) as i`,
}

describe.for(DIALECTS)('pictures in %s', dialect => {
  const open = async () => {
    const url = await newDatabase(dialect)
    return { url, ...(await openTestStore({ url })) }
  }

  test('come back byte by byte, whatever view they were given as', async () => {
    const { store } = await open()
    const every = Uint8Array.from({ length: 1_000_000 }, (_, index) => index % 251)
    const part = new Uint8Array(png(3, 2).buffer.slice(0)).subarray(7, 40)
    const ids = [await store.pictures.add(every, 'jpeg'), await store.pictures.add(part, 'webp')]
    const [first, second] = await Promise.all(ids.map(store.pictures.read))
    expect(first?.type).toBe('jpeg')
    expect(Buffer.compare(first?.bytes ?? Buffer.alloc(0), every)).toBe(0)
    expect(second?.type).toBe('webp')
    expect([...(second?.bytes ?? [])]).toEqual([...part])
    expect(await store.pictures.read(99)).toBeUndefined()
  })

  test('keep Telegram’s file ids for the process that opens the database next, by their names', async () => {
    const { url, store } = await open()
    const id = String(await store.pictures.add(png(1, 1), 'png'))
    for (const name of [id, HASH, DRAWN]) {
      expect(await store.telegramFiles.find(name)).toBeUndefined()
      await store.telegramFiles.keep(name, 'first')
      await store.telegramFiles.keep(name, `${name} again`)
    }
    const { store: next } = await openTestStore({ url })
    for (const name of [id, HASH, DRAWN]) {
      expect(await next.telegramFiles.find(name)).toBe(`${name} again`)
    }
    expect(await next.telegramFiles.find('99')).toBeUndefined()
  })

  test('take their file ids along when they are erased, and get none afterwards', async () => {
    const { url, store } = await open()
    const place = { platform: 'telegram', address: '42', kind: 'private' } as const
    const [unused, drafted] = [
      await store.pictures.add(png(1, 1), 'png'),
      await store.pictures.add(png(1, 2), 'png'),
    ]
    const text = { ...saying('Hello.'), lost: [], picture: { id: drafted, type: 'png' } } as const
    const draft = {
      key: 'k',
      act: 'send',
      by: 'telegram:42',
      place,
      options: { topic: '' },
    } as const
    await store.announcements.draft({ ...draft, text })
    for (const name of [String(unused), String(drafted), HASH]) {
      await store.telegramFiles.keep(name, 'file')
    }
    const names = () => query(url, 'select name from telegram_files order by name')
    await store.chats.forget(place, draft.by)
    expect(await names()).toEqual([{ name: String(unused) }, { name: HASH }])
    await store.announcements.erase(systemClock.now().add({ hours: 1 }))
    expect(await names()).toEqual([{ name: HASH }])
    await expect(store.telegramFiles.keep(String(unused), 'late')).rejects.toThrow()
  })

  test('of the content folder and drawn ones keep the newest thousand file ids', async () => {
    const { url } = await open()
    const time = { ms: 0 }
    const clock = { ...systemClock, now: () => Temporal.Instant.fromEpochMilliseconds(time.ms) }
    const { store } = await openTestStore({ url, clock })
    const stored = String(await store.pictures.add(png(1, 1), 'png'))
    await store.telegramFiles.keep(stored, 'file')
    await query(url, FILL[dialect])
    time.ms = 5000
    await store.telegramFiles.keep(HASH, 'file')
    const rows = await query(url, 'select name from telegram_files')
    const names = rows.map(row => (row as { name: string }).name)
    expect(names).toHaveLength(1001)
    expect(names).toEqual(expect.arrayContaining([stored, HASH, 'drawn-2', 'drawn-1000']))
    expect(names).not.toContain('drawn-1')
  })
})
