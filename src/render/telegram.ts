import { isVisible } from '../content/characters.ts'
import type { Message, TableStyle } from '../message.ts'
import type { Picture } from '../picture.ts'
import { texts } from '../texts.ts'
import type { Block, PictureBlock } from './blocks.ts'
import { flow } from './flow.ts'
import { chunk, leadLength, parts } from './parts.ts'
import { withoutPictures } from './picture-blocks.ts'
import { finish, type Steps } from './steps.ts'
import { isLink } from './telegram-finds.ts'
import { html, shown } from './telegram-html.ts'
import { keyboard, type TelegramButton } from './telegram-keyboard.ts'

/** A call of the Bot API without its `chat_id`. */
export type TelegramBody = TelegramText | TelegramPhoto

export interface TelegramText {
  readonly method: 'sendMessage'
  readonly text: string
  readonly parse_mode: 'HTML'
  readonly link_preview_options: { readonly is_disabled: true }
  readonly reply_markup?: TelegramKeyboard
}

export interface TelegramPhoto {
  readonly method: 'sendPhoto'
  /** The image. The sender replaces it with Telegram's file ID, or with its bytes. */
  readonly photo: Picture
  readonly caption?: string
  readonly show_caption_above_media?: true
  /** The text in place of a refused image, at most {@link TEXT_UNITS} long. The sender removes it. */
  readonly instead: string
  readonly parse_mode: 'HTML'
  readonly reply_markup?: TelegramKeyboard
}

interface TelegramKeyboard {
  readonly inline_keyboard: TelegramButton[][]
}

/**
 * Bot API, sendMessage: 4096 characters after entities. Counted here in UTF-16 units, which is
 * stricter.
 */
const TEXT_UNITS = 4096
/** Bot API, sendPhoto: 1024 characters after entities. Counted in UTF-16 units as well. */
const CAPTION_UNITS = 1024
/**
 * Bot API: the server keeps the first 100 entities of a message, and drops the style of the rest.
 */
const ENTITIES = 100
/** Columns after which a monospace block wraps on a narrow phone. */
const COLUMNS = 32
/** Bot API: the server accepts 100 buttons in an inline keyboard. */
const BUTTONS = 100
/** UTF-16 units reserved in every part for its number, such as `12/34`. */
const MARK_UNITS = 16

/**
 * Renders a message as HTML, in as few parts as Telegram's limits allow. The buttons stand under the last
 * part. Each picture is a part of its own, with text as its caption if that is short enough. Pure.
 */
export function renderTelegram(message: Message, style: TableStyle = 'grid'): TelegramBody[] {
  return finish(telegramSteps(message, style))
}

/** Renders a message as {@link renderTelegram} does, with pauses. */
export function* telegramSteps(message: Message, style: TableStyle): Steps<TelegramBody[]> {
  const blocks = blocksOf(message, style)
  return bodiesOf(yield* contentsOf(blocks), keyboardsOf(message))
}

/** Renders a message as texts alone, with words in place of pictures. Pure. */
export function renderTelegramTexts(message: Message, style: TableStyle = 'grid'): TelegramText[] {
  return finish(telegramTextSteps(message, style))
}

/** Renders a message as {@link renderTelegramTexts} does, with pauses. */
export function* telegramTextSteps(message: Message, style: TableStyle): Steps<TelegramText[]> {
  const blocks = withoutPictures(blocksOf(message, style))
  return bodiesOf(yield* textsOf(blocks), keyboardsOf(message))
}

/** Divides the text of a message into the blocks of each part, without its pictures. Pure. */
export function telegramParts({ body }: Message, style: TableStyle): Block[][] {
  return finish(parts(withoutPictures(blocksOf({ body }, style)), share))
}

function blocksOf(message: Message, style: TableStyle): Block[] {
  return flow(message, { columns: COLUMNS, style, links: isLink })
}

