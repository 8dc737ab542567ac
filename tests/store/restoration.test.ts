import { describe, expect, test } from 'vitest'
import { skipDueDigests } from '../../src/schedule/skip-due-digests.ts'
import { announcement, saying } from '../delivery/scene.ts'
import { editionOf, event, openSchedule } from '../schedule/scene.ts'
import { query } from './raw.ts'
import { DIALECTS } from './stores.ts'

const JUNE = event('june', '2027-06-01', '2027-06-01')
const TOPICS = { topics: ['digest', 'events', 'announcements'] }

/** A bot with two subscribers, one day before an event, and the restore of its database. */
async function openScene(dialect: (typeof DIALECTS)[number]) {
  const scene = await openSchedule({
    ...{ dialect, start: '2027-05-30T08:00:00Z', events: [JUNE], moments: [1, 'start'] },
  })
  const { store, url, clock, beat, subscribe } = scene
  await beat()
  await subscribe('daily', { ...TOPICS, cadence: 'daily' })
  await subscribe('weekly', TOPICS)
  const audience = { topic: 'announcements', platforms: ['telegram'] }
  return {
    ...scene,
    announce: async (more: object = {}) =>
      (await store.broadcasts.create(announcement({ audience, ...more }))).id,
    /** Restores the database as it is now, after a time in which the bot went on with the lost one. */
    async restore(at: string) {
      scene.set(at)
      const settled = await store.restoration.settle('operator')
      const digests = await skipDueDigests(store, clock.now())
      scene.restart()
      return { ...settled, digests }
    },
    stateOf: (id: number) =>
      query(url, `select state, note, revision from broadcasts where id = ${id}`),
    rowsOf: (id: number) =>
      query(url, `select state, error from deliveries where broadcast_id = ${id} order by chat_id`),
  }
}

describe.for(DIALECTS)('a restored database on %s', dialect => {
  test('sends no digest and no reminder that was due before, and those that come later', async () => {
    const { beat, restore } = await openScene(dialect)
    // The lost database has sent them at 07:00: two digests, and the reminder of the day before.
    expect(await restore('2027-05-31T12:00:00Z')).toEqual({
      ...{ stopped: 0, uncertain: 0, paused: [], digests: 2 },
    })
    expect(await beat('2027-05-31T12:00:00Z')).toEqual([])
    expect(await beat('2027-06-01T06:59:00Z')).toEqual([])
    const got = (await beat('2027-06-01T07:00:00Z')).map(({ chat, key }) => `${chat} ${key}`)
    expect(got.sort()).toEqual([
      'daily digest Europe/Sarajevo daily 2027-06-01T07:00:00Z 1-1',
      'daily reminder june 2027-06-01 2027-06-01 start Europe/Sarajevo',
      'weekly reminder june 2027-06-01 2027-06-01 start Europe/Sarajevo',
    ])
  })

  test('sends nothing of posts that had begun, and pauses those for later', async () => {
    const { store, beat, deliver, announce, restore, stateOf, rowsOf } = await openScene(dialect)
    const sent = await announce()
    await deliver()
    await store.broadcasts.revise(sent, saying('Corrected.'))
    const half = await announce()
    await store.fanOut.enqueue(half, 1)
    const untouched = await announce()
    const paused = await announce()
    await store.broadcasts.pause(paused)
    const later = await announce({ startsAt: Temporal.Instant.from('2027-05-31T20:00:00Z') })
    expect(await restore('2027-05-30T12:00:00Z')).toEqual({
      ...{ stopped: 4, uncertain: 1, paused: [later], digests: 0 },
    })
    expect(await beat('2027-05-30T12:00:00Z')).toEqual([])
    expect(await rowsOf(half)).toEqual([{ state: 'uncertain', error: 'restored' }])
    for (const id of [sent, half, untouched, paused]) {
      expect(await stateOf(id)).toMatchObject([{ state: 'cancelled', note: null }])
    }
    const gone = await beat('2027-05-31T20:00:00Z')
    expect(gone.filter(({ key }) => key.startsWith('test'))).toEqual([])
    expect(await stateOf(later)).toMatchObject([{ state: 'paused', note: 'restored' }])
    await store.broadcasts.resume(later)
    const resumed = (await beat()).map(({ chat, text }) => `${chat}: ${text}`)
    expect(resumed).toEqual(['daily: Hello.', 'weekly: Hello.'])
    // What has arrived can be corrected and retracted still.
    await store.broadcasts.retract(sent, saying('Retracted.'))
    expect((await beat()).map(({ text }) => text)).toEqual(['Retracted.', 'Retracted.'])
  })

  test('goes on with a retraction, because a deletion can be repeated', async () => {
    const { store, deliver, announce, beat, restore } = await openScene(dialect)
    const sent = await announce()
    await deliver()
    await store.broadcasts.retract(sent, saying('Retracted.'))
    expect(await restore('2027-05-30T12:00:00Z')).toMatchObject({ stopped: 0, uncertain: 0 })
    expect((await beat()).map(({ chat, text }) => `${chat}: ${text}`)).toEqual([
      'daily: Retracted.',
      'weekly: Retracted.',
    ])
  })

  test('holds the edits of its first hour, and publishes later ones as usual', async () => {
    const { edit, beat, decide, seen, restore, news } = await openScene(dialect)
    const moved = event('june', '2027-06-08', '2027-06-08')
    await restore('2027-05-30T12:00:00Z')
    edit(editionOf([moved]))
    await beat('2027-05-30T12:00:00Z')
    expect(await beat('2027-05-30T12:10:00Z')).toEqual([])
    const { msg } = await seen('news.held')
    expect(msg).toContain('because a backup was restored, and subscribers may know')
    // A further edit is held as well, however late.
    edit(editionOf([moved, event('july', '2027-07-01', '2027-07-01')]))
    await beat('2027-05-30T15:00:00Z')
    expect(await beat('2027-05-30T15:10:00Z')).toEqual([])
    expect(await news.pending()).toMatchObject({ needsApproval: true })
    expect(await decide('drop')).toBe(true)
    await beat('2027-05-30T15:11:00Z')
    edit(editionOf([moved, event('july', '2027-07-02', '2027-07-02')]))
    await beat('2027-05-30T16:00:00Z')
    expect((await beat('2027-05-30T16:10:00Z')).map(({ chat }) => chat).sort()).toEqual([
      'daily',
      'weekly',
    ])
  })

  test('is free for a bot at once, and gives out no number and no key again', async () => {
    const { store, announce, restore } = await openScene(dialect)
    const last = await announce()
    const installation = await store.deliveries.installation()
    await restore('2027-05-30T12:00:00Z')
    expect(await store.lease.isTaken('active')).toBe(false)
    expect(await store.deliveries.installation()).not.toBe(installation)
    expect(await announce()).toBeGreaterThan(last + 10_000)
    const [entry] = await store.audit.acts(1)
    expect(entry).toMatchObject({ actor: 'operator', action: 'database.restore' })
  })
})
