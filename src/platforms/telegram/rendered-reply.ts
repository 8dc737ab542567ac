import type { UserFromGetMe } from 'telegraf/types'
import type { Reply } from '../../bot.ts'
import type { Failure } from '../../poster.ts'
import { memoize } from '../../render/memoize.ts'
import { finishInSteps } from '../../render/steps.ts'
import {
  plainTelegram,
  type TelegramBody,
  type TelegramPhoto,
  type TelegramText,
  telegramSteps,
  telegramTextSteps,
} from '../../render/telegram.ts'
import {
  type TelegramDocument,
  withDocument,
  withoutDocument,
} from '../../render/telegram-document.ts'
import { texts } from '../../texts.ts'
import { mayBePicture } from '../fallback.ts'
import { deepLink } from './deep-links.ts'

const rendered = memoize((...given) => finishInSteps(telegramSteps(...given)))
const renderedTexts = memoize((...given) => finishInSteps(telegramTextSteps(...given)))

/** Renders a reply, with tables in the style of the chat. */
export async function render({
  message,
  tableStyle = 'grid',
}: Reply): Promise<readonly (TelegramBody | TelegramDocument)[]> {
  const bodies = await rendered(message, tableStyle)
  return message.file ? withDocument(bodies, message.file) : bodies
}

/** Renders a reply as texts alone, without pictures. */
export function renderTexts({
  message,
  tableStyle = 'grid',
}: Reply): Promise<readonly TelegramText[]> {
  return renderedTexts(message, tableStyle)
}

/** A body, with or without markup. */
export type Sendable = TelegramBody | Plain<TelegramText> | Plain<TelegramPhoto>
type Plain<B> = Omit<B, 'parse_mode'>

/**
 * Returns the plainer form of a refused body: a line of text replaces a picture, and plain text replaces markup.
 * Returns undefined if there is no plainer form, or if the chat accepts no message. Pure.
 */
export function plainer(body: Sendable, failure: Failure): Sendable | undefined {
  if ('photo' in body) {
    if (!mayBePicture(failure)) return undefined
    const isMarkup = failure.next === 'rejected' && failure.of === 'content' && !failure.isPicture
    return isMarkup && 'parse_mode' in body ? plainPhoto(body) : unpictured(body)
  }
  return failure.next === 'rejected' && 'parse_mode' in body ? plainText(body) : undefined
}

/** Returns the plainer form of a refused body of an answer, which may have a file: see {@link plainer}. Pure. */
export function plainerAnswer(
  body: Sendable | TelegramDocument,
  failure: Failure,
): Sendable | TelegramDocument | undefined {
  if (!('document' in body)) return plainer(body, failure)
  return mayBePicture(failure) ? withoutDocument(body) : undefined
}

function plainText({ parse_mode: _, ...body }: TelegramText): Plain<TelegramText> {
  return { ...body, ...plainTelegram(body) }
}

function plainPhoto({
  parse_mode: _,
  caption,
  instead,
  ...body
}: TelegramPhoto): Plain<TelegramPhoto> {
  return {
    ...body,
    ...(caption !== undefined && { caption: plainTelegram({ text: caption }).text }),
    instead: plainTelegram({ text: instead }).text,
  }
}

/** Returns the text in place of a picture. */
export function unpictured({
  instead,
  caption: _,
  photo: __,
  show_caption_above_media: ___,
  ...body
}: TelegramPhoto | Plain<TelegramPhoto>): TelegramText | Plain<TelegramText> {
  return {
    ...body,
    method: 'sendMessage',
    text: instead,
    link_preview_options: { is_disabled: true },
  }
}

/** Returns one message for a whole answer: its only part, or the first part with a link to the rest or to the file. */
export function single(
  [first, ...rest]: readonly TelegramText[],
  line: string,
  me: UserFromGetMe,
  hasFile = false,
): TelegramText {
  if (!first) throw new RangeError('An answer has at least one part.')
  if (rest.length === 0 && !hasFile) return first
  const { reply_markup: _, ...text } = first
  const url = deepLink(line, me)
  if (!url) return text
  return { ...text, reply_markup: { inline_keyboard: [[{ text: texts.readOn, url }]] } }
}
