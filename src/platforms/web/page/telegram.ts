import { type ComponentChildren, h, type JSX } from 'preact'
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { TelegramBody, TelegramButton } from '../protocol.ts'
import { Anchor, Command, Copy, Download, Icon, Spoiler } from './parts.ts'
import { Picture, useRefusal } from './pictures.ts'
import { clockTime, Time } from './times.ts'

export interface TelegramMessageProps {
  readonly body: TelegramBody
  /** Milliseconds since the epoch. */
  readonly at: number
  /** IANA zone of times; the browser's if undefined. */
  readonly zone: string | undefined
  /** The name above the message; absent if Telegram shows none. */
  readonly sender?: string | undefined
  readonly isEdited?: boolean
  readonly isSilent?: boolean
  /** Receives the `callback_data` of a pressed button; absent in a preview. */
  readonly onPress?: (data: string) => void
  readonly onCommand?: (line: string) => void
}

type Context = Pick<TelegramMessageProps, 'zone' | 'onCommand'>

/** A message of the bot, as Telegram shows it: a bubble with its keyboard below. */
export function TelegramMessage(props: TelegramMessageProps): JSX.Element {
  const { body, at, zone, sender, isEdited, isSilent, onPress } = props
  const { text = '', caption = text, document: file, reply_markup } = body
  const [isRefused, onMissing] = useRefusal(body.photo?.name)
  const picture = isRefused ? undefined : body.photo
  const words = body.photo && isRefused ? (body.instead ?? '') : caption
  // A parsed document runs no scripts and loads nothing, and only known tags are drawn from it.
  const parsed = useMemo(() => new DOMParser().parseFromString(words, 'text/html').body, [words])
  const photo = picture && h(Picture, { picture, onMissing })
  const isAbove = body.show_caption_above_media
  // The time of a photo without a text below it lies over the photo.
  const stamp = h(Stamp, { at, zone, isEdited, isSilent })
  const isOver = picture && (isAbove || words === '')
  return h(
    'article',
    { class: 'message', 'aria-label': 'Sitrep', tabIndex: -1 },
    h(
      'div',
      { class: 'bubble' },
      sender === undefined ? null : h('b', { class: 'sender' }, sender),
      isAbove ? null : photo,
      file ? h(Download, file) : null,
      isOver && words === ''
        ? null
        : h('div', { class: 'text' }, drawAll(parsed, props), isOver ? null : stamp),
      isAbove ? photo : null,
      isOver ? h('div', { class: 'over' }, stamp) : null,
    ),
    (reply_markup?.inline_keyboard ?? []).map((row, index) =>
      h(
        'div',
        { key: index, class: 'keys' },
        row.map((button, nth) => h(Key, { key: nth, button, onPress })),
      ),
    ),
  )
}

/** A message of the reader. Telegram shows one in a channel as a post of the channel, which is its `sender` then. */
export function TelegramOwn({
  text,
  at,
  zone,
  sender,
  onCommand,
}: Context & {
  readonly text: string
  readonly at: number
  readonly sender?: string | undefined
}): JSX.Element {
  const isOwn = sender === undefined
  return h(
    'article',
    { class: isOwn ? 'message own' : 'message', 'aria-label': 'You', tabIndex: -1 },
    h(
      'div',
      { class: 'bubble' },
      isOwn ? null : h('b', { class: 'sender' }, sender),
      h('div', { class: 'text' }, withCommands(text, onCommand), h(Stamp, { at, zone, isOwn })),
    ),
  )
}

/** Shows that an answer is under way, as the header of a chat does. The log announces it as it does a message. */
export function TelegramTyping(): JSX.Element {
  return h(
    'div',
    { class: 'typing' },
    h('span', { class: 'dots', 'aria-hidden': 'true' }),
    'Sitrep is typing…',
  )
}

/** The answer to a press. Each answer has another number, so that the same text is announced again. */
export interface Note {
  readonly number: number
  readonly text: string
}

/** A short note over the chat. Its region is there without a note, because a screen reader announces what is added. */
export function TelegramToast({
  note,
  onClose,
}: {
  readonly note: Note | undefined
  readonly onClose: () => void
}): JSX.Element {
  return h(
    'div',
    { class: note && 'toast' },
    h('div', { role: 'status' }, note ? h('p', { key: note.number }, note.text) : null),
    note
      ? h('button', { type: 'button', 'aria-label': 'Close note', onClick: onClose }, '×')
      : null,
  )
}

