import {
  type APIApplicationCommand,
  type APIGuildScheduledEvent,
  type APIInteraction,
  type APIInteractionResponse,
  type APIMessage,
  DefaultRestOptions,
  type RawFile,
  REST,
  type RESTOptions,
  type RESTPatchAPIGuildScheduledEventJSONBody,
  type RESTPostAPIChannelMessageJSONBody,
  type RESTPostAPIGuildScheduledEventJSONBody,
  type RESTPutAPIApplicationCommandsJSONBody,
  type RequestData,
  type RouteLike,
  Routes,
} from 'discord.js'
import type { PlatformTime } from '../../clock.ts'
import type { ApiOptions } from '../platform-options.ts'
import { LIST_BYTES, RESPONSE_BYTES, readBody } from '../read-body.ts'
import { UnexpectedResponse } from '../retry.ts'
import { namedSeconds, PROBE_MS, readWait } from '../retry-after.ts'
import { createTimeouts } from '../timeouts.ts'

/** The body of a message, as the library types it. */
export type Body = RESTPostAPIChannelMessageJSONBody
type Token = Pick<APIInteraction, 'id' | 'application_id' | 'token'>

/**
 * Longest wait for Discord to accept a first response, in milliseconds. Discord expects one within 3 s. The bot
 * defers after 1 s, which leaves room for two of these waits and the pause between them.
 */
const CALLBACK_MS = 700

/** The calls of Discord's REST API that Sitrep needs. Each rejects with an error for `classifyError`. */
export interface Api {
  /** Sends the first response to an interaction. */
  respond(interaction: Token, response: APIInteractionResponse): Promise<void>
  editResponse(interaction: Token, body: Body, files?: RawFile[]): Promise<void>
  /** Deletes the first response, or the deferral. */
  deleteResponse(interaction: Token): Promise<void>
  followUp(interaction: Token, body: Body, files?: RawFile[]): Promise<void>
  post(channel: string, body: Body, files?: RawFile[]): Promise<APIMessage>
  edit(channel: string, message: string, body: Body, files?: RawFile[]): Promise<void>
  delete(channel: string, message: string): Promise<void>
  /** Rejects if the bot cannot see the channel, or there is none. */
  channel(channel: string): Promise<void>
  /** Unarchives a thread. */
  unarchive(thread: string): Promise<void>
  /** Publishes a message of an announcement channel to the channels that follow it. */
  crosspost(channel: string, message: string): Promise<void>
  /** Resolves to the id of the bot. */
  me(): Promise<string>
  /** Resolves to the scheduled and the active events of a server. */
  events(guild: string): Promise<APIGuildScheduledEvent[]>
  createEvent(guild: string, body: RESTPostAPIGuildScheduledEventJSONBody): Promise<string>
  editEvent(
    guild: string,
    event: string,
    body: RESTPatchAPIGuildScheduledEventJSONBody,
  ): Promise<void>
  commands(application: string): Promise<APIApplicationCommand[]>
  /** Resolves to the registered commands, with their ids. */
  setCommands(
    application: string,
    commands: RESTPutAPIApplicationCommandsJSONBody,
  ): Promise<APIApplicationCommand[]>
  /** Requests the gateway's address, only for Discord's time in the response's headers. */
  gateway(): Promise<void>
  /** Reads a resource in whatever form it has. */
  read(route: RouteLike): Promise<unknown>
  /** Ends the library's timers. */
  close(): void
}

