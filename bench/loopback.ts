import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { WebSocketServer } from 'ws'

/** A platform on this machine that answers at once and checks nothing: what is timed is the bot. */
export interface Loopback {
  readonly url: string
  /** Resolves when a bot is there to be asked. */
  connected(): Promise<void>
  /** Asks `/threats` from `count` chats at once; milliseconds until each is answered. */
  ask(count: number): Promise<number[]>
  /** Asks `count` times at once as one person, and in a chat whose answers hang. */
  disturb(count: number): void
  close(): Promise<void>
}

export const TELEGRAM_TOKEN = '123456:AAF-bench_only-0000000000000000'
export const DISCORD_TOKEN = 'MTAwMDAwMDAwMDAwMDAwMDAx.bench1.never_a_secret-0000'

/** Most open questions to a bot on Discord: Sitrep drops what comes on top of 300 answers under way. */
const AT_ONCE = 100

/** Chats of their own: one that is never answered to, one that asks too much. */
const HANGING = 7
const FLOODING = 8

type Handle = (request: IncomingMessage, path: string, body: Buffer) => Promise<object | undefined>

async function listen(handle: Handle) {
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const answer = await handle(request, request.url ?? '', await buffer(request))
    if (!answer) response.writeHead(204).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

/** Times of questions by their key, and the promise that all have been answered. */
function stopwatch() {
  const asked = new Map<string, number>()
  let times: number[] = []
  let done = Promise.withResolvers<number[]>()
  let expected = 0
  return {
    begin(count: number) {
      times = []
      expected = count
      done = Promise.withResolvers()
      return done.promise
    },
    ask: (key: string) => asked.set(key, performance.now()),
    /** Returns whether the question was open. */
    answer(key: string): boolean {
      const begun = asked.get(key)
      if (begun === undefined) return false
      asked.delete(key)
      times.push(performance.now() - begun)
      if (times.length === expected) done.resolve(times)
      return true
    },
  }
}

/** Discord on this machine, whose gateway can lose the bot. */
export interface DiscordLoopback extends Loopback {
  /** Cuts the connection to the gateway off. Resolves when the bot is back. */
  drop(): Promise<void>
}

/** The Bot API, long polling. One batch has whatever waits: the real one gives 100 at most. */
export async function openTelegram(): Promise<Loopback> {
  const watch = stopwatch()
  const connected = Promise.withResolvers<void>()
  let waiting: object[] = []
  let wake = () => {}
  let ids = 0
  const me = { id: 123456, is_bot: true, first_name: 'b', username: 'bench_bot' }

  const { server, port } = await listen(async (_, path, body) => {
    const method = path.slice(path.lastIndexOf('/') + 1)
    if (method === 'sendMessage') {
      const { chat_id } = JSON.parse(String(body))
      if (Number(chat_id) === HANGING) await new Promise(() => {})
      watch.answer(String(chat_id))
      return { ok: true, result: { message_id: 1, date: 0, chat: { id: chat_id } } }
    }
    if (method === 'getUpdates') {
      connected.resolve()
      if (waiting.length === 0 && JSON.parse(String(body)).timeout > 0) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      const result = waiting
      waiting = []
      return { ok: true, result }
    }
    if (method === 'getMe') return { ok: true, result: me }
    return { ok: true, result: method === 'getMyCommands' ? [] : true }
  })

  function push(id: number): void {
    ids += 1
    const date = Math.floor(Date.now() / 1000)
    const chat = { id, type: 'private', first_name: 'b' }
    const entities = [{ type: 'bot_command', offset: 0, length: 8 }]
    const from = { ...chat, is_bot: false }
    const message = { message_id: ids, date, chat, from, text: '/threats', entities }
    waiting.push({ update_id: ids, message })
  }

  return {
    url: `http://127.0.0.1:${port}`,
    connected: () => connected.promise,
    ask(count) {
      const answered = watch.begin(count)
      for (let index = 0; index < count; index++) {
        // Each from another person, so that none is refused for their rate.
        const chat = 1_000_000 + ids
        watch.ask(String(chat))
        push(chat)
      }
      wake()
      return answered
    },
    disturb(count) {
      push(HANGING)
      for (let index = 0; index < count; index++) push(FLOODING)
      wake()
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Discord's gateway and REST API. */
export async function openDiscord(): Promise<DiscordLoopback> {
  const watch = stopwatch()
  let connected = Promise.withResolvers<void>()
  let send: (payload: object) => void = () => {}
  let ids = 1n << 60n
  let sequence = 0
  let underWay = 0
  const waiting: string[] = []

  function pushWaiting(): void {
    for (const id of waiting.splice(0, AT_ONCE - underWay)) {
      underWay += 1
      push(id, `token-${id}`)
    }
  }

  const { server, port } = await listen(async (_, path) => {
    if (path.includes('/interactions/')) {
      if (path.includes(`/token-${HANGING}/`)) await new Promise(() => {})
      if (!watch.answer(path.split('/').at(-2) ?? '')) return undefined
      underWay -= 1
      pushWaiting()
      return undefined
    }
    if (path.endsWith('/gateway/bot')) {
      const session_start_limit = { total: 9, remaining: 9, reset_after: 0, max_concurrency: 1 }
      return { url: `ws://127.0.0.1:${port}`, shards: 1, session_start_limit }
    }
    return path.endsWith('/commands') ? [] : {}
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', socket => {
    send = payload => socket.send(JSON.stringify(payload))
    socket.on('message', data => {
      const { op } = JSON.parse(String(data))
      if (op === 1) send({ op: 11 })
      if (op === 6) {
        send({ op: 0, t: 'RESUMED', s: sequence + 1, d: {} })
        connected.resolve()
      }
      if (op !== 2) return
      const user = { id: '100000000000000001', username: 'b', discriminator: '0', bot: true }
      const application = { id: '100000000000000001', flags: 0 }
      const resume_gateway_url = `ws://127.0.0.1:${port}`
      const d = { v: 10, user, application, session_id: 's', resume_gateway_url, guilds: [] }
      send({ op: 0, t: 'READY', s: 1, d })
      connected.resolve()
    })
    send({ op: 10, d: { heartbeat_interval: 45_000 } })
  })

  function push(person: string, token: string): void {
    ids += 1n
    sequence += 1
    const now = BigInt(Date.now() - 1_420_070_400_000) << 22n
    const id = String(now + (ids & 0x3fffffn))
    const user = { id: person, username: 'a', discriminator: '0', avatar: null }
    const d = {
      ...{ id, token, user, type: 2, application_id: '100000000000000001', version: 1 },
      ...{ channel_id: person, channel: { id: person, type: 1 }, context: 1 },
      ...{ entitlements: [], authorizing_integration_owners: { 0: '0' }, locale: 'en-GB' },
      ...{ app_permissions: '0', attachment_size_limit: 1 },
      data: { id: '100000000000000002', type: 1, name: 'threats' },
    }
    send({ op: 0, t: 'INTERACTION_CREATE', s: sequence + 1, d })
  }

  return {
    url: `http://127.0.0.1:${port}/api`,
    connected: () => connected.promise,
    ask(count) {
      const answered = watch.begin(count)
      for (let index = 0; index < count; index++) {
        ids += 1n
        watch.ask(`token-${ids}`)
        waiting.push(String(ids))
      }
      pushWaiting()
      return answered
    },
    disturb(count) {
      push(String(HANGING), `token-${HANGING}`)
      for (let index = 0; index < count; index++) push(String(FLOODING), `flood-${index}`)
    },
    drop() {
      connected = Promise.withResolvers()
      for (const socket of sockets.clients) socket.terminate()
      return connected.promise
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
