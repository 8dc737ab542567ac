import { modulesOf } from '../src/app/platforms.ts'
import { readConfig } from '../src/config.ts'
import { TOKEN as DISCORD_TOKEN } from './platforms/discord/server.ts'
import { TOKEN as TELEGRAM_TOKEN } from './platforms/telegram/server.ts'

/** Telegram and Discord, at the rates that they have by default. */
export const TARGETS = modulesOf(readConfig({ TELEGRAM_TOKEN, DISCORD_TOKEN }))
