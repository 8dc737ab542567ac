import type { Message } from 'telegraf/types'
import type { ChatRef } from '../../platform.ts'

/** Where an answer goes. */
export interface Target {
  readonly chat: string
  /** Topic of a forum. */
  readonly thread?: number
  /** The message that is answered, where others stand between. */
  readonly replyTo?: number
  /**
   * The message is in a thread of a group without topics, such as the comments below a channel's post. Such a
   * group takes no `message_thread_id`: only a reply stays in the thread, so each part of the answer is one.
   */
  readonly isInThread?: boolean
}

/** The part of a message that says where it is. */
export type Placed = Pick<Message, 'chat'> & {
  readonly is_topic_message?: boolean
  readonly message_thread_id?: number
  readonly message_id?: number
  readonly reply_to_message?: object
}

const TELEGRAM = { platform: 'telegram' } as const

/** A topic of a forum is a chat of its own. Throws a TypeError if the chat has no id. */
export function placeOf(message: Placed): ChatRef {
  const { chat, thread } = targetOf(message)
  const kind = kindOf(message.chat)
  if (thread === undefined) return { ...TELEGRAM, address: chat, kind }
  return { ...TELEGRAM, address: `${chat}/${thread}`, within: chat, kind }
}

function kindOf({ type }: { readonly type: string }): ChatRef['kind'] {
  return type === 'private' || type === 'channel' ? type : 'group'
}

/** Throws a TypeError if the chat has no id. */
export function targetOf(message: Placed): Target {
  const { chat, is_topic_message, message_thread_id, message_id } = message
  const thread = is_topic_message ? message_thread_id : undefined
  const isInThread = !is_topic_message && kindOf(chat) === 'group' && isComment(message)
  return {
    chat: String(integer(chat.id)),
    ...(thread !== undefined && { thread: integer(thread) }),
    ...(isInThread && { replyTo: integer(message_id), isInThread }),
  }
}

/** Whether a message of a group without topics is in a thread. */
function isComment({ message_thread_id, reply_to_message }: Placed): boolean {
  const { is_automatic_forward, message_thread_id: above } = (reply_to_message ?? {}) as {
    is_automatic_forward?: unknown
    message_thread_id?: unknown
  }
  return (
    [message_thread_id, above].some(each => each !== undefined) || is_automatic_forward === true
  )
}

/** An id or a date as Telegram gives it. Throws a TypeError on any other value. */
export function integer(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new TypeError('Expected a whole number.')
  return value as number
}
