import { isVisible } from '../content/characters.ts'
import type { Message, TableStyle, TimeStyle } from '../message.ts'
import type { StoredPicture } from '../picture.ts'
import { type Block, flow } from './flow.ts'
import { withoutAccidents } from './joiners.ts'
import { perObject } from './memoize.ts'
import { chunk, leadLength, parts } from './parts.ts'
import { pictureAsText } from './picture-as-text.ts'
import { type Run, withoutCommands } from './runs.ts'
import { finish, type Steps } from './steps.ts'
import { isLink } from './telegram-finds.ts'
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
  readonly photo: StoredPicture
  readonly caption?: string
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
/** UTF-16 units above which a quote is folded. */
const FOLD_UNITS = 400
/** UTF-16 units reserved in every part for its number, such as `12/34`. */
const MARK_UNITS = 16

/**
 * Renders a message as HTML, in as few parts as Telegram's limits allow. The buttons stand under the last
 * part. An image is the first part, with the whole text as its caption if that is short enough. Pure.
 */
export function renderTelegram(message: Message, style: TableStyle = 'grid'): TelegramBody[] {
  return finish(telegramSteps(message, style))
}

/** Renders a message as {@link renderTelegram} does, with pauses. */
export function* telegramSteps(message: Message, style: TableStyle): Steps<TelegramBody[]> {
  const { picture, actions = [] } = message
  const texts = yield* textsOf(message, style)
  const keyboards = chunk(actions, BUTTONS).map(keyboard)
  if (!picture) return bodiesOf(texts, keyboards)
  const [caption = ''] = texts
  const photo = { method: 'sendPhoto', photo: picture, parse_mode: 'HTML' } as const
  if (texts.length > 1 || keyboards.length > 1 || !isWithin(caption, CAPTION_UNITS)) {
    return [photo, ...bodiesOf(texts, keyboards)]
  }
  const [rows] = keyboards
  return [{ ...photo, ...(caption && { caption }), ...(rows && underneath(rows)) }]
}

/** Renders a message as texts alone, with a line in place of the image. Pure. */
export function renderTelegramTexts(message: Message, style: TableStyle = 'grid'): TelegramText[] {
  return finish(telegramTextSteps(message, style))
}

/** Renders a message as {@link renderTelegramTexts} does, with pauses. */
export function* telegramTextSteps(message: Message, style: TableStyle): Steps<TelegramText[]> {
  const keyboards = chunk(message.actions ?? [], BUTTONS).map(keyboard)
  return bodiesOf(yield* textsOf(pictureAsText(message), style), keyboards)
}

/** Divides a text into the blocks of each message. Pure. */
export function telegramParts(message: Message, style: TableStyle): Block[][] {
  return finish(partSteps(message, style))
}

function partSteps({ body }: Message, style: TableStyle): Steps<Block[][]> {
  return parts(flow(body, { columns: COLUMNS, style, links: isLink }), share)
}

function* textsOf(message: Message, style: TableStyle): Steps<string[]> {
  const divided = yield* partSteps(message, style)
  return divided.map(html).filter(text => isVisible(shown(text)))
}

function bodiesOf(
  contents: readonly string[],
  keyboards: readonly TelegramButton[][][],
): TelegramText[] {
  // Each keyboard needs a text above it.
  const missing = Array.from({ length: keyboards.length - contents.length }, () => '…')
  const texts = [...contents, ...missing]
  const withoutKeyboard = texts.length - keyboards.length
  return texts.map((text, index) => {
    const mark = texts.length > 1 ? `\n\n<i>${index + 1}/${texts.length}</i>` : ''
    const rows = keyboards[index - withoutKeyboard]
    return {
      method: 'sendMessage',
      text: text + mark,
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
      ...(rows && underneath(rows)),
    }
  })
}

