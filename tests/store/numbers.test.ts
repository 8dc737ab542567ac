import { describe, expect, test } from 'vitest'
import { announcement, saying } from '../delivery/scene.ts'
import { query } from './raw.ts'
import { DIALECTS, emptyDatabase, newDatabase, openTestStore } from './stores.ts'

const place = { platform: 'telegram', address: '42', kind: 'private' as const }
const draft = { by: 'telegram:42', place, options: { topic: 'announcements' } }
const note = { actor: 'telegram:42', action: 'announcement.send' }
const { key: _, ...broadcast } = announcement()

describe.for(DIALECTS)('the numbers of announcements, kept in %s', dialect => {
  test('a draft has the number of the broadcast that it becomes, whatever is posted in between', async () => {
    const { store } = await openTestStore({ url: await newDatabase(dialect) })
    const text = { ...saying(), lost: [] }
    const first = await store.announcements.draft({ ...draft, act: 'send', key: '1', text })
    const digest = await store.broadcasts.create(announcement({ kind: 'digest' }))
    const second = await store.announcements.draft({ ...draft, act: 'send', key: '2', text })
    for (const { id, number, revision } of [second, first]) {
      const confirmed = await store.announcements.confirm(id, revision, { broadcast, note })
      expect(confirmed).toMatchObject({ outcome: 'done', announcement: { broadcastId: number } })
    }
    const correction = await store.announcements.draft({
      ...{ ...draft, act: 'correct', key: '3', text, broadcastId: first.number },
    })
    expect(correction.number).toBe(first.number)
    expect(await store.announcements.numbered(first.number)).toMatchObject({ act: 'correct' })
    const numbers = [first.number, digest.id, second.number, correction.id]
    expect(new Set(numbers).size).toBe(4)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  })

  test('a database of an earlier release keeps its numbers, and its drafts get numbers of their own', async () => {
    const url = await emptyDatabase(dialect)
    const { store: before } = await openTestStore({ url, target: '010 cards' })
    await before.close()
    const insert = async (id: number, act: string, state: string, broadcastId: number | null) => {
      const overriding = dialect === 'postgres' ? 'overriding system value' : ''
      await query(
        url,
        `insert into announcements (id, source_key, act, state, revision, created_by, platform,
          address, kind, text, options, broadcast_id, card_done, created_at, changed_at)
        ${overriding} values (${id}, 'k${id}', '${act}', '${state}', 1, 'telegram:42', 'telegram', '42',
          'private', '${JSON.stringify({ ...saying(), lost: [] })}', '{"topic":"announcements"}',
          ${broadcastId}, 1, 0, 0) returning id`,
      )
    }
    for (let made = 1; made <= 5; made++) {
      await query(
        url,
        `insert into broadcasts (dedupe_key, kind, topic, message, audience, priority, state, revision,
          enqueued_to, created_at) values ('b${made}', 'announcement', 'announcements',
          '${JSON.stringify(saying())}', '{"platforms":["telegram"]}', 30, 'active', 1, 0, 0) returning id`,
      )
    }
    // Draft 1 became broadcast 4; draft 2 is a correction of it; drafts 3 and 4 are open.
    await insert(1, 'send', 'confirmed', 4)
    await insert(2, 'correct', 'draft', 4)
    await insert(3, 'send', 'draft', null)
    await insert(4, 'send', 'draft', null)
    const { store } = await openTestStore({ url })
    const numberOf = async (id: number) => (await store.announcements.find(id))?.number
    expect(await Promise.all([1, 2, 3, 4].map(numberOf))).toEqual([4, 4, 6, 7])
    expect(await store.announcements.numbered(4)).toMatchObject({ id: 2 })
    expect(await store.announcements.numbered(3)).toBeUndefined()
    expect(await store.announcements.confirm(4, 1, { broadcast, note })).toMatchObject({
      announcement: { broadcastId: 7 },
    })
    const next = await store.announcements.draft({
      ...{ ...draft, act: 'send', key: 'new', text: { ...saying(), lost: [] } },
    })
    expect(next).toMatchObject({ id: 8, number: 8 })
    expect((await store.broadcasts.create(announcement())).id).toBe(9)
  })

  test('an undone announcement keeps its number when it is sent again', async () => {
    const { store, now } = await openTestStore({ url: await newDatabase(dialect) }).then(scene => ({
      ...scene,
      now: () => Temporal.Now.instant(),
    }))
    const text = { ...saying(), lost: [] }
    const { id } = await store.announcements.draft({ ...draft, act: 'send', key: '1', text })
    const startsAt = now().add({ hours: 1 })
    const later = { broadcast: { ...broadcast, startsAt }, note }
    await store.announcements.confirm(id, 1, later)
    expect(await store.announcements.undo(id, note)).toMatchObject({ outcome: 'done' })
    expect(await store.announcements.undo(id, note)).toEqual({ outcome: 'already' })
    expect(await store.announcements.confirm(id, 2, later)).toMatchObject({
      outcome: 'done',
      announcement: { broadcastId: id },
    })
    expect(await store.broadcasts.find(id)).toMatchObject({
      ...{ state: 'active', revision: 1, isFinished: false },
    })
    expect(await store.broadcasts.list(9)).toHaveLength(1)
  })
})
