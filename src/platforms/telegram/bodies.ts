import type { UserFromGetMe } from 'telegraf/types'
import type { Reply } from '../../platform.ts'
import { remembered } from '../../render/remembered.ts'
import {
  plainTelegram,
  renderTelegram,
  renderTelegramTexts,
  type TelegramBody,
  type TelegramPhoto,
  type TelegramText,
} from '../../render/telegram.ts'
import { texts } from '../../texts.ts'
import { deepLink } from './links.ts'

const rendered = remembered(renderTelegram)
const renderedTexts = remembered(renderTelegramTexts)

/** The bodies of an answer, with its tables as the chat wants them. */
export function render({ message, tableStyle = 'grid' }: Reply): readonly TelegramBody[] {
  return rendered(message, tableStyle)
}

/** The same in texts alone. */
export function renderTexts({ message, tableStyle = 'grid' }: Reply): readonly TelegramText[] {
  return renderedTexts(message, tableStyle)
}

/** A body in words alone. */
export type PlainText = Omit<TelegramText, 'parse_mode'>

/** Its words, without markup. */
export function plainOf({ parse_mode: _, ...body }: TelegramText): PlainText {
  return { ...body, ...plainTelegram(body) }
}

/** A text with what stood below a picture, and a line that stands for that. */
export function unpictured({
  caption = '',
  parse_mode,
  reply_markup,
}: TelegramPhoto): TelegramText {
  return {
    ...{ method: 'sendMessage', text: `${texts.picture}\n\n${caption}`.trim(), parse_mode },
    link_preview_options: { is_disabled: true },
    ...(reply_markup && { reply_markup }),
  }
}

/** One message that stands alone: of a longer answer the first part, with a link to the rest. */
export function single(
  [first, ...rest]: readonly TelegramText[],
  line: string,
  me: UserFromGetMe,
): TelegramText {
  if (!first) throw new RangeError('An answer has at least one part.')
  if (rest.length === 0) return first
  const { reply_markup: _, ...text } = first
  const url = deepLink(line, me)
  if (!url) return text
  return { ...text, reply_markup: { inline_keyboard: [[{ text: texts.readOn, url }]] } }
}
