import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { progressView } from '../../src/announcements/progress-view.ts'
import { readBroadcastStatus } from '../../src/announcements/status.ts'
import { createUnsavedOutcomes } from '../../src/delivery/unsaved-outcomes.ts'
import { renderText } from '../../src/render/text.ts'
import { StoreError } from '../../src/store/error.ts'
import type { Store } from '../../src/store/store.ts'
import { type ManualClock, manualClock, quickClock } from '../platforms/pauses.ts'
import { hang } from '../platforms/telegram/server.ts'
import { fill, query } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { announcement, longMessage, openScene, saying, until } from './scene.ts'

const telegramOnly = { topic: 'announcements', platforms: ['telegram'] }

/** A store that can be away: a call fails before it writes anything, or after it has written. */
function breakable() {
  let how: 'well' | 'fails' | 'writes and fails' = 'well'
  let failures = 0
  let underWay = 0
  const broken = <T extends object>(family: T): T =>
    Object.fromEntries(
      Object.entries(family).map(([name, call]) => [
        name,
        async (...values: unknown[]) => {
          const before = how
          underWay += 1
          try {
            const answer = before === 'fails' ? undefined : await call(...values)
            if (before === 'well') return answer
          } finally {
            underWay -= 1
          }
          failures += 1
          throw new StoreError('The database is away.')
        },
      ]),
    ) as T
  return {
    be: (next: typeof how) => {
      how = next
      failures = 0
    },
    /** Returns the number of failures since the last change. */
    onFailure: () => failures,
    isIdle: () => underWay === 0,
    through: (store: Store): Store => ({
      ...store,
      deliveries: broken(store.deliveries),
      broadcasts: broken(store.broadcasts),
      fanOut: broken(store.fanOut),
      floods: broken(store.floods),
    }),
  }
}

/** Lets so many calls leave at least; no other one is on its way then. */
async function letLeave(
  { rows, sends }: Awaited<ReturnType<typeof openScene>>,
  clock: ManualClock,
  id: number,
  least: number,
): Promise<void> {
  while (sends() < least) {
    await clock.advance({ milliseconds: 10 })
    await until(async () => (await rows(id)).filter(row => row.left_at !== null).length === sends())
  }
}

