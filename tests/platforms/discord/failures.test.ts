import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { PlatformError } from '../../../src/platform.ts'
import { readDiscord } from '../../discord-markdown.ts'
import { openDiscord, slowBot } from './scene.ts'
import {
  answerWith,
  BOT,
  type DiscordServer,
  half,
  hang,
  openDiscordServer,
  refuse,
  reset,
  type Shown,
  snowflake,
  TOKEN,
} from './server.ts'

const words = ({ body }: Shown) => readDiscord(body).trim()

type Fault = Parameters<DiscordServer['meet']>[1]

const slow = (text: string, headers: Record<string, string> = {}): Fault =>
  answerWith(429, text, { 'content-type': 'application/json', ...headers })

/** Faults after which a reply still arrives, once a wait of so many seconds is over. */
const passing: [string, (seconds: number) => Fault, named?: boolean][] = [
  ['429 with its wait in the header', s => slow('{}', { 'retry-after': String(s) }), true],
  ['429 with its wait in the body', s => slow(`{"retry_after":${s}}`), true],
  [
    '429 with its wait in both',
    s => slow(`{"retry_after":${s}}`, { 'retry-after': String(s) }),
    true,
  ],
  ['500', () => refuse(500, 0)],
  ['502 with a page instead of JSON', () => answerWith(502, '<html>Bad Gateway</html>')],
  ['a reset connection', () => reset],
]

const page = answerWith(429, '<html>slow</html>')

/** Faults of a response with a body. */
const halves: [string, () => Fault][] = [
  ['an answer that stops half way', () => half],
  ['200 with a page instead of JSON', () => answerWith(200, '<html>Welcome to the hotel</html>')],
  ['no answer at all', () => hang],
]

/** The library adds the time that it took to read the response, which grows on a busy machine. */
function expectWaited(pauses: readonly number[], seconds: number): void {
  expect(pauses.some(ms => Math.abs(ms - seconds * 1000) <= 190)).toBe(true)
}

const ask = (scene: Awaited<ReturnType<typeof openDiscord>>, content: string) =>
  scene.server.dispatch('MESSAGE_CREATE', {
    ...{ id: snowflake(), channel_id: '77', type: 0, mentions: [], content },
    author: { id: snowflake(), username: 'ada' },
  })

for (const [name, fault, named] of passing) {
  test(`an interaction met with ${name} is answered all the same`, async () => {
    await using scene = await openDiscord()
    scene.server.meet(/^POST \/interactions/, fault(1.2))
    const shown = await scene.server.shown(await scene.slash('threats')).next()
    expect(words(shown)).toMatch(/^Threats/)
    if (named) expectWaited(scene.pauses, 1.2)
    expect(scene.events()).not.toContain('reply.failed')
  })
}

for (const [name, fault, named] of [
  ...passing,
  ...halves,
  ['429 with a page', () => page] as const,
]) {
  test(`a message met with ${name} is answered once all the same`, async () => {
    await using scene = await openDiscord()
    scene.server.meet(/^POST \/channels/, fault(7))
    await ask(scene, '/threats')
    await ask(scene, '/next')
    const shown = scene.server.shown('77')
    expect(words(await shown.next())).toMatch(/^Threats/)
    expect(words(await shown.next())).toMatch(/^Next exercise/)
    if (named) expectWaited(scene.pauses, 7)
    expect(scene.events()).not.toContain('reply.failed')
  })
}

test('a limit for the whole bot is waited for, and everything comes', async () => {
  // The library keeps this wait itself, by the real time.
  await using scene = await openDiscord({ clock: systemClock })
  const all = slow('{}', { 'retry-after': '0.3', 'x-ratelimit-global': 'true' })
  scene.server.meet(/^POST \/(channels|interactions)/, all)
  const token = await scene.slash('threats')
  await ask(scene, '/next')
  expect(words(await scene.server.shown(token).next())).toMatch(/^Threats/)
  expect(words(await scene.server.shown('77').next())).toMatch(/^Next exercise/)
  expect(scene.events()).not.toContain('reply.failed')
})

test('an interaction that would be answered too late is given up, and told', async () => {
  for (const fault of [slow('{"retry_after":3}'), page]) {
    await using scene = await openDiscord()
    scene.server.meet(/^POST \/interactions/, fault)
    await scene.slash('threats')
    expect(await scene.seen('reply.failed')).toMatchObject({ next: 'retry', code: '429' })
  }
})

