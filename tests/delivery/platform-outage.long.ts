import { describe, expect, test } from 'vitest'
import { refuse as discordRefuse } from '../platforms/discord/server.ts'
import { type ManualClock, manualClock } from '../platforms/pauses.ts'
import { answerWith, hang, refuse, reset, TOKEN } from '../platforms/telegram/server.ts'
import { fill, query } from '../store/raw.ts'
import { announcement, openScene, until } from './scene.ts'

const START = '2026-11-23T12:00:00Z'
const only = (platform: string) => ({ topic: 'announcements', platforms: [platform] })

/**
 * Lets `ms` milliseconds pass in steps of a quarter of a second, each as long as two answers of a server
 * take: what is under way meanwhile arrives in the step in which it left, or in the next.
 */
async function pass(
  clock: ManualClock,
  { url }: { readonly url: string },
  ms: number,
  isOver: () => boolean = () => false,
): Promise<void> {
  for (let passed = 0; passed < ms && !isOver(); passed += 250) {
    await clock.advance({ milliseconds: 250 })
    for (let trip = 0; trip < 2; trip++) await (await fetch(`${url}/bot${TOKEN}/getMe`)).text()
  }
}

/** Seconds by the clock at which messages were sent to a platform. */
function watch(clock: ManualClock) {
  const start = clock.now().epochMilliseconds
  const sent: number[] = []
  const at = () => (clock.now().epochMilliseconds - start) / 1000
  return { sent, at, note: () => sent.push(at()) }
}

const gaps = (times: readonly number[]) =>
  times.slice(1).map((at, index) => at - (times[index] ?? 0))

const failures = [
  ['500', refuse(500, 'Internal Server Error')],
  ['a page instead of JSON', answerWith(502, '<html>Bad Gateway</html>')],
  ['401', refuse(401, 'Unauthorized')],
  ['404', refuse(404, 'Not Found')],
  ['a reset connection', reset],
] as const

describe.for([1, 40])('with %d chats', chats => {
  test.for(failures)(
    'a minute in which Telegram answers each send with %s is logged once, and probed',
    {
      timeout: 60_000,
    },
    async ([, fault]) => {
      const clock = manualClock(START)
      const scene = await openScene({ clock })
      const { store, url, telegram, begin, rows, events, seen } = scene
      await fill(url, 'telegram', chats)
      const { sent, at, note } = watch(clock)
      let isDown = true
      telegram.weather = ({ method }) => {
        if (method !== 'sendMessage') return undefined
        note()
        return isDown ? { fault } : undefined
      }
      const { id } = await store.broadcasts.create(announcement({ audience: only('telegram') }))
      const { delivery } = await begin()
      await pass(clock, telegram, 60_000, () => events().includes('delivery.trouble'))
      expect(await seen('delivery.trouble')).toMatchObject({
        ...{ level: 'warn', platform: 'telegram', failures: 5 },
        nextAt: expect.stringMatching(/^2026-11-23T12:0/),
        msg: expect.stringMatching(/^5 posts in a row failed \(.+\)\. Next try at 2026-11-23T12:0/),
      })
      const told = at()
      await pass(clock, telegram, 60_000)
      expect(delivery.states()).toMatchObject({
        telegram: {
          status: 'trouble',
          reason: expect.stringMatching(/^\d+ posts in a row failed/),
        },
        discord: { status: 'running' },
      })
      // Calls under way may fail with the fifth; after it, one call is made at a time.
      const probes = sent.filter(time => time > told + 1)
      expect(probes.length).toBeGreaterThanOrEqual(4)
      expect(probes.length).toBeLessThanOrEqual(13)
      expect(new Set(probes).size).toBe(probes.length)
      expect(Math.max(...gaps(probes))).toBeLessThanOrEqual(15)
      isDown = false
      const well = at()
      await pass(clock, telegram, 30_000, () => telegram.taken.size > 0)
      expect(at() - well).toBeLessThanOrEqual(20)
      await pass(clock, telegram, 60_000, () => telegram.taken.size === chats)
      await pass(clock, telegram, 2000)
      expect((await rows(id)).every(({ state }) => state === 'sent')).toBe(true)
      expect(delivery.states()).toMatchObject({ telegram: { status: 'running' } })
      const lines = events().filter(event => /delivery\.(trouble|restored|tripped)/.test(event))
      expect(lines).toEqual(['delivery.trouble', 'delivery.restored'])
    },
  )
})

