import type {
  InlineKeyboardMarkup,
  InlineQuery,
  Message,
  Update,
  User,
  UserFromGetMe,
} from 'telegraf/types'
import type { Origin, RequestText } from '../../bot.ts'
import { pressedLine } from '../../message.ts'
import type { ChatRef } from '../../platform.ts'
import { dataUnder, type Press, readPress } from './callback-queries.ts'
import { linkedLine } from './deep-links.ts'
import { readGroup } from './ids.ts'
import { type Membership, readMembership } from './membership.ts'
import type { PictureOf } from './pictures.ts'
import { integer, placeOf, type Target, targetOf } from './reply-target.ts'
import { userTextOf } from './user-text.ts'

/** The user of a request, with the id for a check of their rights. */
export interface Asker {
  /** `telegram:42`, or `telegram:chat:-1001` if a chat is the author. */
  readonly user: string
  /**
   * The id of a user whose rights need a check with Telegram. Absent in a private chat, and if the author is the chat
   * itself, because only its administrators write in its name.
   */
  readonly unverified?: number
}

/** The content of an update. */
export type Incoming =
  | {
      readonly kind: 'line'
      readonly place: ChatRef
      readonly asker: Asker
      readonly target: Target
      readonly line: string
      /** Absent if the message has no date. */
      readonly asked?: Temporal.Instant
      /** See `Origin.by`. */
      readonly by: Origin['by']
      /** False for a command in a group that does not name this bot, so that another bot may be meant. */
      readonly addressed: boolean
      /** The id of the message in its chat. */
      readonly message: number
      readonly text: RequestText
    }
  | Press
  | Membership
  /** A group continues under another id. */
  | { readonly kind: 'moved'; readonly from: string; readonly to: string }
  | { readonly kind: 'inline'; readonly id: string; readonly user: string; readonly words: string }

/**
 * The kinds of updates that Telegram should send. An edit only shows that its chat can be reached: `readUpdate` ignores
 * it, so that no line runs twice. Reactions are left out, because Telegram sends them only to administrators, and the
 * messages of such a chat show the same.
 */
export const UPDATES = [
  'message',
  'channel_post',
  'edited_message',
  'edited_channel_post',
  'callback_query',
  'inline_query',
  'my_chat_member',
  // Telegram sends it for chats that the bot administers: see `RightsMemory.forget`.
  'chat_member',
] as const

/** Whether a value is an update, which always has an id. */
export function isUpdate(value: unknown): value is Update {
  return Number.isSafeInteger((value as Partial<Update> | null)?.update_id)
}

/** Reads an update; undefined if it is not for this bot. Throws a TypeError if its form is wrong. Pure. */
export function readUpdate(
  update: Update,
  me: UserFromGetMe,
  pictureOf: PictureOf,
): Incoming | undefined {
  if ('message' in update) return readMessage(update.message, me, pictureOf)
  if ('channel_post' in update) return readMessage(update.channel_post, me, pictureOf)
  if ('callback_query' in update) return readPress(update.callback_query)
  if ('inline_query' in update) return readInline(update.inline_query)
  if ('my_chat_member' in update) return readMembership(update.my_chat_member)
  return undefined
}

type ReceivedMessage = Message & {
  text?: string
  caption?: string
  reply_to_message?: Message & { from?: User; reply_markup?: InlineKeyboardMarkup }
  via_bot?: User
  is_automatic_forward?: boolean
  forward_origin?: object
  /** Replaced by `forward_origin` in Bot API 7.0. */
  forward_date?: number
  migrate_to_chat_id?: number
  migrate_from_chat_id?: number
}

