import {
  type APIApplicationCommand,
  type APIInteraction,
  type APIInteractionResponse,
  type APIMessage,
  DefaultRestOptions,
  type RawFile,
  REST,
  type RESTOptions,
  type RESTPostAPIChannelMessageJSONBody,
  type RESTPutAPIApplicationCommandsJSONBody,
  type RequestData,
  type RouteLike,
  Routes,
} from 'discord.js'
import { StrangeAnswer } from '../attempt.ts'
import { createDeadlines } from '../deadline.ts'
import type { ApiOptions } from '../options.ts'

export type Body = RESTPostAPIChannelMessageJSONBody
type Token = Pick<APIInteraction, 'id' | 'application_id' | 'token'>

/**
 * Longest wait for Discord to take a first answer, in milliseconds. It wants one within 3 s: a second
 * until we say that it is on its way, two of these waits, and the pause between them.
 */
const CALLBACK_MS = 700

/** The calls of Discord's REST API that Sitrep needs. Each rejects with an error for `judge`. */
export interface Api {
  /** The first answer to an interaction. */
  respond(interaction: Token, response: APIInteractionResponse): Promise<void>
  editResponse(interaction: Token, body: Body, files?: RawFile[]): Promise<void>
  /** Takes back the first answer, or the promise of one. */
  deleteResponse(interaction: Token): Promise<void>
  followUp(interaction: Token, body: Body, files?: RawFile[]): Promise<void>
  post(channel: string, body: Body, files?: RawFile[]): Promise<APIMessage>
  edit(channel: string, message: string, body: Body, files?: RawFile[]): Promise<void>
  delete(channel: string, message: string): Promise<void>
  /** Passes a message of an announcement channel on. */
  crosspost(channel: string, message: string): Promise<void>
  commands(application: string): Promise<APIApplicationCommand[]>
  setCommands(application: string, commands: RESTPutAPIApplicationCommandsJSONBody): Promise<void>
  /** Ends its timers. */
  close(): void
}

/** The caller of `isPosting` keeps to Discord's 50 requests a second; else the library does. */
export function createApi(options: ApiOptions): Api {
  const { token, apiUrl, signal, timeoutMs, term, isPosting = false } = options
  const unpaced = isPosting ? { globalRequestsPerSecond: Number.MAX_SAFE_INTEGER } : {}
  const rest = new REST({ ...restOptions(apiUrl), ...unpaced }).setToken(token)
  const within = createDeadlines(signal, term, isPosting)

  async function request(
    method: 'get' | 'post' | 'patch' | 'put' | 'delete',
    route: RouteLike,
    data: RequestData = {},
    patienceMs = timeoutMs,
  ): Promise<unknown> {
    try {
      // Its own time-out ends where the answer begins: half an answer would be waited for for ever.
      return await within(patienceMs, ended => rest[method](route, { ...data, signal: ended }))
    } catch (error) {
      // It forgets the token at the first 401, be it a proxy's, and would never recover.
      rest.setToken(token)
      throw error
    }
  }

  const webhook = { auth: false } as const

  return {
    async respond({ id, token }, body) {
      const data = { body, ...webhook }
      await request('post', Routes.interactionCallback(id, token), data, CALLBACK_MS)
    },
    async editResponse({ application_id, token }, body, files) {
      const data = { body, ...(files && { files }), ...webhook }
      await request('patch', Routes.webhookMessage(application_id, token), data)
    },
    async deleteResponse({ application_id, token }) {
      await request('delete', Routes.webhookMessage(application_id, token), webhook)
    },
    async followUp({ application_id, token }, body, files) {
      const data = { body, ...(files && { files }), ...webhook }
      await request('post', Routes.webhook(application_id, token), data)
    },
    async post(channel, body, files) {
      const data = { body, ...(files && { files }) }
      const message = (await request('post', Routes.channelMessages(channel), data)) as APIMessage
      if (message.channel_id !== channel || typeof message.id !== 'string')
        throw new StrangeAnswer()
      return message
    },
    async edit(channel, message, body, files) {
      const data = { body, ...(files && { files }) }
      await request('patch', Routes.channelMessage(channel, message), data)
    },
    async delete(channel, message) {
      await request('delete', Routes.channelMessage(channel, message))
    },
    async crosspost(channel, message) {
      await request('post', Routes.channelMessageCrosspost(channel, message))
    },
    async commands(application) {
      const held = await request('get', Routes.applicationCommands(application))
      if (!Array.isArray(held)) throw new StrangeAnswer()
      return held
    },
    async setCommands(application, body) {
      await request('put', Routes.applicationCommands(application), { body })
    },
    close() {
      rest.clearHandlerSweeper()
      rest.clearHashSweeper()
    },
  }
}

/**
 * Waiting and trying again is ours alone, in one place: the library repeats a post whose answer got
 * lost, and knows no end where it is refused for its rate.
 */
export function restOptions(apiUrl?: string): Partial<RESTOptions> {
  return {
    ...(apiUrl && { api: apiUrl.replace(/\/+$/, '') }),
    retries: 0,
    rejectOnRateLimit: () => true,
    async makeRequest(url, init) {
      const response = await DefaultRestOptions.makeRequest(url, init)
      // It reads the wait from the header alone. A proxy may leave it in the body, or out.
      if (response.status === 429 && !response.headers.has('retry-after')) {
        response.headers.set('retry-after', String(waitIn(await response.text())))
      }
      return response
    },
  }
}

/** Seconds to wait, out of the body of a 429; where it says nothing, five. */
function waitIn(body: string): number {
  try {
    const { retry_after } = JSON.parse(body) as { retry_after?: unknown }
    if (typeof retry_after === 'number' && retry_after >= 0) return retry_after
  } catch {
    // A page for people.
  }
  return 5
}
