import { expect, test } from 'vitest'
import { announcement, saying } from '../delivery/scene.ts'
import { query } from './raw.ts'
import { DIALECTS, newDatabase, openTestStore } from './stores.ts'

const place = { platform: 'telegram', address: '42', kind: 'private' as const }
const note = { actor: 'telegram:42', action: 'announcement.correct' }

const CHANGES: [string, string, 'gone' | 'changed'][] = [
  ['retracted', 'retracted = 1', 'gone'],
  ['undone', "state = 'cancelled', starts_at = 1", 'gone'],
  ['corrected', 'retracted = 0', 'changed'],
  ['stopped and corrected', "state = 'cancelled', starts_at = 1, enqueued = 1", 'changed'],
]

// A retraction leaves out the row of a correction that is confirmed at the same moment.
test.for(DIALECTS.flatMap(dialect => CHANGES.map(each => [dialect, ...each] as const)))(
  'in %s, confirming a correction of an announcement that was %s meanwhile',
  async ([dialect, , set, outcome]) => {
    const url = await newDatabase(dialect)
    const { store } = await openTestStore({ url })
    const { id: broadcastId } = await store.broadcasts.create(announcement())
    const { id } = await store.announcements.draft({
      ...{ key: '1', act: 'correct', by: 'telegram:42', place, options: { topic: '' } },
      ...{ text: { ...saying('Other.'), lost: [] }, broadcastId },
    })
    await query(url, `update broadcasts set revision = 2, ${set} where id = ${broadcastId}`)
    const renewal = { message: saying('Other.'), isRetracted: false, after: 1 }
    expect(await store.announcements.confirm(id, 1, { renewal, note })).toEqual({ outcome })
    expect(await store.announcements.find(id)).toMatchObject({
      state: outcome === 'gone' ? 'discarded' : 'draft',
    })
    expect(await store.broadcasts.find(broadcastId)).toMatchObject({ revision: 2 })
  },
)
