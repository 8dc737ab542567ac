import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBroadcastStatus } from '../../src/announcements/status.ts'
import { DELIVERY_STATES } from '../../src/store/ledger/broadcast.ts'
import { answerWith as discordAnswer } from '../platforms/discord/server.ts'
import { quickClock } from '../platforms/pauses.ts'
import { answerWith } from '../platforms/telegram/server.ts'
import { fill, query } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { announcement, openScene, until } from './scene.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const only = (platform: string) => ({ topic: 'announcements', platforms: [platform] })

/** Any JSON value, and those that numbers of a platform are mistaken for. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('abc', '', '12', '-7', 2 ** 60, -1, 0, 1.5, 1e308, {}, [], null, true),
)
const field = (name: string) => fc.option(fc.tuple(fc.constant(name), anything), { nil: undefined })
const object = (...names: string[]) =>
  fc
    .tuple(...names.map(field))
    .map(fields => Object.fromEntries(fields.filter(each => each !== undefined)))

const status = fc.constantFrom(200, 400, 401, 403, 404, 429, 500)

const telegramAnswers = fc.oneof(
  anything,
  fc.record({ ok: fc.constant(true), result: fc.oneof(anything, object('message_id', 'date')) }),
  fc
    .tuple(object('error_code', 'description'), object('retry_after', 'migrate_to_chat_id'))
    .map(([error, parameters]) => ({ ok: false, ...error, parameters })),
  fc.record({ ok: fc.constant(false), error_code: status, parameters: anything }),
)

/** Values of headers. Long waits are left out, since Discord's library waits by the machine's clock. */
const header = fc.oneof(
  fc.constantFrom('abc', '-1', '-99999999', '1e999', 'Infinity', 'NaN', '0', '0.1', '5, 5', '0x9'),
  fc.stringMatching(/^[a-z.,;+-][0-9a-z]{0,8}$/),
)
const headers = fc.dictionary(
  fc.constantFrom(
    ...['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
    ...['x-ratelimit-reset-after', 'x-ratelimit-global', 'x-ratelimit-scope'],
  ),
  header,
)

/** A broadcast of which each first send is met with another of `answers` ends with each row in a legal state. */
async function endsWell(platform: 'telegram' | 'discord', seed: number): Promise<void> {
  // The clock is so fast that the hour before the probe of a long wait takes less than a second.
  const scene = await openScene({ clock: quickClock(5000), timeoutMs: 2000 })
  const { store, url, telegram, discord, begin, rows } = scene
  const CHATS = 60
  await fill(url, platform, CHATS)
  const samples = fc.sample(fc.record({ status, body: telegramAnswers, headers }), {
    numRuns: CHATS,
    seed,
  })
  const left = [...samples]
  const lines = (given: (typeof samples)[number]) =>
    [
      given.status,
      JSON.stringify(given.body) ?? 'null',
      { ...JSON_TYPE, ...given.headers },
    ] as const
  telegram.weather = ({ method }) => {
    const next = method === 'sendMessage' ? left.pop() : undefined
    return next && { fault: answerWith(...lines(next)) }
  }
  discord.weather = ({ route }) => {
    const next = /^POST \/channels/.test(route) ? left.pop() : undefined
    return next && { fault: discordAnswer(...lines(next)) }
  }
  const { id } = await store.broadcasts.create(announcement({ audience: only(platform) }))
  const { running: delivering, delivery } = await begin()
  const isEnded = async () => {
    const broadcast = await store.broadcasts.find(id)
    // Many refusals pause it, which a person has to end.
    if (broadcast?.state === 'paused') {
      await store.broadcasts.resume(id)
      delivery.wake()
    }
    return broadcast?.isFinished === true
  }
  await Promise.race([until(isEnded), delivering])
  expect(left).toEqual([])
  const ledger = await rows(id)
  expect(ledger).toHaveLength(CHATS)
  for (const { state, message_ids } of ledger) {
    expect(DELIVERY_STATES).toContain(state)
    expect(['pending', 'claimed']).not.toContain(state)
    for (const message of JSON.parse(message_ids ?? '[]')) expect(message).toMatch(/^\d{1,20}$/)
  }
}

for (const platform of ['telegram', 'discord'] as const) {
  test(`whatever ${platform} answers, the process lives and each row ends in a legal state`, {
    timeout: 120_000,
  }, async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
    console.log(`strange answers of ${platform}: seed ${seed}`)
    await endsWell(platform, seed)
  })
}

test.for([
  {},
  { message_id: 'x' },
  { message_id: 2 ** 60 },
  { message_id: 1.5 },
  { message_id: -4 },
])('a send answered with %j may have arrived, and is not repeated without end', async result => {
  const scene = await openScene({ clock: quickClock(500) })
  const { store, url, telegram, begin, finished, rows, sends } = scene
  await fill(url, 'telegram', 1)
  telegram.weather = ({ method }) =>
    method === 'sendMessage'
      ? { fault: answerWith(200, JSON.stringify({ ok: true, result }), JSON_TYPE), taken: true }
      : undefined
  const { id } = await store.broadcasts.create(announcement({ audience: only('telegram') }))
  await begin()
  await finished(id)
  expect(await rows(id)).toMatchObject([{ state: 'uncertain', error: 'strange', repeated: 2 }])
  expect(sends()).toBe(3)
})

