import type {
  CallbackQuery,
  ChatMember,
  ChatMemberUpdated,
  InlineKeyboardMarkup,
  InlineQuery,
  Message,
  Update,
  User,
  UserFromGetMe,
} from 'telegraf/types'
import { pressedLine } from '../../message.ts'
import type { ChatPlace, Gone, Request, Written } from '../../platform.ts'
import type { PictureOf } from './pictures.ts'
import { allWritten, writtenIn } from './written.ts'

/** Where an answer goes. */
export interface Target {
  readonly chat: string
  /** Topic of a forum. */
  readonly thread?: number
  /** The message that is answered, where others stand between. */
  readonly replyTo?: number
}

/** Who asks, as far as it matters for what they may. */
export interface Asker {
  /** `telegram:42`; of whoever writes as a chat, that chat. */
  readonly user: string
  /**
   * Their id, where Telegram has to be asked whether they are an administrator of the chat. Not in a
   * private chat; and whoever writes in the name of the chat itself is one.
   */
  readonly unproven?: number
}

/** What an update asks for. */
export type Incoming =
  | {
      readonly kind: 'line'
      readonly place: ChatPlace
      readonly asker: Asker
      readonly target: Target
      readonly line: string
      readonly asked: Temporal.Instant
      /** False for a command in a group that may be meant for another bot. */
      readonly addressed: boolean
      /** The message's own id in its chat. */
      readonly message: number
      readonly written: (words: number, pictureOf: PictureOf) => Written | undefined
      /** See `Request.answers`. */
      readonly answers?: Omit<NonNullable<Request['answers']>, 'written'> & {
        readonly written: (pictureOf: PictureOf) => Written | undefined
      }
    }
  | {
      readonly kind: 'press'
      readonly id: string
      /** Where the button is, unless it was shared into some chat that is closed to us. */
      readonly place?: ChatPlace
      readonly asker: Asker
      readonly line: string
      readonly on: Pressed
    }
  /** The bot was let into a chat. */
  | { readonly kind: 'joined'; readonly place: ChatPlace }
  | { readonly kind: 'left'; readonly chat: string; readonly why: Gone }
  | { readonly kind: 'moved'; readonly from: string; readonly to: string }
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
      /** Of what is too old Telegram no longer tells the topic. */
      readonly misplaced: boolean
      /** Whether the button stands under a post, which stays. */
      readonly isBeside: boolean
      /** Whether it is everybody's in a channel: whoever presses there is one of many readers. */
      readonly isPublic: boolean
    }

/** The kinds of updates that are asked for: no edits, so that none is answered twice. */
export const UPDATES = [
  'message',
  'channel_post',
  'callback_query',
  'inline_query',
  'my_chat_member',
  // Comes from chats that the bot administers: see `RightsMemory.forget`.
  'chat_member',
] as const

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
  if ('my_chat_member' in update) return readMembership(update.my_chat_member)
  return undefined
}

type Post = Message & {
  text?: string
  caption?: string
  reply_to_message?: Message & { from?: User; reply_markup?: InlineKeyboardMarkup }
  via_bot?: User
  is_automatic_forward?: boolean
  migrate_to_chat_id?: number
  migrate_from_chat_id?: number
}

function readMessage(message: Message, me: UserFromGetMe): Incoming | undefined {
  const post = message as Post
  const { chat, from } = post
  if (post.migrate_to_chat_id) return moved(chat.id, post.migrate_to_chat_id)
  if (post.migrate_from_chat_id) return moved(post.migrate_from_chat_id, chat.id)
  const answersUs = post.reply_to_message?.from?.id === me.id
  // Of an album the first has the words, and the others are none of their own.
  const isAlone = ('photo' in post || 'document' in post) && !('media_group_id' in post)
  const isWordless = answersUs && isAlone && !post.caption
  const text = (post.text ?? post.caption ?? '').trim()
  // A channel's post comes again in its group; a bot that answers a bot may go on for ever, but an
  // administrator who stays anonymous writes through one.
  const isBot = from?.is_bot && !post.sender_chat
  if ((!text && !isWordless) || isBot || post.is_automatic_forward || post.via_bot) return undefined

  // Not the end of an address, nor the beginning of a longer name.
  const own = new RegExp(`(?<![\\w.+-])@${me.username}(?!\\w|\\.\\w)`, 'gi')
  const command = /^\/([^\s@]+)(?:@(\S+))?([\s\S]*)$/.exec(text)
  const receiver = command?.[2]
  if (receiver && receiver.toLowerCase() !== me.username.toLowerCase()) return undefined

  const isPrivate = chat.type === 'private'
  const mentioned = text.search(own) >= 0
  const addressed = isPrivate || receiver !== undefined || mentioned || answersUs
  // Elsewhere people talk to each other.
  if (!addressed && !command) return undefined
  const line = (command ? `/${command[1]}${command[3]}` : text).replace(own, ' ').trim()
  return {
    kind: 'line',
    place: placeOf(post),
    asker: askerOf(post),
    target: {
      ...targetOf(post),
      ...(chat.type !== 'private' && chat.type !== 'channel' && { replyTo: post.message_id }),
    },
    line: withDeepLink(line),
    asked: Temporal.Instant.fromEpochMilliseconds(post.date * 1000),
    addressed,
    message: post.message_id,
    written: (words, pictureOf) => writtenIn(post, words, pictureOf),
    ...(answersUs && {
      answers: {
        lines: linesUnder(post.reply_to_message?.reply_markup),
        isWordless,
        written: pictureOf => allWritten(post, own, pictureOf),
      },
    }),
  }
}

