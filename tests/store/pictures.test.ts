import { describe, expect, test } from 'vitest'
import { png } from '../pictures.ts'
import { DIALECTS, newDatabase, openTestStore } from './stores.ts'

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

  test('keep Telegram’s file id for the process that opens the database next', async () => {
    const { url, store } = await open()
    const id = await store.pictures.add(png(1, 1), 'png')
    const other = await store.pictures.add(png(1, 1), 'png')
    expect(await store.pictures.telegramFile(id)).toBeUndefined()
    await store.pictures.keepTelegramFile(id, 'first')
    await store.pictures.keepTelegramFile(id, 'second')
    const { store: next } = await openTestStore({ url })
    expect(await next.pictures.telegramFile(id)).toBe('second')
    expect(await next.pictures.telegramFile(other)).toBeUndefined()
    expect(await next.pictures.telegramFile(99)).toBeUndefined()
  })
})
