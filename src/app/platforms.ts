import type { Clock, ClockCheck } from '../clock.ts'
import type { DiscordConfig, TelegramConfig } from '../config.ts'
import type { Log } from '../log.ts'
import type { Bot, Platform, Term } from '../platform.ts'
import type { WebOptions } from '../platforms/web/web.ts'
import type { KnownRights, Pictures } from '../poster.ts'
import type { Store } from '../store/store.ts'

export interface MakerOptions {
  readonly bot: Bot
  readonly clock: Clock
  readonly log: Log
  readonly clockCheck: ClockCheck
  readonly discordRights: KnownRights
  /** The store is opened beside the platforms: undefined until then. */
  readonly store: () => Store | undefined
  readonly onReply: (platform: string, address: string) => void
  /** See `TelegramOptions`. */
  readonly checkMs?: number | undefined
}

/** Name of the updates in the store that are passed over and not done. */
const TELEGRAM_INBOX = 'telegram inbox'

/** Makes the platforms. Each library is loaded only then: an answer on the command line needs none. */
export function createMakers(options: MakerOptions) {
  const { bot, clock, log, clockCheck, discordRights: rights, store, onReply, checkMs } = options
  const pictures: Pictures = {
    read: async id => store()?.pictures.read(id),
    telegramFile: async id => store()?.pictures.telegramFile(id),
    keepTelegramFile: async (id, file) => store()?.pictures.keepTelegramFile(id, file),
  }
  const inbox = {
    read: async () => store()?.agenda.recall(TELEGRAM_INBOX),
    write: async (updates: string) => store()?.agenda.remember(TELEGRAM_INBOX, updates),
  }
  const common = { bot, clock, log, pictures, proven: new Set<string>() }
  const of = (platform: string) => ({
    ...common,
    time: clockCheck.of(platform),
    onReply: (address: string) => onReply(platform, address),
  })

  return {
    async telegram(settings: TelegramConfig, during?: Term): Promise<Platform> {
      const { createTelegramPlatform } = await import('../platforms/telegram/telegram.ts')
      const more = { ...(during && { term: during }), ...(checkMs !== undefined && { checkMs }) }
      return createTelegramPlatform({ ...settings, ...of('telegram'), inbox, ...more })
    },
    async discord(settings: DiscordConfig, during: Term): Promise<Platform> {
      const { createDiscordPlatform } = await import('../platforms/discord/discord.ts')
      return createDiscordPlatform({ ...settings, ...of('discord'), rights, term: during })
    },
    async web(local: Pick<WebOptions, 'address' | 'plan'>) {
      const { createWebPlatform } = await import('../platforms/web/web.ts')
      return createWebPlatform({ bot, log, pictures, ...local })
    },
  }
}
