import { describe, expect, test } from 'vitest'
import { restored, withNextDigest } from '../../src/chats/subscription.ts'
import { saying } from '../delivery/scene.ts'
import { query } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { editionOf, event, openSchedule } from './scene.ts'

const JUNE = event('june', '2027-06-01', '2027-06-10')
const daily = { topics: ['digest'], cadence: 'daily' as const }

describe.for(DIALECTS)('digests on %s', dialect => {
  const open = (start: string, more: object = {}) => openSchedule({ dialect, start, ...more })

  test('come at each chat’s own hour: one broadcast for all who get the same', async () => {
    const { subscribe, beat, store, slots } = await open('2027-05-01T00:00:00Z')
    await beat()
    // A Monday, in zones with a difference of 45 minutes and of half a day.
    await subscribe('sarajevo', { topics: ['digest'] })
    await subscribe('also', { topics: ['digest'], tableStyle: 'cards' })
    await subscribe('daily', daily)
    await subscribe('kathmandu', { topics: ['digest'], zone: 'Asia/Kathmandu', hour: 7 })
    await subscribe('auckland', { topics: ['digest'], zone: 'Pacific/Auckland' })
    await subscribe('night', { ...daily, hour: 23, quiet: { from: 22, to: 7 } })
    const seen = []
    for (const time of ['02T20:59', '02T21:00', '03T01:15', '03T04:59', '03T05:00', '03T07:00']) {
      const got = await beat(`2027-05-${time}:00Z`)
      seen.push(...got.map(({ at, chat, key }) => `${at.slice(8, 16)} ${chat} | ${key}`))
    }
    expect(seen.sort()).toEqual([
      '02T21:00 auckland | digest Pacific/Auckland weekly 2027-05-02T21:00:00Z 1-1',
      '03T01:15 kathmandu | digest Asia/Kathmandu weekly 2027-05-03T01:15:00Z 1-1',
      '03T05:00 night | digest Europe/Sarajevo daily 2027-05-03T05:00:00Z 1-1',
      '03T07:00 also | digest Europe/Sarajevo weekly 2027-05-03T07:00:00Z 1-1',
      '03T07:00 daily | digest Europe/Sarajevo daily 2027-05-03T07:00:00Z 1-1',
      '03T07:00 sarajevo | digest Europe/Sarajevo weekly 2027-05-03T07:00:00Z 1-1',
    ])
    // Sunday's digests were fourteen hours late at the next tick: they are recorded as missed.
    expect(await slots()).toEqual([
      { key: 'digest Europe/Sarajevo daily 2027-05-02T05:00:00Z 1-1', outcome: 'missed' },
      { key: 'digest Europe/Sarajevo daily 2027-05-02T07:00:00Z 1-1', outcome: 'missed' },
    ])
    expect(await store.broadcasts.open()).toEqual([])
  })

  test('tell what has changed since this chat’s last one, exercises that are near, and one section in turn', async () => {
    const { subscribe, beat, edit } = await open('2027-05-01T00:00:00Z', {
      events: [JUNE, event('far', '2027-07-01', '2027-07-02')],
    })
    await beat()
    await subscribe('early', { topics: ['digest'] })
    const [first] = await beat('2027-05-03T07:00:00Z')
    expect(first?.text).toBe(
      'Exercise june starts in 29 days · digest of 3 May Exercises in the next 30 days Exercise june , 1–10 June 2027 — ' +
        'in 29 days All From the briefing: Beta The second section. ' +
        'Source: The publisher, as of January 2026.',
    )
    edit(editionOf([JUNE], { 'sections/02-beta.md': undefined }))
    await beat('2027-05-05T00:00:00Z')
    await beat('2027-05-05T00:10:00Z')
    // A chat that subscribes afterwards does not get it.
    await subscribe('late', { topics: ['digest'] })
    const [early, late] = await beat('2027-05-10T07:00:00Z')
    expect(early?.chat).toBe('early')
    expect(early?.text).toMatch(
      /^Exercise far is no longer listed · digest of 10 May Beta Section removed\. Exercises Exercise far : no longer listed Exercises in the next 30 days Exercise june .* From the briefing: Alpha/,
    )
    expect(late?.text).toMatch(
      /^Exercise june starts in 22 days · digest of 10 May Exercises in the next 30 days/,
    )
    const [third] = await beat('2027-05-17T07:00:00Z')
    expect(third?.text).toMatch(
      /^Exercise june starts in 15 days · digest of 17 May Exercises in the next 30 days/,
    )
  })

  test('a chat that was unreachable gets the changes since it was last reached', async () => {
    const { subscribe, beat, edit, store, now } = await open('2027-05-01T00:00:00Z')
    const place = { platform: 'telegram', address: '1', kind: 'private' as const }
    await beat()
    await subscribe('1', { topics: ['digest'] })
    edit(editionOf([], { 'sections/02-beta.md': undefined }))
    await beat('2027-05-02T00:00:00Z')
    await beat('2027-05-02T00:10:00Z')
    await store.chats.update(
      place,
      before => before && withNextDigest({ ...before, gone: 'blocked' }, now()),
    )
    expect(await beat('2027-05-03T07:00:00Z')).toEqual([])
    await store.chats.update(place, before => before && restored(before, now()))
    const [digest] = await beat('2027-05-10T07:00:00Z')
    expect(digest?.text).toMatch(/Beta Section removed\./)
  })

  test('digests without changes or exercises show one section, or are skipped if the chat chose that', async () => {
    const { subscribe, beat, edit, slots } = await open('2027-05-01T00:00:00Z')
    await beat()
    await subscribe('all', { topics: ['digest'] })
    await subscribe('new', { topics: ['digest'], onlyNew: true })
    const got = await beat('2027-05-03T07:00:00Z')
    expect(got.map(({ chat, text }) => [chat, text.slice(0, 52)])).toEqual([
      ['all', 'Beta · digest of 3 May The second section. Source: T'],
    ])
    expect(await slots()).toEqual([
      { key: 'digest Europe/Sarajevo weekly 2027-05-03T07:00:00Z 1-1', outcome: 'silent' },
    ])
    edit(editionOf([], { 'sections/02-beta.md': undefined }))
    await beat('2027-05-05T00:00:00Z')
    await beat('2027-05-05T00:10:00Z')
    expect((await beat('2027-05-10T07:00:00Z')).map(({ chat }) => chat)).toEqual(['all', 'new'])
  })

  test('after an hour of downtime it comes late, after more the newest once or not at all', async () => {
    const scene = await open('2027-05-01T00:00:00Z')
    const { subscribe, beat, restart, wish } = scene
    await beat()
    await subscribe('1', daily)
    restart()
    expect(await beat('2027-05-01T12:59:59Z')).toHaveLength(1)
    restart()
    expect(await beat('2027-05-02T13:00:00Z')).toHaveLength(0)
    expect((await wish('1'))?.nextDigestAt?.toString()).toBe('2027-05-03T07:00:00Z')
    // A month: of thirty the last.
    restart()
    const got = await beat('2027-06-02T08:00:00Z')
    expect(got.map(({ key }) => key)).toEqual([
      'digest Europe/Sarajevo daily 2027-06-02T07:00:00Z 1-1',
    ])
    expect((await wish('1'))?.nextDigestAt?.toString()).toBe('2027-06-03T07:00:00Z')
  })

  test('a clock that is set back an hour sends nothing twice, whatever the chat changes meanwhile', async () => {
    const { subscribe, beat, wish } = await open('2027-05-01T00:00:00Z')
    await beat()
    await subscribe('1', daily)
    expect(await beat('2027-05-01T07:00:30Z')).toHaveLength(1)
    expect(await beat('2027-05-01T06:00:30Z')).toEqual([])
    await subscribe('1', { ...daily, tableStyle: 'cards' })
    expect(await beat('2027-05-01T07:00:30Z')).toEqual([])
    expect((await wish('1'))?.nextDigestAt?.toString()).toBe('2027-05-02T07:00:00Z')
  })

  test('a chat that is paused, or waits for a week, is not replanned as if its clock had been wrong', async () => {
    const { subscribe, beat, wish, restart, now, store } = await open('2027-05-01T08:00:00Z')
    await beat()
    const pausedUntil = now().add({ hours: 55 })
    await subscribe('paused', { ...daily, state: 'paused', pausedUntil, hour: 9 })
    await subscribe('weekly', { topics: ['digest'], weekday: 5 })
    const before = [await wish('paused'), await wish('weekly')].map(each =>
      String(each?.nextDigestAt),
    )
    expect(before).toEqual(['2027-05-04T07:00:00Z', '2027-05-07T07:00:00Z'])
    restart()
    await beat('2027-05-01T08:01:00Z')
    const after = [await wish('paused'), await wish('weekly')].map(each =>
      String(each?.nextDigestAt),
    )
    expect(after).toEqual(before)
    const far = { daily: now(), weekly: now() }
    expect(await store.digests.tooFarAhead('telegram', now(), far, 10)).toHaveLength(1)
  })

  test('when the rules of a zone change, digests move with them', async () => {
    const { subscribe, beat, restart, wish, store, url } = await open('2027-05-01T00:00:00Z')
    await beat()
    await subscribe('1', daily)
    await subscribe('2', { ...daily, hour: 21 })
    // The earlier zone data had no summer time.
    await query(url, 'update chats set next_digest_at = next_digest_at + 3600000 returning id')
    await beat('2027-05-01T01:00:00Z')
    expect((await wish('1'))?.nextDigestAt?.toString()).toBe('2027-05-01T08:00:00Z')
    restart('2027b')
    await beat('2027-05-01T02:00:00Z')
    expect((await wish('1'))?.nextDigestAt?.toString()).toBe('2027-05-01T07:00:00Z')
    expect((await wish('2'))?.nextDigestAt?.toString()).toBe('2027-05-01T19:00:00Z')
    expect(await beat('2027-05-01T07:00:00Z')).toHaveLength(1)
    // The other way round: what has come by the old rules does not come again by the new.
    await query(url, 'update chats set next_digest_at = next_digest_at - 3600000 returning id')
    restart('2027c')
    await beat('2027-05-01T07:30:00Z')
    expect((await wish('1'))?.nextDigestAt?.toString()).toBe('2027-05-02T07:00:00Z')
    expect(await store.slots.recall('zone data')).toBe('2027c')
  })

  test('after a process dies between two batches, the next one does the rest, and the broadcast ends', async () => {
    const { subscribe, beat, restart, store, now, set, deliver, got } =
      await open('2027-05-01T00:00:00Z')
    await beat()
    for (const address of ['1', '2', '3', '4', '5']) await subscribe(address, daily)
    set('2027-05-01T07:00:00Z')
    const due = await store.digests.due('telegram', now(), 2)
    const { id } = await store.broadcasts.create({
      key: 'digest Europe/Sarajevo daily 2027-05-01T07:00:00Z 1-1',
      kind: 'digest',
      audience: { topic: 'digest', platforms: ['telegram', 'discord'] },
      message: saying(),
      slotAt: now(),
    })
    const digested = { day: '2027-05-01' }
    const slot = { broadcast: id, digested, slotAt: now(), nextAt: now().add({ hours: 24 }) }
    await store.digests.enqueue(
      'telegram',
      due.map(({ id, dueAt }) => ({ id, dueAt, ...slot })),
    )
    await deliver()
    expect(got.map(({ chat }) => chat)).toEqual(['1', '2'])
    expect(await store.broadcasts.find(id)).toMatchObject({ isFinished: false })
    restart()
    expect((await beat('2027-05-01T07:05:00Z')).map(({ chat }) => chat)).toEqual(['3', '4', '5'])
    expect(await store.broadcasts.find(id)).toMatchObject({ isFinished: true })
  })

  test('editions are kept for as long as a chat has to be told the difference', async () => {
    const { subscribe, beat, edit, restart, url } = await open('2027-05-01T00:00:00Z')
    const kept = async () =>
      ((await query(url, 'select id from editions order by id')) as { id: number }[]).map(
        ({ id }) => Number(id),
      )
    await beat()
    await subscribe('1', { topics: ['digest'] })
    await beat('2027-05-03T07:00:00Z')
    for (const day of [4, 5, 6]) {
      edit(editionOf([event(`e${day}`, '2027-06-01', '2027-06-02')]))
      await beat(`2027-05-0${day}T10:00:00Z`)
      await beat(`2027-05-0${day}T10:10:00Z`)
    }
    restart()
    await beat('2027-05-07T00:00:00Z')
    expect(await kept()).toEqual([1, 4])
    await beat('2027-05-10T07:00:00Z')
    restart()
    await beat('2027-05-10T08:00:00Z')
    expect(await kept()).toEqual([4])
  })

  test('an edition that a digest on its way makes known is kept', async () => {
    const { subscribe, beat, edit, restart, set, tick, deliver, got } =
      await open('2027-05-01T00:00:00Z')
    await beat()
    await subscribe('1', daily)
    edit(editionOf([event('a', '2027-06-01', '2027-06-02')]))
    await beat('2027-05-01T01:00:00Z')
    await beat('2027-05-01T01:10:00Z')
    // The digest is due, and a flood wait delays it.
    set('2027-05-01T07:00:00Z')
    await tick()
    edit(
      editionOf([event('a', '2027-06-01', '2027-06-02'), event('b', '2027-06-03', '2027-06-04')]),
    )
    for (const time of ['07:01', '07:11', '07:12']) {
      set(`2027-05-01T${time}:00Z`)
      restart()
      await tick()
    }
    await deliver()
    expect(got.at(-1)?.text).toMatch('Exercise a : new')
    const [next] = await beat('2027-05-02T07:00:00Z')
    expect(next?.text).toMatch('Exercise b : new')
    expect(next?.text).not.toMatch('Exercise a : new')
  })

  test('stopped in the midst of them it ends at once, and the next process does the rest', async () => {
    const { subscribe, beat, set, stop, restart, tick, deliver, got } =
      await open('2027-05-01T00:00:00Z')
    await beat()
    for (let hour = 0; hour < 8; hour++) await subscribe(String(hour), { ...daily, hour })
    set('2027-05-01T06:00:00Z')
    const running = tick()
    stop()
    await running
    await deliver()
    const before = got.length
    restart()
    await beat()
    expect(before).toBeLessThan(5)
    expect(new Set(got.map(({ chat }) => chat)).size).toBe(got.length)
    expect(got.length).toBe(5)
  })

  test('while many different digests are due, requests are answered', async () => {
    const { subscribe, beat } = await open('2027-05-01T00:00:00Z')
    await beat()
    for (let index = 0; index < 60; index++) {
      const quiet = { from: index % 6, to: 8 + (index % 2) }
      await subscribe(String(index), { ...daily, hour: 9 + (index % 5), quiet })
    }
    let turns = 0
    let isOver = false
    const count = () => {
      turns += 1
      if (!isOver) setImmediate(count)
    }
    count()
    await beat('2027-05-01T11:00:00Z')
    isOver = true
    // One for each of the 20 that there are, and more.
    expect(turns).toBeGreaterThan(20)
  })
})
