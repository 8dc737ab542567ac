import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TABLE_STYLES } from '../../src/message.ts'
import type { ChatRef } from '../../src/platform.ts'
import type { Subscription } from '../../src/store/chats/chat.ts'
import { saying } from '../delivery/scene.ts'
import { query } from './raw.ts'
import { DIALECTS, newDatabase, openTestStore, WISH } from './stores.ts'

const at = (text: string) => Temporal.Instant.from(text)

const place = (address: string, more: Partial<ChatRef> = {}): ChatRef => ({
  platform: 'telegram',
  address,
  kind: 'private',
  ...more,
})

describe.for(DIALECTS)('chats in %s', dialect => {
  const open = async () => {
    const url = await newDatabase(dialect)
    return { url, ...(await openTestStore({ url })) }
  }

  test('a subscription is read as it was written', async () => {
    const { store } = await open()
    const full: Subscription = {
      ...WISH,
      state: 'paused',
      pausedUntil: at('2026-12-01T08:00:00Z'),
      gone: 'blocked',
      topics: ['digest', 'section:threats'],
      followed: ['a-1', 'winter-2027'],
      muted: ['summer'],
      quiet: { from: 22, to: 7 },
      tableStyle: 'cards',
      nextDigestAt: at('2026-12-07T08:00:00.001Z'),
    }
    const where = place('-1001/77', { within: '-1001', kind: 'group' })
    const saved = await store.chats.update(where, () => full)
    expect(saved).toEqual({ id: expect.any(Number), place: where, subscription: full })
    expect(await store.chats.find(where)).toEqual(saved)
    // Ids of platforms go up to 64 bits: they are text.
    const large = place('9223372036854775807')
    await store.chats.update(large, () => WISH)
    expect((await store.chats.find(large))?.subscription).toEqual(WISH)
    expect(await store.chats.find(place('1'))).toBeUndefined()
    expect(await store.chats.find({ ...large, platform: 'discord' })).toBeUndefined()
  })

  test('whatever a chat wants comes back as it was given', async () => {
    const { store } = await open()
    const millis = fc.integer({ min: 0, max: 8.64e15 }).map(Temporal.Instant.fromEpochMilliseconds)
    const hour = fc.integer({ min: 0, max: 23 })
    const subscription = fc.record(
      {
        state: fc.constantFrom('active' as const, 'paused' as const, 'stopped' as const),
        pausedUntil: millis,
        gone: fc.constantFrom('blocked' as const, 'removed' as const),
        topics: fc.uniqueArray(fc.constantFrom('digest', 'events', 'section:a', 'section:b')),
        zone: fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/Argentina/Buenos_Aires'),
        cadence: fc.constantFrom('instant' as const, 'daily' as const, 'weekly' as const),
        hour,
        weekday: fc.integer({ min: 1, max: 7 }),
        quiet: fc.record({ from: hour, to: hour }),
        tableStyle: fc.constantFrom(...TABLE_STYLES),
        onlyNew: fc.boolean(),
        sound: fc.constantFrom('silent' as const, 'loud' as const),
        nextDigestAt: millis,
      },
      {
        requiredKeys: [
          ...(['state', 'topics', 'zone', 'cadence', 'hour', 'weekday', 'tableStyle'] as const),
          'onlyNew',
        ],
      },
    )
    const where = place('42')
    await fc.assert(
      fc.asyncProperty(subscription, async given => {
        await store.chats.update(where, () => given)
        const kept = (await store.chats.find(where))?.subscription
        expect(kept).toEqual({ ...given, topics: given.topics.toSorted() })
      }),
      { numRuns: 60 },
    )
  })

  test('many changes at once are all kept', async () => {
    const { store, url } = await open()
    const { store: other } = await openTestStore({ url })
    const where = place('42')
    await store.chats.update(where, () => ({ ...WISH, topics: [] }))
    const topics = Array.from({ length: 40 }, (_, index) => `section:${index}`)
    await Promise.all(
      topics.map((topic, index) =>
        (index % 2 === 0 ? store : other).chats.update(where, before => ({
          ...(before ?? WISH),
          topics: [...(before?.topics ?? []), topic],
        })),
      ),
    )
    expect((await store.chats.find(where))?.subscription.topics).toEqual(topics.toSorted())
  })

  test('two who subscribe a chat at once make one of it', async () => {
    const { store, url } = await open()
    const { store: other } = await openTestStore({ url })
    const ids = await Promise.all(
      [store, other, store, other].map(each => each.chats.update(place('42'), () => WISH)),
    )
    expect(new Set(ids.map(chat => chat?.id)).size).toBe(1)
  })

  test('a change that fails changes nothing', async () => {
    const { store } = await open()
    await store.chats.update(place('42'), () => WISH)
    const failing = store.chats.update(place('42'), () => {
      throw new TypeError('no')
    })
    await expect(failing).rejects.toThrow(TypeError)
    expect((await store.chats.find(place('42')))?.subscription).toEqual(WISH)
    // And the store is free for the next.
    await store.chats.update(place('42'), () => ({ ...WISH, hour: 7 }))
    expect((await store.chats.find(place('42')))?.subscription.hour).toBe(7)
  })

  test('a change that comes to nothing writes nothing, and makes no chat', async () => {
    const { store } = await open()
    expect(await store.chats.update(place('42'), () => undefined)).toBeUndefined()
    expect(await store.chats.find(place('42'))).toBeUndefined()
    await store.chats.update(place('42'), () => WISH)
    expect(await store.chats.update(place('42'), () => undefined)).toBeUndefined()
    expect((await store.chats.find(place('42')))?.subscription).toEqual(WISH)
  })

  test('one query tells the table style of a chat and whether it is reachable', async () => {
    const { store } = await open()
    expect(await store.chats.loadAnswerPrefs(place('42'))).toBeUndefined()
    await store.chats.update(place('42'), () => ({ ...WISH, tableStyle: 'cards' }))
    expect(await store.chats.loadAnswerPrefs(place('42'))).toEqual({
      ...{ tableStyle: 'cards', zone: 'Europe/Sarajevo', isGone: false },
    })
    await store.chats.update(place('42'), before => before && { ...before, gone: 'blocked' })
    expect(await store.chats.loadAnswerPrefs(place('42'))).toMatchObject({ isGone: true })
  })

  test('a table style that this release does not know is a grid', async () => {
    const { store, url } = await open()
    await store.chats.update(place('42'), () => ({ ...WISH, tableStyle: 'dark-picture' }))
    await query(url, "update chats set table_style = 'hologram'")
    expect(await store.chats.loadAnswerPrefs(place('42'))).toMatchObject({ tableStyle: 'grid' })
    const kept = await store.chats.find(place('42'))
    expect(kept?.subscription).toMatchObject({ tableStyle: 'grid' })
  })

  test('a move that is told twice at once loses nothing', async () => {
    const { store, url } = await open()
    const { store: other } = await openTestStore({ url })
    for (let group = 1; group <= 20; group++) {
      const [from, to] = [`-${group}`, `-100${group}`]
      await store.chats.update(place(from), () => ({ ...WISH, hour: 7 }))
      await Promise.all([store, other, store].map(each => each.chats.move('telegram', from, to)))
      expect((await store.chats.find(place(to)))?.subscription).toEqual({ ...WISH, hour: 7 })
    }
  })

  test('a group that becomes a supergroup takes its topics along, and keeps who was there first', async () => {
    const { store } = await open()
    const group = { kind: 'group' as const }
    await store.chats.update(place('-55', group), () => WISH)
    await store.chats.update(place('-55/7', { ...group, within: '-55' }), () => WISH)
    await store.chats.update(place('-551', group), () => WISH)
    await store.chats.move('telegram', '-55', '-1009')
    const moved = await store.chats.findWithin(place('-1009'))
    expect(moved.map(chat => chat.place)).toEqual([
      place('-1009', group),
      place('-1009/7', { ...group, within: '-1009' }),
    ])
    expect(await store.chats.find(place('-55'))).toBeUndefined()
    expect(await store.chats.find(place('-551'))).toBeDefined()

    await store.chats.update(place('-66', group), () => ({ ...WISH, hour: 1 }))
    await store.chats.move('telegram', '-66', '-1009')
    expect((await store.chats.find(place('-1009')))?.subscription.hour).toBe(9)
    expect(await store.chats.find(place('-66'))).toBeUndefined()
    await store.chats.move('telegram', '-1', '-2')
  })

  test('everything that is kept about a chat can be had, and forgotten', async () => {
    const { store, url } = await open()
    const where = place('4815162342', { within: '108', kind: 'group' })
    await store.chats.update(where, () => ({ ...WISH, gone: 'blocked', zone: 'Asia/Kathmandu' }))
    expect(await store.chats.export(where)).toMatchObject({
      chat: { platform: 'telegram', address: '4815162342', within: '108', zone: 'Asia/Kathmandu' },
      topics: ['announcements', 'digest'],
      deliveries: [],
    })
    await store.announcements.draft({
      ...{ key: 'send telegram 4815162342/2', act: 'send', by: 'telegram:1', place: where },
      ...{ text: { ...saying(), lost: [] }, options: { topic: 'announcements' } },
    })
    expect(await store.chats.forget(where, 'telegram:1')).toBe(true)
    expect(await store.chats.find(where)).toBeUndefined()
    expect(await query(url, 'select source_key, address, within from announcements')).toEqual([
      { source_key: 'forgotten 1', address: null, within: null },
    ])
    expect(await store.chats.export(where)).toBeUndefined()
    expect(await store.chats.forget(where, 'telegram:1')).toBe(false)
    // The audit keeps who forgot the chat, and no data of the chat.
    expect(await query(url, 'select actor, action, details from audit')).toEqual([
      { actor: 'telegram:1', action: 'forget', details: '{"platform":"telegram"}' },
    ])
    // A chat that returns after `/forget` is a new one, and two forgotten chats do not collide.
    const again = await store.chats.update(where, () => WISH)
    expect(again?.subscription).toEqual(WISH)
    await store.chats.forget(where, 'telegram:1')
    expect(await store.digests.due('telegram', at('2100-01-01T00:00:00Z'), 10)).toEqual([])
  })

  test('deliveries of a forgotten chat stay as a number that leads to no chat', async () => {
    const { store, url } = await open()
    const { id = 0 } = (await store.chats.update(place('42'), () => WISH)) ?? {}
    const { id: other = 0 } = (await store.chats.update(place('43'), () => WISH)) ?? {}
    for (const [number, state] of ['sent', 'pending', 'claimed'].entries()) {
      await query(
        url,
        `insert into broadcasts (dedupe_key, kind, topic, message, audience, priority, state,
           revision, enqueued_to, created_at)
         values ('${number}', 'announcement', 'announcements', '{}', '{}', 3, 'sending', 1, 99, 0)
         returning id`,
      )
      for (const chat of [id, other]) {
        await query(
          url,
          `insert into deliveries (broadcast_id, chat_id, state, attempts, next_at, part,
             revision_sent, message_ids, error, settled_at)
           values (${number + 1}, ${chat}, '${state}', 1, 0, 1, 1, '["m4815"]', 'e4815', null)
           returning 1`,
        )
      }
    }
    expect(await store.chats.export(place('42'))).toMatchObject({
      deliveries: [
        { kind: 'announcement', state: 'sent', message_ids: '["m4815"]', error: 'e4815' },
        { state: 'pending' },
        { state: 'claimed' },
      ],
    })
    await store.chats.forget(place('42'), 'telegram:42')
    const rows = (chat: number) =>
      query(
        url,
        `select state, message_ids, error from deliveries where chat_id = ${chat} order by broadcast_id`,
      )
    // No delivery of a forgotten chat is pending.
    expect(await rows(id)).toEqual(
      ['sent', 'skipped', 'skipped'].map(state => ({ state, message_ids: null, error: null })),
    )
    expect(await rows(other)).toMatchObject([
      { state: 'sent', error: 'e4815' },
      { state: 'pending' },
      { state: 'claimed' },
    ])
    expect(await query(url, `select address, zone, kind from chats where id = ${id}`)).toEqual([
      { address: null, zone: 'UTC', kind: 'forgotten' },
    ])
  })
})
