import { expect, test } from 'vitest'
import { StoreError } from '../../src/store/error.ts'
import type { Store } from '../../src/store/store.ts'
import { manualClock, quickClock } from '../platforms/pauses.ts'
import { refuse } from '../platforms/telegram/server.ts'
import { fill, query } from '../store/raw.ts'
import { announcement, longMessage, openScene, saying, until } from './scene.ts'

const telegramOnly = { topic: 'announcements', platforms: ['telegram'] }

/** A store of which one call fails so many times. */
const failing = (method: 'find' | 'pauseForFault', times: number) => (store: Store) => {
  let left = times
  const call = store.broadcasts[method] as (...values: unknown[]) => Promise<unknown>
  const failingCall = async (...values: unknown[]) => {
    left -= 1
    if (left >= 0) throw new StoreError('The database is away.')
    return call(...values)
  }
  return { ...store, broadcasts: { ...store.broadcasts, [method]: failingCall } }
}

test('an outage of the platform loses no chat, and calls grow rarer', async () => {
  const clock = quickClock(100)
  const scene = await openScene({ clock })
  const { store, url, telegram, begin, finished, rows, sends } = scene
  await fill(url, 'telegram', 60)
  let isDown = true
  telegram.weather = ({ method }) =>
    method === 'sendMessage' && isDown ? { fault: refuse(502, 'Bad Gateway') } : undefined
  const { id } = await store.broadcasts.create(announcement({ audience: telegramOnly }))
  await begin()
  // By its clock, which is a hundred times as fast.
  await clock.pause(4 * 60_000)
  expect(sends()).toBeLessThan(200)
  isDown = false
  await finished(id)
  expect((await rows(id)).every(({ state }) => state === 'sent')).toBe(true)
  expect([...telegram.taken.values()].every(shown => shown.size === 1)).toBe(true)
})

test('a crash between the parts of a long message repeats one part at most', async () => {
  const scene = await openScene()
  const { store, url, telegram, begin, finished, rows, sends } = scene
  await fill(url, 'telegram', 20)
  const message = longMessage(9)
  const { id } = await store.broadcasts.create(announcement({ message }))
  const first = await begin()
  await until(() => sends() >= 45)
  first.crash()
  await begin()
  await finished(id)
  for (const { address, message_ids, repeated } of await rows(id)) {
    const held = telegram.taken.get(address)?.size ?? 0
    const parts = JSON.parse(message_ids ?? '[]').length
    expect(parts).toBeGreaterThan(3)
    expect(held).toBeLessThanOrEqual(parts + repeated)
    expect(repeated).toBeLessThanOrEqual(1)
  }
})

test('a store that fails between claim and send leads to no duplicate', async () => {
  const scene = await openScene({ clock: quickClock(20), through: failing('find', 3) })
  const { store, url, telegram, begin, finished, rows } = scene
  await fill(url, 'telegram', 40)
  telegram.meet(
    'sendMessage',
    ...Array.from({ length: 10 }, () => refuse(429, 'Too Many Requests', { retry_after: 1 })),
  )
  const { id } = await store.broadcasts.create(announcement({ audience: telegramOnly }))
  await begin()
  await finished(id)
  expect((await rows(id)).every(({ repeated }) => repeated === 0)).toBe(true)
  expect([...telegram.taken.values()].map(shown => shown.size)).toEqual(Array(40).fill(1))
})

test('a store that fails while the breaker trips is asked again, and no chat stays gone', async () => {
  const scene = await openScene({ clock: quickClock(20), through: failing('pauseForFault', 2) })
  const { store, url, telegram, begin, rows } = scene
  await fill(url, 'telegram', 300)
  telegram.weather = ({ method }) =>
    method === 'sendMessage'
      ? { fault: refuse(403, 'Forbidden: bot was kicked from the group chat') }
      : undefined
  const { id } = await store.broadcasts.create(announcement({ audience: telegramOnly }))
  await begin()
  await until(async () => (await store.broadcasts.find(id))?.state === 'paused')
  await until(async () => (await rows(id)).every(({ state }) => state === 'pending'))
  expect(await query(url, 'select id from chats where gone is not null')).toEqual([])
})

test('stopped while it opens, it ends at once and has sent nothing', async () => {
  const opening = Promise.withResolvers<undefined>()
  const scene = await openScene({
    through: store => ({
      ...store,
      floods: { ...store.floods, until: () => opening.promise },
    }),
  })
  const { store, url, begin, sends } = scene
  await fill(url, 'telegram', 5)
  await store.broadcasts.create(announcement())
  const { delivery, running } = await begin()
  const stopped = delivery.stop()
  opening.resolve(undefined)
  await Promise.all([stopped, running])
  expect(sends()).toBe(0)
  expect(await query(url, "select * from deliveries where state = 'claimed'")).toEqual([])
})

