import {
  type APIInteraction,
  type APIMessage,
  ApplicationCommandType,
  type Client,
  Events,
  GatewayDispatchEvents,
  type Guild,
} from 'discord.js'
import { createDrain } from '../../async/drain.ts'
import { createKeyedQueue } from '../../async/keyed-queue.ts'
import { type Platform, PlatformError } from '../../platform.ts'
import { noCommandIds } from '../../render/command-mentions.ts'
import { createAsk } from '../answer-queue.ts'
import { watchTime } from '../clock-check.ts'
import { keepMenu } from '../menu.ts'
import type { PlatformOptions } from '../platform-options.ts'
import { createStatus } from '../status.ts'
import { createApi } from './api.ts'
import { classifyError } from './failure.ts'
import { createFiles } from './files.ts'
import { connect } from './gateway.ts'
import { watchGuilds } from './guild-events.ts'
import { channelNameIn, greetingChannels, introduce, missingRights } from './guilds.ts'
import { createHandler } from './handler.ts'
import { syncMenu } from './menu.ts'
import { fetchAttachment } from './pictures.ts'
import { createReplies } from './replies.ts'
import type { FetchPicture } from './user-text.ts'

/** Longest wait for an attached picture, in milliseconds. */
const PICTURE_MS = 8000

/** Most channels that are tried for a greeting, so that a server whose channels all refuse costs few calls. */
const GREETING_TRIES = 3

/** Creates the side of the bot that answers people on Discord. */
export function createDiscordPlatform(options: PlatformOptions): Platform {
  const { bot, clock, log, term, timeoutMs = 15_000, drainMs = 8_000 } = options
  const { time, proven = new Set(), rights = { lacking: () => undefined } } = options
  const { commandIds = noCommandIds() } = options
  const drain = createDrain(clock, drainMs, term?.signal)
  const status = createStatus('discord', log)
  const answerQueue = createKeyedQueue('discord', log)
  // A queue of its own, so that greetings take no room from answers.
  const guildQueue = createKeyedQueue('discord', log)
  const settings = { ...options, timeoutMs, rights, commandIds, signal: drain.sending }
  // Greetings have a client of their own, so that replies do not wait behind them.
  const [replyApi, postApi] = [createApi(settings), createApi(settings)]
  // Calls that only serve to accept further requests end when the platform stops accepting.
  const listenApi = createApi({ ...settings, signal: drain.accepting })
  const withFiles = createFiles(options.pictures)
  const replies = createReplies({ ...settings, withFiles, api: replyApi })
  const posts = createReplies({ ...settings, withFiles, api: postApi })
  const ask = createAsk(log, term, undefined, options.onAnswered)
  const fetching = { ...settings, timeoutMs: PICTURE_MS }
  const fetchPicture: FetchPicture = attachment => fetchAttachment(attachment, fetching)
  const handle = createHandler({
    bot,
    ask,
    queue: answerQueue,
    log,
    replies,
    fetchPicture,
    time,
    channelName: (channel, server) => connected && channelNameIn(connected, channel, server),
    commandName: id => [...commandIds.current].find(([, each]) => each === id)?.[0],
  })
  let application: string | undefined
  let connected: Client | undefined
  let running: Promise<void> | undefined
  const menu = keepMenu({
    platform: 'discord',
    sync: async () => {
      if (!application) return
      const registered = await syncMenu(listenApi, application, bot.menu())
      const typed = registered.filter(({ type }) => type === ApplicationCommandType.ChatInput)
      commandIds.current = new Map(typed.map(({ name, id }) => [name, id]))
    },
    classifyError,
    clock,
    log,
    signal: drain.accepting,
  })

  function attach(client: Client): void {
    const guarded =
      <T>(name: string, take: (event: T, shard: number) => void) =>
      (event: T, shard = 0) => {
        if (drain.accepting.aborted || term?.holds() === false) return
        try {
          take(event, shard)
        } catch (err) {
          const fields = { event: 'update.unread', platform: 'discord', name, err }
          log.error(fields, 'Skipped an event that couldn’t be read.')
        }
      }
    // Reads raw events: the library's own events are built from its caches, which are nearly empty here.
    const on = <T>(name: GatewayDispatchEvents, take: (event: T, shard: number) => void) =>
      client.ws.on(name, guarded(name, take))
    on<APIInteraction>(GatewayDispatchEvents.InteractionCreate, handle.interaction)
    on<APIMessage>(GatewayDispatchEvents.MessageCreate, message => {
      if (client.user) handle.message(message, client.user.id)
    })
    const ready = guarded(Events.ClientReady, (ready: Client<true>) => {
      proven.add('discord')
      application = ready.application.id
      menu.refresh()
      introduce(ready, log)
    })
    client.on(Events.ClientReady, ready)
    client.on(Events.GuildCreate, guarded(Events.GuildCreate, greet))
    connected = client
    watchGuilds(client, on, { bot, queue: guildQueue })
    rights.lacking = channel => missingRights(client, channel)?.[0]
  }

  function greet(guild: Guild): void {
    const channels = greetingChannels(guild).slice(0, GREETING_TRIES)
    guildQueue.add(`server ${guild.id}`, async () => {
      const said = await bot.joined({ platform: 'discord', address: guild.id, kind: 'group' })
      if (!said) return
      for (const channel of channels) {
        if (typeof (await posts.post(channel, said)) === 'string') return
      }
    })
  }

  async function stop(): Promise<void> {
    // `run()` already reports the failure.
    await drain.end(Promise.allSettled([running, answerQueue.idle(), guildQueue.idle()]))
    await menu.idle()
    for (const api of [replyApi, postApi, listenApi]) api.close()
    status.stopped()
  }

  return {
    name: 'discord',
    run() {
      const signal = drain.accepting
      if (time) watchTime({ time, ask: listenApi.gateway, clock, signal })
      const isProven = proven.has('discord')
      const common = { ...options, status, signal, isProven, attach, resumeMs: 2 * timeoutMs }
      running = connect(common).catch(error => {
        drain.close()
        status.stopped(error instanceof PlatformError ? error.message : undefined)
        throw error
      })
      return running
    },
    stop,
    state: status.get,
    refresh: menu.refresh,
  }
}