function keyboardsOf({ actions = [] }: Message): TelegramButton[][][] {
  return chunk(actions, BUTTONS).map(keyboard)
}

/** The content of a part without its buttons: a text, or a picture with its caption. */
type Content = string | Photo
type Photo = Pick<TelegramPhoto, 'photo' | 'caption' | 'show_caption_above_media' | 'instead'>

function* textsOf(blocks: readonly Block[]): Steps<string[]> {
  const divided = yield* parts(blocks, share)
  return divided.map(html).filter(text => isVisible(shown(text)))
}

/** Divides blocks into texts and pictures, in order. */
function* contentsOf(all: readonly Block[]): Steps<Content[]> {
  const blocks = all.flatMap(block =>
    block.kind === 'picture' && !isReplaceable(block) ? block.instead : [block],
  )
  const contents: Content[] = []
  let text: Block[] = []
  let last: Placed | undefined
  for (const [index, block] of blocks.entries()) {
    if (block.kind !== 'picture') {
      text.push(block)
      continue
    }
    const next = blocks.findIndex((each, at) => at > index && each.kind === 'picture')
    const isAlone = text.length === 0 && block.words.length === 0 && next < 0
    const placed = isAlone ? below(block, blocks.slice(index + 1)) : above(block, text)
    contents.push(...(yield* textsOf(placed.before)), photoOf(placed))
    text = [...placed.after]
    last = placed
    if (isAlone && placed.caption.length > 0) return contents
  }
  const withSource = last && joined(last, text)
  if (withSource) return [...contents.slice(0, -1), photoOf(withSource)]
  return [...contents, ...(yield* textsOf(text))]
}

/** A picture between texts. Some of the text before it, or all behind it, is its caption. */
interface Placed {
  readonly block: PictureBlock
  readonly before: readonly Block[]
  readonly caption: readonly Block[]
  /** The blocks of the caption without the words of the picture, which its replacement has as well. */
  readonly own: readonly Block[]
  readonly after: readonly Block[]
  /** The lines of less weight at the end of the caption, which stand behind the replacement as well. */
  readonly source?: readonly Block[]
  readonly isBelow?: true
}

/** Places a picture with text only behind it: the text is the caption if it is short enough. */
function below(block: PictureBlock, text: readonly Block[]): Placed {
  return isCaption(text)
    ? { block, before: [], caption: text, own: text, after: [], isBelow: true }
    : { block, before: [], caption: [], own: [], after: [] }
}

/**
 * Places a picture behind a text. The caption, above the picture, is the text with the words of the picture; if they are
 * too long, the words follow the picture, or the caption is the end of the text that introduces the picture.
 */
function above(block: PictureBlock, text: readonly Block[]): Placed {
  const { words } = block
  const whole = { block, before: [], own: text, after: [] }
  if (isCaption([...text, ...words])) return { ...whole, caption: [...text, ...words] }
  if (isCaption(text)) return { ...whole, caption: text, after: words }
  const start = text.findLastIndex(each => leadLength(each) < Number.POSITIVE_INFINITY) + 1
  const leads = text.slice(start)
  const own = isCaption(leads) ? leads : []
  const isShort = isCaption([...own, ...words])
  const caption = isShort ? [...own, ...words] : own
  return {
    block,
    before: text.slice(0, text.length - own.length),
    caption,
    own,
    after: isShort ? [] : words,
  }
}

/** Adds lines of less weight behind a picture, such as the source, to its caption; undefined if that is not possible. */
function joined(placed: Placed, rest: readonly Block[]): Placed | undefined {
  const { caption, isBelow } = placed
  const isSource = rest.length > 0 && rest.every(each => each.kind === 'text' && each.isQuiet)
  if (!isSource || isBelow || caption.length === 0 || !isCaption([...caption, ...rest])) return
  return { ...placed, caption: [...caption, ...rest], source: rest }
}

