import { isDeepStrictEqual } from 'node:util'
import type { BotCommand } from 'telegraf/types'
import type { MenuEntry } from '../../platform.ts'
import type { Call } from './api.ts'

/** Bot API, setMyCommands: at most 100 commands. */
const COMMANDS = 100

/** Whom a menu is for. Narrower than the default, so that one set by hand does not hide it. */
const SCOPES = ['all_private_chats', 'all_group_chats'] as const

/** The menu as Telegram takes it. */
function telegramMenu(entries: readonly MenuEntry[]): BotCommand[] {
  return entries
    .filter(({ forModerators }) => !forModerators)
    .slice(0, COMMANDS)
    .map(({ name, description }) => ({ command: name, description }))
}

/** Tells Telegram the menu where it holds another one. */
export async function syncMenu(call: Call, entries: readonly MenuEntry[]): Promise<void> {
  const commands = telegramMenu(entries)
  for (const type of SCOPES) {
    const scope = { type }
    const held = await call<BotCommand[]>('getMyCommands', { scope })
    if (!isDeepStrictEqual(held, commands)) await call('setMyCommands', { scope, commands })
  }
}
