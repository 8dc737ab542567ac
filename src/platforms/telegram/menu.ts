import { isDeepStrictEqual } from 'node:util'
import type { BotCommand } from 'telegraf/types'
import type { MenuEntry } from '../../bot.ts'
import type { Call } from './api.ts'

/** Most commands of a menu (Bot API, setMyCommands). */
const COMMANDS = 100

/** Scopes of the menu. They are narrower than the default scope, so a menu set by hand does not hide this one. */
const SCOPES = ['all_private_chats', 'all_group_chats'] as const

/** Converts the menu to the form of the Bot API. */
function telegramMenu(entries: readonly MenuEntry[]): BotCommand[] {
  return entries
    .filter(({ forModerators }) => !forModerators)
    .slice(0, COMMANDS)
    .map(({ name, description }) => ({ command: name, description }))
}

/** Sends the menu to Telegram, unless Telegram has it already. Rejects as `call` does. */
export async function syncMenu(call: Call, entries: readonly MenuEntry[]): Promise<void> {
  const commands = telegramMenu(entries)
  for (const type of SCOPES) {
    const scope = { type }
    const remote = await call<BotCommand[]>('getMyCommands', { scope })
    if (!isDeepStrictEqual(remote, commands)) await call('setMyCommands', { scope, commands })
  }
}