test('an interaction whose first answer hangs is answered by the second try, within three seconds', async () => {
  await using scene = await openDiscord()
  scene.server.meet(/^POST \/interactions/, hang)
  const before = performance.now()
  scene.pauses.length = 0
  const shown = await scene.server.shown(await scene.slash('threats')).next()
  expect(words(shown)).toMatch(/^Threats/)
  const waited = scene.pauses.reduce((sum, ms) => sum + ms, 0)
  expect(performance.now() - before + waited).toBeLessThan(3000)
})

test('a promise that hangs is there within three seconds as well', async () => {
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  await using scene = await openDiscord({ bot: slowBot(free) })
  scene.server.meet(/^POST \/interactions/, hang)
  const before = performance.now()
  scene.pauses.length = 0
  const token = await scene.slash('tables')
  await scene.server.next(/^POST \/interactions/)
  await scene.server.next(/^POST \/interactions/)
  const waited = scene.pauses.reduce((sum, ms) => sum + ms, 0)
  expect(waited).toBeGreaterThanOrEqual(1000)
  expect(performance.now() - before + waited).toBeLessThan(3000)
  go()
  await scene.server.shown(token).next()
})

test('an answer that had arrived and was not told so is no error, and its parts follow', async () => {
  await using scene = await openDiscord({ bot: slowBot(Promise.resolve()) })
  scene.server.meet(/^POST \/interactions/, reset, refuse(400, 40060))
  const tries = [1, 2].map(() => scene.server.next(/^POST \/interactions/))
  const token = await scene.slash('outlook')
  await Promise.all(tries)
  const followed = await scene.server.shown(token).next()
  expect(followed.call.route).toMatch(/^POST \/webhooks/)
  expect(JSON.stringify(followed.body)).toMatch(/-# 2\/\d+"/)
  expect(scene.events()).not.toContain('reply.failed')
})

test('an interaction that Discord no longer knows is given up, and told', async () => {
  await using scene = await openDiscord()
  scene.server.meet(/^POST \/interactions/, refuse(404, 10062))
  await scene.slash('threats')
  expect(await scene.seen('reply.failed')).toMatchObject({
    next: 'message-missing',
    code: '404 10062',
  })
})

test('401s do not make the bot forget its token', async () => {
  await using scene = await openDiscord()
  scene.server.meet(/^POST \/channels/, refuse(401, 0), refuse(401, 0), refuse(401, 0))
  const ask = (channel: string) =>
    scene.server.dispatch('MESSAGE_CREATE', {
      ...{ id: snowflake(), channel_id: channel, type: 0, mentions: [], content: '/next' },
      author: { id: snowflake(), username: 'ada' },
    })
  await ask('71')
  await scene.seen('reply.failed')
  await ask('72')
  expect(words(await scene.server.shown('72').next())).toMatch(/^Next/)
})

test('400 posts that wait do not delay a reply', async () => {
  await using scene = await openDiscord({ timeoutMs: 60_000, drainMs: 1 })
  await scene.seen('discord.started')
  const waits = Array.from({ length: 400 }, () => hang)
  scene.server.meet(/^POST \/channels\/9/, ...waits)
  const permissions = String((1n << 10n) | (1n << 11n))
  for (let server = 0; server < 400; server++) {
    const id = String(300_000_000_000_000_000n + BigInt(server))
    await scene.server.dispatch('GUILD_CREATE', {
      ...{ id, name: 'D', owner_id: '1', emojis: [], stickers: [], threads: [], features: [] },
      ...{ presences: [], voice_states: [], stage_instances: [], guild_scheduled_events: [] },
      roles: [{ id, name: '@everyone', permissions, position: 0 }],
      members: [{ user: { id: BOT, username: 's', discriminator: '0' }, roles: [], flags: 0 }],
      channels: [{ id: `9${server}`, type: 0, name: 'c', position: 0, permission_overwrites: [] }],
    })
  }
  // Behind them it would wait until they are given up, after a minute.
  const before = performance.now()
  await scene.server.shown(await scene.slash('threats')).next()
  expect(performance.now() - before).toBeLessThan(30_000)
})

for (const [code, sentence] of [
  [4004, /^Discord rejected the token\. Reset it/],
  [4013, /^Discord doesn’t know an intent/],
  [4014, /^Discord doesn’t allow an intent/],
] as const) {
  test(`a gateway that closes with ${code} stops the platform with what to do`, async () => {
    await using scene = await openDiscord({
      before: server => server.gateway.faults.push(socket => socket.close(code)),
    })
    const error = await scene.running.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PlatformError)
    expect((error as Error).message).toMatch(sentence)
    expect(scene.platform.state()).toMatchObject({ status: 'stopped' })
  })
}