function Stamp({
  at,
  zone,
  isEdited = false,
  isSilent = false,
  isOwn = false,
}: {
  readonly at: number
  readonly zone: string | undefined
  readonly isEdited?: boolean | undefined
  readonly isSilent?: boolean | undefined
  readonly isOwn?: boolean
}): JSX.Element {
  return h(
    'span',
    { class: 'stamp' },
    isSilent ? h(Icon, { name: 'silent', title: 'Sent without a sound' }) : null,
    isEdited ? 'edited ' : '',
    h('time', { dateTime: new Date(at).toISOString() }, clockTime(at, zone)),
    isOwn ? h('span', { class: 'ticks', 'aria-hidden': 'true' }, ' ✓✓') : null,
  )
}

function Key({
  button: { text, style, callback_data = '', url },
  onPress,
}: {
  readonly button: TelegramButton
  readonly onPress: ((data: string) => void) | undefined
}): JSX.Element {
  if (url !== undefined) {
    return h(Anchor, { url, class: 'key link' }, text, h(Icon, { name: 'out' }))
  }
  const press = onPress && (() => onPress(callback_data))
  const name = `key ${style ?? ''}`
  return h(
    'button',
    { type: 'button', class: name, title: text, disabled: !press, onClick: press },
    text,
  )
}

function drawAll(node: Node, context: Context): ComponentChildren[] {
  return [...node.childNodes].map(child => draw(child, context))
}

const BLOCKS = 'pre, blockquote'
const TAGS: readonly string[] = ['b', 'i', 'u', 's', 'code']

/** Discord's letters for Telegram's formats of a time. The other formats have the same letter on both. */
const STYLES: Readonly<Record<string, string>> = { r: 'R', Dt: 'f', wDt: 'F', dt: 's', dT: 'S' }

function draw(node: Node, context: Context): ComponentChildren {
  if (!(node instanceof Element)) {
    const text = trimAtBlocks(node)
    const isLive = !node.parentElement?.closest('code, pre, a')
    return isLive ? withCommands(text, context.onCommand) : text
  }
  const tag = node.localName
  const children = () => drawAll(node, context)
  if (tag === 'a') return h(Anchor, { url: node.getAttribute('href') ?? '' }, children())
  if (tag === 'tg-spoiler') return h(Spoiler, {}, children())
  if (tag === 'tg-time') {
    const format = node.getAttribute('format') ?? ''
    const style = STYLES[format] ?? format
    return h(Time, { unix: Number(node.getAttribute('unix')), style, zone: context.zone })
  }
  if (tag === 'blockquote') {
    return node.hasAttribute('expandable')
      ? h(Quote, {}, children())
      : h('blockquote', {}, children())
  }
  if (tag === 'pre') {
    const language = /^language-(.+)$/.exec(node.firstElementChild?.className ?? '')?.[1]
    return h(Code, { language, text: node.textContent ?? '' })
  }
  return TAGS.includes(tag) ? h(tag, {}, children()) : children()
}

/** A long quote, which shows its first three lines until it is unfolded. One that has no more is shown as it is. */
function Quote({ children }: { readonly children?: ComponentChildren }): JSX.Element {
  const content = useRef<HTMLDivElement>(null)
  const [isOpen, setOpen] = useState(false)
  const [isLong, setLong] = useState(true)
  useLayoutEffect(() => {
    const { current: element } = content
    if (!element || isOpen) return
    const observer = new ResizeObserver(() =>
      setLong(element.scrollHeight > element.clientHeight + 1),
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [isOpen])
  return h(
    'blockquote',
    { class: isOpen ? 'open' : 'folded' },
    h('div', { ref: content }, children),
    isLong
      ? h(
          'button',
          { type: 'button', 'aria-expanded': isOpen, onClick: () => setOpen(!isOpen) },
          isOpen ? 'Show less' : 'Show all',
        )
      : null,
  )
}

/** A block of code with its language and a button that copies it. */
function Code({
  language = '',
  text,
}: {
  readonly language: string | undefined
  readonly text: string
}): JSX.Element {
  return h(
    'div',
    { class: 'code' },
    h('div', { class: 'title' }, h('span', {}, language), h(Copy, { text, label: 'Copy' })),
    h('pre', { tabIndex: 0 }, text),
  )
}

/** A command as Telegram finds it in a text. A word joiner or a letter beside it makes it none. */
const COMMAND = /(?<![\p{L}\p{N}_/\u2060])\/[A-Za-z0-9_]{1,64}(?![\p{L}\p{N}_/\u2060])/gu

/** Makes the commands in a text links that type them. */
function withCommands(text: string, onCommand: Context['onCommand']): ComponentChildren[] {
  const parts: ComponentChildren[] = []
  let end = 0
  for (const { 0: line, index } of text.matchAll(COMMAND)) {
    parts.push(text.slice(end, index), h(Command, { key: index, line, onCommand }))
    end = index + line.length
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
