import { expect, onTestFinished, test } from 'vitest'
import { createDiscordPoster } from '../../src/platforms/discord/poster.ts'
import { createTelegramPoster } from '../../src/platforms/telegram/poster.ts'
import type { Store } from '../../src/store/store.ts'
import { memoryPictures } from '../pictures.ts'
import * as discordFaults from '../platforms/discord/server.ts'
import { openDiscordServer } from '../platforms/discord/server.ts'
import { manualClock } from '../platforms/pauses.ts'
import { openTelegramServer, refuse, TOKEN } from '../platforms/telegram/server.ts'
import { fill, query } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { announcement, openScene, type SceneOptions, saying, until } from './scene.ts'

const START = '2026-11-23T12:00:00Z'
const flood = (seconds: number) =>
  refuse(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })

/** Twelve groups on Telegram; `waits` are the seconds that the bot is asked to wait, by the chat. */
async function openGroups(waits: Record<string, number>, more: SceneOptions = {}) {
  const clock = manualClock(START)
  const scene = await openScene({ clock, rate: 20, ...more })
  const { url, telegram } = scene
  await fill(url, 'telegram', 12)
  await query(
    url,
    `update chats set kind = 'group', address = '-' || address where address not in ('1000011')`,
  )
  telegram.weather = ({ method, body }) => {
    const seconds = method === 'sendMessage' ? waits[body.chat_id] : undefined
    return seconds === undefined ? undefined : { fault: flood(seconds) }
  }
  const tries = (chat: string) =>
    telegram.calls.filter(({ method, body }) => method === 'sendMessage' && body.chat_id === chat)
      .length
  const had = () => [...telegram.taken.values()].reduce((sum, { size }) => sum + size, 0)
  return { ...scene, clock, waits, tries, had }
}

const FIRST = '-1000000'
const SECOND = '-1000001'

for (const dialect of DIALECTS) {
  test(`a group that has to wait for hours holds no other, over a restart too, on ${dialect}`, async () => {
    const waits: Record<string, number> = { [FIRST]: 3 * 3600 }
    const {
      store,
      clock,
      begin,
      tries,
      had,
      seen,
      log: _,
      ...scene
    } = await openGroups(waits, { dialect })
    await store.broadcasts.create(announcement())
    const first = await begin()
    await until(() => had() === 11, clock)
    expect(await seen('delivery.flooded')).toMatchObject({ chat: FIRST, level: 'info' })
    expect(first.delivery.states()).toMatchObject({ telegram: { status: 'running' } })
    expect(tries(FIRST)).toBe(1)
    // A post that has arrived and is not settled would be sent again.
    const isSettled = async () =>
      (await scene.rows(1)).filter(({ state }) => state === 'sent').length === 11
    await until(isSettled, clock)
    first.crash()

    // A new post in the new process: that chat is still not asked, the others have it.
    const next = await begin()
    const { id } = await store.broadcasts.create(announcement())
    await until(() => had() === 22, clock)
    await clock.advance({ minutes: 30 })
    expect(tries(FIRST)).toBe(1)
    // An hour later one message leaves as a probe.
    delete waits[FIRST]
    await clock.advance({ minutes: 31 })
    await until(() => had() === 24, clock)
    await until(async () => (await store.broadcasts.find(id))?.isFinished === true, clock)
    expect(await query(scene.url, 'select * from floods')).toEqual([])
    await next.delivery.stop()
  })
}

test('one group of twelve that asks for 8 s each time delays no other', async () => {
  const { store, clock, begin, had } = await openGroups({ [FIRST]: 8 })
  for (let post = 0; post < 3; post++) await store.broadcasts.create(announcement())
  await begin()
  const from = clock.now()
  await until(() => had() === 33, clock)
  // 33 messages at 20 a second, one a second in each chat.
  expect(from.until(clock.now()).total('seconds')).toBeLessThan(7)
})

/** Counts what is written about waits. */
function countWrites() {
  const writes: string[] = []
  const through = (store: Store): Store => ({
    ...store,
    floods: {
      ...store.floods,
      keep: (place, instant) => {
        writes.push(`keep ${place}`)
        return store.floods.keep(place, instant)
      },
      end: place => {
        writes.push(`end ${place}`)
        return store.floods.end(place)
      },
    },
  })
  return { writes, through }
}

test.each([0, 0.3, 1])(
  'a group that asks for %d s waits, and that is neither logged nor stored',
  async seconds => {
    const { writes, through } = countWrites()
    const waits: Record<string, number> = { [FIRST]: seconds }
    const { store, clock, begin, had, tries, events } = await openGroups(waits, { through })
    const { id } = await store.broadcasts.create(announcement())
    await begin()
    const from = clock.now()
    await until(() => had() === 11 && tries(FIRST) >= 5, clock)
    // The first of five leaves at once.
    const leastS = 4 * Math.max(0.5, seconds)
    expect(from.until(clock.now()).total('seconds')).toBeGreaterThanOrEqual(leastS)
    delete waits[FIRST]
    await until(async () => (await store.broadcasts.find(id))?.isFinished === true, clock)
    expect(had()).toBe(12)
    expect(events()).not.toContain('delivery.flooded')
    expect(writes).toEqual([])
  },
)

test('a short wait after a long one leaves the end of the long one to be stored', async () => {
  const { writes, through } = countWrites()
  const waits: Record<string, number> = { [FIRST]: 2 * 3600 }
  const { store, clock, begin, had, tries, url } = await openGroups(waits, { through })
  await store.broadcasts.create(announcement())
  await begin()
  await until(() => had() === 11, clock)
  waits[FIRST] = 0
  await clock.advance({ minutes: 61 })
  await until(() => tries(FIRST) >= 2, clock)
  delete waits[FIRST]
  await until(() => had() === 12, clock)
  await until(async () => (await query(url, 'select * from floods')).length === 0, clock)
  expect(writes).toEqual([`keep telegram/${FIRST}`, `end telegram/${FIRST}`])
})

