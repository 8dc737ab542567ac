import type {
  InlineKeyboardMarkup,
  InlineQuery,
  Message,
  Update,
  User,
  UserFromGetMe,
} from 'telegraf/types'
import { pressedLine } from '../../message.ts'
import type { BotRequest, ChatRef, UserText } from '../../platform.ts'
import { dataUnder, type Press, readPress } from './callback-queries.ts'
import { linkedLine } from './deep-links.ts'
import { readGroup } from './ids.ts'
import { type Membership, readMembership } from './membership.ts'
import type { PictureOf } from './pictures.ts'
import { integer, placeOf, type Target, targetOf } from './reply-target.ts'
import { userTextIn, wholeUserText } from './user-text.ts'

/** Who asks, as far as it matters for what they may. */
export interface Asker {
  /** `telegram:42`; of a chat in whose name something is written, `telegram:chat:-1001`. */
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
      readonly place: ChatRef
      readonly asker: Asker
      readonly target: Target
      readonly line: string
      /** Absent if the message has no date. */
      readonly asked?: Temporal.Instant
      /** See `Request.isSuggested`. */
      readonly isSuggested: boolean
      /** False for a command in a group that may be meant for another bot. */
      readonly addressed: boolean
      /** The message's own id in its chat. */
      readonly message: number
      readonly written: (words: number, pictureOf: PictureOf) => UserText | undefined
      /** See `Request.answers`. */
      readonly answers?: Omit<NonNullable<BotRequest['answers']>, 'written'> & {
        readonly written: (pictureOf: PictureOf) => UserText | undefined
      }
    }
  | Press
  | Membership
  | { readonly kind: 'moved'; readonly from: string; readonly to: string }
  | { readonly kind: 'inline'; readonly id: string; readonly user: string; readonly words: string }

/**
 * The kinds of updates that are asked for. An edit only shows that its chat can be reached: `readUpdate` reads none,
 * so no line runs twice. Reactions are left out: Telegram sends them only to administrators of the chat, and a
 * chat with many of them has messages as well, which show the same.
 */
export const UPDATES = [
  'message',
  'channel_post',
  'edited_message',
  'edited_channel_post',
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
  forward_origin?: object
  /** In place of `forward_origin` before Bot API 7.0. */
  forward_date?: number
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
  const linked = linkedLine(line)
  return {
    kind: 'line',
    place: placeOf(post),
    asker: askerOf(post),
    target: {
      ...targetOf(post),
      ...(chat.type !== 'private' && chat.type !== 'channel' && { replyTo: post.message_id }),
    },
    line: linked ?? line,
    ...dateOf(post),
    // Links and forwarded messages have words that another person has chosen.
    isSuggested: linked !== undefined || Boolean(post.forward_origin ?? post.forward_date),
    addressed,
    message: integer(post.message_id),
    written: (words, pictureOf) => userTextIn(post, words, pictureOf),
    ...(answersUs && {
      answers: {
        lines: dataUnder(post.reply_to_message?.reply_markup).map(pressedLine),
        isWordless,
        written: pictureOf => wholeUserText(post, own, pictureOf),
      },
    }),
  }
}

/** A date of 0 is none: Telegram gives it to a message that it no longer tells about. */
function dateOf({ date }: Post): { asked?: Temporal.Instant } {
  if (date === 0) return {}
  return { asked: Temporal.Instant.fromEpochMilliseconds(date * 1000) }
}

/** Throws if one of the two is no group's id: a chat would be kept under it. */
function moved(...ids: readonly [from: number, to: number]): Incoming {
  const [from, to] = ids.map(readGroup)
  if (from === undefined || to === undefined) throw new TypeError('No group has such an id.')
  return { kind: 'moved', from, to }
}

/** A chat is never taken for a user: beside it, `from` names an account that many write through. */
function askerOf({ chat, from, sender_chat }: Post): Asker {
  const author = sender_chat ?? (chat.type === 'channel' ? chat : undefined)
  if (author) {
    const user = `telegram:chat:${integer(author.id)}`
    // Anonymous administrators, and a channel's posts, come in the chat's own name.
    return author.id === chat.id ? { user } : { user, unproven: author.id }
  }
  const id = integer(from?.id)
  const user = `telegram:${id}`
  return chat.type === 'private' ? { user } : { user, unproven: id }
}

function readInline({ id, from, query }: InlineQuery): Incoming {
  return { kind: 'inline', id, user: `telegram:${integer(from.id)}`, words: query.trim() }
}
