import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Part, readBody } from '../multipart.ts'
import { createStream, type Stream } from '../stream.ts'
import { createGuildEvents } from './scheduled-events.ts'

/** A bot token of the right form that opens nothing. */
export const TOKEN = 'MTAwMDAwMDAwMDAwMDAwMDAx.test-1.never_a_secret-000000000000000'

export const BOT = '100000000000000001'
export const APPLICATION = '100000000000000001'

/** A call of the REST API: `POST /channels/1/messages`. */
interface Call {
  readonly route: string
  // biome-ignore lint/suspicious/noExplicitAny: the body as it came in.
  readonly body: any
  readonly authorization: string | undefined
}

/** A fault in place of the response; `taken` if the server still does what was asked for. */
interface Mishap {
  readonly fault: Fault
  readonly taken?: boolean
}

/** Handles a call in place of the server's own answer. */
export type Fault = (response: ServerResponse, call: Call) => void

/** A part of an answer, as Discord would show it. */
export interface Shown {
  // biome-ignore lint/suspicious/noExplicitAny: the body as it came in.
  readonly body: any
  readonly call: Call
  /** The id of the message, which its buttons send back. */
  readonly message: string
}

export interface DiscordServer {
  readonly url: string
  readonly calls: Call[]
  /** Returns everything shown for this interaction token, or in this channel. */
  shown(place: string): Stream<Shown>
  /** Waits for the next call whose route matches. */
  next(pattern: RegExp): Promise<Call>
  /** Sends an event to the bot, once it is connected. */
  dispatch(type: string, data: object): Promise<void>
  /** Sends a frame as it is, be it no JSON. */
  frame(text: string): Promise<void>
  /** The next calls whose routes match are met by these instead. */
  meet(pattern: RegExp, ...faults: Fault[]): void
  /** Every call that nothing was planned for is met by this, where it says so. */
  weather: (call: Call) => Mishap | undefined
  /** The messages of each channel that were accepted, by their ids; null for a deleted one. */
  readonly taken: Map<string, Map<string, object | null>>
  /** The attachments of each message, by its id and the file's name: `1001/picture.png`. */
  readonly attached: Map<string, Part>
  /** The files that `/attachments/` serves, by name. */
  readonly files: Map<string, Buffer>
  /** The ids of messages that were published to followers. */
  readonly crossposted: Set<string>
  /** The scheduled events of all servers. */
  readonly guildEvents: ReturnType<typeof createGuildEvents>
  /** Time for which a nonce is known, in milliseconds. */
  nonceMs: number
  readonly gateway: {
    /** Identify and resume payloads, as they came in. */
    // biome-ignore lint/suspicious/noExplicitAny: the payload as it came in.
    readonly payloads: Stream<any>
    /** Faults that replace the greeting of the next connections, one each. */
    readonly faults: ((socket: WebSocket) => void)[]
    /** Whether the gateway leaves new connections without an answer; `knocked` gets an entry for each. */
    isDeaf: boolean
    readonly knocked: Stream<true>
    /** Returns the number of open connections. */
    open(): number
    /** Returns the largest number of connections that were open at once since the last call, or since the start. */
    most(): number
    /** Closes the open connections. */
    drop(code?: number): void
    /** Sends a frame as it is given, whatever it holds. */
    send(frame: string): void
    /** Guilds of the next READY: those of one shard alone, and those that an outage keeps away. */
    guilds: Record<string, unknown>[]
    /** The recommended number of shards. */
    shards: number
    /** Tells of each connection that was resumed. */
    readonly resumed: Stream<true>
  }
  close(): Promise<void>
}

let ids = 0n

/** An id of this moment, 19 digits long. */
export function snowflake(at = Date.now()): string {
  ids += 1n
  return String((BigInt(at - 1_420_070_400_000) << 22n) + (ids & 0xfffn))
}

export const refuse =
  (status: number, code: number, headers: Record<string, string> = {}): Fault =>
  response => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify({ message: 'Refused', code }))
  }

export const answerWith =
  (status: number, body: string, headers: Record<string, string> = {}): Fault =>
  response => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body)
  }

export const reset: Fault = response => response.socket?.resetAndDestroy()

/** A fault that never answers. */
export const hang: Fault = () => {}

/** Statuses and codes with which Discord refuses a file, and not its message. */
export const FILE_REFUSALS = [
  [403, 50013],
  [403, 50001],
  [403, 999_999],
  [400, 50046],
  [413, 40005],
] as const

