import type { Action, Message, Picture, TimeStyle } from '../message.ts'
import { isVisible, spaced } from './clean.ts'
import { type Block, flow } from './flow.ts'
import { chunk, parts } from './parts.ts'
import { pictureAsText } from './picture-as-text.ts'
import type { Run } from './runs.ts'
import type { TableStyle } from './table.ts'

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
  /** Which one: whoever sends it knows what Telegram calls it, or has its bytes. */
  readonly photo: Picture
  readonly caption?: string
  readonly parse_mode: 'HTML'
  readonly reply_markup?: TelegramKeyboard
}

interface TelegramKeyboard {
  readonly inline_keyboard: TelegramButton[][]
}

type TelegramButton = { text: string } & ({ callback_data: string } | { url: string })

/** Bot API, sendMessage: 4096 characters after entities; held in UTF-16 units, the stricter count. */
const TEXT_UNITS = 4096
/** Bot API, sendPhoto: 1024 characters after entities; held in UTF-16 units as well. */
const CAPTION_UNITS = 1024
/** The server keeps the first 100 entities of a message and drops the style of the rest. */
const ENTITIES = 100
/** A monospace block breaks its lines on a narrow phone past this. */
const COLUMNS = 32
/** Inline keyboard: the server takes 100 buttons. */
const BUTTONS = 100
/** Letters of a row of buttons that a narrow phone shows without cutting one. */
const ROW_LETTERS = 28
/** Units of a quote from which on it is folded. */
const FOLD_UNITS = 400
/** Kept free in every part for its mark: `12/34`. */
const MARK_UNITS = 16

/**
 * A message as Telegram's HTML, in as many parts as it takes; the buttons are under the last. A picture
 * is the first, with all the text below it where that is short enough.
 */