test('stopped in the middle, it settles what it has in hand', async () => {
  const scene = await openScene({ rate: 25 })
  const { store, url, telegram, begin, rows, sends } = scene
  await fill(url, 'telegram', 50)
  const { id } = await store.broadcasts.create(announcement())
  const { delivery, running } = await begin()
  await until(() => sends() >= 5)
  await delivery.stop()
  await running
  const ledger = await rows(id)
  expect(ledger.filter(({ state }) => state === 'claimed')).toEqual([])
  expect(ledger.filter(({ state }) => state === 'sent')).toHaveLength(telegram.taken.size)
  expect(ledger.every(row => row.tried_at === null)).toBe(true)
})

test('a correction posts nothing new where it is not wanted any more', async () => {
  const { store, url, telegram, begin, finished, rows } = await openScene()
  await fill(url, 'telegram', 2)
  const { id } = await store.broadcasts.create(announcement())
  const { delivery } = await begin()
  await finished(id)
  const stopped = { platform: 'telegram', address: '1000000', kind: 'private' } as const
  await store.chats.update(stopped, before => before && { ...before, state: 'stopped' })
  await store.broadcasts.revise(id, longMessage(5))
  delivery.wake()
  await finished(id)
  expect(telegram.taken.get('1000000')?.size).toBe(1)
  expect(telegram.taken.get('1000001')?.size).toBeGreaterThan(1)
  expect((await rows(id)).map(({ state, error }) => [state, error])).toEqual([
    ['skipped', 'unwanted'],
    ['sent', null],
  ])
})

test('a message that is too old to be deleted is edited to say that it was retracted', async () => {
  const { store, url, telegram, begin, finished } = await openScene()
  await fill(url, 'telegram', 1)
  const { id } = await store.broadcasts.create(announcement())
  const { delivery } = await begin()
  await finished(id)
  telegram.meet('deleteMessage', refuse(400, "Bad Request: message can't be deleted"))
  await store.broadcasts.retract(id, saying('Taken back.'))
  delivery.wake()
  await finished(id)
  expect([...(telegram.taken.get('1000000')?.values() ?? [])]).toEqual(['Taken back.'])
})

test('a platform that asks to wait without saying how long is left alone all the same', async () => {
  const clock = manualClock('2026-11-23T12:00:00Z')
  const { store, url, telegram, begin, sends } = await openScene({ clock, rate: 20 })
  await fill(url, 'telegram', 10)
  telegram.weather = ({ method }) =>
    method === 'sendMessage' ? { fault: refuse(429, 'Too Many Requests') } : undefined
  await store.broadcasts.create(announcement())
  await begin()
  await until(() => sends() > 0, clock)
  const before = sends()
  for (let step = 0; step < 40; step++) await clock.advance({ milliseconds: 100 })
  expect(sends()).toBe(before)
})

test('chats that are really gone do not stop a broadcast again that a person has resumed', async () => {
  const { store, url, telegram, begin, finished, rows, seen } = await openScene()
  await fill(url, 'telegram', 120)
  telegram.weather = ({ method, body }) =>
    method === 'sendMessage' && Number(body.chat_id) < 1_000_040
      ? { fault: refuse(403, 'Forbidden: bot was blocked by the user') }
      : undefined
  const { id } = await store.broadcasts.create(announcement({ audience: telegramOnly }))
  const { delivery } = await begin()
  await seen('delivery.tripped')
  await until(async () => (await store.broadcasts.find(id))?.state === 'paused')
  await store.broadcasts.resume(id)
  delivery.wake()
  await finished(id)
  const states = (await rows(id)).map(({ state }) => state)
  expect(states.filter(state => state === 'gone')).toHaveLength(40)
  expect(states.filter(state => state === 'sent')).toHaveLength(80)
})

test('a correction that is refused where a broadcast was stopped comes to an end', async () => {
  const { store, url, telegram, begin, finished, rows, sends } = await openScene({ rate: 100 })
  await fill(url, 'telegram', 60)
  const { id } = await store.broadcasts.create(announcement({ audience: telegramOnly }))
  const { delivery } = await begin()
  await until(() => sends() >= 30)
  await store.broadcasts.cancel(id)
  delivery.wake()
  await finished(id)
  telegram.weather = ({ method }) =>
    method === 'editMessageText' ? { fault: refuse(400, 'Bad Request: no text') } : undefined
  await store.broadcasts.revise(id, saying('Refused.'))
  delivery.wake()
  await finished(id)
  const edits = telegram.calls.filter(({ method }) => method === 'editMessageText').length
  const arrived = (await rows(id)).filter(({ message_ids }) => message_ids !== null)
  expect(arrived.every(({ state }) => state === 'failed')).toBe(true)
  expect(edits).toBe(arrived.length)
})
