import {
  type Channel,
  type Client,
  GatewayDispatchEvents as Dispatch,
  Events,
  Status,
} from 'discord.js'
import { BoundedMap } from '../../async/bounded-map.ts'
import type { KeyedQueue } from '../../async/keyed-queue.ts'
import type { Bot } from '../../bot.ts'
import type { UnreachableChat, UnreachableReason } from '../../platform.ts'
import { StoreUnavailableError } from '../../platform.ts'
import { missingRights } from './guilds.ts'

export interface GuildEventsOptions {
  readonly bot: Pick<Bot, 'groups' | 'left' | 'seen' | 'unreachable'>
  readonly queue: KeyedQueue
}

/** Adds a listener for an event of the gateway. The listener may throw. */
export type Listen = (name: Dispatch, take: (event: Event, shard: number) => void) => void

/** The fields of gateway events that are read here. Each may be malformed. */
interface Event {
  readonly id?: unknown
  readonly guild_id?: unknown
  readonly channel_id?: unknown
  readonly parent_id?: unknown
  readonly unavailable?: unknown
  readonly guilds?: unknown
  readonly user?: { readonly id?: unknown } | null
  readonly thread_metadata?: { readonly locked?: unknown } | null
}

/** Most servers, and most channels, that are collected as seen while the store does not answer. */
const MAX_SEEN = 10_000

/** Most threads whose channel is remembered. The threads with the newest events are kept. */
const MAX_THREADS = 10_000

/** Events after which the bot may have gained rights anywhere in a server. */
const GUILD_EVENTS = [
  Dispatch.ChannelCreate,
  Dispatch.ChannelUpdate,
  Dispatch.GuildRoleCreate,
  Dispatch.GuildRoleUpdate,
  Dispatch.GuildRoleDelete,
  Dispatch.ThreadListSync,
]

/** Events of one thread that the bot can see. In a locked thread a bot needs Manage Threads to post. */
const THREAD_EVENTS = [Dispatch.ThreadCreate, Dispatch.ThreadUpdate, Dispatch.ThreadMemberUpdate]

/**
 * Reports to the bot which servers, channels and threads were left or deleted, and which were seen. A chat in which
 * the bot is known to lack a right is not reported as seen.
 */
