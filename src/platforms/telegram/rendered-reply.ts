import type { UserFromGetMe } from 'telegraf/types'
import type { Reply } from '../../platform.ts'
import type { Failure } from '../../poster.ts'
import { memoize } from '../../render/memoize.ts'
import {
  plainTelegram,
  renderTelegram,
  renderTelegramTexts,
  type TelegramBody,
  type TelegramPhoto,
  type TelegramText,
} from '../../render/telegram.ts'
import { texts } from '../../texts.ts'
import { mayBePicture } from '../fallback.ts'
import { deepLink } from './deep-links.ts'

const rendered = memoize(renderTelegram)
const renderedTexts = memoize(renderTelegramTexts)

/** The bodies of an answer, with its tables as the chat wants them. */
export function render({ message, tableStyle = 'grid' }: Reply): readonly TelegramBody[] {
  return rendered(message, tableStyle)
}

/** The same in texts alone. */
export function renderTexts({ message, tableStyle = 'grid' }: Reply): readonly TelegramText[] {
  return renderedTexts(message, tableStyle)
}

/** A body, perhaps without its markup. */
export type Sendable = TelegramBody | Plain<TelegramText> | Plain<TelegramPhoto>
type Plain<B> = Omit<B, 'parse_mode'>

/**
 * The plainer form of a body that is refused: a picture becomes a line above its words, markup becomes plain
 * words. Undefined if there is none, or if the place takes no message. Pure.
 */
export function plainer(body: Sendable, failure: Failure): Sendable | undefined {
  if ('photo' in body) {
    if (!mayBePicture(failure)) return undefined
    const isMarkup = failure.next === 'rejected' && failure.of === 'content' && !failure.isPicture
    return isMarkup && 'parse_mode' in body ? plainPhoto(body) : unpictured(body)
  }
  return failure.next === 'rejected' && 'parse_mode' in body ? plainText(body) : undefined
}

function plainText({ parse_mode: _, ...body }: TelegramText): Plain<TelegramText> {
  return { ...body, ...plainTelegram(body) }
}

function plainPhoto({ parse_mode: _, caption, ...body }: TelegramPhoto): Plain<TelegramPhoto> {
  const words = caption !== undefined && { caption: plainTelegram({ text: caption }).text }
  return { ...body, ...words }
}

/** A text with what stood below a picture, and a line that stands for that. */
export function unpictured({
  caption = '',
  photo: _,
  ...body
}: TelegramPhoto | Plain<TelegramPhoto>): TelegramText | Plain<TelegramText> {
  return {
    ...body,
    ...{ method: 'sendMessage', text: `${texts.picture}\n\n${caption}`.trim() },
    link_preview_options: { is_disabled: true },
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