/** Creates a client. With `isPosting` the caller keeps to Discord's 50 requests a second, otherwise the library. */
export function createApi(options: ApiOptions): Api {
  const { token, apiUrl, signal, timeoutMs, term, time, isPosting = false } = options
  const { onRateLimited, onResponse } = options
  const unpaced = isPosting ? { globalRequestsPerSecond: Number.MAX_SAFE_INTEGER } : {}
  const rest = new REST({ ...restOptions(apiUrl, time, onRateLimited, onResponse), ...unpaced })
  rest.setToken(token)
  const within = createTimeouts(signal, term, isPosting)

  async function request(
    method: 'get' | 'post' | 'patch' | 'put' | 'delete',
    route: RouteLike,
    data: RequestData = {},
    patienceMs = timeoutMs,
  ): Promise<unknown> {
    try {
      // The library's own timeout ends when a response begins, so a response that stops halfway would never end.
      return await within(patienceMs, ({ signal }) => rest[method](route, { ...data, signal }))
    } catch (error) {
      // The library drops the token at the first 401, even from a proxy, and would never recover.
      rest.setToken(token)
      throw error
    }
  }

  /** Options of a request without the bot's token. */
  const withoutToken = { auth: false } as const

  return {
    async respond({ id, token }, body) {
      const data = { body, ...withoutToken }
      await request('post', Routes.interactionCallback(id, token), data, CALLBACK_MS)
    },
    async editResponse({ application_id, token }, body, files) {
      const data = { body, ...(files && { files }), ...withoutToken }
      await request('patch', Routes.webhookMessage(application_id, token), data)
    },
    async deleteResponse({ application_id, token }) {
      await request('delete', Routes.webhookMessage(application_id, token), withoutToken)
    },
    async followUp({ application_id, token }, body, files) {
      const data = { body, ...(files && { files }), ...withoutToken }
      await request('post', Routes.webhook(application_id, token), data)
    },
    async post(channel, body, files) {
      const data = { body, ...(files && { files }) }
      const message = (await request('post', Routes.channelMessages(channel), data)) as APIMessage
      if (message?.channel_id !== channel || !isId(message.id)) throw new UnexpectedResponse()
      return message
    },
    async edit(channel, message, body, files) {
      const data = { body, ...(files && { files }) }
      await request('patch', Routes.channelMessage(channel, message), data)
    },
    async delete(channel, message) {
      await request('delete', Routes.channelMessage(channel, message))
    },
    async channel(channel) {
      await request('get', Routes.channel(channel))
    },
    async unarchive(thread) {
      await request('patch', Routes.channel(thread), { body: { archived: false } })
    },
    async crosspost(channel, message) {
      await request('post', Routes.channelMessageCrosspost(channel, message))
    },
    async me() {
      return idOf(await request('get', Routes.user()))
    },
    async events(guild) {
      const events = await request('get', Routes.guildScheduledEvents(guild))
      if (!Array.isArray(events)) throw new UnexpectedResponse()
      return events
    },
    async createEvent(guild, body) {
      return idOf(await request('post', Routes.guildScheduledEvents(guild), { body }))
    },
    async editEvent(guild, event, body) {
      await request('patch', Routes.guildScheduledEvent(guild, event), { body })
    },
    async commands(application) {
      const commands = await request('get', Routes.applicationCommands(application))
      if (!Array.isArray(commands)) throw new UnexpectedResponse()
      return commands
    },
    async setCommands(application, body) {
      const commands = await request('put', Routes.applicationCommands(application), { body })
      if (!Array.isArray(commands)) throw new UnexpectedResponse()
      return commands
    },
    async gateway() {
      await request('get', Routes.gateway(), withoutToken)
    },
    read: route => request('get', route),
    close() {
      rest.clearHandlerSweeper()
      rest.clearHashSweeper()
    },
  }
}

/** Returns the ID of a response. Throws {@link UnexpectedResponse} if it has none. */
function idOf(response: unknown): string {
  const { id } = Object(response) as { id?: unknown }
  if (!isId(id)) throw new UnexpectedResponse()
  return id
}

/** Checks the form of a Discord ID: a 64-bit number has at most 20 digits. */
function isId(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,20}$/.test(value)
}

/**
 * Turns off the library's own retries, because `retry` and the sender have them. The library would repeat a post
 * whose response was lost, and would wait without a limit after a 429.
 */
export function restOptions(
  apiUrl?: string,
  time?: PlatformTime,
  onRateLimited?: () => void,
  onResponse?: ApiOptions['onResponse'],
): Partial<RESTOptions> {
  return {
    ...(apiUrl && { api: apiUrl.replace(/\/+$/, '') }),
    retries: 0,
    rejectOnRateLimit: () => true,
    async makeRequest(url, init) {
      const askedAt = performance.now()
      const response = await DefaultRestOptions.makeRequest(url, init)
      const [date, age] = [response.headers.get('date'), response.headers.get('age')]
      time?.answered({ date, age }, askedAt)
      const { status, headers } = response
      onResponse?.({ status, type: headers.get('content-type') ?? undefined })
      if (status === 429) onRateLimited?.()
      const mayBeList = init.method === 'GET' || init.method === 'PUT'
      await loadBody(response, mayBeList ? LIST_BYTES : RESPONSE_BYTES)
      await sanitize(response)
      if (/\/gateway\/bot$/.test(url) && response.ok) checkGateway(await response.json())
      return response
    },
  }
}

