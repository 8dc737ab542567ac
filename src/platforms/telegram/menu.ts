import { isDeepStrictEqual } from 'node:util'
import type { BotCommand } from 'telegraf/types'
import type { Bot, MenuEntry } from '../../bot.ts'
import type { Call } from './api.ts'
import { classifyError } from './failure.ts'

/** Most commands of a menu (Bot API, setMyCommands). */
const COMMANDS = 100

/** Longest profile texts, in characters (Bot API, setMyDescription and setMyShortDescription). */
const DESCRIPTION = 512
const SHORT_DESCRIPTION = 120

/** Most moderators that get a menu of their own: each needs a call at every start. */
const MODERATORS = 50

/** Scopes of the menu. They are narrower than the default scope, so a menu set by hand does not hide this one. */
const SCOPES = ['all_private_chats', 'all_group_chats'] as const

/**
 * Remembers the users whose chats may have a menu for moderators, as JSON, because Telegram cannot list them. Both
 * functions reject if the store fails.
 */
export interface MenuMemory {
  read(): Promise<string | undefined>
  write(users: string): Promise<void>
}

/**
 * Sends the menus and the texts of the bot's profile to Telegram, unless Telegram has them already. A moderator's
 * private chat gets the commands for moderators as well, and that of a former moderator loses them. Rejects as `call`
 * and `memory` do.
 */
export async function syncMenu(
  call: Call,
  bot: Pick<Bot, 'menu' | 'profile' | 'moderators'>,
  memory?: MenuMemory,
): Promise<void> {
  const entries = bot.menu()
  const commands = telegramMenu(entries.filter(({ forModerators }) => !forModerators))
  for (const type of SCOPES) await setCommands(call, { type }, commands)
  const { description, short } = bot.profile()
  await setText(call, 'Description', 'description', cut(description, DESCRIPTION))
  await setText(call, 'ShortDescription', 'short_description', cut(short, SHORT_DESCRIPTION))
  const users = bot.moderators('telegram').slice(0, MODERATORS)
  const stored = await memory?.read()
  const former = usersIn(stored).filter(id => !users.includes(id))
  const all = JSON.stringify([...users, ...former])
  // Before the menus change, so that a crash forgets none.
  if (all !== stored) await memory?.write(all)
  const scopeOf = (id: string) => ({ type: 'chat', chat_id: Number(id) })
  for (const id of users) {
    await setCommands(call, scopeOf(id), telegramMenu(entries)).catch(skip)
  }
  for (const id of former) await call('deleteMyCommands', { scope: scopeOf(id) }).catch(skip)
  if (former.length > 0) await memory?.write(JSON.stringify(users))
}

/** Reads the ids of users that {@link MenuMemory} has; none if they are damaged. */
function usersIn(stored: string | undefined): string[] {
  const ids = stored?.match(/\d{1,20}/g) ?? []
  return [...new Set(ids)]
}

/** Converts the menu to the form of the Bot API. */
function telegramMenu(entries: readonly MenuEntry[]): BotCommand[] {
  return entries.slice(0, COMMANDS).map(({ name, description }) => ({ command: name, description }))
}

async function setCommands(call: Call, scope: object, commands: BotCommand[]): Promise<void> {
  const remote = await call<BotCommand[]>('getMyCommands', { scope })
  if (!isDeepStrictEqual(remote, commands)) await call('setMyCommands', { scope, commands })
}

async function setText(call: Call, name: string, key: string, text: string): Promise<void> {
  const remote = await call<Partial<Record<string, string>> | undefined>(`getMy${name}`, {})
  if (remote?.[key] !== text) await call(`setMy${name}`, { [key]: text })
}

/** Ignores the refusal of one moderator's menu: Telegram knows no chat with a user who has not written yet. */
function skip(error: unknown): void {
  const { next } = classifyError(error)
  if (next !== 'gone' && next !== 'rejected') throw error
}

/** Cuts a text to a length in characters, at the end of a word. */
function cut(text: string, length: number): string {
  const characters = [...text]
  if (characters.length <= length) return text
  return `${characters
    .slice(0, length - 1)
    .join('')
    .replace(/\s+\S*$/, '')}…`
}
