import { isDeepStrictEqual } from 'node:util'
import { type Clock, systemClock } from './clock.ts'
import { createBot } from './commands/bot.ts'
import { reservedNames } from './commands/builtin.ts'
import type { Registry } from './commands/command.ts'
import { createRegistry } from './commands/registry.ts'
import type { Config, DiscordConfig, TelegramConfig } from './config.ts'
import type { Edition } from './content/edition.ts'
import { loadEdition } from './content/load.ts'
import { ContentError } from './content/problem.ts'
import { watchContent } from './content/watch.ts'
import { type Log, sentences } from './log.ts'
import { type Bot, type Platform, PlatformError } from './platform.ts'
import type { Part } from './server/health.ts'
import type { Server } from './server/server.ts'
import { texts } from './texts.ts'

export interface App extends Bot {
  /** Reads the content. Throws {@link ContentError}. */
  load(): Promise<void>
  /** Reads the content and watches it from then on. Throws {@link ContentError}. */
  watch(): Promise<void>
  /**
   * Watches the content and serves it on every configured platform; on none, in the local chat.
   * Throws {@link ContentError}, and {@link PlatformError} where the HTTP server cannot listen.
   */
  start(): Promise<void>
  /** Rejects with {@link PlatformError} when no platform is left that could go on. */
  readonly ended: Promise<never>
  /** Sends what is under way and ends what was started; may be called again. */
  stop(): Promise<void>
  /** Where the HTTP server listens, once it is started. */
  address(): string
  edition(): Edition
}

export interface Overrides {
  readonly clock?: Clock
  readonly log?: Log
}

/** Longest wait for the first answers on Telegram before the rest is loaded, in milliseconds. */
const BEGIN_MS = 1000

/** The only wiring: every part is made here and handed to those that need it. */
export function createApp(
  config: Config,
  { clock = systemClock, log = sentences(() => {}) }: Overrides = {},
): App {
  const { contentDir, timeZone, discord, telegram } = config
  const isLocal = !discord && !telegram
  const configured = isLocal ? 1 : Number(Boolean(discord)) + Number(Boolean(telegram))
  const platforms: Platform[] = []
  let current: Registry | undefined
  let content: Part = { status: 'loading', ready: false }
  let server: Server | undefined
  let stopping: Promise<void> | undefined

  const { promise: ended, reject: end } = Promise.withResolvers<never>()
  // Nobody has to wait for it.
  ended.catch(() => {})

  function use(edition: Edition): void {
    current = createRegistry(edition)
    content = { status: 'loaded', ready: true }
  }

  const watch = watchContent({
    directory: contentDir,
    clock,
    load: () => loadEdition(contentDir, reservedNames),
    onChange: ({ edition, problems }) => {
      if (problems) {
        const text = texts.contentBroken(new ContentError(problems, contentDir).message)
        content = { status: 'stale', reason: text, ready: true }
        log.error({ event: 'content.broken', problems: problems.length }, text)
      } else if (!isDeepStrictEqual(edition, current?.edition)) {
        use(edition)
        log.info({ event: 'content.changed' }, texts.contentChanged)
        for (const platform of platforms) platform.refresh?.()
      } else content = { status: 'loaded', ready: true }
    },
  })

  function registry(): Registry {
    if (!current) throw new Error('The app has not loaded its content.')
    return current
  }

  async function load(): Promise<void> {
    const { edition, problems } = await watch.load()
    if (problems) throw new ContentError(problems, contentDir)
    use(edition)
  }

  async function startWatch(): Promise<void> {
    await load()
    watch.start()
  }

  /** A platform that ends by itself leaves the others alone, unless it was the last. */
  function run(platform: Platform): void {
    platforms.push(platform)
    platform.run().catch((error: unknown) => {
      const known = error instanceof PlatformError
      const text = known ? error.message : `${platform.name} has failed and is stopped.`
      log.error({ event: 'platform.stopped', platform: platform.name, err: error }, text)
      if (!known) return end(error)
      const gone = platforms.filter(each => each.state().status === 'stopped')
      if (gone.length === configured) end(error)
    })
  }

  function parts(): Record<string, Part> {
    const states = platforms.map(platform => {
      const state = platform.state()
      return [platform.name, { ...state, ready: state.status === 'running' }] as const
    })
    return { content, ...Object.fromEntries(states) }
  }

  async function stop(): Promise<void> {
    stopping ??= (async () => {
      await Promise.all([watch.stop(), ...platforms.map(platform => platform.stop())])
      await server?.stop()
    })()
    return stopping
  }

  const bot = createBot({ registry, clock, timeZone })

  // Platforms and server are loaded when they are needed: an answer on the command line needs none.

  async function makeTelegram(settings: TelegramConfig): Promise<Platform> {
    const { createTelegramPlatform } = await import('./platforms/telegram/telegram.ts')
    return createTelegramPlatform({ ...settings, bot, clock, log })
  }

  async function makeDiscord(settings: DiscordConfig): Promise<Platform> {
    const { createDiscordPlatform } = await import('./platforms/discord/discord.ts')
    return createDiscordPlatform({ ...settings, bot, clock, log })
  }

  async function makeWeb(): Promise<Platform> {
    const { createWebPlatform } = await import('./platforms/web/web.ts')
    return createWebPlatform({ bot, log, address: () => server?.address() ?? '' })
  }

  async function listen(): Promise<void> {
    const { createServer } = await import('./server/server.ts')
    // Whoever reaches the local chat may do what a moderator may: it is for this machine.
    const host = isLocal ? '127.0.0.1' : config.host
    const routes = platforms.flatMap(({ http }) => http ?? [])
    server = createServer({ host, port: config.port, parts, routes })
    await server.start()
  }

  return {
    ...bot,
    load,
    watch: startWatch,
    ended,
    async start() {
      await startWatch()
      try {
        if (isLocal) run(await makeWeb())
        // Telegram first: whoever asks there need not wait for Discord's larger library.
        if (telegram) {
          const platform = await makeTelegram(telegram)
          run(platform)
          // Who waits there is answered before the rest is loaded; a webhook must be reachable.
          if (!platform.http) await Promise.race([platform.begun, clock.pause(BEGIN_MS)])
        }
        if (!stopping) await listen()
        if (discord && !stopping) run(await makeDiscord(discord))
      } catch (error) {
        await stop()
        throw error
      }
    },
    stop,
    address: () => server?.address() ?? '',
    edition: () => registry().edition,
  }
}
