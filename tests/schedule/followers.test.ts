import { describe, expect, test } from 'vitest'
import { query } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { editionOf, event, type Got, openSchedule } from './scene.ts'

const JUNE = event('june', '2027-06-10', '2027-06-12')
const JULY = event('july', '2027-07-01', '2027-07-02')

/** The chats that got a post, each with the beginning of its text. */
const told = (got: readonly Got[]) =>
  got.map(({ chat, text }) => `${chat}: ${text.slice(0, 27)}`).sort()

describe.for(DIALECTS)('chats that follow or mute one event on %s', dialect => {
  /** A schedule with chats that follow all events, one of them, or both, and one that muted June. */
  async function openFollowed() {
    const scene = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z', events: [JUNE, JULY], moments: [1] },
    })
    await scene.beat()
    const { subscribe } = scene
    await subscribe('all', { topics: ['events'] })
    await subscribe('june', { topics: [], followed: ['june'] })
    await subscribe('both', { topics: ['events'], followed: ['june'] })
    await subscribe('not june', { topics: ['events'], muted: ['june'] })
    await subscribe('july', { topics: [], followed: ['july'] })
    return scene
  }

  test('get one reminder of what they want, and none of the rest', async () => {
    const { beat, slots } = await openFollowed()
    expect(told(await beat('2027-06-09T07:00:00Z'))).toEqual([
      'all: Exercise june starts tomorr',
      'both: Exercise june starts tomorr',
      'june: Exercise june starts tomorr',
    ])
    expect(await beat('2027-06-09T07:01:00Z')).toEqual([])
    expect(await slots()).toHaveLength(1)
    expect(told(await beat('2027-06-30T07:00:00Z'))).toEqual([
      'all: Exercise july starts tomorr',
      'both: Exercise july starts tomorr',
      'july: Exercise july starts tomorr',
      'not june: Exercise july starts tomorr',
    ])
  })

  test('a reminder in large audiences is enqueued in batches, to each chat once', async () => {
    const { subscribe, tick, store, set, url } = await openFollowed()
    for (let index = 0; index < 12; index++) {
      const topics = index % 3 === 0 ? [] : ['events']
      const zone = index % 2 === 0 ? 'Europe/Sarajevo' : 'Europe/London'
      const more = index % 4 === 0 ? { muted: ['june'] } : { followed: ['june'] }
      await subscribe(`chat ${index}`, { topics, zone, ...more })
    }
    set('2027-06-09T08:00:00Z')
    await tick()
    for (const { id } of await store.broadcasts.open()) {
      while (!(await store.fanOut.enqueue(id, 2)).isDone);
    }
    const rows = await query(
      url,
      `select address from deliveries join chats on chats.id = chat_id order by chats.id`,
    )
    expect(rows).toEqual(
      ['all', 'june', 'both', ...[1, 2, 3, 5, 6, 7, 9, 10, 11].map(each => `chat ${each}`)].map(
        address => ({ address }),
      ),
    )
  })

  test('a chat that mutes an event gets no reminder that is enqueued already', async () => {
    const { subscribe, tick, store, set, deliver, got } = await openFollowed()
    set('2027-06-09T07:00:00Z')
    await tick()
    for (const { id } of await store.broadcasts.open()) await store.fanOut.enqueue(id, 100)
    await subscribe('all', { topics: ['events'], muted: ['june'] })
    await deliver()
    expect(got.map(({ chat }) => chat).sort()).toEqual(['both', 'june'])
  })

  test('get the update of what they want once, and their reminder is corrected', async () => {
    const { beat, edit, got } = await openFollowed()
    await beat('2027-06-09T07:00:00Z')
    const moved = { ...JUNE, start: '2027-06-20', end: '2027-06-22' }
    edit(editionOf([moved, JULY]))
    await beat('2027-06-09T08:00:00Z')
    got.length = 0
    await beat('2027-06-09T08:10:00Z')
    const [updates, corrected] = ['news', 'reminder'].map(kind =>
      told(got.filter(({ key }) => key.startsWith(kind))),
    )
    expect(updates).toEqual(
      ['all', 'both', 'june'].map(chat => `${chat}: Exercise june moved to 20–2`),
    )
    expect(corrected).toEqual(updates)
  })

  test('of several changes the followers of one event get that one alone', async () => {
    const { beat, edit, subscribe, got } = await openFollowed()
    await subscribe('instant', { topics: ['digest'], cadence: 'instant', followed: ['june'] })
    edit(editionOf([JUNE, JULY].map(each => ({ ...each, status: 'cancelled' as const }))))
    await beat('2027-05-02T08:00:00Z')
    got.length = 0
    await beat('2027-05-02T08:10:00Z')
    expect(told(got)).toEqual([
      'all: Exercise june cancelled, an',
      'both: Exercise june cancelled, an',
      'instant: Exercise june cancelled, an',
      'july: Exercise july cancelled Can',
      'june: Exercise june cancelled Can',
      'not june: Exercise june cancelled, an',
    ])
  })

  test('a chat that changes its zone gets the missed reminder of its event', async () => {
    const { beat, subscribe } = await openFollowed()
    await beat('2027-06-09T08:00:00Z')
    await subscribe('west', { topics: [], followed: ['june'], zone: 'America/New_York' })
    await beat('2027-06-09T09:00:00Z')
    await subscribe('west', { topics: [], followed: ['june'], zone: 'Europe/Sarajevo' })
    expect(told(await beat('2027-06-09T09:01:00Z'))).toEqual(['west: Exercise june starts tomorr'])
    await subscribe('june', { topics: [], followed: ['june'], zone: 'America/New_York' })
    expect(await beat('2027-06-09T13:00:00Z')).toEqual([])
  })

  test('lose the topic of an event thirty days after its end', async () => {
    const { beat, wish, edit } = await openFollowed()
    await beat('2027-07-12T00:00:00Z')
    expect([(await wish('june'))?.followed, (await wish('not june'))?.muted]).toEqual([
      ['june'],
      ['june'],
    ])
    await beat('2027-07-13T00:00:00Z')
    expect(await wish('june')).not.toHaveProperty('followed')
    expect(await wish('not june')).toMatchObject({ topics: ['events'] })
    expect(await wish('not june')).not.toHaveProperty('muted')
    expect(await wish('july')).toMatchObject({ followed: ['july'] })
    // A postponed event waits for new dates.
    edit(editionOf([JUNE, { ...JULY, status: 'postponed' }]))
    await beat('2027-07-13T02:00:00Z')
    await beat('2027-07-13T03:00:00Z')
    await beat('2027-09-01T00:00:00Z')
    expect(await wish('july')).toMatchObject({ followed: ['july'] })
  })

  test('keep the topic of an event that is missing from the edition for thirty days', async () => {
    const { beat, wish, edit } = await openFollowed()
    const without = async (events: (typeof JUNE)[], at: string) => {
      edit(editionOf(events))
      await beat(Temporal.Instant.from(at).subtract({ hours: 2 }))
      await beat(at)
    }
    await without([JULY], '2027-05-02T00:00:00Z')
    await without([JUNE, JULY], '2027-05-31T00:00:00Z')
    await without([JULY], '2027-06-01T00:00:00Z')
    expect(await wish('june')).toMatchObject({ followed: ['june'] })
    await beat('2027-06-30T23:00:00Z')
    expect(await wish('june')).toMatchObject({ followed: ['june'] })
    await beat('2027-07-01T01:00:00Z')
    expect(await wish('june')).not.toHaveProperty('followed')
  })

  test('get their reminder beyond the twenty of a day that calendars may post to all', async () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      event(`e${index + 10}`, '2027-06-10', '2027-06-12', { feed: 'f' }),
    )
    const scene = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z', moments: [1] },
      events: [...many, event('own', '2027-06-10', '2027-06-12')],
    })
    await scene.beat()
    await scene.subscribe('all', { topics: ['events'] })
    await scene.subscribe('last', { topics: [], followed: ['e39'] })
    const got = await scene.beat('2027-06-09T07:00:00Z')
    expect(got.filter(({ chat }) => chat === 'all')).toHaveLength(21)
    expect(told(got.filter(({ chat }) => chat === 'last'))).toEqual([
      'last: Exercise e39 starts tomorro',
    ])
    expect(got.filter(({ text }) => text.includes('own'))).toHaveLength(1)
    // Reminders that no chat would get are not written as posts.
    const [{ posts }] = (await query(scene.url, 'select count(*) as posts from broadcasts')) as [
      { posts: number | string },
    ]
    expect(Number(posts)).toBe(22)
    scene.restart()
    expect(await scene.beat('2027-06-09T08:00:00Z')).toEqual([])
  })
})
