import { describe, expect, test } from 'vitest'
import { applyAction } from '../../src/announcements/actions.ts'
import { announcement, saying } from '../delivery/scene.ts'
import { query } from '../store/raw.ts'
import { DIALECTS, type Dialect, newDatabase, openTestStore } from '../store/stores.ts'

async function open(dialect: Dialect) {
  const url = await newDatabase(dialect)
  const { store } = await openTestStore({ url })
  const { id } = await store.broadcasts.create(announcement())
  const entries = async () => (await store.audit.list(9)).map(({ at: _, id: __, ...rest }) => rest)
  return { url, store, id, entries }
}

describe.for(DIALECTS)('an action on a post on %s', dialect => {
  test('is done once, and recorded once in the name of its actor', async () => {
    const { store, id, entries } = await open(dialect)
    const apply = async (act: 'pause' | 'resume' | 'cancel') =>
      (await applyAction(store.broadcasts, 'telegram:42', id, act)).outcome
    expect([await apply('pause'), await apply('pause')]).toEqual(['done', 'already'])
    expect([await apply('cancel'), await apply('resume')]).toEqual(['done', 'late'])
    const by = { actor: 'telegram:42', details: { broadcast: id } }
    expect(await entries()).toEqual([
      { ...by, action: 'broadcast.cancel' },
      { ...by, action: 'broadcast.pause' },
    ])
  })

  test('changes nothing if the audit cannot be written', async () => {
    const { url, store, id } = await open(dialect)
    await query(url, 'alter table audit rename to away')
    const entry = { actor: 'operator', action: 'test' }
    await expect(applyAction(store.broadcasts, 'operator', id, 'pause')).rejects.toThrow()
    await expect(store.broadcasts.revise(id, saying('Other.'), entry)).rejects.toThrow()
    await expect(store.broadcasts.create(announcement(), entry)).rejects.toThrow()
    expect(await store.broadcasts.list(9)).toMatchObject([
      { id, state: 'active', revision: 1, message: saying('Hello.') },
    ])
  })

  test('of the command line is recorded with the number of the new post', async () => {
    const { store, entries } = await open(dialect)
    const entry = { actor: 'operator', action: 'announcement.send' }
    const { id } = await store.broadcasts.create(announcement(), entry)
    expect(await entries()).toEqual([{ ...entry, details: { broadcast: id } }])
  })
})

describe.for(DIALECTS)('a damaged message on %s', dialect => {
  test('is undefined in a broadcast, and a draft with a damaged text is not found', async () => {
    const { url, store, id } = await open(dialect)
    const place = { platform: 'telegram', address: '42', kind: 'private' as const }
    const text = { ...saying('Draft.'), lost: ['mention' as const], source: 'Draft.' }
    const options = { topic: 'announcements' }
    const draft = await store.announcements.draft({
      ...{ key: 'k', act: 'send', by: 'telegram:42', place, text, options },
    })
    expect(draft.text).toEqual(text)
    const damaged = `'{"body":{"type":"root","children":[null]},"lost":[]}'`
    await query(url, `update broadcasts set message = ${damaged}`)
    await query(url, `update announcements set text = ${damaged}`)
    expect(await store.broadcasts.find(id)).toMatchObject({ message: undefined })
    expect(await store.announcements.find(draft.id)).toBeUndefined()
    expect(await store.announcements.drafts(9)).toEqual([])
  })
})
