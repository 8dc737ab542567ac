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
import { atMost } from '../../async/at-most.ts'
import { backoffMs } from '../../async/backoff.ts'
import type { Clock, PlatformTime } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { PlatformError } from '../../platform.ts'
import type { Failure } from '../../poster.ts'
import { namedWaitMs } from '../retry.ts'
import { troubleOf } from '../retry-after.ts'
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
  /** Adds listeners to each new client before the client connects. */
  readonly attach: (client: Client) => void
}

/**
 * Keeps a client connected until the signal aborts. Throws {@link PlatformError} if Discord refuses the bot: at the
 * first refusal, or if the token was accepted before, when every attempt for two minutes was refused.
 */
export async function connect(options: GatewayOptions): Promise<void> {
  const { token, clock, log, status, signal, attach } = options
  const refusals = createRefusals()
  let { isProven } = options
  for (let failed = 1; !signal.aborted; failed++) {
    const clientEnd = new AbortController()
    const client = createClient(options, clientEnd.signal)
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
        // Each shard serves some of the servers, so the platform runs only if all shards do.
        if (client.ws.shards.every(shard => shard.status === Status.Ready)) status.running()
      })
    }
    client.on(Events.Error, err => log.error({ event: 'discord.error', err }, UNREAD))
    client.on(Events.ShardError, err => log.debug({ event: 'discord.error', err }, LOST))
    limitLibraryEvents(client)
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
      clientEnd.abort()
      // If the client is destroyed while it waits for Hello, `destroy` never resolves.
      await atMost(DESTROY_MS, client.destroy(), clock)
    }
  }
}

/** Longest wait for a connection to be closed on both sides, in milliseconds. */
const DESTROY_MS = 1000

const UNREAD = 'Skipped a Discord event that couldn’t be read.'
const LOST = 'Can’t reach Discord. Retrying.'
const DOUBTED = 'Retrying for two minutes before stopping.'

/** The gateway closed with a code after which the library does not reconnect. */
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
  clientEnd: AbortSignal,
): Client {
  const report = (error: unknown) => void client.emit(Events.Error, error as Error)
  const client: Client = new Client({
    // No privileged intent is needed: Discord sends the text of mentions and direct messages without one.
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.DirectMessages,
    ],
    shards: 'auto',
    rest: restOptions(apiUrl, time),
    // Interactions carry the data for an answer. Of members and users, the caches keep the bot alone, for its rights.
    makeCache: Options.cacheWithLimits({
      ...UNUSED_CACHES,
      GuildMemberManager: { maxSize: 0, keepOverLimit: ({ id, client }) => id === client.user.id },
      UserManager: { maxSize: 0, keepOverLimit: ({ id, client }) => id === client.user.id },
    }),
    ws: {
      buildStrategy(manager) {
        const strategy = new GuardedStrategy(manager, report, resumeMs)
        clientEnd.addEventListener('abort', () => ignoreSocketErrors(strategy), { once: true })
        const retrieve = manager.options.retrieveSessionInfo
        const attempts = new Map<number, number>()
        // The library calls this before each connection. It reconnects twice a second without a limit, and this is
        // the only place to slow it down.
        manager.options.retrieveSessionInfo = async shard => {
          const state = (await strategy.fetchStatus()).get(shard)
          if (state === WebSocketShardStatus.Ready) attempts.delete(shard)
          if (state === WebSocketShardStatus.Idle) {
            const attempted = attempts.get(shard) ?? 0
            attempts.set(shard, attempted + 1)
            if (attempted > 1) await clock.pause(backoffMs(attempted), clientEnd)
            // A client that is destroyed during this wait would connect again, so never continue.
            if (clientEnd.aborted) await new Promise(() => {})
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
 * Adds an error listener to each socket. A client that is destroyed while it connects leaves its socket without a
 * listener, so the next error of the socket would end the process.
 */
function ignoreSocketErrors(strategy: SimpleShardingStrategy): void {
  const { shards } = strategy as unknown as {
    readonly shards: ReadonlyMap<number, { readonly connection?: EventEmitter | null }>
  }
  for (const { connection } of shards.values()) connection?.on('error', () => {})
}

/** Events that the library needs for its sessions, and for its caches of servers, channels, rights and threads. */
const LIBRARY_EVENTS =
  /^(READY|RESUMED|(GUILD|GUILD_ROLE|CHANNEL)_(CREATE|UPDATE|DELETE)|GUILD_MEMBER_UPDATE|THREAD_DELETE)$/

/**
 * Passes only {@link LIBRARY_EVENTS} to the library. It builds an object from each event and ends the process if the
 * form is unknown. Sitrep reads the other events itself.
 */
function limitLibraryEvents(client: Client): void {
  const manager = client.ws as unknown as {
    handlePacket(packet?: { t: string }, shard?: unknown): boolean
  }
  const handle = manager.handlePacket.bind(manager)
  manager.handlePacket = (packet, shard) => {
    if (packet && !LIBRARY_EVENTS.test(packet.t)) return true
    try {
      return handle(packet, shard)
    } catch (error) {
      client.emit(Events.Error, error as Error)
      return false
    }
  }
}

/** The caches that Sitrep does not use, with their size. */
const UNUSED_CACHES = {
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
