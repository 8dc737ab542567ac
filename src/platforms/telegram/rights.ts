import { TelegramError } from 'telegraf'
import type { Chat, ChatMember, UserFromGetMe } from 'telegraf/types'
import type { Reached } from '../../bot.ts'
import type { ChatRef } from '../../platform.ts'
import type { Call } from './api.ts'

/**
 * Checks whether a user may manage a chat now: as its creator, as an administrator of a channel who may post there, or
 * as an administrator of a group who may change its info. Resolves to `unknown` if Telegram does not tell. Rejects as
 * `call` does.
 */
export async function mayManage(
  call: Call,
  { address, kind }: Pick<ChatRef, 'address' | 'kind'>,
  user: number,
): Promise<boolean | 'unknown'> {
  // A negative id is a chat that writes in the group, which is no member of it.
  if (user <= 0) return false
  const [chat = ''] = address.split('/')
  const member = await memberOf(call, chat, user)
  if (!member) return 'unknown'
  if (member.status !== 'administrator') return member.status === 'creator'
  return (kind === 'channel' ? member.can_post_messages : member.can_change_info) === true
}

/** Resolves to undefined if Telegram does not tell, as it may not if the bot is no administrator. */
async function memberOf(call: Call, chat: string, user: number): Promise<ChatMember | undefined> {
  const ask = () => call<ChatMember>('getChatMember', { chat_id: chat, user_id: user })
  try {
    // Retries once at once, because a user waits for the answer.
    return await ask().catch(error => (isRefused(error) ? Promise.reject(error) : ask()))
  } catch (error) {
    if (isRefused(error)) return undefined
    throw error
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof TelegramError && [400, 403].includes(error.code)
}

/** Looks up a channel by its name or id, for a user who wants to manage it. Rejects as `call` does. */
export async function reach(
  call: Call,
  name: string,
  user: number,
  me: UserFromGetMe,
): Promise<Reached> {
  try {
    const chat = await call<Chat>('getChat', { chat_id: name })
    if (chat.type !== 'channel') return 'unknown'
    const place = { address: String(chat.id), kind: 'channel' } as const
    if ((await mayManage(call, place, user)) !== true) return 'forbidden'
    const own = await memberOf(call, place.address, me.id)
    const mayPost = own?.status === 'administrator' && own.can_post_messages === true
    return { platform: 'telegram', ...place, title: titleOf(chat), isBarred: !mayPost }
  } catch (error) {
    // The channel does not exist, or the bot is no member. The user, who may not administer it, is not told which.
    if (isRefused(error)) return 'unknown'
    throw error
  }
}

function titleOf({ title, username }: Chat.ChannelChat): string {
  return username ? `@${username}` : title
}