test('a minute in which Discord fails for all is logged once, and probed', async () => {
  const clock = manualClock(START)
  const { store, url, telegram, discord, begin, events } = await openScene({ clock })
  await fill(url, 'discord', 20)
  const { sent, at, note } = watch(clock)
  let isDown = true
  discord.weather = ({ route }) => {
    if (!/^POST \/channels/.test(route)) return undefined
    note()
    return isDown ? { fault: discordRefuse(500, 0) } : undefined
  }
  await store.broadcasts.create(announcement({ audience: only('discord') }))
  await begin()
  await pass(clock, telegram, 60_000)
  const probes = sent.slice(-4)
  expect(Math.max(...gaps(probes))).toBeLessThanOrEqual(15)
  isDown = false
  const well = at()
  await pass(clock, telegram, 30_000, () => discord.taken.size > 0)
  expect(at() - well).toBeLessThanOrEqual(20)
  const lines = events().filter(event => /delivery\.(trouble|restored)/.test(event))
  expect(lines).toEqual(['delivery.trouble', 'delivery.restored'])
}, 60_000)

test('a probe that is never answered delays no other probe', async () => {
  const clock = manualClock(START)
  const scene = await openScene({ clock, timeoutMs: 600_000 })
  const { store, url, telegram, begin, events } = scene
  await fill(url, 'telegram', 40)
  const { sent, note } = watch(clock)
  telegram.weather = ({ method }) => {
    if (method !== 'sendMessage') return undefined
    note()
    const isTold = events().includes('delivery.trouble')
    return { fault: isTold ? hang : refuse(500, 'Internal Server Error') }
  }
  await store.broadcasts.create(announcement({ audience: only('telegram') }))
  await begin()
  await pass(clock, telegram, 30_000, () => events().includes('delivery.trouble'))
  await pass(clock, telegram, 60_000)
  const probes = sent.slice(-4)
  expect(new Set(probes).size).toBe(4)
  expect(Math.max(...gaps(probes))).toBeLessThanOrEqual(15)
}, 60_000)

test('a platform that fails six times of seven for minutes is logged once, not each time', async () => {
  const clock = manualClock(START)
  const { store, url, telegram, begin, events } = await openScene({ clock })
  await fill(url, 'telegram', 60)
  let calls = 0
  telegram.weather = ({ method }) => {
    if (method !== 'sendMessage') return undefined
    calls += 1
    return calls % 7 === 0 ? undefined : { fault: refuse(500, 'Internal Server Error') }
  }
  await store.broadcasts.create(announcement({ audience: only('telegram') }))
  await begin()
  await pass(clock, telegram, 180_000)
  expect(events().filter(event => event === 'delivery.trouble').length).toBeLessThanOrEqual(3)
}, 60_000)

