import type { CallbackQuery, InlineKeyboardMarkup, Message } from 'telegraf/types'
import { isOfPost, pressedLine } from '../../message.ts'
import type { ChatRef } from '../../platform.ts'
import { integer, type Placed, placeOf, type Target, targetOf } from './reply-target.ts'

/** A pressed button. */
export interface Press {
  readonly kind: 'press'
  readonly id: string
  /** Undefined if the message is shared, or so old that Telegram no longer tells its topic. */
  readonly place?: ChatRef
  readonly asker: { readonly user: string; readonly unverified?: number }
  readonly line: string
  readonly on: Pressed
}

/** The message whose button was pressed. */
export type Pressed =
  /** The id of a message shared through inline mode. Telegram tells neither its text nor its keyboard. */
  { readonly shared: string } | PressedMessage

export interface PressedMessage {
  readonly target: Target
  readonly message: number
  /**
   * The kind of picture that the message is; absent if it is a text. `own` is a picture of an answer, which has its
   * caption above, as no picture of an announcement has.
   */
  readonly picture?: 'own' | 'announced'
  /** Whether one of the message's own buttons has exactly the pressed data. */
  readonly isOwn: boolean
  /** Whether the answer may replace the message: `isOwn`, and neither a post nor a part of a longer answer. */
  readonly whole: boolean
  /** Whether the message is so old that Telegram no longer tells its topic. */
  readonly misplaced: boolean
  /** Whether the button is under a post, which stays as it is. */
  readonly isFromPost: boolean
  /** Whether the message is in a channel, where most users are readers without rights. */
  readonly isPublic: boolean
}

/**
 * Reads a pressed button; undefined for the button of a game. A modified client can send any data, but the message and
 * its keyboard come from Telegram. Throws a TypeError if the query has not the form of a press.
 */
export function readPress(query: CallbackQuery): Press | undefined {
  if (!('data' in query)) return undefined
  const { id, from, data, message, inline_message_id } = query
  const press = { kind: 'press', id, line: pressedLine(data) } as const
  const user = integer(from.id)
  const asker = { user: `telegram:${user}` }
  if (!message) {
    if (!inline_message_id) throw new TypeError('Expected the message of a press.')
    return { ...press, asker, on: { shared: inline_message_id } }
  }
  const on = pressedOn(message as Keyed, data)
  if (on.misplaced) return { ...press, asker, on }
  const place = placeOf(message)
  const unverified = place.kind !== 'private' && { unverified: user }
  return { ...press, place, asker: { ...asker, ...unverified }, on }
}

type Keyed = Message &
  Placed & {
    readonly text?: string
    readonly caption?: string
    readonly photo?: object
    readonly show_caption_above_media?: boolean
    readonly reply_markup?: InlineKeyboardMarkup
  }

function pressedOn(message: Keyed, data: string): PressedMessage {
  const keyboard = dataUnder(message.reply_markup)
  const isOwn = keyboard.includes(data)
  const isFromPost = [data, ...keyboard].some(isOfPost)
  const { photo, show_caption_above_media: isAbove, text = message.caption ?? '' } = message
  const isPart = /\n\d+\/\d+$/.test(text)
  // A message that is too old to be changed comes with the date 0 and without its keyboard.
  const isOld = message.date === 0
  return {
    target: targetOf(message),
    message: integer(message.message_id),
    ...(photo !== undefined && { picture: isAbove === true ? 'own' : 'announced' }),
    isOwn,
    whole: isOwn && !isFromPost && !isPart && !isOld,
    misplaced: isOld && message.chat.type !== 'private',
    isFromPost,
    isPublic: message.chat.type === 'channel',
  }
}

/** Lists the data of the buttons under a message. */
export function dataUnder(markup: InlineKeyboardMarkup | undefined): string[] {
  const buttons = markup?.inline_keyboard.flat() ?? []
  return buttons.flatMap(each => ('callback_data' in each ? [each.callback_data] : []))
}