export function renderTelegram(message: Message, style: TableStyle = 'grid'): TelegramBody[] {
  const { picture, actions = [] } = message
  const texts = textsOf(message, style)
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

/** The same in texts alone: of a picture they say that there is one. */
export function renderTelegramTexts(message: Message, style: TableStyle = 'grid'): TelegramText[] {
  const keyboards = chunk(message.actions ?? [], BUTTONS).map(keyboard)
  return bodiesOf(textsOf(pictureAsText(message), style), keyboards)
}

/** What each message holds of a text. */
export function telegramParts({ body }: Message, style: TableStyle): Block[][] {
  return parts(flow(body, { columns: COLUMNS, style, links: isLink }), fits)
}

function textsOf(message: Message, style: TableStyle): string[] {
  return telegramParts(message, style)
    .map(html)
    .filter(text => isVisible(shown(text)))
}

function bodiesOf(
  given: readonly string[],
  keyboards: readonly TelegramButton[][][],
): TelegramText[] {
  // A keyboard needs a text above it.
  const missing = Array.from({ length: keyboards.length - given.length }, () => '…')
  const texts = [...given, ...missing]
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

/** The same words without any markup, for where it is refused. */
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

/** A text as a caption; its words alone, cut, where it is too long for one. */
export function captionOf({ text, parse_mode }: Words) {
  if (isWithin(text, CAPTION_UNITS)) return { caption: text, ...(parse_mode && { parse_mode }) }
  const words = parse_mode ? plainTelegram({ text }).text : text
  return { caption: `${words.slice(0, CAPTION_UNITS - 1).toWellFormed()}…` }
}

/** Other addresses are dropped by the server without a word. */
function isLink(address: string): boolean {
  return /^(https?:\/\/|mailto:|tg:\/\/)/i.test(address)
}

function shown(text: string): string {
  return text.replace(/<[^>]*>/g, '').replace(/&(?:lt|gt|amp|quot);/g, '&')
}

function fits(blocks: readonly Block[]): boolean {
  return isWithin(html(blocks), TEXT_UNITS - MARK_UNITS)
}

function isWithin(text: string, units: number): boolean {
  const entities = text.match(/<[a-z]/g)?.length ?? 0
  return shown(text).length <= units && entities < ENTITIES
}

function html(blocks: readonly Block[]): string {
  let text = ''
  for (let index = 0; index < blocks.length; index++) {
    const first = blocks[index] as Block
    if (index > 0) text += first.tight ? '\n' : '\n\n'
    if (!isQuoted(first)) {
      text += blockHtml(first)
      continue
    }
    // Paragraphs of one quote stand in one: they follow each other.
    let quoted = blockHtml(first)
    for (
      let next = blocks[index + 1];
      next?.quote === first.quote && isQuoted(next);
      next = blocks[index + 1]
    ) {
      quoted += (next.tight ? '\n' : '\n\n') + blockHtml(next)
      index += 1
    }
    text += `<blockquote${shown(quoted).length > FOLD_UNITS ? ' expandable' : ''}>${quoted}</blockquote>`
  }
  return text
}

/** Code in a quote stands outside of it: the manual lets no quote hold a monospace block. */
function isQuoted(block: Block): boolean {
  return block.quote > 0 && block.kind === 'text'
}

function blockHtml(block: Block): string {
  if (block.kind === 'code') {
    const { language } = block
    const code = escapeHtml(block.text)
    return language
      ? `<pre><code class="language-${language}">${code}</code></pre>`
      : `<pre>${code}</pre>`
  }
  // What follows in a list's item stands below its text, not below its marker.
  const indent = '  '.repeat(Math.max(0, block.indent - (block.marker ? 1 : 0)))
  // The marker counts: what follows it is no longer the beginning of a word.
  const runs = unlink([{ text: indent + block.marker }, ...block.runs])
  const shown = runs.filter(({ text }) => text !== '')
  return shown.map(run => runHtml(block.heading ? { ...run, bold: true } : run)).join('')
}

/** Formats of Telegram's times that show what the styles name; `r` stands alone. */
const FORMATS: Readonly<Record<TimeStyle, string>> = {
  ...{ t: 't', T: 'T', d: 'd', D: 'D', f: 'Dt', F: 'wDt', s: 'dt', S: 'dT', R: 'r' },
}

function runHtml({ text, bold, italic, strike, code, url, at, style = 'f' }: Run): string {
  let shown = escapeHtml(text)
  // Code holds nothing and stands in nothing; times and links stand in no other of their kind.
  if (code) return `<code>${shown}</code>`
  if (at)
    shown = `<tg-time unix="${Math.floor(Date.parse(at) / 1000)}" format="${FORMATS[style]}">${shown}</tg-time>`
  else if (url) shown = `<a href="${escapeHtml(url)}">${shown}</a>`
  if (strike) shown = `<s>${shown}</s>`
  if (italic) shown = `<i>${shown}</i>`
  if (bold) shown = `<b>${shown}</b>`
  return shown
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/**
 * Where Telegram would see a link, mention, command, hashtag or cashtag of its own: behind these
 * places a word joiner, which nobody sees, parts what only looks like one.
 */
const ACCIDENTS =
  /@(?=[\p{L}\p{N}_])|\/(?=[A-Za-z0-9_])|[#$](?=[\p{L}\p{N}_])|(?<=[\p{L}\p{N}_-])\.(?=[\p{L}\p{N}])|:(?=\/\/)/gu
const JOINER = '\u2060'

/** Seen over all runs of a block: `notes` and a bold `.sh` are a link to Telegram as well. */
function unlink(runs: readonly Run[]): Run[] {
  const whole = runs.map(({ text }) => text).join('')
  const places = [...whole.matchAll(ACCIDENTS)].map(({ index }) => index + 1)
  let start = 0
  let next = 0
  return runs.map(run => {
    const from = start
    start += run.text.length
    if (run.code && !isGlued(whole[from - 1]) && !isGlued(whole[start])) return run
    let text = ''
    let done = from
    for (; (places[next] ?? Number.POSITIVE_INFINITY) <= start; next++) {
      const place = places[next] ?? 0
      if (place <= from) continue
      text += whole.slice(done, place) + JOINER
      done = place
    }
    return { ...run, text: text + whole.slice(done, start) }
  })
}

/** Whether code that stands beside this could be read together with it. */
function isGlued(neighbour: string | undefined): boolean {
  return neighbour !== undefined && !/[\s()[\],;:!?"']/.test(neighbour)
}

/** Rows that a narrow phone shows without cutting a label. */
function keyboard(actions: readonly Action[]): TelegramButton[][] {
  const rows: TelegramButton[][] = []
  let letters = 0
  for (const action of actions) {
    const text = spaced(action.label)
    const button =
      'command' in action ? { text, callback_data: action.command } : { text, url: action.url }
    const row = rows.at(-1)
    if (row && letters + text.length <= ROW_LETTERS) row.push(button)
    else {
      rows.push([button])
      letters = 0
    }
    letters += text.length + 4
  }
  return rows
}