describe.for(DIALECTS)('the outcomes of a broadcast on %s', dialect => {
  test('killed, only the messages whose call had left count as perhaps sent', async () => {
    const clock = manualClock('2026-11-23T12:00:00Z')
    const scene = await openScene({ dialect, clock, rate: 20, timeoutMs: 600_000 })
    const { store, url, telegram, begin, rows, sends } = scene
    await fill(url, 'telegram', 60)
    telegram.weather = ({ method }) =>
      method === 'sendMessage' ? { fault: hang, taken: true } : undefined
    const { id } = await store.broadcasts.create(announcement({ audience: telegramOnly }))
    const first = await begin()
    await letLeave(scene, clock, id, 5)
    first.crash()
    const left = sends()
    // Two calls that leave together may arrive in either order.
    const seen = [...telegram.taken.keys()].sort()
    const before = await rows(id)
    expect(before.filter(({ state }) => state === 'claimed').length).toBeGreaterThan(left)
    const recorded = before.filter(row => row.left_at !== null)
    expect(recorded.map(({ address }) => address).sort()).toEqual(seen)

    telegram.weather = () => undefined
    await begin()
    await until(async () => (await store.broadcasts.find(id))?.isFinished === true, clock)
    const twice = (await rows(id)).filter(({ repeated }) => repeated > 0)
    expect(twice.map(({ address }) => address).sort()).toEqual(seen)
    for (const [address, shown] of telegram.taken) {
      expect(shown.size).toBe(seen.includes(address) ? 2 : 1)
    }
    expect((await store.broadcasts.report(id))?.progress.twice).toBe(left)
    // Corrected, the old text stays in the second copies, and the card says so.
    await store.broadcasts.revise(id, saying('Corrected.'))
    await until(async () => (await store.broadcasts.find(id))?.isFinished === true, clock)
    const texts = [...telegram.taken.values()].flatMap(shown => [...shown.values()])
    expect(texts.filter(text => text !== 'Corrected.')).toHaveLength(left)
    const standing = await readBroadcastStatus(store.broadcasts, id)
    const card = standing && progressView(standing, { now: clock.now(), zone: 'UTC' })
    expect(card && renderText(card, { columns: 200, style: 'cards', colour: false })).toContain(
      `Up to ${left} chats may show it twice. A second copy can’t be corrected or retracted.`,
    )
  })

  test('killed, a message that must not be repeated is lost to no chat whose call had not left', async () => {
    const clock = manualClock('2026-11-23T12:00:00Z')
    const scene = await openScene({ dialect, clock, rate: 20, timeoutMs: 600_000 })
    const { store, url, telegram, begin, rows, sends } = scene
    await fill(url, 'telegram', 50)
    telegram.weather = ({ method }) => (method === 'sendMessage' ? { fault: hang } : undefined)
    const once = announcement({ audience: telegramOnly, repeats: false })
    const { id } = await store.broadcasts.create(once)
    const first = await begin()
    await letLeave(scene, clock, id, 3)
    first.crash()
    const left = sends()
    telegram.weather = () => undefined
    await begin()
    await until(async () => (await store.broadcasts.find(id))?.isFinished === true, clock)
    const states = (await rows(id)).map(({ state }) => state)
    expect(states.filter(state => state === 'uncertain')).toHaveLength(left)
    expect(states.filter(state => state === 'sent')).toHaveLength(50 - left)
    expect(telegram.taken.size).toBe(50 - left)
  })

  test('an answer that comes after the lease was lost counts in the next term', async () => {
    const { store, url, telegram, begin, finished, rows, sends } = await openScene({ dialect })
    await fill(url, 'telegram', 12)
    const open: { response: ServerResponse; chat: string }[] = []
    telegram.weather = ({ method, body }) =>
      method === 'sendMessage'
        ? { fault: response => open.push({ response, chat: body.chat_id }), taken: true }
        : undefined
    const { id } = await store.broadcasts.create(announcement({ audience: telegramOnly }))
    const memory = createUnsavedOutcomes()
    const first = await begin(memory)
    await until(() => open.length === 12)
    first.crash()
    const stopped = first.delivery.stop()
    for (const { response, chat } of open) {
      const message_id = [...(telegram.taken.get(chat)?.keys() ?? [])][0]
      const body = JSON.stringify({ ok: true, result: { message_id } })
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    }
    await stopped
    telegram.weather = () => undefined
    await begin(memory)
    await finished(id)
    expect(sends()).toBe(12)
    expect((await rows(id)).every(row => row.state === 'sent' && row.repeated === 0)).toBe(true)
  })

  test('another process took over and died before it claimed: what the first knows counts still', async () => {
    const storeGate = breakable()
    const clock = quickClock(20)
    const scene = await openScene({ dialect, through: storeGate.through, clock, rate: 20 })
    const { store, url, telegram, begin, finished, rows, sends, seen } = scene
    await fill(url, 'telegram', 90)
    telegram.weather = ({ method }) => {
      if (method === 'sendMessage' && sends() === 40) storeGate.be('fails')
      return undefined
    }
    const { id } = await store.broadcasts.create(announcement({ audience: telegramOnly }))
    const memory = createUnsavedOutcomes()
    const first = await begin(memory)
    await seen('delivery.recovered')
    // A departure that is on record, and whose call is then held back, would count as a repetition.
    await until(() => sends() >= 40 && storeGate.isIdle())
    first.crash()
    await first.delivery.stop()
    const answered = sends()
    // The other process recovers the rows as perhaps sent, and is killed.
    await query(url, 'update lease set expires_at = 0')
    const taken = await store.lease.acquire('active', 'other', 600_000)
    const epoch = 'epoch' in taken ? taken.epoch : Number.NaN
    const other = { lease: 'active', epoch, known: [], own: [] }
    expect(await store.deliveries.recover(other)).toBeGreaterThan(0)
    expect((await rows(id)).some(row => row.state === 'pending' && row.tried_at)).toBe(true)
    await query(url, 'update lease set expires_at = 0')
    storeGate.be('well')
    await begin(memory)
    await finished(id)
    expect(sends()).toBe(90)
    expect(answered).toBeLessThan(90)
    const ledger = await rows(id)
    expect(ledger.every(row => row.state === 'sent' && row.repeated === 0)).toBe(true)
    for (const { address, message_ids } of ledger) {
      const held = [...(telegram.taken.get(address)?.keys() ?? [])].map(String)
      expect(JSON.parse(message_ids ?? '[]')).toEqual(held)
    }
  })

  for (const how of ['fails', 'writes and fails'] as const) {
    test(`a store that ${how} beyond the lease doubles no part, no correction and no retraction`, async () => {
      const storeGate = breakable()
      const clock = quickClock(20)
      const scene = await openScene({ dialect, clock, through: storeGate.through })
      const { store, url, telegram, discord, begin, finished, rows } = scene
      await fill(url, 'telegram', 40)
      await fill(url, 'discord', 20)
      const memory = createUnsavedOutcomes()
      let running = await begin(memory)
      let calls = 0
      let failAt = Number.POSITIVE_INFINITY
      const count = () => {
        calls += 1
        if (calls === failAt) storeGate.be(how)
      }
      telegram.weather = ({ method }) => {
        if (/Message/.test(method)) count()
        return undefined
      }
      discord.weather = ({ route }) => {
        if (/messages/.test(route)) count()
        return undefined
      }

      /** The store goes away at a call, and the lease with it; then both are back. */
      async function outage(at: number): Promise<void> {
        failAt = calls + at
        running.delivery.wake()
        await until(() => calls >= failAt)
        await until(() => storeGate.onFailure() > 0)
        running.crash()
        await running.delivery.stop()
        storeGate.be('well')
        running = await begin(memory)
      }

      const { id } = await store.broadcasts.create(
        announcement({ message: longMessage(5), publish: true }),
      )
      await outage(35)
      await finished(id)
      const whole = (await rows(id)).map(
        ({ message_ids }) => JSON.parse(message_ids ?? '[]').length,
      )
      await store.broadcasts.revise(id, saying('Corrected.'))
      await outage(30)
      await finished(id)
      const shown = [...telegram.taken.values()].map(each => [...each.values()])
      for (const [index, texts] of shown.entries()) {
        expect(texts).toHaveLength(whole[index] ?? Number.NaN)
        expect(texts.filter(text => text !== null)).toEqual(['Corrected.'])
      }
      expect([...discord.taken.values()].map(({ size }) => size)).toEqual(whole.slice(40))
      await store.broadcasts.retract(id, saying('Withdrawn.'))
      await outage(20)
      await finished(id)
      const texts = [...telegram.taken.values()].flatMap(each => [...each.values()])
      expect(texts.every(text => text === null)).toBe(true)
      expect((await rows(id)).every(row => row.state === 'sent' && row.repeated === 0)).toBe(true)
    })
  }
})

