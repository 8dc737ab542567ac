import type { TargetPlatform } from '../announcements/target-platform.ts'
import type { Bot } from '../bot.ts'
import type { Clock, ClockCheck } from '../clock.ts'
import type { Config, DiscordConfig, TelegramConfig } from '../config.ts'
import type { RateLimiter } from '../delivery/rate-limiter.ts'
import type { Log } from '../log.ts'
import type { Platform, Term } from '../platform.ts'
import { DISCORD_LIMITS } from '../platforms/discord/rate-limits.ts'
import type { SetupCheckOptions, SetupReport } from '../platforms/setup-check.ts'
import { TELEGRAM_LIMITS } from '../platforms/telegram/rate-limits.ts'
import { WEB_LIMITS } from '../platforms/web/rate-limits.ts'
import type { WebOptions } from '../platforms/web/web.ts'
import type { KnownRights, Limits, Pictures, Poster } from '../poster.ts'
import { noCommandIds } from '../render/command-mentions.ts'
import { discordParts, renderDiscord } from '../render/discord.ts'
import { renderTelegram, telegramParts } from '../render/telegram.ts'
import type { Store } from '../store/store.ts'
import type { Metrics } from './metrics.ts'

/** A configured platform. Its library is loaded when the platform is connected. */
export interface PlatformModule extends TargetPlatform {
  readonly limits: Limits
  /** Whether the platform serves this machine only. */
  readonly isLocal: boolean
  /** Whether every process serves the platform, even without the lease: a webhook, the local chat. */
  readonly isShared: boolean
  /** Creates the side that answers people. `term` is absent if the platform is shared. */
  connect(context: PlatformContext, term?: Term): Promise<Platform>
  /** Creates the side that posts, for one lease term. Shared platforms are connected before. */
  poster(context: PlatformContext, term: Term): Promise<Poster>
  /** Checks the token and the settings of the bot, for `doctor`; absent if the platform has no token. */
  check?(options: Omit<SetupCheckOptions, 'token' | 'apiUrl'>): Promise<SetupReport>
}

/** The parts of the process that platforms are created with. */
export interface PlatformContext
  extends Pick<WebOptions, 'address' | 'content' | 'plan' | 'editionChoice'> {
  readonly bot: Bot
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  readonly pictures: Pictures
  /** Compares this machine's clock with the clocks of the platforms. */
  readonly clockCheck: ClockCheck
  /** The rate limiters by platform. Replies and posts of a platform share one. */
  readonly limiters: ReadonlyMap<string, RateLimiter>
  readonly metrics: Pick<Metrics, 'onRateLimited' | 'onAnswered'>
  /** See `TelegramOptions`. */
  readonly checkMs?: number | undefined
}

/** Key in the store of Telegram's updates that were accepted and are not answered. */
const TELEGRAM_INBOX = 'telegram inbox'

/** Key in the store of the users whose chats have a menu for moderators. */
const TELEGRAM_MENUS = 'telegram menus'

/** Returns the configured platforms in the order in which they connect; the local chat if there are none. Pure. */
export function modulesOf({ telegram, discord, timeZone }: Config): readonly PlatformModule[] {
  // Telegram first, so that its answers do not wait for Discord's larger library.
  const modules = [
    ...(telegram ? [telegramModule(telegram)] : []),
    ...(discord ? [discordModule(discord)] : []),
  ]
  return modules.length > 0 ? modules : [localModule(timeZone)]
}

function telegramModule(config: TelegramConfig): PlatformModule {
  const proven = new Set<string>()
  const name = 'telegram'
  return {
    name,
    rate: config.rate,
    limits: TELEGRAM_LIMITS,
    isLocal: false,
    isShared: config.webhookUrl !== undefined,
    count: message => renderTelegram(message).length,
    layouts: { telegram: telegramParts },
    async connect(context, term) {
      const { createTelegramPlatform } = await import('../platforms/telegram/telegram.ts')
      const { store, checkMs } = context
      const memory = (name: string) => ({
        read: () => store.slots.recall(name),
        write: (value: string) => store.slots.remember(name, value),
      })
      return createTelegramPlatform({
        ...config,
        ...platformOptions(name, context),
        inbox: memory(TELEGRAM_INBOX),
        menus: memory(TELEGRAM_MENUS),
        proven,
        ...(term && { term }),
        ...(checkMs !== undefined && { checkMs }),
      })
    },
    async poster(context, term) {
      const { createTelegramPoster } = await import('../platforms/telegram/poster.ts')
      return createTelegramPoster({ ...config, ...posterOptions(name, context, term) })
    },
    async check(options) {
      const { checkTelegram } = await import('../platforms/telegram/check-setup.ts')
      return checkTelegram({ ...config, ...options })
    },
  }
}

function discordModule(config: DiscordConfig): PlatformModule {
  const proven = new Set<string>()
  // The connection sets `lacking`, and the poster calls it.
  const rights: KnownRights = { lacking: () => undefined }
  // The connection fills it, and answers and posts show commands by it.
  const commandIds = noCommandIds()
  const name = 'discord'
  return {
    name,
    rate: config.rate,
    limits: DISCORD_LIMITS,
    isLocal: false,
    isShared: false,
    count: message => renderDiscord(message).length,
    layouts: { discord: discordParts },
    async connect(context, term) {
      const { createDiscordPlatform } = await import('../platforms/discord/discord.ts')
      return createDiscordPlatform({
        ...config,
        ...platformOptions(name, context),
        rights,
        commandIds,
        proven,
        ...(term && { term }),
      })
    },
    async poster(context, term) {
      const { createDiscordPoster } = await import('../platforms/discord/poster.ts')
      const shared = { rights, commandIds }
      return createDiscordPoster({ ...config, ...posterOptions(name, context, term), ...shared })
    },
    async check(options) {
      const { checkDiscord } = await import('../platforms/discord/check-setup.ts')
      return checkDiscord({ ...config, ...options })
    },
  }
}

function localModule(timeZone: string): PlatformModule {
  const { promise: poster, resolve } = Promise.withResolvers<Poster>()
  return {
    name: 'web',
    limits: WEB_LIMITS,
    isLocal: true,
    isShared: true,
    count: () => 1,
    layouts: { telegram: telegramParts, discord: discordParts },
    async connect({ bot, clock, log, pictures, address, content, plan, editionChoice, metrics }) {
      const { createWebPlatform } = await import('../platforms/web/web.ts')
      const platform = createWebPlatform({
        ...{ bot, clock, log, pictures, address, content, plan, editionChoice, timeZone },
        onAnswered: ms => metrics.onAnswered('web', ms),
      })
      resolve(platform.poster)
      return platform
    },
    poster: () => poster,
  }
}

/** Returns the options of the side that answers people. */
function platformOptions(name: string, context: PlatformContext) {
  const { bot, clock, log, pictures, clockCheck, limiters, metrics } = context
  return {
    bot,
    clock,
    log,
    pictures,
    time: clockCheck.of(name),
    onReply: (address: string) => limiters.get(name)?.reply(address),
    onRateLimited: () => metrics.onRateLimited(name),
    onAnswered: (ms: number) => metrics.onAnswered(name, ms),
  }
}

/** Returns the options of the side that posts. */
function posterOptions(
  name: string,
  { pictures, clockCheck, metrics }: PlatformContext,
  term: Term,
) {
  const onRateLimited = () => metrics.onRateLimited(name)
  return { term, pictures, time: clockCheck.of(name), onRateLimited }
}
