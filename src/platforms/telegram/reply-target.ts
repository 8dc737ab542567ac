import type { Message } from 'telegraf/types'
import type { ChatRef } from '../../platform.ts'

/** The chat, topic and message that a reply goes to. */
export interface Target {
  readonly chat: string
  /** The topic of a forum. */
  readonly thread?: number
  /** The message that the reply quotes, because others may follow it. */
  readonly replyTo?: number
  /**
   * Whether the message is in a thread of a group without topics, such as the comments under a channel's post. Such a
   * group accepts no `message_thread_id`. Only a quoting message stays in the thread, so each part of the reply quotes.
   */
  readonly isInThread?: boolean
}

/** The fields of a message that locate it. */
export type Placed = Pick<Message, 'chat'> & {
  readonly is_topic_message?: boolean
  readonly message_thread_id?: number
  readonly message_id?: number
  readonly reply_to_message?: object
}

const TELEGRAM = { platform: 'telegram' } as const

/** Returns the chat of a message. A topic of a forum is a chat of its own. Throws a TypeError if the chat has no id. */
export function placeOf(message: Placed): ChatRef {
  const { chat, thread } = targetOf(message)
  const kind = kindOf(message.chat)
  if (thread === undefined) return { ...TELEGRAM, address: chat, kind }
  return { ...TELEGRAM, address: `${chat}/${thread}`, within: chat, kind }
}

function kindOf({ type }: { readonly type: string }): ChatRef['kind'] {
  return type === 'private' || type === 'channel' ? type : 'group'
}

/** Returns the target of a reply to a message. Throws a TypeError if the chat has no id. */
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

/** Reads an id or a date of Telegram. Throws a TypeError on any value but a safe integer. */
export function integer(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new TypeError('Expected a whole number.')
  return value as number
}
