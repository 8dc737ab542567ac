import type { Bot } from '../../bot.ts'
import type { Message, TableStyle } from '../../message.ts'
import { withMentions } from '../../render/command-mentions.ts'
import { type DiscordBody, discordSteps, renderDiscord } from '../../render/discord.ts'
import { withFile } from '../../render/discord-file.ts'
import { finishInSteps } from '../../render/steps.ts'
import { renderTelegram, type TelegramBody, telegramSteps } from '../../render/telegram.ts'
import { type TelegramDocument, withDocument } from '../../render/telegram-document.ts'

/** The bodies that each platform receives. */
export interface Bodies {
  readonly discord: readonly DiscordBody[]
  readonly telegram: readonly (TelegramBody | TelegramDocument)[]
}

/** Renders an answer, in steps that yield. */
export async function answerBodies(
  message: Message,
  style: TableStyle,
  bot: Pick<Bot, 'menu'>,
): Promise<Bodies> {
  const discord = await finishInSteps(discordSteps(withMentions(message, mentionable(bot)), style))
  const telegram = await finishInSteps(telegramSteps(message, style))
  const { file } = message
  return file
    ? { discord: withFile(discord, file), telegram: withDocument(telegram, file) }
    : { discord, telegram }
}

/** Renders a post. Pure. */
export function postBodies(message: Message, style: TableStyle, bot: Pick<Bot, 'menu'>): Bodies {
  return {
    discord: renderDiscord(withMentions(message, mentionable(bot)), style),
    telegram: renderTelegram(message, style),
  }
}

/** Returns an id for each command, so that Discord's bodies mention them. The page needs none, and shows none. */
function mentionable(bot: Pick<Bot, 'menu'>): Map<string, string> {
  return new Map(bot.menu().map(({ name }) => [name, '0']))
}
