import type { CallbackQuery, InlineKeyboardMarkup, Message } from 'telegraf/types'
import { isOfPost, pressedLine } from '../../message.ts'
import type { ChatRef } from '../../platform.ts'
import { integer, type Placed, placeOf, type Target, targetOf } from './reply-target.ts'

/** A pressed button. */
export interface Press {
  readonly kind: 'press'
  readonly id: string
  /** Undefined if the button is under a shared message, or too old for Telegram to tell its topic. */
  readonly place?: ChatRef
  readonly asker: { readonly user: string; readonly unproven?: number }
  readonly line: string
  readonly on: Pressed
}

/** The message whose button was pressed. */
export type Pressed =
  /** A message that was shared through the inline mode. Telegram tells neither its text nor its keyboard. */
  | { readonly shared: string }
  | {
      readonly target: Target
      readonly message: number
      /** Whether one of the message's own buttons has exactly the pressed data. */
      readonly isOwn: boolean
      /** Whether it can be replaced: `isOwn`, and neither a post nor a part of a longer answer. */
      readonly whole: boolean
      /** Whether the message is so old that Telegram no longer tells its topic. */
      readonly misplaced: boolean
      /** Whether the button stands under a post, which stays. */
      readonly isFromPost: boolean
      /** Whether the message is in a channel, where most people are readers without rights. */
      readonly isPublic: boolean
    }

/**
 * Reads a pressed button; undefined if it is a game's. The data is the word of the user: a changed client
 * sends any. The message and its keyboard are Telegram's word. Throws if the form is not that of a press.
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
  const unproven = place.kind === 'private' ? {} : { unproven: user }
  return { ...press, place, asker: { ...asker, ...unproven }, on }
}

type Keyed = Message &
  Placed & { readonly text?: string; readonly reply_markup?: InlineKeyboardMarkup }

function pressedOn(message: Keyed, data: string): Pressed & { readonly misplaced: boolean } {
  const keyboard = dataUnder(message.reply_markup)
  const isOwn = keyboard.includes(data)
  const isFromPost = [data, ...keyboard].some(isOfPost)
  const isPart = /\n\d+\/\d+$/.test(message.text ?? '')
  // Telegram gives the date 0 to what is too old to be changed, and no keyboard.
  const isOld = message.date === 0
  return {
    target: targetOf(message),
    message: integer(message.message_id),
    isOwn,
    whole: isOwn && !isFromPost && !isPart && !isOld,
    misplaced: isOld && message.chat.type !== 'private',
    isFromPost,
    isPublic: message.chat.type === 'channel',
  }
}

/** The data of the buttons below a message. */
export function dataUnder(markup: InlineKeyboardMarkup | undefined): string[] {
  const buttons = markup?.inline_keyboard.flat() ?? []
  return buttons.flatMap(each => ('callback_data' in each ? [each.callback_data] : []))
}