function readMessage(
  message: Message,
  me: UserFromGetMe,
  pictureOf: PictureOf,
): Incoming | undefined {
  const received = message as ReceivedMessage
  const { chat, from } = received
  if (received.migrate_to_chat_id) return moved(chat.id, received.migrate_to_chat_id)
  if (received.migrate_from_chat_id) return moved(received.migrate_from_chat_id, chat.id)
  const answersUs = received.reply_to_message?.from?.id === me.id
  // In an album, only the first message has the caption, and the others are no requests.
  const isAlone = ('photo' in received || 'document' in received) && !('media_group_id' in received)
  const isWordless = answersUs && isAlone && !received.caption
  const typed = received.text ?? received.caption ?? ''
  const text = typed.trim()
  // Ignores the copy of a channel's post in its group, and messages of other bots, because two bots could answer each
  // other without end. An anonymous administrator also appears as a bot, with a `sender_chat`.
  const isBot = from?.is_bot && !received.sender_chat
  if ((!text && !isWordless) || isBot || received.is_automatic_forward || received.via_bot)
    return undefined

  // Matches the bot's name, but neither the end of an email address nor the beginning of a longer name.
  const own = new RegExp(`(?<![\\w.+-])@${me.username}(?!\\w|\\.\\w)`, 'gi')
  const command = /^\/([^\s@]+)(?:@(\S+))?([\s\S]*)$/.exec(text)
  const receiver = command?.[2]
  if (receiver && receiver.toLowerCase() !== me.username.toLowerCase()) return undefined

  const isPrivate = chat.type === 'private'
  const mentioned = text.search(own) >= 0
  const addressed = isPrivate || receiver !== undefined || mentioned || answersUs
  // People in a group talk to each other, so a text without a command must name the bot or reply to it.
  if (!addressed && !command) return undefined
  const line = (command ? `/${command[1]}${command[3]}` : text).replace(own, ' ').trim()
  const linked = linkedLine(line)
  const mention = new RegExp(`^${own.source}[,:]?\\s+`, 'i')
  return {
    kind: 'line',
    place: placeOf(received),
    asker: askerOf(received),
    target: {
      ...targetOf(received),
      ...(chat.type !== 'private' && chat.type !== 'channel' && { replyTo: received.message_id }),
    },
    line: linked ?? line,
    ...dateOf(received),
    // Another person chose the words of a link or a forwarded message.
    by: (linked ?? received.forward_origin ?? received.forward_date) ? 'suggested' : 'typed',
    addressed,
    message: integer(received.message_id),
    text: {
      ...userTextOf(received, pictureOf),
      ...(answersUs && {
        answers: {
          lines: dataUnder(received.reply_to_message?.reply_markup).map(pressedLine),
          offset: isPrivate ? 0 : (mention.exec(typed)?.[0].length ?? 0),
          isWordless,
        },
      }),
    },
  }
}

/** Reads the date of a message. The date 0 counts as absent: Telegram uses it for messages that it no longer shows. */
function dateOf({ date }: ReceivedMessage): { asked?: Temporal.Instant } {
  if (date === 0) return {}
  return { asked: Temporal.Instant.fromEpochMilliseconds(date * 1000) }
}

/** Reads the move of a group. Throws a TypeError on any other id, because the chat would be stored under it. */
function moved(...ids: readonly [from: number, to: number]): Incoming {
  const [from, to] = ids.map(readGroup)
  if (from === undefined || to === undefined) throw new TypeError('No group has such an id.')
  return { kind: 'moved', from, to }
}

/** Reads the author. If a chat is the author, `from` names an account that many people share, so it never counts. */
function askerOf({ chat, from, sender_chat }: ReceivedMessage): Asker {
  const author = sender_chat ?? (chat.type === 'channel' ? chat : undefined)
  if (author) {
    const user = `telegram:chat:${integer(author.id)}`
    // Anonymous administrators and the posts of a channel have the chat itself as their author.
    return author.id === chat.id ? { user } : { user, unverified: author.id }
  }
  const id = integer(from?.id)
  const user = `telegram:${id}`
  return chat.type === 'private' ? { user } : { user, unverified: id }
}

function readInline({ id, from, query }: InlineQuery): Incoming {
  return { kind: 'inline', id, user: `telegram:${integer(from.id)}`, words: query.trim() }
}
