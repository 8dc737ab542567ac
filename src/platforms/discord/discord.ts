import {
  type APIInteraction,
  type APIMessage,
  type Client,
  Events,
  GatewayDispatchEvents,
} from 'discord.js'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { type Bot, type Platform, PlatformError } from '../../platform.ts'
import { ask } from '../ask.ts'
import { createLanes } from '../lanes.ts'
import { createStatus } from '../status.ts'
import { createApi } from './api.ts'
import { judge } from './failure.ts'
import { connect } from './gateway.ts'
import { CHOICES, syncMenu } from './menu.ts'
import { createReplies } from './replies.ts'
import { type Incoming, readInteraction, readMessage } from './requests.ts'
import { greetingChannels, introduce } from './servers.ts'

export interface DiscordOptions {
  readonly bot: Bot
  readonly clock: Clock
  readonly log: Log
  readonly token: string
  readonly apiUrl?: string
  /** Longest wait for an answer of the REST API, in milliseconds. */
  readonly timeoutMs?: number
  /** Longest wait at the end for what is under way, in milliseconds. */
  readonly drainMs?: number
}

/** Channels tried for a greeting: one that lets nobody in is no reason to try them all. */
const GREETING_TRIES = 3

/** The bot on Discord. */
export function createDiscordPlatform(options: DiscordOptions): Platform {
  const { bot, clock, log, token, timeoutMs = 15_000, drainMs = 8_000 } = options
  const taking = new AbortController()
  const sending = new AbortController()
  const status = createStatus('discord', log)
  const lanes = createLanes(err => log.error({ event: 'reply.failed', err }, 'A reply has failed.'))
  const address = options.apiUrl ? { apiUrl: options.apiUrl } : {}
  const settings = { token, timeoutMs, signal: sending.signal, ...address }
  // What nobody has asked for has a client of its own: a reply waits behind none of it.
  const [replyApi, postApi] = [createApi(settings), createApi(settings)]
  const replies = createReplies({ api: replyApi, clock, log, signal: sending.signal })
  const posts = createReplies({ api: postApi, clock, log, signal: sending.signal })
  let application: string | undefined
  let running: Promise<void> | undefined
  let syncing: Promise<void> = Promise.resolve()

  function attach(client: Client): void {
    // As they come in: what the library makes of them, it makes for its caches.
    client.ws.on(GatewayDispatchEvents.InteractionCreate, (interaction: APIInteraction) => {
      const incoming = readInteraction(interaction)
      if (incoming && !taking.signal.aborted) react(incoming)
    })
    client.ws.on(GatewayDispatchEvents.MessageCreate, (message: APIMessage) => {
      if (client.user && !taking.signal.aborted) converse(message, client.user.id)
    })
    client.on(Events.ClientReady, ready => {
      introduce(ready, log)
      application = ready.application.id
      refresh()
    })
    client.on(Events.GuildCreate, guild => {
      const channels = greetingChannels(guild).slice(0, GREETING_TRIES)
      lanes.add(`server ${guild.id}`, async () => {
        for (const channel of channels) if (await posts.post(channel, bot.greeting())) return
      })
    })
  }

  function react(incoming: Incoming): void {
    const { interaction, user, member, asked } = incoming
    if (incoming.kind === 'complete') {
      lanes.add(interaction.id, () => replies.complete(interaction, choices(incoming)))
      return
    }
    const { line } = incoming
    const command = line.slice(1).split(' ', 1)[0]
    const isPrivate = bot.menu().find(({ name }) => name === command)?.private ?? false
    const asking = ask(bot, { line, user, asked, member }, log)
    // Not in the channel's lane: Discord waits 3 s for the first answer.
    lanes.add(interaction.id, () => replies.answer(incoming, asking, isPrivate))
  }

  function choices({ command, option, typed }: Extract<Incoming, { kind: 'complete' }>) {
    const entry = bot.menu().find(({ name }) => name === command)
    const known = entry?.parameters.find(({ name }) => name === option)?.choices ?? []
    const found =
      known.length > 0
        ? known
            .filter(({ title, value }) => matches(title, typed) || matches(value, typed))
            .map(({ title, value }) => ({ name: title, value }))
        : bot.find(typed, CHOICES).map(({ title }) => ({ name: title, value: title }))
    return found.slice(0, CHOICES)
  }

  function converse(message: APIMessage, me: string): void {
    const question = readMessage(message, me)
    if (!question) return
    const { line, user, asked, channel } = question
    const asking = ask(bot, { line, user, asked }, log)
    lanes.add(channel, async () => {
      const reply = await asking
      if (reply && reply.rush !== 'again') await replies.send(question, reply)
    })
  }

  function refresh(): void {
    const id = application
    if (!id) return
    syncing = syncing
      .then(() => syncMenu(replyApi, id, bot.menu()))
      .catch(error => {
        if (sending.signal.aborted) return
        const { code } = judge(error)
        const fields = { event: 'menu.failed', platform: 'discord', code }
        log.warn(
          fields,
          'Discord has not taken the commands; it is tried again at the next change.',
        )
      })
  }

  async function stop(): Promise<void> {
    taking.abort()
    await running?.catch(() => {})
    const patience = new AbortController()
    await Promise.race([lanes.idle(), clock.pause(drainMs, patience.signal)])
    patience.abort()
    sending.abort()
    await syncing
    replyApi.close()
    postApi.close()
    status.stopped()
  }

  return {
    name: 'discord',
    run() {
      const { signal } = taking
      running = connect({ token, clock, log, status, signal, attach, ...address }).catch(error => {
        status.stopped(error instanceof PlatformError ? error.message : undefined)
        throw error
      })
      return running
    },
    stop,
    state: status.get,
    refresh,
  }
}

function matches(text: string, typed: string): boolean {
  return text.toLowerCase().includes(typed.toLowerCase())
}
