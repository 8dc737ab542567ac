import { afterEach, expect, test, vi } from 'vitest'
import { message, paragraph } from '../../../src/message.ts'
import { PlatformError } from '../../../src/platform.ts'
import { createApi } from '../../../src/platforms/discord/api.ts'
import { classifyError } from '../../../src/platforms/discord/failure.ts'
import { plain } from '../../../src/platforms/discord/files.ts'
import { namedWaitMs } from '../../../src/platforms/retry.ts'
import { renderDiscord } from '../../../src/render/discord.ts'
import { openDiscord } from './scene.ts'
import { answerWith, openDiscordServer, refuse, TOKEN } from './server.ts'

afterEach(() => {
  vi.useRealTimers()
})

type Scene = Awaited<ReturnType<typeof openDiscord>>

const platformLines = ({ events }: Scene) => events().filter(event => /^platform/.test(event))

const codes = [4004, 4010, 4011, 4012, 4013, 4014] as const

test.for(codes)(
  'a running gateway that closes once with %d is trouble, and comes back',
  async code => {
    await using scene = await openDiscord()
    await scene.server.shown(await scene.slash('threats')).next()
    scene.server.gateway.drop(code)
    await scene.seen('platform.recovered')
    await scene.server.shown(await scene.slash('next')).next()
    expect(await scene.seen('platform.trouble')).toMatchObject({
      code: String(code),
      msg: expect.stringMatching(/Retrying for two minutes before stopping\.$/),
    })
    expect(platformLines(scene)).toEqual(['platform.trouble', 'platform.recovered'])
    expect(scene.platform.state()).toEqual({ status: 'running' })
  },
)

test.for(codes)(
  'one that closes with %d for two minutes stops the platform with what to do',
  async code => {
    await using scene = await openDiscord()
    await scene.server.shown(await scene.slash('threats')).next()
    scene.pauses.length = 0
    const closing = Array.from({ length: 40 }, () => (socket: { close(code: number): void }) => {
      socket.close(code)
    })
    scene.server.gateway.faults.push(...closing)
    scene.server.gateway.drop(code)
    const error = await scene.running.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PlatformError)
    const waited = scene.pauses.filter(ms => ms === 5000)
    expect(waited).toHaveLength(24)
  },
)

test('one 401 of the REST API while it reconnects is trouble, and comes back', async () => {
  await using scene = await openDiscord()
  await scene.server.shown(await scene.slash('threats')).next()
  scene.server.meet(/^GET \/gateway/, refuse(401, 0), refuse(401, 0))
  scene.server.gateway.drop(4004)
  await scene.seen('platform.recovered')
  await scene.server.shown(await scene.slash('next')).next()
})

test('a token that was accepted before is not refused by one 401 when the lease comes back', async () => {
  await using scene = await openDiscord({
    proven: new Set(['discord']),
    before: server => server.meet(/^GET \/gateway/, refuse(401, 0)),
  })
  await scene.server.shown(await scene.slash('threats')).next()
})

test.for([
  { shards: 1e9 },
  { shards: 'x' },
  { shards: 0 },
  { session_start_limit: { total: 1, remaining: 1, reset_after: 'x', max_concurrency: 1 } },
  { session_start_limit: null },
  { url: 7 },
])('an address of the gateway with %j is asked for again', async change => {
  const limit = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 }
  const body = { url: 'ws://127.0.0.1:1', shards: 1, session_start_limit: limit, ...change }
  await using scene = await openDiscord({
    before: server =>
      server.meet(
        /^GET \/gateway/,
        answerWith(200, JSON.stringify(body), { 'content-type': 'application/json' }),
      ),
  })
  await scene.server.shown(await scene.slash('threats')).next()
  expect(await scene.seen('platform.trouble')).toMatchObject({ code: 'strange' })
})

test.for(['401', '403', '404'])(
  'commands that are met with one %s of a proxy are sent again',
  async status => {
    await using scene = await openDiscord({
      before: server => server.meet(/^PUT/, answerWith(Number(status), '<html>Blocked</html>')),
    })
    await scene.server.next(/^PUT/)
    await scene.server.next(/^PUT/)
    expect(scene.events()).not.toContain('menu.refused')
  },
)

const CHANNEL = '300000000000000077'
const [BODY = {}] = renderDiscord(message([paragraph('Hello.')]), 'grid').map(plain)