function isCaption(blocks: readonly Block[]): boolean {
  return blocks.every(({ kind }) => kind !== 'picture') && isWithin(html(blocks), CAPTION_UNITS)
}

/**
 * Whether the text in place of a picture fits into a message below a caption. Words that are their own replacement do:
 * longer ones follow the picture.
 */
function isReplaceable({ words, instead }: PictureBlock): boolean {
  return instead === words || isWithin(html(instead), TEXT_UNITS - CAPTION_UNITS)
}

function photoOf({ block, caption, own, after, source = [], isBelow }: Placed): Photo {
  const written = html(caption)
  const text = isVisible(shown(written)) ? written : ''
  const replacement = block.instead === after ? [] : block.instead
  const instead = isBelow ? [...replacement, ...own] : [...own, ...replacement, ...source]
  return {
    photo: block.picture,
    ...(text !== '' && { caption: text }),
    ...(text !== '' && !isBelow && { show_caption_above_media: true }),
    instead: html(instead) || texts.picture,
  }
}

function bodiesOf(
  contents: readonly string[],
  keyboards: readonly TelegramButton[][][],
): TelegramText[]
function bodiesOf(
  contents: readonly Content[],
  keyboards: readonly TelegramButton[][][],
): TelegramBody[]
function bodiesOf(
  contents: readonly Content[],
  keyboards: readonly TelegramButton[][][],
): TelegramBody[] {
  // Each keyboard needs a text above it.
  const missing = Array.from({ length: keyboards.length - contents.length }, () => '…')
  const all = [...contents, ...missing]
  const withoutKeyboard = all.length - keyboards.length
  const count = all.filter(content => typeof content === 'string').length
  let number = 0
  return all.map((content, index): TelegramBody => {
    const rows = keyboards[index - withoutKeyboard]
    const buttons = rows && { reply_markup: { inline_keyboard: rows } }
    if (typeof content !== 'string') {
      return { method: 'sendPhoto', ...content, parse_mode: 'HTML', ...buttons }
    }
    number += 1
    const mark = count > 1 ? `\n\n<i>${number}/${count}</i>` : ''
    return {
      method: 'sendMessage',
      text: content + mark,
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
      ...buttons,
    }
  })
}

/** Returns the text in place of a picture that is refused. A body without markup stays so. Pure. */
export function withoutPhoto<Mode extends Partial<Pick<TelegramPhoto, 'parse_mode'>>>({
  photo: _,
  caption: __,
  show_caption_above_media: ___,
  instead,
  ...body
}: Omit<TelegramPhoto, 'parse_mode'> & Mode) {
  return {
    ...body,
    method: 'sendMessage' as const,
    text: instead,
    link_preview_options: { is_disabled: true as const },
  }
}

/** Removes the markup of a text, if Telegram has refused it. Pure. */
export function plainTelegram({ text }: Pick<TelegramText, 'text'>): { text: string } {
  return {
    text: text
      .replace(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&'),
  }
}

type Words = Pick<TelegramText, 'text'> & Partial<TelegramText>

/** Converts a text into a caption. A text that is too long loses its markup and its end. Pure. */
export function captionOf({ text, parse_mode }: Words) {
  if (isWithin(text, CAPTION_UNITS)) return { caption: text, ...(parse_mode && { parse_mode }) }
  const words = parse_mode ? plainTelegram({ text }).text : text
  return { caption: `${words.slice(0, CAPTION_UNITS - 1).toWellFormed()}…` }
}

function share(blocks: readonly Block[]): number {
  return shareOf(html(blocks), TEXT_UNITS - MARK_UNITS)
}

function isWithin(text: string, units: number): boolean {
  return shareOf(text, units) <= 1
}

/** The share of the units and entities of a message that a text takes. */
function shareOf(text: string, units: number): number {
  const entities = text.match(/<[a-z]/g)?.length ?? 0
  return Math.max(shown(text).length / units, (entities + 1) / ENTITIES)
}