test('stopped while it waits for its greeting, it ends and does not come back', async () => {
  const identified = Promise.withResolvers<unknown>()
  const scene = await openDiscord({
    before: server =>
      server.gateway.faults.push(socket => {
        socket.removeAllListeners('message')
        socket.send('{"op":10,"d":{"heartbeat_interval":45000}}')
        socket.on('message', identified.resolve)
      }),
  })
  await identified.promise
  await scene.platform.stop()
  await scene.running
  // The library would be back after half a second.
  await systemClock.pause(700)
  expect(scene.server.gateway.open()).toBe(0)
  await scene.server.close()
})

test('a token that the REST API refuses stops the platform with what to do', async () => {
  await using scene = await openDiscord({
    before: server => server.meet(/^GET \/gateway/, refuse(401, 0)),
  })
  const error = await scene.running.catch((reason: unknown) => reason)
  expect((error as Error).message).toMatch(/^Discord rejected the token/)
})

test('a connection that drops is resumed, with one line when it is lost and one when it is back', async () => {
  await using scene = await openDiscord()
  await scene.server.shown(await scene.slash('threats')).next()
  expect(await scene.server.gateway.payloads.next()).toMatchObject({ op: 2 })
  scene.server.gateway.drop()
  expect(await scene.server.gateway.payloads.next()).toMatchObject({
    op: 6,
    d: { session_id: 'session' },
  })
  await scene.server.shown(await scene.slash('threats')).next()
  expect(scene.events().filter(event => /^platform/.test(event))).toEqual([
    'platform.trouble',
    'platform.recovered',
  ])
  expect(scene.platform.state()).toEqual({ status: 'running' })
})

test('a gateway that refuses connections is tried again with growing pauses', async () => {
  await using scene = await openDiscord()
  await scene.server.shown(await scene.slash('threats')).next()
  const refused = Array.from({ length: 4 }, () => (socket: { terminate(): void }) => {
    socket.terminate()
  })
  scene.server.gateway.faults.push(...refused)
  scene.pauses.length = 0
  scene.server.gateway.drop()
  await scene.server.shown(await scene.slash('threats')).next()
  const waited = scene.pauses.filter(ms => ms >= 500)
  expect(waited.length).toBeGreaterThanOrEqual(3)
  expect(waited.at(-1)).toBeGreaterThan(1000)
  expect(scene.events().filter(event => event === 'platform.trouble')).toHaveLength(1)
})

test('a minute without any network at the start: one line, and it goes on trying', async () => {
  const gone = await openDiscordServer()
  await gone.close()
  const scene = await openDiscord({ apiUrl: gone.url })
  expect(await scene.seen('platform.trouble')).toMatchObject({
    code: 'ECONNREFUSED',
    level: 'warn',
  })
  while (scene.pauses.reduce((sum, ms) => sum + ms, 0) < 60_000) await new Promise(setImmediate)
  expect(scene.events()).toEqual(['platform.trouble'])
  await scene.platform.stop()
  await scene.server.close()
})

test('the gateway’s address met with 503 is asked for again', async () => {
  await using scene = await openDiscord({
    before: server => server.meet(/^GET \/gateway/, refuse(503, 0), reset, answerWith(200, 'hm')),
  })
  await scene.server.shown(await scene.slash('threats')).next()
  expect(scene.events().filter(event => /^platform/.test(event))).toEqual([
    'platform.trouble',
    'platform.recovered',
  ])
})