/**
 * Reads the body of a response, for any number of reads. Rejects with {@link UnexpectedResponse} if it is too long. The
 * body of a 429 is empty if it cannot be read: nothing was done, and a header may name the wait.
 */
async function loadBody(response: RestResponse, mostBytes: number): Promise<void> {
  const isLimited = response.status === 429
  const reading = readBody(response.body, mostBytes)
  const read = await (isLimited ? reading.catch(() => undefined) : reading)
  const bytes = read ?? (isLimited ? Buffer.alloc(0) : undefined)
  if (!bytes) throw new UnexpectedResponse(response.ok)
  Object.assign(response, {
    text: async () => bytes.toString(),
    json: async () => JSON.parse(bytes.toString()),
    arrayBuffer: async () => new Uint8Array(bytes).buffer,
  })
}

/** Headers that the library reads as numbers. It blocks a bucket for as long as they say. */
const LIMITS = ['x-ratelimit-limit', 'x-ratelimit-remaining'] as const
const WAITS = ['retry-after', 'x-ratelimit-reset-after'] as const

/**
 * Longest wait that the library gets to see, in seconds. The library sends no request of a bucket earlier. This is
 * a second less than the wait before a probe, because the library adds its `offset` of 50 ms twice.
 */
const LONGEST_S = PROBE_MS / 1000 - 1

/**
 * Removes headers that are not numbers, and limits waits to {@link LONGEST_S}. The library reads waits from headers
 * alone, but a proxy may name one in the body or not at all, so this also sets the header.
 */
async function sanitize(response: RestResponse): Promise<void> {
  const { status, headers } = response
  for (const name of LIMITS) {
    if (!/^\d{1,9}$/.test(headers.get(name) ?? '0')) headers.delete(name)
  }
  for (const name of WAITS) {
    const named = headers.get(name)
    if (named === null) continue
    const seconds = namedSeconds(named)
    if (seconds === undefined) headers.delete(name)
    else headers.set(name, String(Math.min(seconds, LONGEST_S)))
  }
  if (status !== 429) return
  const said = limitIn(await response.text())
  // A body that is not JSON comes from a proxy, which limits every request of the bot. The library's error contains
  // the scope but not the body's `global`, so a limit of the whole token becomes the scope `global`.
  const isOfToken = said ? said.global === true : !headers.has('x-ratelimit-scope')
  if (isOfToken) headers.set('x-ratelimit-scope', 'global')
  if (headers.has('retry-after')) return
  const { afterMs } = readWait(said?.retry_after)
  headers.set('retry-after', String(Math.min(afterMs / 1000, LONGEST_S)))
}

/** Most shards that a plausible response recommends: each shard stands for 1,000 servers. */
const SHARDS = 1000

/**
 * Checks the response with the gateway's address, from which the library takes the number of shards and its waits.
 * Throws {@link UnexpectedResponse} if a value is out of range.
 */
function checkGateway(answer: unknown): void {
  const { url, shards, session_start_limit: limit } = Object(answer)
  const { total, remaining, reset_after, max_concurrency } = limit ?? {}
  const counts: unknown[] = [shards, total, remaining, reset_after, max_concurrency]
  const areCounts = counts.every(count => Number.isSafeInteger(count) && Number(count) >= 0)
  const isSane = shards >= 1 && shards <= SHARDS && max_concurrency >= 1
  if (typeof url !== 'string' || !areCounts || !isSane) throw new UnexpectedResponse()
}

type RestResponse = Awaited<ReturnType<RESTOptions['makeRequest']>>

/** Reads the limit from the body of a 429; undefined if the body is not JSON. */
function limitIn(body: string): { retry_after?: unknown; global?: unknown } | undefined {
  try {
    return Object(JSON.parse(body))
  } catch {
    return undefined
  }
}
