import { describe, expect, test } from 'vitest'
import { refuse } from '../platforms/discord/server.ts'
import { manualClock } from '../platforms/pauses.ts'
import { hang, refuse as telegramRefuse } from '../platforms/telegram/server.ts'
import { fill, query } from '../store/raw.ts'
import { DIALECTS, WISH } from '../store/stores.ts'
import { announcement, longMessage, openScene, saying, until } from './scene.ts'

describe.for(DIALECTS)('a broadcast on %s', dialect => {
  test('reaches every subscriber on both platforms once, and the ledger has each message', async () => {
    const { store, url, telegram, discord, begin, finished, rows } = await openScene({ dialect })
    await fill(url, 'telegram', 70)
    await fill(url, 'discord', 50)
    const { id } = await store.broadcasts.create(announcement())
    await begin()
    await finished(id)
    const ledger = await rows(id)
    expect(ledger).toHaveLength(120)
    for (const row of ledger) {
      const { taken } = row.platform === 'telegram' ? telegram : discord
      const held = [...(taken.get(row.address)?.keys() ?? [])].map(String)
      expect(held).toHaveLength(1)
      expect(row).toMatchObject({
        state: 'sent',
        revision_sent: 1,
        part: 1,
        repeated: 0,
        error: null,
      })
      expect(JSON.parse(row.message_ids ?? '')).toEqual(held)
    }
    expect(await store.broadcasts.progress(id)).toMatchObject({ sent: 120, pending: 0, claimed: 0 })
  })

  test('a message in several parts arrives in order, and is corrected in place', async () => {
    const { store, url, telegram, begin, finished, rows } = await openScene({ dialect })
    await fill(url, 'telegram', 3)
    const long = longMessage(5)
    const { id } = await store.broadcasts.create(announcement({ message: long }))
    const { delivery } = await begin()
    await finished(id)
    const texts = (chat: string) => [...(telegram.taken.get(chat)?.values() ?? [])]
    const before = texts('1000001')
    expect(before.length).toBeGreaterThan(2)
    expect(before.map(text => text?.match(/(\d)\/\d<\/i>$/)?.[1])).toEqual(
      before.map((_, index) => String(index + 1)),
    )
    // Fewer parts: the surplus is deleted, the first is what it shall be.
    await store.broadcasts.revise(id, saying('Short.'))
    delivery.wake()
    await finished(id)
    expect(texts('1000001')).toEqual(['Short.', ...before.slice(1).map(() => null)])
    expect((await rows(id))[0]).toMatchObject({ state: 'sent', revision_sent: 2 })
    // More parts: the others follow as answers to the first.
    await store.broadcasts.revise(id, long)
    delivery.wake()
    await finished(id)
    expect(texts('1000001').filter(text => text !== null)).toEqual(before)
    const first = [...(telegram.taken.get('1000001')?.keys() ?? [])][0]
    const last = telegram.calls.findLast(
      ({ method, body }) => method === 'sendMessage' && body.chat_id === '1000001',
    )
    expect(last?.body.reply_parameters.message_id).toBe(first)
    // After the retraction, no message is left.
    await store.broadcasts.retract(id, saying('Withdrawn.'))
    delivery.wake()
    await finished(id)
    expect(texts('1000001').every(text => text === null)).toBe(true)
    expect((await rows(id))[0]).toMatchObject({ state: 'sent', revision_sent: 4 })
  })

  test('waits while it is paused, resumes, and once cancelled reaches no further chat', async () => {
    const scene = await openScene({ dialect, rate: 50 })
    const { store, url, telegram, begin, finished, rows, sends } = scene
    await fill(url, 'telegram', 60)
    const { id } = await store.broadcasts.create(announcement())
    const { delivery } = await begin()
    await until(() => sends() >= 10)
    expect(await store.broadcasts.pause(id)).toBe(true)
    delivery.wake()
    await until(async () => (await rows(id)).every(({ state }) => state !== 'claimed'))
    const paused = telegram.taken.size
    expect(paused).toBeLessThan(50)
    expect((await store.broadcasts.find(id))?.isFinished).toBe(false)
    expect(await store.broadcasts.pause(id)).toBe(false)
    expect(await store.broadcasts.resume(id)).toBe(true)
    delivery.wake()
    await until(() => telegram.taken.size > paused)
    expect(await store.broadcasts.cancel(id)).toBe(true)
    delivery.wake()
    await finished(id)
    const ledger = await rows(id)
    const sent = ledger.filter(({ state }) => state === 'sent')
    expect(sent).toHaveLength(telegram.taken.size)
    expect(sent.length).toBeLessThan(60)
    expect(ledger.filter(({ state }) => state === 'skipped')).toHaveLength(60 - sent.length)
    expect(ledger.every(({ error }) => error === null || error === 'cancelled')).toBe(true)
    // Messages that arrived are corrected, and no other chat gets one.
    await store.broadcasts.revise(id, saying('Corrected.'))
    delivery.wake()
    await finished(id)
    const texts = [...telegram.taken.values()].flatMap(shown => [...shown.values()])
    expect(texts).toEqual(sent.map(() => 'Corrected.'))
  })

  test('the more urgent of two broadcasts goes first, whichever came first', async () => {
    const { store, url, telegram, begin, finished } = await openScene({ dialect })
    await fill(url, 'telegram', 5)
    const digest = await store.broadcasts.create(
      announcement({ kind: 'digest', message: saying('Digest.') }),
    )
    const news = await store.broadcasts.create(announcement({ message: saying('News.') }))
    expect((await store.broadcasts.open()).map(({ id }) => id)).toEqual([news.id, digest.id])
    // Both have their rows before anything is sent.
    for (const { id } of [digest, news]) await store.fanOut.enqueue(id, 100)
    await begin()
    await finished(digest.id)
    await finished(news.id)
    const sent = telegram.calls.filter(({ method }) => method === 'sendMessage')
    expect(sent.map(({ body }) => body.text)).toEqual([
      ...Array.from({ length: 5 }, () => 'News.'),
      ...Array.from({ length: 5 }, () => 'Digest.'),
    ])
  })

  test('waits for the end of quiet hours, unless it is urgent, and is left where it is not wanted', async () => {
    const clock = manualClock('2026-11-23T02:30:00Z')
    const { store, telegram, begin, rows } = await openScene({ dialect, clock })
    const place = (address: string) => ({ platform: 'telegram', address, kind: 'private' }) as const
    const quiet = { ...WISH, zone: 'Asia/Kathmandu', quiet: { from: 22, to: 9 } }
    await store.chats.update(place('1'), () => quiet)
    await store.chats.update(place('2'), () => WISH)
    await store.chats.update(place('3'), () => WISH)
    const { id } = await store.broadcasts.create(announcement())
    const urgent = await store.broadcasts.create(
      announcement({ urgent: true, message: saying('Now!') }),
    )
    await store.fanOut.enqueue(id, 100)
    // Stops between its row and its message.
    await store.chats.update(place('3'), before => before && { ...before, state: 'stopped' })
    await begin()
    const texts = (chat: string) => [...(telegram.taken.get(chat)?.values() ?? [])]
    await until(() => texts('2').length === 2 && texts('1').length === 1, clock)
    expect(texts('1')).toEqual(['Now!'])
    await until(async () => (await rows(id))[2]?.state === 'skipped', clock)
    expect((await rows(id))[2]).toMatchObject({ error: 'unwanted' })
    expect(await rows(urgent.id)).toHaveLength(2)
    // In Kathmandu, 5:45 ahead, it is 8:15; at nine the quiet hours are over.
    await clock.advance({ minutes: 40 })
    expect(texts('1')).toEqual(['Now!'])
    await clock.advance({ minutes: 6 })
    await until(() => texts('1').length === 2, clock)
    expect(texts('3')).toEqual([])
  })

  test('a delivery that is too late, or that must not be repeated, ends with that outcome', async () => {
    const clock = manualClock('2026-11-23T12:00:00Z')
    const { store, url, telegram, begin, rows } = await openScene({
      dialect,
      clock,
      timeoutMs: 200,
    })
    await fill(url, 'telegram', 2)
    const late = await store.broadcasts.create(
      announcement({ expiresAt: Temporal.Instant.from('2026-11-23T11:00:00Z') }),
    )
    const once = await store.broadcasts.create(
      announcement({ repeats: false, message: saying('Once.') }),
    )
    telegram.weather = ({ method, body }) =>
      method === 'sendMessage' && body.chat_id === '1000001'
        ? { fault: hang, taken: true }
        : undefined
    await begin()
    await until(async () => (await store.broadcasts.find(late.id))?.isFinished === true, clock)
    expect(await rows(late.id)).toMatchObject([
      { state: 'skipped', error: 'expired' },
      { state: 'skipped', error: 'expired' },
    ])
    await until(async () => (await store.broadcasts.find(once.id))?.isFinished === true, clock)
    expect(await rows(once.id)).toMatchObject([
      { state: 'sent', repeated: 0 },
      { state: 'uncertain', repeated: 0 },
    ])
    expect(telegram.taken.get('1000001')?.size).toBe(1)
  })

  test('passes an announcement on from Discord’s channels for them, where that is wanted', async () => {
    const { store, url, discord, begin, finished, rows } = await openScene({ dialect })
    await fill(url, 'discord', 3)
    const [first, second] = [1_100_000_000_000_000_000n, 1_100_000_000_000_000_001n].map(String)
    // No such channel; and one that has been published from too often this hour.
    discord.meet(new RegExp(`channels/${first}/messages/.*/crosspost`), refuse(400, 50024))
    discord.meet(
      new RegExp(`channels/${second}/messages/.*/crosspost`),
      refuse(429, 0, { 'retry-after': '0.05' }),
    )
    const { id } = await store.broadcasts.create(announcement({ publish: true }))
    await begin()
    await finished(id)
    expect(await rows(id)).toMatchObject([
      { state: 'sent', error: null },
      { state: 'sent', error: null },
      { state: 'sent', error: null },
    ])
    expect(discord.crossposted.size).toBe(2)
  })

  test('a finished broadcast is erased once it is old', async () => {
    const clock = manualClock('2026-11-23T12:00:00Z')
    const { store, url, begin, rows } = await openScene({ dialect, clock })
    await fill(url, 'telegram', 3)
    const { id } = await store.broadcasts.create(announcement())
    const { delivery } = await begin()
    await until(async () => (await store.broadcasts.find(id))?.isFinished === true, clock)
    await clock.advance({ hours: 89 * 24 })
    delivery.wake()
    await clock.advance({ seconds: 2 })
    expect(await rows(id)).toHaveLength(3)
    await clock.advance({ hours: 25 })
    await until(async () => (await store.broadcasts.find(id)) === undefined, clock)
    expect(await rows(id)).toEqual([])
  })

  test('over half of fifty chats answer "gone": the broadcast is paused, and none of them counts as gone', async () => {
    const { store, url, telegram, begin, finished, rows, seen } = await openScene({ dialect })
    await fill(url, 'telegram', 80)
    let isRefused = true
    telegram.weather = ({ method }) =>
      method === 'sendMessage' && isRefused
        ? { fault: telegramRefuse(403, 'Forbidden: bot was kicked from the group chat') }
        : undefined
    const { id } = await store.broadcasts.create(announcement())
    const { delivery } = await begin()
    expect(await seen('delivery.tripped')).toMatchObject({ why: 'gone', platform: 'telegram' })
    await until(async () => (await rows(id)).every(({ state }) => state === 'pending'))
    expect(await query(url, 'select id from chats where gone is not null')).toEqual([])
    expect(await store.broadcasts.find(id)).toMatchObject({ state: 'paused', note: 'gone' })
    isRefused = false
    await store.broadcasts.resume(id)
    delivery.wake()
    await finished(id)
    expect(telegram.taken.size).toBe(80)
  })

  test('a message that is refused again and again pauses the broadcast, and waiting chats stay pending', async () => {
    const { store, url, telegram, begin, rows, seen } = await openScene({ dialect })
    await fill(url, 'telegram', 40)
    telegram.weather = ({ method }) =>
      method === 'sendMessage'
        ? { fault: telegramRefuse(400, 'Bad Request: message text is empty') }
        : undefined
    const { id } = await store.broadcasts.create(announcement())
    await begin()
    expect(await seen('delivery.tripped')).toMatchObject({ why: 'rejected' })
    await until(async () => (await rows(id)).every(({ state }) => state !== 'claimed'))
    const failed = (await rows(id)).filter(({ state }) => state === 'failed')
    expect(failed.length).toBeLessThanOrEqual(32)
    expect((await rows(id)).filter(({ state }) => state === 'pending')).toHaveLength(
      40 - failed.length,
    )
  })
})
