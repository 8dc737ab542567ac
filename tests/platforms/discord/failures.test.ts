import { expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { PlatformError } from '../../../src/platform.ts'
import { readDiscord } from '../../discord-markdown.ts'
import { openDiscord } from './scene.ts'
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

/** What a reply may be met with, and that it comes all the same; waits in milliseconds. */
const passing: [string, Fault, number?][] = [
  ['429 with its wait in the header', slow('{}', { 'retry-after': '7' }), 7000],
  ['429 with its wait in the body', slow('{"retry_after":9}'), 9000],
  ['429 with its wait in both', slow('{"retry_after":3}', { 'retry-after': '3' }), 3000],
  ['429 with a page instead of JSON', answerWith(429, '<html>slow</html>'), 5000],
  ['429 for the whole bot', slow('{}', { 'retry-after': '2', 'x-ratelimit-global': 'true' }), 2000],
  ['500', refuse(500, 0)],
  ['502 with a page instead of JSON', answerWith(502, '<html>Bad Gateway</html>')],
  ['a reset connection', reset],
]

/** What only an answer with a body can be met with. */
const halves: [string, Fault][] = [
  ['an answer that stops half way', half],
  ['200 with a page instead of JSON', answerWith(200, '<html>Welcome to the hotel</html>')],
  ['no answer at all', hang],
]

for (const [name, fault, wait] of passing) {
  test(`an interaction met with ${name} is answered all the same`, async () => {
    await using scene = await openDiscord()
    scene.server.meet(/^POST \/interactions/, fault)
    const shown = await scene.server.shown(await scene.slash('threats')).next()
    expect(words(shown)).toMatch(/^Threats/)
    // The library counts a few milliseconds of its own to it.
    if (wait) expect(scene.pauses.some(ms => Math.abs(ms - wait) <= 60)).toBe(true)
    expect(scene.events()).not.toContain('reply.failed')
  })
}

for (const [name, fault] of [...passing, ...halves]) {
  test(`a message met with ${name} is answered once all the same`, async () => {
    await using scene = await openDiscord()
    const ask = (content: string) =>
      scene.server.dispatch('MESSAGE_CREATE', {
        ...{ id: snowflake(), channel_id: '77', type: 0, mentions: [], content },
        author: { id: snowflake(), username: 'ada' },
      })
    scene.server.meet(/^POST \/channels/, fault)
    await ask('/threats')
    await ask('/next')
    const shown = scene.server.shown('77')
    expect(words(await shown.next())).toMatch(/^Threats/)
    expect(words(await shown.next())).toMatch(/^Next exercise/)
    expect(scene.events()).not.toContain('reply.failed')
  })
}

test('an interaction whose first answer hangs is answered by the second try, within three seconds', async () => {
  await using scene = await openDiscord()
  scene.server.meet(/^POST \/interactions/, hang)
  const before = performance.now()
  const shown = await scene.server.shown(await scene.slash('threats')).next()
  expect(words(shown)).toMatch(/^Threats/)
  expect(performance.now() - before).toBeLessThan(3000)
})

test('an answer that had arrived and was not told so is no error, and its parts follow', async () => {
  await using scene = await openDiscord()
  scene.server.meet(/^POST \/interactions/, reset, refuse(400, 40060))
  const tries = [1, 2].map(() => scene.server.next(/^POST \/interactions/))
  await scene.slash('threats')
  await Promise.all(tries)
  await scene.server.shown(await scene.slash('next')).next()
  expect(scene.events()).not.toContain('reply.failed')
})

test('an interaction that Discord no longer knows is given up, and told', async () => {
  await using scene = await openDiscord()
  scene.server.meet(/^POST \/interactions/, refuse(404, 10062))
  await scene.slash('threats')
  expect(await scene.seen('reply.failed')).toMatchObject({ next: 'gone', code: '404 10062' })
})

test('a 401 in passing does not make the bot forget its token', async () => {
  await using scene = await openDiscord()
  scene.server.meet(/^POST \/channels/, refuse(401, 0))
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
  const before = performance.now()
  await scene.server.shown(await scene.slash('threats')).next()
  expect(performance.now() - before).toBeLessThan(1000)
})

for (const [code, sentence] of [
  [4004, /^Discord refuses the token: reset it/],
  [4013, /^Discord does not know an intent/],
  [4014, /^Discord does not allow an intent/],
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

  test(`so does one that closes with ${code} later on`, async () => {
    await using scene = await openDiscord()
    await scene.server.shown(await scene.slash('threats')).next()
    scene.server.gateway.drop(code)
    const error = await scene.running.catch((reason: unknown) => reason)
    expect((error as Error).message).toMatch(sentence)
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
  expect((error as Error).message).toMatch(/^Discord refuses the token/)
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
  expect(await scene.seen('platform.trouble')).toMatchObject({ code: 'ECONNREFUSED', level: 40 })
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
  ] as const) {
    await scene.server.dispatch(type, data)
  }
  await scene.server.shown(await scene.slash('threats')).next()
})

test('commands that are refused are told and stop nothing', async () => {
  await using scene = await openDiscord({
    before: server => server.meet(/^PUT/, refuse(400, 50035)),
  })
  expect(await scene.seen('menu.failed')).toMatchObject({ code: '400 50035' })
  await scene.server.shown(await scene.slash('threats')).next()
})

test('neither the token nor what people write is in the log, whatever fails', async () => {
  const secret = 'Kossovo-is-what-I-typed'
  await using scene = await openDiscord({ timeoutMs: 50 })
  const option = { type: 3, name: 'words', value: secret }
  for (const [, fault] of [...passing, ...halves, ['refused', refuse(400, 50035)] as const]) {
    scene.server.meet(/^POST \/interactions/, fault, fault, fault)
    await scene.slash('search', [option])
    await scene.server.dispatch('MESSAGE_CREATE', {
      ...{ id: snowflake(), channel_id: '77', type: 0, mentions: [], content: secret },
      author: { id: snowflake(), username: 'adalovelace' },
    })
    scene.server.meet(/^POST \/channels/, fault, fault, fault)
  }
  await scene.seen('reply.failed')
  await scene.platform.stop()
  expect(scene.written()).not.toMatch(TOKEN)
  expect(scene.written()).not.toMatch(/Kossovo|adalovelace/)
})
