import {
  type Channel,
  type Client,
  GatewayDispatchEvents as Dispatch,
  Events,
  Status,
} from 'discord.js'
import type { KeyedQueue } from '../../async/keyed-queue.ts'
import { type Bot, type Gone, UnkeptError, type UnreachablePlace } from '../../platform.ts'
import { missingRights } from './guilds.ts'

export interface SignsOptions {
  readonly bot: Pick<Bot, 'groups' | 'left' | 'seen' | 'unreachable'>
  readonly lanes: KeyedQueue
}

/** Subscribes to an event of the gateway; a handler may throw. */
export type Listen = (name: Dispatch, take: (event: Event, shard: number) => void) => void

/** The fields of gateway events that are read here, which may as well be malformed. */
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

/** Most places whose signs of life are collected while the store does not answer. */
const MOST_SIGNS = 10_000

/** Most threads whose channel is remembered: those of which Discord has told last. */
const MOST_THREADS = 10_000

/** Events after which the bot may have got rights anywhere in a server. */
const OF_SERVERS = [
  Dispatch.ChannelCreate,
  Dispatch.ChannelUpdate,
  Dispatch.GuildRoleCreate,
  Dispatch.GuildRoleUpdate,
  Dispatch.GuildRoleDelete,
  Dispatch.ThreadListSync,
]

/** Events of one thread that the bot can see. A locked thread takes no messages of bots without Manage Threads. */
const OF_THREADS = [Dispatch.ThreadCreate, Dispatch.ThreadUpdate, Dispatch.ThreadMemberUpdate]

/**
 * Tells the bot which servers, channels and threads have ended, and which show signs of life. A place in which
 * the bot is known to lack a right shows none.
 */
