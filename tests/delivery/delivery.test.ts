import { describe, expect, test } from 'vitest'
import { fill } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { announcement, longMessage, openScene, saying } from './scene.ts'

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

  test('in several parts arrives in their order, and is corrected in place', async () => {
    const { store, url, telegram, begin, finished, rows } = await openScene({ dialect })
    await fill(url, 'telegram', 3)
    const long = JSON.stringify(longMessage(5))
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
    // Taken back: nothing of it is left.
    await store.broadcasts.retract(id, saying('Withdrawn.'))
    delivery.wake()
    await finished(id)
    expect(texts('1000001').every(text => text === null)).toBe(true)
    expect((await rows(id))[0]).toMatchObject({ state: 'sent', revision_sent: 4 })
  })
})