export function watchGuilds(
  client: Client,
  listen: Listen,
  { bot, queue }: GuildEventsOptions,
): void {
  /** The servers that the bot is in, by shard. A shard is absent until its Ready event lists its servers. */
  const shards = new Map<number, Set<string>>()
  let [servers, channels] = [new Set<string>(), new Set<string>()]
  let isScheduled = false
  /** The channel of each thread that had an event: the client's cache has only threads active at the start. */
  const parents = new BoundedMap<string, string>(MAX_THREADS)

  const isMember = (server: string) => [...shards.values()].some(ids => ids.has(server))

  /** Reports a server that was left, with all its channels and threads, or deleted channels and threads alone. */
  function leave(why: UnreachableReason, address: string, ...threads: string[]): void {
    queue.add(`server ${address}`, async () => {
      for (const each of [address, ...threads]) {
        const place = { platform: 'discord', address: each }
        // The oldest channel of an old server has the same ID as the server, so a deletion concerns the channel alone.
        await bot.left(place, why, why === 'deleted', { isSure: true })
      }
    })
  }

  function rememberParent(thread: string, { parent_id }: Event): void {
    if (typeof parent_id !== 'string') return
    parents.set(thread, parent_id)
  }

  function threadsOf(id: string): ReadonlySet<string> {
    const isOf = (channel: Channel) => channel.isThread() && channel.parentId === id
    const uncached = [...parents].filter(([, parent]) => parent === id).map(([thread]) => thread)
    return new Set([...client.channels.cache.filter(isOf).keys(), ...uncached])
  }

  function scheduleReport(): void {
    if (isScheduled) return
    isScheduled = true
    queue.add('signs', report)
  }

  function noteSeen(seen: Set<string>, id: string): void {
    if (seen.size < MAX_SEEN) seen.add(id)
    scheduleReport()
  }

  /** Reports the collected servers and channels as seen. If the store fails, the next event reports them. */
  async function report(): Promise<void> {
    // The library applies an event to its caches only after this handler has returned.
    await null
    const seen = { servers, channels }
    servers = new Set()
    channels = new Set()
    isScheduled = false
    try {
      await bot.seen('discord', [...seen.channels].filter(canPost))
      if (seen.servers.size === 0) return
      const unreachable = await bot.unreachable('discord')
      const back = unreachable.filter(
        place => seen.servers.has(place.within ?? place.address) && isReachable(place),
      )
      await bot.seen(
        'discord',
        back.map(({ address }) => address),
      )
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      for (const id of seen.servers) servers.add(id)
      for (const id of seen.channels) channels.add(id)
    }
  }

  function canPost(channel: string): boolean {
    const missing = missingRights(client, channel) ?? []
    return missing.length === 0
  }

  function isReachable({ address, within = address, why, isLeft }: UnreachableChat): boolean {
    if (!isMember(within)) return false
    // Reads the server's own cache, because the client's cache keeps channels that were deleted during an outage.
    const channel = client.guilds.cache.get(within)?.channels.cache.get(address)
    const isThere = channel !== undefined && !channel.isThread()
    return (isThere || !(isLeft && why === 'deleted')) && canPost(address)
  }

  /** Compares the bot's servers with those of the store, once every shard has named its servers. */
  async function compareServers(): Promise<void> {
    const { ws } = client
    const isWhole = ws.shards.every(({ id, status }) => shards.has(id) && status === Status.Ready)
    if (!isWhole || ws.shards.size !== shards.size) return
    // A bot in no server at all more likely has another bot's token, or a proxy that hides its servers.
    if ([...shards.values()].every(ids => ids.size === 0)) return
    const suspected = (await bot.unreachable('discord')).filter(({ isLeft }) => !isLeft)
    const believed = [
      ...(await bot.groups('discord')),
      ...suspected.flatMap(({ within }) => within ?? []),
    ]
    for (const id of new Set(believed)) if (!isMember(id)) leave('removed', id)
    for (const ids of shards.values()) for (const id of ids) noteSeen(servers, id)
  }

  listen(Dispatch.Ready, ({ guilds }, shard) => {
    shards.delete(shard)
    if (!Array.isArray(guilds)) throw new TypeError('Expected servers.')
    shards.set(shard, new Set(guilds.map(idOf)))
  })
  client.on(Events.ShardReady, () => queue.add('signs', compareServers))
  listen(Dispatch.GuildCreate, (event, shard) => {
    const id = idOf(event)
    shards.get(shard)?.add(id)
    // Until the shard is ready, `compareServers` waits for it. The greeting marks a new server as reachable.
    const isKnown = client.isReady() && client.guilds.cache.has(id)
    if (isKnown && event.unavailable !== true) noteSeen(servers, id)
  })
  listen(Dispatch.GuildDelete, (event, shard) => {
    const id = idOf(event)
    // Unavailable means an outage of Discord, not that the bot was removed.
    if (event.unavailable === true) return
    shards.get(shard)?.delete(id)
    leave('removed', id)
  })
  for (const name of [Dispatch.ChannelDelete, Dispatch.ThreadDelete] as const) {
    listen(name, event => {
      const id = idOf(event)
      // The threads of a deleted channel are deleted too, perhaps without an event of their own.
      leave('deleted', id, ...threadsOf(id))
      for (const thread of [id, ...threadsOf(id)]) parents.delete(thread)
    })
  }
  for (const name of GUILD_EVENTS) {
    listen(name, ({ guild_id, id }) => {
      if (typeof guild_id === 'string') noteSeen(servers, guild_id)
      if (typeof id === 'string') noteSeen(channels, id)
    })
  }
  listen(Dispatch.GuildUpdate, event => noteSeen(servers, idOf(event)))
  listen(Dispatch.GuildMemberUpdate, ({ guild_id, user }) => {
    if (typeof guild_id === 'string' && user?.id === client.user?.id) noteSeen(servers, guild_id)
  })
  for (const name of THREAD_EVENTS) {
    listen(name, event => {
      const id = idOf(event)
      rememberParent(id, event)
      if (event.thread_metadata?.locked !== true) noteSeen(channels, id)
    })
  }
  listen(Dispatch.MessageCreate, ({ guild_id, channel_id }) => {
    if (typeof guild_id === 'string' && typeof channel_id === 'string')
      noteSeen(channels, channel_id)
  })
}

/** Throws a TypeError if an event has no id. */
function idOf(event: unknown): string {
  const id = (event as Event | null)?.id
  if (typeof id !== 'string') throw new TypeError('Expected an id.')
  return id
}
