import { anchor, element, lineButton, lineLink, localTime, picture } from './element.ts'

export interface TelegramBody {
  readonly text?: string
  /** The text below a photo. */
  readonly caption?: string
  readonly photo?: { readonly id: number }
  readonly reply_markup?: {
    readonly inline_keyboard: readonly (readonly TelegramButton[])[]
  }
}

interface TelegramButton {
  readonly text: string
  readonly callback_data?: string
  readonly url?: string
}

/** Draws the body of a sendMessage or sendPhoto call as Telegram does: a bubble with its keyboard below. */
export function drawTelegram(body: TelegramBody): HTMLElement {
  const { text = '', caption = text, photo, reply_markup } = body
  // A parsed document runs no scripts and loads nothing, and only known tags are copied from it.
  const parsed = new DOMParser().parseFromString(caption, 'text/html').body
  const bubble = element('div', 'bubble', ...(photo ? [picture(photo.id)] : []), ...drawAll(parsed))
  const rows = (reply_markup?.inline_keyboard ?? []).map(row =>
    element('div', 'keys', ...row.map(drawButton)),
  )
  return element('article', 'message', bubble, ...rows)
}

function drawButton({ text, callback_data, url }: TelegramButton): HTMLElement {
  return url ? anchor(url, text) : lineButton(text, callback_data ?? '')
}

function drawAll(node: Node): (Node | string)[] {
  return [...node.childNodes].flatMap(draw)
}

const BLOCKS = 'pre, blockquote'

function draw(node: Node): (Node | string)[] {
  if (!(node instanceof Element)) return linked(trimAtBlocks(node), node)
  const tag = node.localName
  if (tag === 'a') return [anchor(node.getAttribute('href') ?? '', ...drawAll(node))]
  if (tag === 'tg-time')
    return [localTime(Number(node.getAttribute('unix')), node.getAttribute('format') === 'r')]
  if (tag === 'blockquote' && node.hasAttribute('expandable')) {
    const details = element('details', '', element('summary', '', 'Quote'), ...drawAll(node))
    return [element('blockquote', '', details)]
  }
  if (tag === 'pre') {
    const block = element('pre', '', ...drawAll(node))
    block.tabIndex = 0
    return [block]
  }
  if (tag === 'b' || tag === 'i' || tag === 's' || tag === 'code' || tag === 'blockquote') {
    return [element(tag, '', ...drawAll(node))]
  }
  return drawAll(node)
}

/** A command as Telegram finds it in a text. A word joiner or a letter beside it makes it none. */
const COMMAND = /(?<![\p{L}\p{N}_/\u2060])\/[A-Za-z0-9_]{1,64}(?![\p{L}\p{N}_/\u2060])/gu

/** Makes the commands in a text links that send them, as in Telegram. Code and links have none. */
function linked(text: string, { parentElement }: Node): (Node | string)[] {
  if (parentElement?.closest('code, pre, a')) return [text]
  const parts: (Node | string)[] = []
  let end = 0
  for (const { 0: command, index } of text.matchAll(COMMAND)) {
    parts.push(text.slice(end, index), lineLink(command))
    end = index + command.length
  }
  return [...parts, text.slice(end)]
}

/** Drops the line break beside code and quotes, because the browser starts a new line there anyway. */
function trimAtBlocks({ textContent, previousSibling, nextSibling }: Node): string {
  const isBlock = (node: Node | null) => node instanceof Element && node.matches(BLOCKS)
  let text = textContent ?? ''
  if (isBlock(previousSibling)) text = text.replace(/^\n/, '')
  if (isBlock(nextSibling)) text = text.replace(/\n$/, '')
  return text
}
