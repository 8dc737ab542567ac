import type { EventEmitter } from 'node:events'
import {
  Client,
  Events,
  GatewayIntentBits,
  Options,
  type SimpleShardingStrategy,
  Status,
  WebSocketShardStatus,
} from 'discord.js'
import { backoffMs } from '../../async/backoff.ts'
import type { Clock, PlatformTime } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { PlatformError } from '../../platform.ts'
import type { Failure } from '../../poster.ts'
import { troubleOf } from '../named-wait.ts'
import { namedWaitMs } from '../retry.ts'
import type { Status as PlatformStatus } from '../status.ts'
import { CHECK_MS, createRefusals } from '../token-check.ts'
import { restOptions } from './api.ts'
import { CLOSED_FOR_GOOD, classifyError } from './failure.ts'
import { GuardedStrategy } from './shard-strategy.ts'

export interface GatewayOptions {
  readonly token: string
  readonly apiUrl?: string
  readonly clock: Clock
  readonly log: Log
  readonly status: PlatformStatus
  readonly signal: AbortSignal
  readonly time?: PlatformTime
  /** Longest wait for an event of a session that is resumed, in milliseconds. */
  readonly resumeMs: number
  /** Whether Discord has accepted the token since the process began. */
  readonly isProven: boolean
  /** Hears what each new client says, before it says anything. */
  readonly attach: (client: Client) => void
}

/**
 * Keeps a client connected until the signal aborts. Throws {@link PlatformError} if Discord refuses the bot:
 * at the first refusal, or once it is proven, if every try for two minutes is refused.
 */
export async function connect(options: GatewayOptions): Promise<void> {
  const { token, clock, log, status, signal, attach } = options
  const refusals = createRefusals()
  let { isProven } = options
  for (let failed = 1; !signal.aborted; failed++) {
    const drain = new AbortController()
    const client = createClient(options, drain.signal)
    const closed = Promise.withResolvers<number>()
    const stopped = Promise.withResolvers<void>()
    const stop = () => stopped.resolve()
    signal.addEventListener('abort', stop, { once: true })
    client.on(Events.ShardDisconnect, ({ code }) => closed.resolve(code))
    client.on(Events.ShardReconnecting, () => {
      if (!signal.aborted) status.trouble(LOST, 'gateway')
    })
    for (const event of [Events.ShardReady, Events.ShardResume] as const) {
      client.on(event, () => {
        failed = 0
        isProven = true
        refusals.over()
        // Each shard has its servers: as long as one is away, some are not answered.
        if (client.ws.shards.every(shard => shard.status === Status.Ready)) status.running()
      })
    }
    client.on(Events.Error, err => log.error({ event: 'discord.error', err }, UNREAD))
    client.on(Events.ShardError, err => log.debug({ event: 'discord.error', err }, LOST))
    readOnlyServers(client)
    attach(client)
    try {
      const login = client.login(token).then(() => closed.promise)
      const code = await Promise.race([login, closed.promise, stopped.promise])
      if (code !== undefined) throw new Closed(code)
    } catch (error) {
      const failure: Failure = error instanceof Closed ? error.failure : classifyError(error)
      if (failure.next === 'stop') {
        const { message, code } = failure
        if (!isProven || refusals.again()) throw new PlatformError(message)
        status.trouble(`${message} ${DOUBTED}`, code)
        await clock.pause(CHECK_MS, signal)
      } else {
        refusals.over()
        const pauseMs = namedWaitMs(failure) ?? backoffMs(failed)
        const nextAt = clock.now().add({ milliseconds: Math.ceil(pauseMs) })
        status.trouble(troubleOf('Discord', failure, nextAt), failure.code)
        await clock.pause(pauseMs, signal)
      }
    } finally {
      signal.removeEventListener('abort', stop)
      drain.abort()
      // Destroyed while it waits for its greeting, the library would wait for ever.
      await Promise.race([client.destroy(), clock.pause(DESTROY_MS)])
    }
  }
}

/** Longest wait for a connection to be closed on both sides, in milliseconds. */
const DESTROY_MS = 1000

const UNREAD = 'Something that Discord has sent could not be read; it is passed over.'
const LOST = 'Discord cannot be reached; it is tried again.'
const DOUBTED = 'Sitrep tries again for two minutes before it stops.'