/** Announces more than it sends, and leaves the connection open. */
export const half: Fault = response => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"id":"1","chan')
}

/** Discord on this machine: REST and gateway. */
/** The flag of a message that only one user sees. */
const EPHEMERAL = 1 << 6

export async function openDiscordServer(): Promise<DiscordServer> {
  const calls: Call[] = []
  const faults: { pattern: RegExp; fault: Fault }[] = []
  const streams = new Map<string, Stream<Shown>>()
  const waiting: { pattern: RegExp; resolve: (call: Call) => void }[] = []
  const nonces = new Map<string, { id: string; channel: string; at: number }>()
  const taken: DiscordServer['taken'] = new Map()
  const crossposted = new Set<string>()
  const attached: DiscordServer['attached'] = new Map()
  const files: DiscordServer['files'] = new Map()
  /** The message that each interaction's token edits. */
  const originals = new Map<string, string>()
  /** The tokens of interactions whose answer only one user sees. */
  const hiddenOriginals = new Set<string>()
  const guildEvents = createGuildEvents()
  let commands: object[] = []

  const streamOf = (place: string) => {
    const stream = streams.get(place) ?? createStream<Shown>()
    streams.set(place, stream)
    return stream
  }

  /** No two choices of an option may be called alike, nor longer than a hundred characters. */
  function areChoicesTaken({ options = [] }: { options?: { choices?: { name: string }[] }[] }) {
    const named = options.map(({ choices = [] }) => choices.map(({ name }) => name))
    return named.every(
      names => new Set(names).size === names.length && names.every(name => name.length <= 100),
    )
  }

  const INVALID = { status: 400, body: { message: 'Invalid Form Body', code: 50035 } }

  /**
   * Whether Discord would take the files of a message: what is attached is announced and shown, what is
   * shown is attached, or was to the message that is edited.
   */
  function isWhole(body: Call['body'], parts: readonly Part[], message?: string): boolean {
    const announced: { id: unknown; filename: string }[] = body?.attachments ?? []
    const names = announced.map(({ filename }) => filename)
    if (announced.some(({ id }, index) => id !== index)) return false
    if (String(names) !== String(parts.map(({ name }) => name))) return false
    const shown = [...JSON.stringify(body ?? {}).matchAll(/attachment:\/\/([^"]+)/g)]
    const referenced = shown.map(([, name = '']) => name)
    // Without a list, a message keeps what it has.
    const isThere = (name: string) =>
      names.includes(name) || (!body?.attachments && attached.has(`${message}/${name}`))
    const known = ['flags', 'components', 'allowed_mentions', 'attachments', 'nonce']
    const isKnown = (key: string) => [...known, 'enforce_nonce', 'message_reference'].includes(key)
    return (
      referenced.every(isThere) &&
      names.every(name => referenced.includes(name)) &&
      Object.keys(body ?? {}).every(isKnown)
    )
  }

  /** Keeps the files of a message; an edit with a list of them loses all others. */
  function attach(message: string, body: Call['body'], parts: readonly Part[]): void {
    const old = [...attached.keys()].filter(key => key.startsWith(`${message}/`))
    if (body?.attachments) for (const key of old) attached.delete(key)
    for (const part of parts) attached.set(`${message}/${part.name}`, part)
  }

  function answer(call: Call, parts: readonly Part[]): { status: number; body?: unknown } {
    const { route, body } = call
    const [, method = '', path = ''] = /^(\w+) (.*)$/.exec(route) ?? []
    const [first, id = '', third, fourth, fifth] = path.slice(1).split('/')
    if (path === '/gateway/bot') {
      const limit = {
        total: 1000,
        remaining: 999,
        reset_after: 1000,
        max_concurrency: gateway.shards,
      }
      const url = `ws://127.0.0.1:${port()}`
      return { status: 200, body: { url, shards: gateway.shards, session_start_limit: limit } }
    }
    if (first === 'interactions' && third) {
      const { type, data } = body
      const isNew = type === 4 || type === 5
      if (type === 5 && data?.flags & EPHEMERAL) hiddenOriginals.add(third)
      const message = (isNew ? undefined : originals.get(third)) ?? snowflake()
      if (isNew) originals.set(third, message)
      if ([4, 7].includes(type) && !isWhole(data, parts, message)) return INVALID
      if (type === 4 || type === 7) attach(message, data, parts)
      // 5 and 6 promise an answer; 8 brings choices.
      if (type === 4 || type === 7 || type === 8 || type === 9)
        streamOf(third).push({ body: data, call, message })
      return { status: 204 }
    }
    if (first === 'webhooks' && method === 'DELETE') return { status: 204 }
    if (first === 'webhooks' && third) {
      const message = (method === 'PATCH' ? originals.get(third) : undefined) ?? snowflake()
      if (!isWhole(body, parts, message)) return INVALID
      attach(message, body, parts)
      // An edit cannot change who sees a message.
      const isHidden = method === 'PATCH' && hiddenOriginals.has(third)
      const seen = isHidden ? { ...body, flags: (body.flags ?? 0) | EPHEMERAL } : body
      streamOf(third).push({ body: seen, call, message })
      return { status: 200, body: { id: message, channel_id: '1' } }
    }
    if (first === 'channels' && third === 'messages' && fourth) {
      const held = taken.get(id)
      if (!held?.get(fourth)) return { status: 404, body: { message: 'Unknown', code: 10008 } }
      if (method === 'PATCH' && !isWhole(body, parts, fourth)) return INVALID
      if (fifth === 'crosspost') crossposted.add(fourth)
      else if (method === 'DELETE') held.set(fourth, null)
      else {
        held.set(fourth, body)
        attach(fourth, body, parts)
      }
      if (method === 'DELETE') return { status: 204 }
      return { status: 200, body: { id: fourth, channel_id: id } }
    }
    if (first === 'channels' && third === 'messages') {
      if (!isWhole(body, parts)) return INVALID
      // Compared among all that one author has sent, wherever that was.
      const nonce = `${call.authorization} ${body.nonce}`
      const sent = body.enforce_nonce ? nonces.get(nonce) : undefined
      const known = sent && Date.now() - sent.at < self.nonceMs ? sent : undefined
      const message = known?.id ?? snowflake()
      if (!known) {
        nonces.set(nonce, { id: message, channel: id, at: Date.now() })
        taken.set(id, (taken.get(id) ?? new Map<string, object | null>()).set(message, body))
        attach(message, body, parts)
        streamOf(id).push({ body, call, message })
      }
      return { status: 200, body: { id: message, channel_id: known?.channel ?? id } }
    }
    if (path === '/users/@me') return { status: 200, body: { id: BOT, username: 'sitrep' } }
    if (first === 'guilds' && third === 'scheduled-events')
      return guildEvents.answer(method, id, fourth, body)
    if (first === 'applications' && third === 'commands') {
      if (method === 'PUT') {
        if (!body.every(areChoicesTaken)) return INVALID
        commands = body.map((command: object) => ({
          default_member_permissions: null,
          ...command,
          id: snowflake(),
          version: snowflake(),
          application_id: APPLICATION,
          nsfw: false,
        }))
      }
      return { status: 200, body: commands }
    }
    return { status: 404, body: { message: `Unknown ${fourth ?? route}`, code: 0 } }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.replace(/^\/api\/v10/, '').replace(/\?.*$/, '')
    const { text, form } = await readBody(request)
    const sent = form?.fields.get('payload_json') ?? text
    const parts = [...(form?.files ?? [])]
    const call = {
      route: `${request.method} ${path}`,
      body: sent === '' ? undefined : JSON.parse(sent),
      authorization: request.headers.authorization,
    }
    calls.push(call)
    for (const [index, { pattern, resolve }] of waiting.entries()) {
      if (!pattern.test(call.route)) continue
      waiting.splice(index, 1)
      resolve(call)
      break
    }
    const met = faults.findIndex(({ pattern }) => pattern.test(call.route))
    const [planned] = met < 0 ? [] : faults.splice(met, 1)
    if (planned) return planned.fault(response, call)
    const [, name] = /^GET \/attachments\/(.+)$/.exec(call.route) ?? []
    if (name !== undefined) {
      response.writeHead(files.has(name) ? 200 : 404).end(files.get(name))
      return
    }
    // The library names the files by their number.
    const isNumbered = parts.every(([field], index) => field === `files[${index}]`)
    if (!isNumbered) return refuse(400, 50035)(response, call)
    const isOpen = /^POST \/interactions|^(POST|PATCH|DELETE) \/webhooks/.test(call.route)
    if (!isOpen && call.authorization !== `Bot ${TOKEN}`) return refuse(401, 0)(response, call)
    const mishap = self.weather(call)
    if (mishap && !mishap.taken) return mishap.fault(response, call)
    const { status, body } = answer(
      call,
      parts.map(([, part]) => part),
    )
    if (mishap) return mishap.fault(response, call)
    // An empty answer has no content type.
    if (status === 204) response.writeHead(204).end()
    else {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = () => (server.address() as AddressInfo).port

  const payloads: DiscordServer['gateway']['payloads'] = createStream()
  let most = 0
  const gateway: DiscordServer['gateway'] = {
    payloads,
    faults: [],
    isDeaf: false,
    knocked: createStream(),
    guilds: [],
    shards: 1,
    resumed: createStream(),
    open: () => sockets.clients.size,
    most() {
      const before = most
      most = sockets.clients.size
      return before
    },
    send(frame) {
      for (const socket of sockets.clients) socket.send(frame)
    },
    drop(code = 1006) {
      for (const socket of sockets.clients) {
        if (code === 1006) socket.terminate()
        else socket.close(code)
      }
    },
  }
  const unanswered: Socket[] = []
  const sockets = new WebSocketServer({
    server,
    verifyClient({ req }, accept) {
      if (!gateway.isDeaf) return accept(true)
      unanswered.push(req.socket)
      gateway.knocked.push(true)
    },
  })
  let ready = Promise.withResolvers<WebSocket>()
  let sequence = 0
  /** The events that were dispatched, which a client that resumes gets again. */
  const dispatched: { op: 0; t: string; s: number; d: object }[] = []
  sockets.on('connection', socket => {
    most = Math.max(most, sockets.clients.size)
    const send = (payload: object) => socket.send(JSON.stringify(payload))
    const begin = (t: string, d: object) => {
      sequence += 1
      send({ op: 0, t, s: sequence, d })
      ready.resolve(socket)
    }
    // A killed process may reset its connection.
    socket.on('error', () => {})
    socket.on('close', () => {
      ready = Promise.withResolvers()
    })
    socket.on('message', data => {
      const { op, d } = JSON.parse(String(data))
      if (op === 1) return send({ op: 11 })
      if (op !== 2 && op !== 6) return
      payloads.push({ op, d })
      if (d.token !== TOKEN) return socket.close(4004)
      if (op === 6) {
        for (const event of dispatched) if (event.s > d.seq) send(event)
        begin('RESUMED', {})
        return gateway.resumed.push(true)
      }
      const user = { id: BOT, username: 'sitrep', discriminator: '0', bot: true, avatar: null }
      const [shard = 0] = d.shard ?? []
      const guilds = gateway.guilds.filter(guild => (guild.shard ?? shard) === shard)
      begin('READY', {
        v: 10,
        user,
        application: { id: APPLICATION, flags: 0 },
        session_id: 'session',
        resume_gateway_url: `ws://127.0.0.1:${port()}`,
        guilds: guilds.map(guild => ({ ...guild, unavailable: true })),
        shard: d.shard,
      })
      for (const guild of guilds) begin(guild.unavailable ? 'GUILD_DELETE' : 'GUILD_CREATE', guild)
    })
    const fault = gateway.faults.shift()
    if (fault) fault(socket)
    else send({ op: 10, d: { heartbeat_interval: 45_000 } })
  })

  const self: DiscordServer = {
    url: `http://127.0.0.1:${port()}/api`,
    calls,
    taken,
    attached,
    files,
    crossposted,
    guildEvents,
    nonceMs: 300_000,
    weather: () => undefined,
    gateway,
    shown: streamOf,
    next(pattern) {
      return new Promise(resolve => waiting.push({ pattern, resolve }))
    },
    async frame(text) {
      const socket = await ready.promise
      socket.send(text)
    },
    async dispatch(t, d) {
      const socket = await ready.promise
      const { token, message } = d as { token?: string; message?: { id?: string } }
      if (token !== undefined && message?.id !== undefined) originals.set(token, message.id)
      sequence += 1
      const event = { op: 0 as const, t, s: sequence, d }
      dispatched.push(event)
      socket.send(JSON.stringify(event))
    },
    meet(pattern, ...more) {
      faults.push(...more.map(fault => ({ pattern, fault })))
    },
    async close() {
      const closed = once(server, 'close')
      for (const socket of sockets.clients) socket.terminate()
      for (const socket of unanswered) socket.resetAndDestroy()
      sockets.close()
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return self
}