function underneath(rows: TelegramButton[][]) {
  return { reply_markup: { inline_keyboard: rows } }
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

function shown(text: string): string {
  return text.replace(/<[^>]*>/g, '').replace(/&(?:lt|gt|amp|quot);/g, '&')
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

function html(blocks: readonly Block[]): string {
  let text = ''
  for (let index = 0; index < blocks.length; index++) {
    const first = blocks[index] as Block
    if (index > 0) text += gap(first, blocks[index - 1])
    if (!isQuoted(first)) {
      text += blockHtml(first)
      continue
    }
    // Consecutive blocks of one quote share one element.
    let quoted = blockHtml(first)
    for (
      let next = blocks[index + 1];
      next?.quote === first.quote && isQuoted(next);
      next = blocks[index + 1]
    ) {
      quoted += gap(next, blocks[index]) + blockHtml(next)
      index += 1
    }
    const isFolded = !first.isWhole && shown(quoted).length > FOLD_UNITS
    text += `<blockquote${isFolded ? ' expandable' : ''}>${quoted}</blockquote>`
  }
  return text
}

/**
 * Returns the line ends before a block. A heading stands directly above the text that it heads, a sentence that leads on
 * above its list or code, an item below the item before, and a source below its text.
 */
function gap(block: Block, before?: Block): string {
  const isHeading = block.kind === 'text' && block.heading !== undefined
  const isQuiet = block.kind === 'text' && block.isQuiet
  const isListed =
    block.kind === 'code' || block.marker !== '' || (block.leads === true && !isHeading)
  const isHeaded =
    before?.kind === 'text' &&
    (before.heading !== undefined ||
      before.leads ||
      (isListed && (leadLength(before) > 0 || (before.indent > 0 && block.indent > 0))))
  return block.tight || isQuiet || (isHeaded && !isHeading) ? '\n' : '\n\n'
}

/**
 * Whether a block belongs into a quote. Code does not, because the Bot API allows no monospace
 * block in a quote.
 */
function isQuoted(block: Block): boolean {
  return block.quote > 0 && block.kind === 'text'
}

/** Renders a block. Cached, because a block is tried in several messages until it fits. */
const blockHtml = perObject((block: Block): string => {
  if (block.kind === 'code') {
    const { language } = block
    const code = escapeHtml(block.text)
    return language
      ? `<pre><code class="language-${language}">${code}</code></pre>`
      : `<pre>${code}</pre>`
  }
  // Further blocks of a list item align with its text, not with its marker.
  const indent = '  '.repeat(Math.max(0, block.indent - (block.marker ? 1 : 0)))
  // The runs include the marker, because it decides whether a word begins after it.
  const runs = withoutCommands(
    withoutAccidents([{ text: indent + block.marker }, ...block.runs.map(struckAsText)]),
  )
  const shown = runs.filter(({ text }) => text !== '')
  const bold = block.heading && ({ bold: true } as const)
  const italic = block.isQuiet && ({ italic: true } as const)
  return shown.map(run => runHtml({ ...run, ...bold, ...italic })).join('')
})

/** Telegram shows no style in code, so struck code is struck text. */
function struckAsText(run: Run): Run {
  if (!run.code || !run.strike) return run
  const { code: _, ...text } = run
  return text
}

/** Telegram's format of a time for each style. Telegram combines letters, but not `r`. */
const FORMATS: Readonly<Record<TimeStyle, string>> = {
  t: 't',
  T: 'T',
  d: 'd',
  D: 'D',
  f: 'Dt',
  F: 'wDt',
  s: 'dt',
  S: 'dT',
  R: 'r',
}

function runHtml({ text, bold, italic, strike, code, url, at, style = 'f' }: Run): string {
  let shown = escapeHtml(text)
  // Bot API: code has no nested entities and no outer ones; times and links do not nest.
  if (code) return `<code>${shown}</code>`
  if (at)
    shown = `<tg-time unix="${Math.floor(Date.parse(at) / 1000)}" format="${FORMATS[style]}">${shown}</tg-time>`
  else if (url && isLink(url)) shown = `<a href="${escapeHtml(url)}">${shown}</a>`
  if (strike) shown = `<s>${shown}</s>`
  if (italic) shown = `<i>${shown}</i>`
  if (bold) shown = `<b>${shown}</b>`
  return shown
}

const ENTITY_NAMES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, mark => ENTITY_NAMES[mark] ?? mark)
}
