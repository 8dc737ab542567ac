import { TelegramError } from 'telegraf'
import type { Chat, ChatMember, UserFromGetMe } from 'telegraf/types'
import type { Reached } from '../../platform.ts'
import type { Call } from './api.ts'

/** Whether somebody administers a chat: as it is now, not as it was when a button was made. */
export async function mayManage(
  call: Call,
  chat: string,
  user: number,
): Promise<boolean | 'unknown'> {
  // Whoever writes as another chat is no member of this one.
  if (user <= 0) return false
  const member = await memberOf(call, chat, user)
  return member ? ['creator', 'administrator'].includes(member.status) : 'unknown'
}

/** Nothing where Telegram does not tell, as it need not where the bot is no administrator. */
async function memberOf(call: Call, chat: string, user: number): Promise<ChatMember | undefined> {
  const ask = () => call<ChatMember>('getChatMember', { chat_id: chat, user_id: user })
  try {
    // Once more where it failed in passing: somebody waits for it.
    return await ask().catch(error => (isRefused(error) ? Promise.reject(error) : ask()))
  } catch (error) {
    if (isRefused(error)) return undefined
    throw error
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof TelegramError && [400, 403].includes(error.code)
}

/** A channel by its name or id, where both the bot and whoever asks administer it. */
export async function reach(
  call: Call,
  name: string,
  user: number,
  me: UserFromGetMe,
): Promise<Reached> {
  try {
    const chat = await call<Chat>('getChat', { chat_id: name })
    if (chat.type !== 'channel') return 'unknown'
    const address = String(chat.id)
    if ((await mayManage(call, address, user)) !== true) return 'forbidden'
    const own = await memberOf(call, address, me.id)
    const mayPost = own?.status === 'administrator' && own.can_post_messages === true
    return mayPost
      ? { platform: 'telegram', address, kind: 'channel', title: titleOf(chat) }
      : 'rights'
  } catch (error) {
    // Neither found nor let in; whoever does not administer it need not know which.
    if (isRefused(error)) return 'unknown'
    throw error
  }
}

function titleOf({ title, username }: Chat.ChannelChat): string {
  return username ? `@${username}` : title
}