test('two groups that are each said to have become the other are not followed for ever', async () => {
  const scene = await openScene({ clock: quickClock(50) })
  const { store, url, telegram, begin, rows, sends } = scene
  await fill(url, 'telegram', 1)
  let isOdd = false
  telegram.weather = ({ method }) => {
    if (method !== 'sendMessage') return undefined
    isOdd = !isOdd
    const parameters = { migrate_to_chat_id: isOdd ? -1001 : -1002 }
    const body = { ok: false, error_code: 400, description: 'upgraded', parameters }
    return { fault: answerWith(400, JSON.stringify(body), JSON_TYPE) }
  }
  const { id } = await store.broadcasts.create(announcement({ audience: only('telegram') }))
  await begin()
  await until(() => sends() >= 4)
  expect((await rows(id))[0]?.attempts).toBeGreaterThanOrEqual(2)
})

const damages = [
  ['message_ids', `'{"a'`],
  ['message_ids', `'{}'`],
  ['message_ids', `'[1]'`],
  ['tried_at', '9000000000000000'],
] as const

test.for(DIALECTS.flatMap(dialect => damages.map(damage => [dialect, ...damage] as const)))(
  'on %s a row whose %s is %s fails with one line, and no other does',
  async ([dialect, column, value]) => {
    const scene = await openScene({ dialect })
    const { store, url, telegram, begin, finished, rows, events } = scene
    await fill(url, 'telegram', 10)
    const { id } = await store.broadcasts.create(announcement({ audience: only('telegram') }))
    await store.fanOut.enqueue(id, 100)
    const [first] = await rows(id)
    await query(
      url,
      `update deliveries set ${column} = ${value} where broadcast_id = ${id}
        and chat_id = (select min(chat_id) from deliveries)`,
    )
    await begin()
    await finished(id)
    const [damaged, ...others] = await rows(id)
    expect(damaged).toMatchObject({ address: first?.address, error: 'fault' })
    expect(['failed', 'uncertain']).toContain(damaged?.state)
    expect(others.every(({ state }) => state === 'sent')).toBe(true)
    expect(telegram.taken.size).toBe(9)
    expect(events().filter(event => event === 'delivery.faulty')).toHaveLength(1)
  },
)

const broken = [
  ['message', `'{'`],
  ['message', `'{}'`],
  ['message', `'null'`],
  ['message', `'{"body":{"type":"root","children":[{"type":"table"}]}}'`],
  ['message', `'{"body":{"type":"root","children":[null]}}'`],
  ['audience', `'{'`],
  ['audience', `'null'`],
  ['audience', `'{"platforms":"telegram"}'`],
  ['audience', `'{"platforms":[]}'`],
  ['audience', `'{"platforms":["telegram"],"zone":{}}'`],
  ['created_at', '9000000000000000'],
  ['starts_at', '9000000000000000'],
  ['expires_at', '-9000000000000000'],
] as const

test.for(DIALECTS.flatMap(dialect => broken.map(damage => [dialect, ...damage] as const)))(
  'on %s a broadcast whose %s is %s is paused with one line, and others go out',
  async ([dialect, column, value]) => {
    const scene = await openScene({ dialect })
    const { store, url, telegram, begin, finished, rows, events, seen, sends } = scene
    await fill(url, 'telegram', 3)
    const damaged = await store.broadcasts.create(announcement({ audience: only('telegram') }))
    await store.fanOut.enqueue(damaged.id, 2)
    await query(url, `update broadcasts set ${column} = ${value} where id = ${damaged.id}`)
    const whole = await store.broadcasts.create(announcement({ audience: only('telegram') }))
    const { delivery, running } = await begin()
    await Promise.race([finished(whole.id), running])
    expect((await rows(whole.id)).every(({ state }) => state === 'sent')).toBe(true)
    expect(await seen('broadcast.damaged')).toMatchObject({
      ...{ level: 'error', broadcast: damaged.id },
      msg: expect.stringContaining(`--cancel ${damaged.id}`),
    })
    await until(async () => (await store.broadcasts.find(damaged.id))?.state === 'paused')
    expect(telegram.taken.size).toBe(3)
    expect(sends()).toBe(3)
    expect((await rows(damaged.id)).every(({ state }) => state === 'pending')).toBe(true)
    // People can look at it and stop it.
    expect(await readBroadcastStatus(store.broadcasts, damaged.id)).toBeDefined()
    expect(await store.broadcasts.list(5)).toHaveLength(2)
    await store.broadcasts.cancel(damaged.id)
    delivery.wake()
    await finished(damaged.id)
    expect(events().filter(event => event === 'broadcast.damaged')).toHaveLength(1)
  },
)
