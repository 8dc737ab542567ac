import { expect, test } from 'vitest'
import { PlatformError } from '../../../src/platform.ts'
import { manualClock } from '../pauses.ts'
import { messageUpdate } from './person.ts'
import { openTelegram } from './scene.ts'
import { answerWith, refuse, TOKEN } from './server.ts'

const unauthorized = refuse(401, 'Unauthorized')
const conflict = refuse(409, 'Conflict: terminated by other getUpdates request')
const START = '2026-11-23T12:00:00Z'

type Scene = Awaited<ReturnType<typeof openTelegram>>

const platformLines = ({ events }: Scene) => events().filter(event => /^platform/.test(event))

/** Lets time pass in steps of a second, each as long as two answers of the server take. */
async function pass(
  clock: ReturnType<typeof manualClock>,
  { server }: Scene,
  seconds: number,
  isOver: () => boolean = () => false,
): Promise<void> {
  for (let passed = 0; passed < seconds && !isOver(); passed++) {
    await clock.advance({ seconds: 1 })
    for (let trip = 0; trip < 2; trip++) await (await fetch(`${server.url}/bot${TOKEN}/x`)).text()
  }
}

for (const [name, fault] of [
  ['401', unauthorized],
  ['403', refuse(403, 'Forbidden')],
  ['404', refuse(404, 'Not Found')],
  ['400', refuse(400, 'Bad Request')],
] as const) {
  test(`one ${name} of getUpdates is trouble, which is over within seconds`, async () => {
    const clock = manualClock(START)
    await using scene = await openTelegram({
      clock,
      before: server => server.meet('getUpdates', fault),
    })
    expect(await scene.seen('platform.trouble')).toMatchObject({ code: name })
    expect(scene.platform.state().status).toBe('trouble')
    await pass(clock, scene, 7, () => scene.platform.state().status === 'running')
    expect(scene.platform.state()).toEqual({ status: 'running' })
    scene.server.push(messageUpdate('/next'))
    await scene.server.shown('700').next()
    expect(platformLines(scene)).toEqual(['platform.trouble', 'platform.recovered'])
  })
}

for (const method of ['sendMessage', 'getMyCommands', 'setMyCommands']) {
  test(`a ${method} that is met with one 401 is tried again`, async () => {
    await using scene = await openTelegram({
      before: server => server.meet(method, unauthorized),
    })
    scene.server.push(messageUpdate('/next'))
    await scene.server.shown('700').next()
    await scene.server.next('setMyCommands')
    if (method === 'setMyCommands') await scene.server.next('setMyCommands')
    expect(scene.events()).not.toContain('reply.failed')
    expect(scene.events()).not.toContain('menu.refused')
    expect(scene.platform.state()).toEqual({ status: 'running' })
  })
}

test('a token that is refused for two minutes stops the platform, not before', async () => {
  const clock = manualClock(START)
  await using scene = await openTelegram({ clock })
  await scene.server.next('getUpdates')
  let isRefused = true
  scene.server.weather = () => (isRefused ? { fault: unauthorized } : undefined)
  scene.server.push(messageUpdate('/next'))
  await scene.seen('platform.trouble')
  await pass(clock, scene, 110)
  expect(scene.platform.state()).toMatchObject({
    status: 'trouble',
    reason: 'Telegram rejected the token. Checking it for two minutes before stopping.',
  })
  // One good answer just before restarts the two minutes.
  isRefused = false
  await pass(clock, scene, 10, () => scene.platform.state().status === 'running')
  expect(scene.platform.state()).toEqual({ status: 'running' })
  isRefused = true
  scene.server.push(messageUpdate('/next'))
  await pass(clock, scene, 100)
  expect(scene.platform.state().status).toBe('trouble')
  const error = scene.running.catch((reason: unknown) => reason)
  await pass(clock, scene, 60, () => scene.platform.state().status === 'stopped')
  expect(await error).toBeInstanceOf(PlatformError)
  expect(scene.platform.state().reason).toMatch(
    /^Telegram rejected the token\. Get it from @BotFather/,
  )
})

test('a refusal that getMe does not confirm never stops the platform', async () => {
  const clock = manualClock(START)
  await using scene = await openTelegram({
    clock,
    before(server) {
      server.weather = ({ method }) =>
        method === 'getUpdates' ? { fault: unauthorized } : undefined
    },
  })
  await scene.seen('platform.trouble')
  await pass(clock, scene, 300)
  expect(scene.platform.state().status).toBe('trouble')
})

