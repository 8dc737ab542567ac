import type { Message } from 'telegraf/types'
import type { ChatPlace } from '../../platform.ts'

/** Where an answer goes. */
export interface Target {
  readonly chat: string
  /** Topic of a forum. */
  readonly thread?: number
  /** The message that is answered, where others stand between. */
  readonly replyTo?: number
}

/** The part of a message that says where it is. */
export type Placed = Pick<Message, 'chat'> & {
  readonly is_topic_message?: boolean
  readonly message_thread_id?: number
}

const TELEGRAM = { platform: 'telegram' } as const

/** A topic of a forum is a chat of its own. Throws a TypeError if the chat has no id. */
export function placeOf(message: Placed): ChatPlace {
  const { chat, thread } = targetOf(message)
  const kind = kindOf(message.chat)
  if (thread === undefined) return { ...TELEGRAM, address: chat, kind }
  return { ...TELEGRAM, address: `${chat}/${thread}`, within: chat, kind }
}

function kindOf({ type }: { readonly type: string }): ChatPlace['kind'] {
  return type === 'private' || type === 'channel' ? type : 'group'
}

/** Throws a TypeError if the chat has no id. */
export function targetOf({ chat, is_topic_message, message_thread_id }: Placed): Target {
  const thread = is_topic_message ? message_thread_id : undefined
  return {
    chat: String(integer(chat.id)),
    ...(thread !== undefined && { thread: integer(thread) }),
  }
}

/** An id or a date as Telegram gives it. Throws a TypeError on any other value. */
export function integer(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new TypeError('Expected a whole number.')
  return value as number
}
