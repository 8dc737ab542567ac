import { expect, test } from 'vitest'
import { manualClock } from '../pauses.ts'
import { messageUpdate } from './person.ts'
import { openTelegram } from './scene.ts'
import { answerWith, refuse, type TelegramServer } from './server.ts'

const START = '2026-12-01T12:00:00Z'
const JSON_TYPE = { 'content-type': 'application/json' }
const result = (value: unknown) =>
  answerWith(200, JSON.stringify({ ok: true, result: value }), JSON_TYPE)
const polls = ({ calls }: TelegramServer) =>
  calls.filter(({ method, body }) => method === 'getUpdates' && body.timeout > 0).length

const old = { update_id: 3, ...messageUpdate('/next') }
test.each<[string, unknown[]]>([
  ['an empty answer', []],
  ['an answer from a cache', [old]],
])('%s that comes at once is followed by a pause that grows, with one line', async (_, updates) => {
  let isHasty = true
  await using scene = await openTelegram({
    before(server) {
      server.weather = ({ method }) =>
        isHasty && method === 'getUpdates' ? { fault: result(updates) } : undefined
    },
  })
  while (polls(scene.server) < 40) await new Promise(setImmediate)
  const growing = scene.pauses.filter(ms => ms >= 250 && ms <= 5000)
  expect(growing.length).toBeGreaterThanOrEqual(38)
  expect(Math.max(...growing.slice(0, 3))).toBeLessThanOrEqual(2000)
  expect(Math.max(...growing)).toBe(5000)
  expect(scene.events().filter(event => event === 'telegram.hasty')).toHaveLength(1)
  // Updates are still answered at once.
  isHasty = false
  scene.server.push(messageUpdate('/next'))
  await scene.server.shown('700').next()
})

test('an empty answer that was held back is followed by no pause', async () => {
  await using scene = await openTelegram({ timeoutMs: 20_000 })
  await scene.server.next('setMyCommands')
  const before = scene.pauses.length
  scene.server.push(messageUpdate('/next'))
  await scene.server.shown('700').next()
  expect(scene.pauses.slice(before).filter(ms => ms >= 250 && ms <= 5000)).toEqual([])
  expect(scene.events()).not.toContain('telegram.hasty')
})

const active = refuse(409, "Conflict: can't use getUpdates method while webhook is active")
test.each<[string, string, string | undefined]>([
  ['a path', 'https://other.example.org/hook/SECRET', 'other.example.org'],
  ['a user and a port', 'https://SECRET:SECRET@other.example.org:8443/', 'other.example.org:8443'],
  ['a query', 'https://192.0.2.7/?token=SECRET#SECRET', '192.0.2.7'],
  ['no form of an address', 'SECRET', undefined],
])(
  'another webhook whose address has %s is removed, with its host in one line',
  async (_, url, host) => {
    await using scene = await openTelegram({
      before(server) {
        server.meet('getUpdates', active)
        server.meet('getWebhookInfo', result({ url }))
      },
    })
    const line = await scene.seen('telegram.webhook')
    expect(line).toMatchObject({ level: 'warn', msg: expect.stringContaining('is removed') })
    expect(line.host).toBe(host)
    expect(line.msg).toContain(host ?? 'an unknown address')
    scene.server.push(messageUpdate('/next'))
    await scene.server.shown('700').next()
    expect(scene.server.calls.map(({ method }) => method)).toContain('deleteWebhook')
    expect(scene.written()).not.toContain('SECRET')
    expect(scene.events().filter(event => event === 'telegram.webhook')).toHaveLength(1)
  },
)

test('another webhook that this bot’s own replaces is named at the start and later', async () => {
  const url = 'https://bot.example.org/t'
  const clock = manualClock(START)
  await using scene = await openTelegram({
    webhookUrl: url,
    clock,
    before: server =>
      server.meet('getWebhookInfo', result({ url: 'https://one.example.org/SECRET' })),
  })
  expect(await scene.seen('telegram.webhook')).toMatchObject({ host: 'one.example.org' })
  await expect.poll(() => scene.platform.state().status).toBe('running')
  scene.server.meet('getWebhookInfo', result({ url: 'https://two.example.org/SECRET' }))
  const replaced = () => scene.events().filter(event => event === 'telegram.webhook').length
  for (let minute = 0; minute < 5 && replaced() < 2; minute++) {
    const asked = scene.server.calls.length
    await clock.advance({ seconds: 61 })
    await expect.poll(() => scene.server.calls.length).toBeGreaterThan(asked)
  }
  await expect.poll(replaced).toBe(2)
  expect(scene.written()).toContain('two.example.org')
  expect(scene.written()).not.toContain('SECRET')
})

test('this bot’s own webhook is set without a line', async () => {
  const url = 'https://bot.example.org/t'
  await using scene = await openTelegram({
    webhookUrl: url,
    before: server => server.meet('getWebhookInfo', result({ url })),
  })
  await scene.server.next('getWebhookInfo')
  await expect.poll(() => scene.platform.state().status).toBe('running')
  expect(scene.events()).not.toContain('telegram.webhook')
})

test.each([10, 20, 30])(
  'another poller that comes every %i s makes the bot not ready after a minute, and it stays so',
  async everyS => {
    const clock = manualClock(START)
    await using scene = await openTelegram({ clock })
    await scene.server.next('getUpdates')
    const at = () => Temporal.Instant.from(START).until(clock.now()).total('seconds')
    let nextAt = 0
    scene.server.weather = ({ method, body }) => {
      if (method !== 'getUpdates' || body.timeout === 0 || at() < nextAt) return undefined
      nextAt = at() + everyS
      return { fault: refuse(409, 'Conflict: terminated by other getUpdates request') }
    }
    const states: string[] = []
    for (let second = 0; second < 300; second++) {
      // The long question that waits is ended by the other poller.
      if (at() >= nextAt) scene.server.push({ poll: {} })
      await clock.advance({ seconds: 1 })
      for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
      states.push(scene.platform.state().status)
    }
    const first = states.indexOf('trouble')
    expect(first).toBeGreaterThanOrEqual(50)
    expect(first).toBeLessThan(140)
    expect(new Set(states.slice(first))).toEqual(new Set(['trouble']))
  },
)