/** A client of its own before a server that answers the first post as told. */
async function post(status: number, body: string, headers: Record<string, string>) {
  const server = await openDiscordServer()
  const { signal } = new AbortController()
  const api = createApi({
    token: TOKEN,
    apiUrl: server.url,
    signal,
    timeoutMs: 5000,
    isPosting: true,
  })
  const json = { 'content-type': 'application/json', ...headers }
  server.meet(/^POST \/channels/, answerWith(status, body, json))
  const send = () => api.post(CHANNEL, BODY)
  return {
    send,
    async [Symbol.asyncDispose]() {
      api.close()
      await server.close()
    },
  }
}

const HOUR_MS = 3_600_000
const wild = ['abc', '-1', '1e999', 'Infinity', 'NaN', '', '99999999999999999999', '86401', '5, 5']

test.for(
  wild.flatMap(value => [
    { 'retry-after': value },
    { 'retry-after': value, 'x-ratelimit-global': 'true' },
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': value },
    { 'x-ratelimit-remaining': value, 'x-ratelimit-limit': value, 'x-ratelimit-reset': value },
  ]),
)('a 429 with %j is waited for an hour at most, and the next call leaves', async headers => {
  await using server = await post(429, '{}', headers)
  const failure = classifyError(await server.send().catch(error => error))
  expect(failure).toMatchObject({ next: 'retry', code: '429' })
  const pauseMs = namedWaitMs(failure) ?? Number.NaN
  expect(pauseMs).toBeGreaterThan(0)
  expect(pauseMs).toBeLessThanOrEqual(HOUR_MS)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + pauseMs })
  expect(await server.send()).toMatchObject({ id: expect.stringMatching(/^\d+$/) })
})

test.for([3600, 86_400])(
  'a probe leaves an hour after an answer with nothing remaining for %d s',
  async seconds => {
    const limits = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': String(seconds) }
    await using server = await post(200, JSON.stringify({ id: '1', channel_id: CHANNEL }), limits)
    await server.send()
    // The library refuses the call, and nothing leaves.
    const failure = classifyError(await server.send().catch(error => error))
    expect(failure).toMatchObject({ next: 'retry', code: '429' })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + (namedWaitMs(failure) ?? 0) })
    expect(await server.send()).toMatchObject({ id: expect.stringMatching(/^\d+$/) })
  },
)

test.for([0, -5, 1, 1e12, 'x', null])(
  'a gateway that asks for a heartbeat every %j ms is not flooded with heartbeats',
  async interval => {
    let beats = 0
    await using scene = await openDiscord({
      before: server =>
        server.gateway.faults.push(socket => {
          socket.on('message', data => {
            if (JSON.parse(String(data)).op === 1) beats += 1
          })
          socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: interval } }))
        }),
    })
    for (let time = 0; time < 5; time++) {
      await scene.server.shown(await scene.slash('threats')).next()
    }
    expect(beats).toBeLessThanOrEqual(1)
    expect(scene.events()).not.toContain('platform.trouble')
  },
)

test.for(['abc', -1, 1e300, '7', null, {}, [], true])(
  'a 429 whose body names a wait of %j is waited for an hour at most',
  async wait => {
    await using server = await post(429, JSON.stringify({ retry_after: wait }), {})
    const failure = classifyError(await server.send().catch(error => error))
    const { afterMs = Number.NaN } = failure as { afterMs?: number }
    expect(afterMs).toBeGreaterThanOrEqual(5000)
    expect(afterMs).toBeLessThanOrEqual(HOUR_MS)
  },
)

test.for(['abc', 7, null, undefined, '', '-1', '1'.repeat(21), {}, '12.5'])(
  'a message with the id %j is no answer',
  async id => {
    await using server = await post(200, JSON.stringify({ id, channel_id: CHANNEL }), {})
    expect(classifyError(await server.send().catch(error => error))).toMatchObject({
      ...{ next: 'uncertain', code: 'strange', isUnreadable: true },
    })
  },
)

test.for([403, 404, 400])(
  'a %d that is a page tells nothing of the chat or the message',
  async status => {
    await using server = await post(status, '<html>Blocked</html>', { 'content-type': 'text/html' })
    expect(classifyError(await server.send().catch(error => error))).toMatchObject({
      next: 'retry',
    })
  },
)