test('an event in a form that the library does not know ends nothing', async () => {
  await using scene = await openDiscord()
  await scene.seen('discord.started')
  for (const [type, data] of [
    ['INTERACTION_CREATE', { type: 99, id: snowflake() }],
    ['MESSAGE_CREATE', { id: snowflake(), channel_id: '1', interaction_metadata: {} }],
    ['CHANNEL_CREATE', { id: '1', guild_id: '300000000000000001', type: 99 }],
    ['GUILD_CREATE', { id: '300000000000000009', channels: 7 }],
    ['SOMETHING_NEW', {}],
    ['INTERACTION_CREATE', {}],
    ['INTERACTION_CREATE', { type: 2, id: 'Kossovo', data: { name: 7 } }],
    ['INTERACTION_CREATE', { type: 3, id: snowflake(), data: {} }],
    ['MESSAGE_CREATE', {}],
    ['MESSAGE_CREATE', { id: snowflake(), channel_id: '1', type: 0, content: 'Kossovo' }],
  ] as const) {
    await scene.server.dispatch(type, data)
  }
  await scene.server.shown(await scene.slash('threats')).next()
  expect(scene.events()).toContain('update.unread')
  expect(scene.written()).not.toMatch(/Kossovo/)
})

test('while one shard is away, the status says that some servers get no answer', async () => {
  await using scene = await openDiscord({
    before(server) {
      server.gateway.shards = 2
    },
  })
  await scene.seen('discord.started')
  expect(scene.platform.state()).toEqual({ status: 'running' })
  const { faults } = scene.server.gateway
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  // Both are dropped; one comes back at once, the other is made to wait.
  faults.push(socket => {
    void free.then(() => socket.terminate())
  })
  scene.server.gateway.drop()
  await scene.server.gateway.resumed.next()
  expect(scene.platform.state().status).toBe('trouble')
  go()
  await scene.seen('platform.recovered')
  expect(scene.platform.state()).toEqual({ status: 'running' })
})

test('commands that have not arrived are sent again until they have, told once', async () => {
  await using scene = await openDiscord({
    before(server) {
      server.meet(/^GET \/applications/, reset, refuse(500, 0))
      server.meet(/^PUT/, refuse(500, 0), slow('{"retry_after":5}'), half)
    },
  })
  for (let call = 0; call < 4; call++) await scene.server.next(/^PUT/)
  expectWaited(scene.pauses, 5)
  expect(scene.events().filter(event => event === 'menu.failed')).toHaveLength(1)
})

test('commands that are refused are told and stop nothing', async () => {
  await using scene = await openDiscord({
    before: server => server.meet(/^PUT/, refuse(400, 50035)),
  })
  expect(await scene.seen('menu.refused')).toMatchObject({ code: '400 50035', level: 'error' })
  await scene.server.shown(await scene.slash('threats')).next()
})

test('neither the token nor what people write is in the log, whatever fails', async () => {
  const secret = 'Kossovo-is-what-I-typed'
  await using scene = await openDiscord({ timeoutMs: 50 })
  const option = { type: 3, name: 'words', value: secret }
  const refused = refuse(400, 50035)
  const faults = [...passing.map(([, fault]) => fault(99)), half, hang, page, refused]
  for (const [index, fault] of faults.entries()) {
    const channel = `7${index}`
    const say = (content: string) =>
      scene.server.dispatch('MESSAGE_CREATE', {
        ...{ id: snowflake(), channel_id: channel, type: 0, mentions: [], content },
        author: { id: snowflake(), username: 'adalovelace' },
      })
    const met = scene.server.next(/^POST \/interactions/)
    scene.server.meet(/^POST \/interactions/, fault)
    // A refused call is not tried again.
    const met3 = fault === refused ? [fault] : [fault, fault, fault]
    scene.server.meet(new RegExp(`^POST /channels/${channel}/`), ...met3)
    await scene.slash('search', [option])
    await met
    await say(secret)
    await say('/next')
    const shown = scene.server.shown(channel)
    while (!words(await shown.next()).startsWith('Next exercise'));
  }
  await scene.platform.stop()
  for (const code of ['429', '500', '502', '400 50035', 'AbortError']) {
    expect(scene.written()).toMatch(`"code":"${code}"`)
  }
  expect(scene.written()).not.toMatch(TOKEN)
  expect(scene.written()).not.toMatch(/Kossovo|adalovelace/)
})

test('stopped while it connects, it leaves nothing behind that would end the process', async () => {
  const faults: unknown[] = []
  const told = (error: unknown) => faults.push(error)
  process.on('uncaughtExceptionMonitor', told)
  onTestFinished(() => void process.off('uncaughtExceptionMonitor', told))
  {
    await using scene = await openDiscord({
      before: server => {
        server.gateway.isDeaf = true
      },
    })
    await scene.server.gateway.knocked.next()
    await scene.platform.stop()
  }
  // The server has hung up by now; what comes of that comes with the next turns.
  for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
  expect(faults).toEqual([])
})