test('a disk that is full beyond the lease doubles nothing', async () => {
  const scene = await openScene({ maxPages: 400 })
  const { store, url, telegram, begin, finished, rows, sends, seen } = scene
  await fill(url, 'telegram', 300)
  const filled = Promise.withResolvers<void>()
  telegram.weather = ({ method }) => {
    if (method !== 'sendMessage' || sends() !== 350) return undefined
    const ballast = 'create table ballast as select zeroblob(2000000) as bytes'
    query(url, ballast).then(() => filled.resolve(), filled.reject)
    return undefined
  }
  const message = longMessage(9)
  const { id } = await store.broadcasts.create(announcement({ audience: telegramOnly, message }))
  const memory = createUnsavedOutcomes()
  const first = await begin(memory)
  await filled.promise
  expect(await seen('store.trouble')).toMatchObject({
    msg: expect.stringMatching(/is full\. Make room/),
  })
  first.crash()
  await first.delivery.stop()
  await query(url, 'drop table ballast')
  await begin(memory)
  await finished(id)
  const ledger = await rows(id)
  expect(ledger.every(row => row.state === 'sent' && row.repeated === 0)).toBe(true)
  for (const { address, message_ids } of ledger) {
    const held = [...(telegram.taken.get(address)?.keys() ?? [])].map(String)
    expect(JSON.parse(message_ids ?? '[]')).toEqual(held)
  }
}, 60_000)
