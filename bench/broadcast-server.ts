import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface BroadcastServerOptions {
  /** Every answer takes so long, in milliseconds. */
  readonly latencyMs: number
  /** Whether Telegram's limits are enforced: 30/s, 1/s a chat, 20/min a group; longer while hammered. */
  readonly isLimited: boolean
}

/** The Bot API on this machine: it counts what is posted, and is asked things meanwhile. */
export interface BroadcastServer {
  readonly url: string
  /** Resolves when a bot polls. */
  connected(): Promise<void>
  /** Resolves when so many posts have been taken since it was last asked. */
  posts(count: number): Promise<void>
  /** When posts were taken, as `performance.now()`. */
  readonly times: number[]
  /** When messages of those who ask were edited, as `performance.now()`. */
  readonly edits: number[]
  /** Chats that have got something, by how often. */
  readonly chats: Map<string, number>
  /** Requests that were refused for their rate. */
  readonly refused: () => number
  /** Asks `/threats` from a chat of its own; milliseconds until the answer is acknowledged. */
  ask(): Promise<number>
  /** Cuts every connection off, as an outage does. */
  drop(): void
  close(): Promise<void>
}

/** Chats from this id on ask, and are not those that are posted to. */
export const ASKERS = 900_000_000

export async function openBroadcastServer(
  options: BroadcastServerOptions,
): Promise<BroadcastServer> {
  const { latencyMs, isLimited } = options
  const limits = createLimits()
  const times: number[] = []
  const edits: number[] = []
  const chats = new Map<string, number>()
  const connected = Promise.withResolvers<void>()
  const asked = new Map<string, () => void>()
  let expected = { count: Number.POSITIVE_INFINITY, resolve: () => {} }
  let refused = 0
  let waiting: object[] = []
  let wake = () => {}
  let ids = 0

  function take(chat: string): void {
    const answered = asked.get(chat)
    answered?.()
    if (answered || Number(chat) >= ASKERS) return
    times.push(performance.now())
    chats.set(chat, (chats.get(chat) ?? 0) + 1)
    if (times.length >= expected.count) expected.resolve()
  }

  async function answer(path: string, body: Buffer): Promise<{ status: number; body: object }> {
    const method = path.slice(path.lastIndexOf('/') + 1)
    const ok = (result: unknown) => ({ status: 200, body: { ok: true, result } })
    if (method === 'sendMessage') {
      const chat = String(JSON.parse(String(body)).chat_id)
      const waitS = isLimited ? limits.refuse(chat, performance.now()) : 0
      if (latencyMs > 0) await new Promise(resolve => setTimeout(resolve, latencyMs))
      if (waitS > 0) {
        refused += 1
        const parameters = { retry_after: waitS }
        const description = `Too Many Requests: retry after ${waitS}`
        return { status: 429, body: { ok: false, error_code: 429, description, parameters } }
      }
      ids += 1
      take(chat)
      return ok({ message_id: ids, date: 0, chat: { id: chat } })
    }
    if (method === 'editMessageText') edits.push(performance.now())
    if (method === 'getUpdates') {
      connected.resolve()
      if (waiting.length === 0 && JSON.parse(String(body)).timeout > 0) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      const result = waiting
      waiting = []
      return ok(result)
    }
    if (method === 'getMe') {
      return ok({ id: 123456, is_bot: true, first_name: 'b', username: 'bench_bot' })
    }
    return ok(method === 'getMyCommands' ? [] : true)
  }

  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request.url ?? '', await buffer(request))
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connected: () => connected.promise,
    posts(count) {
      times.splice(0)
      edits.splice(0)
      chats.clear()
      return new Promise(resolve => {
        expected = { count, resolve }
      })
    },
    times,
    edits,
    chats,
    refused: () => refused,
    ask() {
      ids += 1
      const chat = { id: ASKERS + ids, type: 'private', first_name: 'b' }
      const entities = [{ type: 'bot_command', offset: 0, length: 8 }]
      const date = Math.floor(Date.now() / 1000)
      const from = { ...chat, is_bot: false }
      const message = { message_id: ids, date, chat, from, text: '/threats', entities }
      const before = performance.now()
      const answered = new Promise<number>(resolve => {
        asked.set(String(chat.id), () => {
          asked.delete(String(chat.id))
          resolve(performance.now() - before)
        })
      })
      waiting.push({ update_id: ids, message })
      wake()
      return answered
    },
    drop: () => server.closeAllConnections(),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Telegram's limits as strictly as they can be read: sliding windows, by the time of arrival. */
function createLimits() {
  const all: number[] = []
  const chats = new Map<string, number[]>()
  let refusing = 0

  return {
    /** Seconds to wait; 0 where it is taken. */
    refuse(chat: string, now: number): number {
      // A caller that goes on while it is refused is refused for longer.
      if (now < refusing) {
        refusing = Math.max(refusing, now + 3000)
        return Math.ceil((refusing - now) / 1000)
      }
      while ((all[0] ?? now) <= now - 1000) all.shift()
      const own = (chats.get(chat) ?? []).filter(time => time > now - 60_000)
      const isGroup = chat.startsWith('-')
      const inSecond = own.filter(time => time > now - 1000).length
      if (all.length >= 30 || inSecond >= 1 || (isGroup && own.length >= 20)) {
        refusing = now + 3000
        return 3
      }
      all.push(now)
      chats.set(chat, [...own, now])
      return 0
    },
  }
}
