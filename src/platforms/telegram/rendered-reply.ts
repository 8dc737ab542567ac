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
  withoutPhoto,
} from '../../render/telegram.ts'
import {
  type TelegramDocument,
  withDocument,
  withoutDocument,
} from '../../render/telegram-document.ts'
import { texts } from '../../texts.ts'
import { mayBePicture, mayBeUpload } from '../fallback.ts'
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
    return isMarkup && 'parse_mode' in body ? plainPhoto(body) : withoutPhoto(body)
  }
  return failure.next === 'rejected' && 'parse_mode' in body ? plainText(body) : undefined
}

/**
 * Returns the plainer form of a refused body of an answer, whose picture or file may have failed for any reason: see
 * {@link plainer}. Pure.
 */
export function plainerAnswer(
  body: Sendable | TelegramDocument,
  failure: Failure,
): Sendable | TelegramDocument | undefined {
  if ('document' in body) return mayBeUpload(failure) ? withoutDocument(body) : undefined
  const isLate = 'photo' in body && failure.next === 'uncertain'
  return isLate ? withoutPhoto(body) : plainer(body, failure)
}

/** Returns a picture and its caption as a call sends them, with a file in place of the picture. Pure. */
export function photoWith(
  { photo: _, instead: __, method: ___, ...body }: TelegramPhoto | Plain<TelegramPhoto>,
  photo: string,
) {
  return { ...body, photo }
}

/** Returns a picture and its caption as a call sends them that edits a message. Pure. */
export function mediaWith(body: TelegramPhoto | Plain<TelegramPhoto>, photo: string) {
  const { reply_markup, photo: media, ...more } = photoWith(body, photo)
  return { media: { type: 'photo', media, ...more }, ...(reply_markup && { reply_markup }) }
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
