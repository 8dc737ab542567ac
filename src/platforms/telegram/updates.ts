import type {
  CallbackQuery,
  InlineQuery,
  Message,
  Update,
  User,
  UserFromGetMe,
} from 'telegraf/types'

/** Where an answer goes. */
export interface Target {
  readonly chat: string
  /** Topic of a forum. */
  readonly thread?: number
  /** The message that is answered, where others stand between. */
  readonly replyTo?: number
}

/** What an update asks for. */
export type Incoming =
  | {
      readonly kind: 'line'
      readonly target: Target
      readonly user: string
      readonly line: string
      readonly asked: Temporal.Instant
      /** False for a command in a group that may be meant for another bot. */
      readonly addressed: boolean
    }
  | {
      readonly kind: 'press'
      readonly id: string
      readonly user: string
      readonly line: string
      readonly on: Pressed
    }
  | { readonly kind: 'inline'; readonly id: string; readonly user: string; readonly words: string }

/** The message whose button was pressed. */
export type Pressed =
  /** One that was shared into some chat, which may be closed to us. */
  | { readonly shared: string }
  | {
      readonly target: Target
      readonly message: number
      /** Whether it can be replaced: it is no part of a longer answer, and not too old. */
      readonly whole: boolean
    }

/** The kinds of updates that are asked for: no edits, so that none is answered twice. */
export const UPDATES = ['message', 'channel_post', 'callback_query', 'inline_query'] as const

/** Whether something that came in can be told apart from others of its kind. */
export function isUpdate(value: unknown): value is Update {
  return Number.isSafeInteger((value as Partial<Update> | null)?.update_id)
}

/** Reads an update; nothing where it is not for this bot. Pure; throws where it has not the form of one. */
export function readUpdate(update: Update, me: UserFromGetMe): Incoming | undefined {
  if ('message' in update) return readMessage(update.message, me)
  if ('channel_post' in update) return readMessage(update.channel_post, me)
  if ('callback_query' in update) return readPress(update.callback_query)
  if ('inline_query' in update) return readInline(update.inline_query)
  return undefined
}

type Post = Message & {
  text?: string
  caption?: string
  reply_to_message?: { from?: User }
  via_bot?: User
  is_automatic_forward?: boolean
}

function readMessage(message: Message, me: UserFromGetMe): Incoming | undefined {
  const post = message as Post
  const { chat, from } = post
  const text = (post.text ?? post.caption)?.trim()
  // A channel's post comes again in its group; a bot that answers a bot may go on for ever, but an
  // administrator who stays anonymous writes through one.
  const isBot = from?.is_bot && !post.sender_chat
  if (!text || isBot || post.is_automatic_forward || post.via_bot) return undefined

  // Not the end of an address, nor the beginning of a longer name.
  const own = new RegExp(`(?<![\\w.+-])@${me.username}(?!\\w|\\.\\w)`, 'gi')
  const command = /^\/([^\s@]+)(?:@(\S+))?([\s\S]*)$/.exec(text)
  const receiver = command?.[2]
  if (receiver && receiver.toLowerCase() !== me.username.toLowerCase()) return undefined

  const isPrivate = chat.type === 'private'
  const mentioned = text.search(own) >= 0
  const answersUs = post.reply_to_message?.from?.id === me.id
  const addressed = isPrivate || receiver !== undefined || mentioned || answersUs
  // Elsewhere people talk to each other.
  if (!addressed && !command) return undefined
  const line = (command ? `/${command[1]}${command[3]}` : text).replace(own, ' ').trim()
  return {
    kind: 'line',
    target: {
      ...targetOf(post),
      ...(chat.type !== 'private' && chat.type !== 'channel' && { replyTo: post.message_id }),
    },
    user: `telegram:${post.sender_chat?.id ?? from?.id ?? chat.id}`,
    line: withDeepLink(line),
    asked: Temporal.Instant.fromEpochMilliseconds(post.date * 1000),
    addressed,
  }
}

function readPress(query: CallbackQuery): Incoming | undefined {
  if (!('data' in query)) return undefined
  const { id, from, data, message, inline_message_id } = query
  const on = message ? pressed(message as Post) : { shared: inline_message_id ?? '' }
  return { kind: 'press', id, user: `telegram:${from.id}`, line: data, on }
}

function pressed(message: Post): Pressed {
  // Telegram gives the date 0 to what is too old to be changed.
  const whole = message.date > 0 && !/\n\d+\/\d+$/.test(message.text ?? '')
  return { target: targetOf(message), message: message.message_id, whole }
}

function readInline({ id, from, query }: InlineQuery): Incoming {
  return { kind: 'inline', id, user: `telegram:${from.id}`, words: query }
}

function targetOf({ chat, ...message }: Post): Target {
  const thread = message.is_topic_message ? message.message_thread_id : undefined
  return { chat: String(chat.id), ...(thread !== undefined && { thread }) }
}

/** `/start tables-threats-2`, as a link to the bot brings it, is `/tables threats-2`. */
function withDeepLink(line: string): string {
  const given = /^\/start\s+([\w-]+)$/i.exec(line)?.[1]
  return given ? `/${given.replace('-', ' ')}` : line
}

/** A link that opens the bot with this line: `https://t.me/sitrep_bot?start=tables-threats-2`. */
export function deepLink(line: string, me: UserFromGetMe): string {
  return `https://t.me/${me.username}?start=${line.slice(1).replaceAll(' ', '-')}`
}
