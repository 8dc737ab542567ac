import { describe, expect, test } from 'vitest'
import type { NewBroadcast } from '../../src/store/ledger/broadcast.ts'
import { announcement, saying } from '../delivery/scene.ts'
import { manualClock } from '../platforms/pauses.ts'
import { fill, query } from './raw.ts'
import { DIALECTS, newDatabase, openTestStore } from './stores.ts'

async function open(dialect: (typeof DIALECTS)[number]) {
  const clock = manualClock('2027-05-01T00:00:00Z')
  const url = await newDatabase(dialect)
  const { store } = await openTestStore({ url, clock })
  await fill(url, 'telegram', 4)
  await fill(url, 'discord', 2)
  return {
    ...{ clock, url, store },
    async announce(more?: Partial<NewBroadcast>): Promise<number> {
      const { id } = await store.broadcasts.create(announcement(more))
      await store.fanOut.enqueue(id, 100)
      return id
    },
    async read() {
      const depths = await store.outbox.read(clock.now())
      return Object.fromEntries(depths.map(({ platform, ...depth }) => [platform, depth]))
    },
  }
}

describe.for(DIALECTS)('the outbox in %s', dialect => {
  test('an empty ledger has no depth', async () => {
    const { read } = await open(dialect)
    expect(await read()).toEqual({})
  })

  test('rows are due, later or paused, and the oldest due row has the age of its announcement', async () => {
    const { clock, url, store, announce, read } = await open(dialect)
    const first = await announce()
    await clock.advance({ seconds: 60 })
    const second = await announce()
    await clock.advance({ seconds: 30 })
    expect(await read()).toEqual({
      telegram: { due: 8, later: 0, paused: 0, oldestS: 90 },
      discord: { due: 4, later: 0, paused: 0, oldestS: 90 },
    })
    await store.broadcasts.pause(first)
    // A row that is to be tried again counts from then on, and one of quiet hours waits for their end.
    const nextAt = clock.now().epochMilliseconds
    await query(
      url,
      `update deliveries set next_at = ${nextAt + 1000} where broadcast_id = ${second} returning chat_id`,
    )
    await query(
      url,
      `update deliveries set state = 'sent' where broadcast_id = ${second} and chat_id = (select min(id) from chats) returning chat_id`,
    )
    expect(await read()).toEqual({
      telegram: { due: 0, later: 3, paused: 4, oldestS: 0 },
      discord: { due: 0, later: 2, paused: 2, oldestS: 0 },
    })
    await clock.advance({ seconds: 6 })
    expect(await read()).toEqual({
      telegram: { due: 3, later: 0, paused: 4, oldestS: 5 },
      discord: { due: 2, later: 0, paused: 2, oldestS: 5 },
    })
  })

  test('a correction is due and has no age, because the ledger does not store when it was made', async () => {
    const { clock, url, store, announce, read } = await open(dialect)
    const id = await announce()
    await query(
      url,
      `update deliveries set state = 'sent', message_ids = '["1"]', revision = 1, revision_sent = 1
       where broadcast_id = ${id} returning chat_id`,
    )
    await clock.advance({ hours: 1 })
    await store.broadcasts.revise(id, saying('Corrected.'))
    await store.fanOut.requeueForRevision(id, 100)
    expect(await read()).toMatchObject({ telegram: { due: 4, oldestS: 0 } })
  })
})