export function watchPlaces(client: Client, listen: Listen, { bot, lanes }: SignsOptions): void {
  /** The servers that the bot is in, by shard; a shard is absent until it has named its servers. */
  const shards = new Map<number, Set<string>>()
  let [servers, channels] = [new Set<string>(), new Set<string>()]
  let isPlanned = false
  /** The channels of threads that the client's cache does not know: it has those that were active at the start. */
  const parents = new Map<string, string>()

  const isMember = (server: string) => [...shards.values()].some(ids => ids.has(server))

  /** Ends a server with all its places, or deleted places alone. */
  function leave(why: Gone, address: string, ...threads: string[]): void {
    lanes.add(`server ${address}`, async () => {
      for (const each of [address, ...threads]) {
        const place = { platform: 'discord', address: each }
        // The oldest channel of an old server has the server's id.
        await bot.left(place, why, why === 'deleted', { isSure: true })
      }
    })
  }

  function remember(thread: string, { parent_id }: Event): void {
    if (typeof parent_id !== 'string') return
    parents.delete(thread)
    parents.set(thread, parent_id)
    const [oldest = thread] = parents.keys()
    if (parents.size > MOST_THREADS) parents.delete(oldest)
  }

  function threadsOf(id: string): ReadonlySet<string> {
    const isOf = (channel: Channel) => channel.isThread() && channel.parentId === id
    const known = [...parents].filter(([, parent]) => parent === id).map(([thread]) => thread)
    return new Set([...client.channels.cache.filter(isOf).keys(), ...known])
  }

  function plan(): void {
    if (isPlanned) return
    isPlanned = true
    lanes.add('signs', pass)
  }

  function sign(signs: Set<string>, id: string): void {
    if (signs.size < MOST_SIGNS) signs.add(id)
    plan()
  }

  /** Passes on the collected signs. If the store fails, the next event passes them on. */
  async function pass(): Promise<void> {
    // The library applies an event to its caches only after this handler has returned.
    await null
    const signs = { servers, channels }
    servers = new Set()
    channels = new Set()
    isPlanned = false
    try {
      await bot.seen('discord', [...signs.channels].filter(mayPost))
      if (signs.servers.size === 0) return
      const unreachable = await bot.unreachable('discord')
      const back = unreachable.filter(
        place => signs.servers.has(place.within ?? place.address) && mayBeBack(place),
      )
      await bot.seen(
        'discord',
        back.map(({ address }) => address),
      )
    } catch (error) {
      if (!(error instanceof UnkeptError)) throw error
      for (const id of signs.servers) servers.add(id)
      for (const id of signs.channels) channels.add(id)
    }
  }

  function mayPost(channel: string): boolean {
    const missing = missingRights(client, channel) ?? []
    return missing.length === 0
  }

  function mayBeBack({ address, within = address, why, isLeft }: UnreachablePlace): boolean {
    if (!isMember(within)) return false
    // The server's own cache: that of the client keeps channels that were deleted during an outage.
    const channel = client.guilds.cache.get(within)?.channels.cache.get(address)
    const isThere = channel !== undefined && !channel.isThread()
    return (isThere || !(isLeft && why === 'deleted')) && mayPost(address)
  }

  /** Compares the bot's servers with those of the store, once every shard has named its servers. */
  async function compare(): Promise<void> {
    const { ws } = client
    const isWhole = ws.shards.every(({ id, status }) => shards.has(id) && status === Status.Ready)
    if (!isWhole || ws.shards.size !== shards.size) return
    // A bot in no server at all has rather the token of another bot, or a proxy that hides its servers.
    if ([...shards.values()].every(ids => ids.size === 0)) return
    const suspected = (await bot.unreachable('discord')).filter(({ isLeft }) => !isLeft)
    const believed = [
      ...(await bot.groups('discord')),
      ...suspected.flatMap(({ within }) => within ?? []),
    ]
    for (const id of new Set(believed)) if (!isMember(id)) leave('removed', id)
    for (const ids of shards.values()) for (const id of ids) sign(servers, id)
  }

  listen(Dispatch.Ready, ({ guilds }, shard) => {
    shards.delete(shard)
    if (!Array.isArray(guilds)) throw new TypeError('Expected servers.')
    shards.set(shard, new Set(guilds.map(idOf)))
  })
  client.on(Events.ShardReady, () => lanes.add('signs', compare))
  listen(Dispatch.GuildCreate, (event, shard) => {
    const id = idOf(event)
    shards.get(shard)?.add(id)
    // Until the shard is ready, the comparison waits for it; a new server is greeted, which brings it back.
    const isKnown = client.isReady() && client.guilds.cache.has(id)
    if (isKnown && event.unavailable !== true) sign(servers, id)
  })
  listen(Dispatch.GuildDelete, (event, shard) => {
    const id = idOf(event)
    // An outage of Discord's.
    if (event.unavailable === true) return
    shards.get(shard)?.delete(id)
    leave('removed', id)
  })
  for (const name of [Dispatch.ChannelDelete, Dispatch.ThreadDelete] as const) {
    listen(name, event => {
      const id = idOf(event)
      // The threads of a deleted channel have ended too, perhaps without an event.
      leave('deleted', id, ...threadsOf(id))
      for (const thread of [id, ...threadsOf(id)]) parents.delete(thread)
    })
  }
  for (const name of OF_SERVERS) {
    listen(name, ({ guild_id, id }) => {
      if (typeof guild_id === 'string') sign(servers, guild_id)
      if (typeof id === 'string') sign(channels, id)
    })
  }
  listen(Dispatch.GuildUpdate, event => sign(servers, idOf(event)))
  listen(Dispatch.GuildMemberUpdate, ({ guild_id, user }) => {
    if (typeof guild_id === 'string' && user?.id === client.user?.id) sign(servers, guild_id)
  })
  for (const name of OF_THREADS) {
    listen(name, event => {
      const id = idOf(event)
      remember(id, event)
      if (event.thread_metadata?.locked !== true) sign(channels, id)
    })
  }
  listen(Dispatch.MessageCreate, ({ guild_id, channel_id }) => {
    if (typeof guild_id === 'string' && typeof channel_id === 'string') sign(channels, channel_id)
  })
}

/** Throws a TypeError if an event has no id. */
function idOf(event: unknown): string {
  const id = (event as Event | null)?.id
  if (typeof id !== 'string') throw new TypeError('Expected an id.')
  return id
}