/** What the buttons below a message of ours type. */
function linesUnder(markup: InlineKeyboardMarkup | undefined): string[] {
  const buttons = markup?.inline_keyboard.flat() ?? []
  return buttons.flatMap(each =>
    'callback_data' in each ? [pressedLine(each.callback_data).line] : [],
  )
}

function readPress(query: CallbackQuery): Incoming | undefined {
  if (!('data' in query)) return undefined
  const { id, from, data, message, inline_message_id } = query
  const { line, isPost } = pressedLine(data)
  const on = message ? pressed(message as Post, isPost) : { shared: inline_message_id ?? '' }
  const asker = { user: `telegram:${from.id}` }
  if (!message) return { kind: 'press', id, asker, line, on }
  if ('misplaced' in on && on.misplaced) return { kind: 'press', id, asker, line, on }
  const place = placeOf(message as Post)
  const unproven = place.kind === 'private' ? {} : { unproven: from.id }
  return { kind: 'press', id, place, asker: { ...asker, ...unproven }, line, on }
}

/** Out of a chat, or back in it: the bot's own rights have changed. */
function readMembership({ chat, ...change }: ChatMemberUpdated): Incoming | undefined {
  const [was, is] = [change.old_chat_member, change.new_chat_member].map(canPost)
  const isPrivate = chat.type === 'private'
  if (was && !is) {
    const isOut = ['left', 'kicked'].includes(change.new_chat_member.status)
    const why = isPrivate ? 'blocked' : isOut ? 'removed' : 'forbidden'
    return { kind: 'left', chat: String(chat.id), why }
  }
  if (was || !is) return undefined
  return { kind: 'joined', place: { ...TELEGRAM, address: String(chat.id), kind: kindOf(chat) } }
}

/** Of a channel only administrators may post; elsewhere whoever is in and not muted. */
function canPost(member: ChatMember): boolean {
  if (member.status === 'restricted') return member.is_member && member.can_send_messages
  // Of an administrator only a channel tells it.
  if (member.status === 'administrator' && member.can_post_messages === false) return false
  return ['member', 'administrator', 'creator'].includes(member.status)
}

function moved(from: number, to: number): Incoming {
  return { kind: 'moved', from: String(from), to: String(to) }
}

function askerOf({ chat, from, sender_chat }: Post): Asker {
  const id = sender_chat?.id ?? from?.id ?? chat.id
  const user = `telegram:${id}`
  // Anonymous administrators, and a channel's posts, come in the chat's own name.
  return chat.type === 'private' || id === chat.id ? { user } : { user, unproven: id }
}

const TELEGRAM = { platform: 'telegram' } as const

/** A topic of a forum is a chat of its own. */
function placeOf(post: Post): ChatPlace {
  const { chat, thread } = targetOf(post)
  const kind = kindOf(post.chat)
  if (thread === undefined) return { ...TELEGRAM, address: chat, kind }
  return { ...TELEGRAM, address: `${chat}/${thread}`, within: chat, kind }
}

function kindOf({ type }: { readonly type: string }): ChatPlace['kind'] {
  return type === 'private' || type === 'channel' ? type : 'group'
}

function pressed(message: Post, isPost: boolean): Pressed {
  // Telegram gives the date 0 to what is too old to be changed.
  const whole = !isPost && message.date > 0 && !/\n\d+\/\d+$/.test(message.text ?? '')
  const misplaced = message.date === 0 && message.chat.type !== 'private'
  const isPublic = isPost && message.chat.type === 'channel'
  const { message_id: id } = message
  return { target: targetOf(message), message: id, whole, misplaced, isBeside: isPost, isPublic }
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