test('a channel of Discord that asks for 0.3 s waits, and that is neither logged nor stored', async () => {
  const { writes, through } = countWrites()
  const clock = manualClock(START)
  const { url, store, discord, begin, events } = await openScene({ clock, rate: 20, through })
  await fill(url, 'discord', 3)
  const headers = { 'retry-after': '0.3', 'x-ratelimit-scope': 'shared' }
  const fault = discordFaults.answerWith(429, '{"retry_after":0.3}', headers)
  discord.meet(/^POST \/channels/, fault, fault)
  const { id } = await store.broadcasts.create(announcement())
  await begin()
  await until(async () => (await store.broadcasts.find(id))?.isFinished === true, clock)
  expect([...discord.taken.values()].reduce((sum, { size }) => sum + size, 0)).toBe(3)
  expect(events()).not.toContain('delivery.flooded')
  expect(writes).toEqual([])
})

test('a second chat that has to wait within the same wait holds the platform', async () => {
  const waits = { [FIRST]: 600, [SECOND]: 300 }
  const { store, clock, begin, seen, tries, telegram } = await openGroups(waits)
  await store.broadcasts.create(announcement())
  const { delivery } = await begin()
  await until(() => tries(FIRST) + tries(SECOND) === 2, clock)
  await until(() => delivery.states().telegram?.status === 'trouble', clock)
  expect(await seen('delivery.flooded')).toMatchObject({ chat: FIRST })
  // Calls of the first post may be under way; of the second none leaves.
  await store.broadcasts.create(announcement({ message: saying('Second.') }))
  await clock.advance({ seconds: 250 })
  expect(telegram.calls.filter(({ body }) => body.text === 'Second.')).toEqual([])
  expect(String(await store.floods.until('telegram'))).toMatch(/^2026-11-23T12:05/)
})

test('a second chat that has to wait after the wait of the first holds itself alone', async () => {
  const waits: Record<string, number> = { [FIRST]: 5 }
  const { store, clock, begin, tries, had } = await openGroups(waits)
  await store.broadcasts.create(announcement())
  const { delivery } = await begin()
  await until(() => had() === 11, clock)
  delete waits[FIRST]
  await until(() => had() === 12, clock)
  waits[SECOND] = 600
  await store.broadcasts.create(announcement())
  await until(() => had() === 23, clock)
  expect(tries(SECOND)).toBe(2)
  expect(delivery.states().telegram?.status).toBe('running')
})

test('a private chat that has to wait holds the platform at once', async () => {
  const { store, clock, begin, tries, telegram } = await openGroups({ 1000011: 600 })
  await store.broadcasts.create(announcement())
  const { delivery } = await begin()
  await until(() => tries('1000011') === 1, clock)
  await until(() => delivery.states().telegram?.status === 'trouble', clock)
  await store.broadcasts.create(announcement({ message: saying('Second.') }))
  await clock.advance({ minutes: 5 })
  expect(telegram.calls.filter(({ body }) => body.text === 'Second.')).toEqual([])
})

const over = () => ({ signal: new AbortController().signal, holds: () => true })

test.each<[string, object]>([
  ['-1001', { alone: true, isGuess: true }],
  ['-1001/77', { alone: true, isGuess: true }],
  ['700', {}],
])('a wait that Telegram names for %s is judged by the kind of chat', async (address, whose) => {
  const server = await openTelegramServer()
  onTestFinished(() => server.close())
  const options = { token: TOKEN, apiUrl: server.url, term: over(), pictures: memoryPictures() }
  const poster = createTelegramPoster(options)
  const place = { platform: 'telegram', address, kind: 'group' } as const
  server.meet('sendMessage', flood(9))
  server.meet('editMessageText', flood(9))
  const part = { method: 'sendMessage', text: 'x' }
  const named = { ok: false, failure: { next: 'retry', code: '429', afterMs: 9000, ...whose } }
  expect(await poster.send(place, part, { key: 'k' })).toEqual(named)
  expect(await poster.edit(place, '1', part)).toEqual(named)
})

test.each<[string, string, Record<string, string>, boolean]>([
  ['one route', '{"retry_after":9,"global":false}', { 'x-ratelimit-scope': 'user' }, true],
  ['one channel', '{"retry_after":9}', { 'x-ratelimit-scope': 'shared' }, true],
  ['one chat, without a scope', '{"retry_after":9}', {}, true],
  ['the token, by the scope', '{"retry_after":9}', { 'x-ratelimit-scope': 'global' }, false],
  ['the token, by the header', '{}', { 'x-ratelimit-global': 'true' }, false],
  ['the token, by the body', '{"retry_after":9,"global":true}', {}, false],
  ['a proxy', '<html>slow</html>', {}, false],
])('a wait that Discord means for %s is taken so', async (_, body, headers, alone) => {
  const server = await openDiscordServer()
  onTestFinished(() => server.close())
  const options = { token: discordFaults.TOKEN, apiUrl: server.url, term: over() }
  const poster = createDiscordPoster({ ...options, pictures: memoryPictures() })
  onTestFinished(poster.close)
  server.meet(
    /^POST \/channels/,
    discordFaults.answerWith(429, body, { 'retry-after': '9', ...headers }),
  )
  const place = { platform: 'discord', address: '71', kind: 'channel' } as const
  const outcome = await poster.send(place, { content: 'x' }, { key: 'k' })
  expect(outcome).toMatchObject({ ok: false, failure: { next: 'retry', code: '429', alone } })
})
