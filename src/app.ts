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
import { type Bot, type Platform, PlatformError, type PlatformState } from './platform.ts'
import type { Part } from './server/health.ts'
import { createServer } from './server/server.ts'
import { texts } from './texts.ts'

export interface App extends Bot {
  /** Reads the content. Throws {@link ContentError}. */
  load(): Promise<void>
  /** Reads the content and watches it from then on. Throws {@link ContentError}. */
  watch(): Promise<void>
  /**
   * Watches the content and serves it on every configured platform; on none, in the local chat.
   * Throws {@link ContentError}, and {@link PlatformError} where the port is taken.
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
  const platforms: Platform[] = []
  /** Every platform that is to be served, from the start on: none may be missing when one asks. */
  const states = new Map<string, () => PlatformState>(
    Object.entries({ web: isLocal, telegram, discord })
      .filter(([, wanted]) => wanted)
      .map(([name]) => [name, () => ({ status: 'starting' })]),
  )
  let current: Registry | undefined
  let content: Part = { status: 'loading', ready: false }
  // Whoever reaches the local chat may do what a moderator may: it is for this machine.
  const server = createServer(isLocal ? '127.0.0.1' : config.host, config.port)
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

  /**
   * A platform that only an operator can help leaves the others alone, unless it was the last. What
   * nobody has foreseen ends them all.
   */
  function run(platform: Platform): void {
    // Stopped while it was loaded.
    if (stopping) return
    platforms.push(platform)
    states.set(platform.name, platform.state)
    platform.run().catch((error: unknown) => {
      if (!(error instanceof PlatformError)) return end(error)
      log.error({ event: 'platform.stopped', platform: platform.name }, error.message)
      if ([...states.values()].every(state => state().status === 'stopped')) end(error)
    })
  }

  function parts(): Record<string, Part> {
    const served = [...states].map(([name, get]) => {
      const state = get()
      return [name, { ...state, ready: state.status === 'running' }] as const
    })
    return { content, ...Object.fromEntries(served) }
  }

  async function stop(): Promise<void> {
    stopping ??= (async () => {
      await Promise.all([watch.stop(), ...platforms.map(platform => platform.stop())])
      await server.stop()
    })()
    return stopping
  }

  const bot = createBot({ registry, clock, timeZone })

  // Platforms are loaded when they are needed: an answer on the command line needs none.

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
    return createWebPlatform({ bot, log, address: server.address })
  }

  async function serve(): Promise<void> {
    const { createRoutes } = await import('./server/routes.ts')
    const routes = platforms.flatMap(({ http }) => http ?? [])
    server.serve(createRoutes({ parts, routes, log }))
  }

  return {
    ...bot,
    load,
    watch: startWatch,
    ended,
    async start() {
      await startWatch()
      try {
        // First of all: a second bot with the same port must not take the first one's updates.
        await server.listen()
        if (isLocal) run(await makeWeb())
        // Telegram first: whoever asks there need not wait for Discord's larger library.
        if (telegram) {
          const platform = await makeTelegram(telegram)
          run(platform)
          // Who waits there is answered before the rest is loaded; a webhook must be reachable.
          if (!platform.http) await Promise.race([platform.begun, clock.pause(BEGIN_MS)])
        }
        await serve()
        if (discord && !stopping) run(await makeDiscord(discord))
      } catch (error) {
        await stop()
        throw error
      }
    },
    stop,
    address: server.address,
    edition: () => registry().edition,
  }
}