/** The gateway has closed with a code after which the library does not come back. */
class Closed extends Error {
  readonly failure: Failure

  constructor(code: number) {
    super(`Closed with ${code}.`)
    const message = CLOSED_FOR_GOOD[code] ?? `Discord has closed the connection for good (${code}).`
    this.failure = { next: 'stop', code: String(code), message }
  }
}

function createClient(
  { apiUrl, clock, time, resumeMs }: GatewayOptions,
  drain: AbortSignal,
): Client {
  const report = (error: unknown) => void client.emit(Events.Error, error as Error)
  const client: Client = new Client({
    // None of them is privileged: the text of a message comes with a mention and in direct messages.
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.DirectMessages,
    ],
    shards: 'auto',
    rest: restOptions(apiUrl, time),
    // Answers come from what an interaction brings along; of members, only what we may ourselves.
    makeCache: Options.cacheWithLimits({
      ...NOTHING,
      GuildMemberManager: { maxSize: 0, keepOverLimit: ({ id, client }) => id === client.user.id },
      UserManager: { maxSize: 0, keepOverLimit: ({ id, client }) => id === client.user.id },
    }),
    ws: {
      buildStrategy(manager) {
        const strategy = new GuardedStrategy(manager, report, resumeMs)
        drain.addEventListener('abort', () => prune(strategy), { once: true })
        const retrieve = manager.options.retrieveSessionInfo
        const tries = new Map<number, number>()
        // Asked before each connection: the one place where the library, which comes back twice a
        // second for as long as it takes, can be made to wait.
        manager.options.retrieveSessionInfo = async shard => {
          const state = (await strategy.fetchStatus()).get(shard)
          if (state === WebSocketShardStatus.Ready) tries.delete(shard)
          if (state === WebSocketShardStatus.Idle) {
            const tried = tries.get(shard) ?? 0
            tries.set(shard, tried + 1)
            if (tried > 1) await clock.pause(backoffMs(tried), drain)
            // Destroyed at the wrong moment, it comes back to life.
            if (drain.aborted) await new Promise(() => {})
          }
          return retrieve(shard)
        }
        return strategy
      },
    },
  })
  return client
}

/**
 * Destroyed while it connects, the library leaves its socket behind without anybody who hears of its
 * errors: the next one would end the process.
 */
function prune(strategy: SimpleShardingStrategy): void {
  const { shards } = strategy as unknown as {
    readonly shards: ReadonlyMap<number, { readonly connection?: EventEmitter | null }>
  }
  for (const { connection } of shards.values()) connection?.on('error', () => {})
}

/** Events that tell which servers, channels and rights there are, or remove ended threads from the cache. */
const SERVERS =
  /^(READY|RESUMED|(GUILD|GUILD_ROLE|CHANNEL)_(CREATE|UPDATE|DELETE)|GUILD_MEMBER_UPDATE|THREAD_DELETE)$/

/**
 * The library makes an object of everything that comes in, and ends the process where it meets a
 * form that it does not know. What we read ourselves it need not see.
 */
function readOnlyServers(client: Client): void {
  const manager = client.ws as unknown as {
    handlePacket(packet?: { t: string }, shard?: unknown): boolean
  }
  const handle = manager.handlePacket.bind(manager)
  manager.handlePacket = (packet, shard) => {
    if (packet && !SERVERS.test(packet.t)) return true
    try {
      return handle(packet, shard)
    } catch (error) {
      client.emit(Events.Error, error as Error)
      return false
    }
  }
}

const NOTHING = {
  ApplicationCommandManager: 0,
  ApplicationEmojiManager: 0,
  AutoModerationRuleManager: 0,
  BaseGuildEmojiManager: 0,
  DMMessageManager: 0,
  EntitlementManager: 0,
  GuildBanManager: 0,
  GuildEmojiManager: 0,
  GuildForumThreadManager: 0,
  GuildInviteManager: 0,
  GuildMessageManager: 0,
  GuildScheduledEventManager: 0,
  GuildStickerManager: 0,
  GuildTextThreadManager: 0,
  MessageManager: 0,
  PresenceManager: 0,
  ReactionManager: 0,
  ReactionUserManager: 0,
  StageInstanceManager: 0,
  ThreadManager: 0,
  ThreadMemberManager: 0,
  VoiceStateManager: 0,
} as const