test('a token that was accepted before is not refused by one 401 when the lease comes back', async () => {
  const proven = new Set(['telegram'])
  await using scene = await openTelegram({
    proven,
    before: server => server.meet('getMe', unauthorized, refuse(404, 'Not Found'), unauthorized),
  })
  await scene.seen('platform.recovered')
  scene.server.push(messageUpdate('/next'))
  await scene.server.shown('700').next()
})

test('a webhook that Telegram has taken is not given up for one refusal', async () => {
  const clock = manualClock(START)
  await using scene = await openTelegram({ clock, webhookUrl: 'https://bot.example.org/t' })
  await scene.server.next('getWebhookInfo')
  await pass(clock, scene, 1, () => scene.platform.state().status === 'running')
  for (const fault of [refuse(400, 'Bad Request'), unauthorized]) {
    scene.server.meet('getWebhookInfo', fault)
    scene.server.meet('setWebhook', fault)
    await pass(clock, scene, 70, () => scene.platform.state().status === 'trouble')
    expect(scene.platform.state().status).toBe('trouble')
    await pass(clock, scene, 30, () => scene.platform.state().status === 'running')
    expect(scene.platform.state()).toEqual({ status: 'running' })
  }
})

test('two pollers: growing pauses, one line, not ready after a minute, and well by itself', async () => {
  const clock = manualClock(START)
  await using scene = await openTelegram({ clock })
  await scene.server.next('getUpdates')
  const at = () => Temporal.Instant.from(START).until(clock.now()).total('seconds')
  const polls: number[] = []
  let isContested = true
  // Each gets an answer now and then: the short question is answered, the long one is ended by the other.
  scene.server.weather = ({ method, body }) => {
    if (method !== 'getUpdates') return undefined
    polls.push(at())
    return isContested && body.timeout > 0 ? { fault: conflict } : undefined
  }
  scene.server.push(messageUpdate('/next'))
  await scene.seen('platform.trouble')
  await pass(clock, scene, 50)
  expect(scene.platform.state()).toEqual({ status: 'running' })
  await pass(clock, scene, 15)
  expect(scene.platform.state()).toEqual({
    status: 'trouble',
    reason: expect.stringMatching(/^Another process polls with this token/),
  })
  await pass(clock, scene, 120)
  expect(scene.platform.state().status).toBe('trouble')
  expect(platformLines(scene)).toEqual(['platform.trouble'])
  const pauses = polls.slice(1).map((time, index) => time - (polls[index] ?? 0))
  expect(Math.max(...pauses)).toBeLessThanOrEqual(16)
  expect(Math.max(...pauses.slice(-6))).toBeGreaterThanOrEqual(7)
  isContested = false
  await pass(clock, scene, 50, () => scene.platform.state().status === 'running')
  expect(scene.platform.state()).toEqual({ status: 'running' })
  expect(platformLines(scene)).toEqual(['platform.trouble', 'platform.recovered'])
})

test('a poller that is about to end is told, and changes no state', async () => {
  const clock = manualClock(START)
  await using scene = await openTelegram({
    clock,
    before: server => server.meet('getUpdates', conflict, conflict),
  })
  await scene.seen('platform.trouble')
  await pass(clock, scene, 10)
  expect(scene.platform.state()).toEqual({ status: 'running' })
  await pass(clock, scene, 20)
  expect(platformLines(scene)).toEqual(['platform.trouble', 'platform.recovered'])
})

test.for(['x', 2 ** 60, 1.5, null, {}, undefined])(
  'an update whose id is %j is passed over, and the others are answered',
  async id => {
    await using scene = await openTelegram()
    const { message } = messageUpdate('/next')
    const result = [
      { update_id: id, message },
      { update_id: 700, message },
    ]
    scene.server.meet(
      'getUpdates',
      answerWith(200, JSON.stringify({ ok: true, result }), { 'content-type': 'application/json' }),
    )
    await scene.server.shown('700').next()
    const isConfirmed = () => scene.server.calls.some(({ body }) => body.offset === 701)
    while (!isConfirmed()) await new Promise(setImmediate)
    expect(scene.events()).toContain('update.unread')
    expect(scene.events()).not.toContain('platform.trouble')
  },
)

test.for(['abc', -1, 1e15, {}, '99999999'])(
  'polling that is met with a wait of %j is tried again within an hour',
  async wait => {
    await using scene = await openTelegram({
      before: server =>
        server.meet('getUpdates', refuse(429, 'Too Many Requests', { retry_after: wait })),
    })
    scene.server.push(messageUpdate('/next'))
    await scene.server.shown('700').next()
    expect(Math.max(...scene.pauses)).toBeLessThanOrEqual(3_600_000)
    expect(await scene.seen('platform.trouble')).toMatchObject({
      msg: expect.stringMatching(/^Telegram asks to wait .* Next try at /),
    })
  },
)