describe('a wait of hours', () => {
  const flood = (seconds: unknown) =>
    refuse(429, 'Too Many Requests', { retry_after: seconds as number })

  test('a long wait is logged, probed by one message an hour, and over when a probe arrives', async () => {
    const clock = manualClock(START)
    const { store, url, telegram, begin, seen } = await openScene({ clock })
    await fill(url, 'telegram', 40)
    const { sent, note } = watch(clock)
    let isFlooded = true
    telegram.weather = ({ method }) => {
      if (method !== 'sendMessage') return undefined
      note()
      return isFlooded ? { fault: flood(5 * 3600) } : undefined
    }
    await store.broadcasts.create(announcement({ audience: only('telegram') }))
    const { delivery } = await begin()
    await pass(clock, telegram, 5000)
    expect(await seen('delivery.flooded')).toMatchObject({ until: expect.stringMatching(/T17:00/) })
    expect(delivery.states().telegram).toMatchObject({
      status: 'trouble',
      reason: expect.stringMatching(/^telegram asks to wait .* Next try at 2026-11-23T13:00/),
    })
    const first = sent.length
    await clock.advance({ minutes: 58 })
    await pass(clock, telegram, 5000)
    expect(sent).toHaveLength(first)
    await clock.advance({ minutes: 2 })
    await pass(clock, telegram, 20_000)
    expect(sent).toHaveLength(first + 1)
    isFlooded = false
    await clock.advance({ minutes: 61 })
    await pass(clock, telegram, 60_000, () => telegram.taken.size === 40)
    expect(telegram.taken.size).toBe(40)
    expect(delivery.states().telegram).toEqual({ status: 'running' })
    await seen('delivery.restored')
    // The next process does not wait for what is over.
    expect(await store.floods.until('telegram')).toBeUndefined()
  }, 60_000)

  test.for([86_401, 1e15, '99999999999'])(
    'a wait of %j s is cut, logged as cut, and probed',
    async wait => {
      const clock = manualClock(START)
      const { store, url, telegram, begin, seen } = await openScene({ clock })
      await fill(url, 'telegram', 1)
      telegram.meet('sendMessage', flood(wait))
      await store.broadcasts.create(announcement({ audience: only('telegram') }))
      const { delivery } = await begin()
      await pass(clock, telegram, 5000)
      expect(await seen('delivery.flooded')).toMatchObject({ isCut: true })
      expect(delivery.states().telegram?.reason).toMatch(/asks to wait for more than a day/)
      await clock.advance({ minutes: 61 })
      await pass(clock, telegram, 20_000, () => telegram.taken.size > 0)
      expect(telegram.taken.size).toBe(1)
    },
  )

  test.for(['abc', -1, {}, [], null, true, '1e9', '-5'])(
    'a wait of %j counts as a few seconds',
    async wait => {
      const clock = manualClock(START)
      const { store, url, telegram, begin } = await openScene({ clock })
      await fill(url, 'telegram', 1)
      telegram.meet('sendMessage', flood(wait))
      await store.broadcasts.create(announcement({ audience: only('telegram') }))
      await begin()
      await pass(clock, telegram, 3000)
      expect(telegram.taken.size).toBe(0)
      await pass(clock, telegram, 10_000, () => telegram.taken.size > 0)
      expect(telegram.taken.size).toBe(1)
    },
  )

  test.for(['9000000000000000', '4102444800000', '-1'])(
    'a wait that an earlier process stored as %s holds for an hour at most',
    async kept => {
      const clock = manualClock(START)
      const { store, url, telegram, begin } = await openScene({ clock })
      await fill(url, 'telegram', 3)
      await query(url, `insert into floods (platform, until) values ('telegram', ${kept})`)
      await store.broadcasts.create(announcement({ audience: only('telegram') }))
      const { delivery } = await begin()
      await until(() => delivery.states().telegram !== undefined)
      await clock.advance({ minutes: 61 })
      await pass(clock, telegram, 30_000, () => telegram.taken.size === 3)
      expect(telegram.taken.size).toBe(3)
    },
  )

  test('replaces one that a clock which was ahead has kept', async () => {
    const { store } = await openScene()
    const [near, far] = ['2026-11-23T12:00:00Z', '2030-01-01T00:00:00Z'].map(at =>
      Temporal.Instant.from(at),
    )
    if (!near || !far) throw new Error('unreachable')
    await store.floods.keep('telegram', far)
    await store.floods.keep('telegram', near)
    expect(String(await store.floods.until('telegram'))).toBe(String(near))
  })
})
