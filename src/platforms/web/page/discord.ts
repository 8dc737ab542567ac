import { h, type JSX, type TargetedEvent, type TargetedKeyboardEvent } from 'preact'
import { useState } from 'preact/hooks'
import type { DiscordBody, DiscordComponent } from '../protocol.ts'
import { type Block, type Inline, readDiscordMarkdown } from './discord-markdown.ts'
import { Anchor, Command, Download, Icon, Spoiler } from './parts.ts'
import { Picture, useRefusal } from './pictures.ts'
import { sentTime, Time } from './times.ts'

export interface DiscordMessageProps {
  readonly body: DiscordBody
  /** Milliseconds since the epoch. */
  readonly at: number
  /** IANA zone of times; the browser's if undefined. */
  readonly zone: string | undefined
  /** The command that the message answers: `/threats`. */
  readonly usedLine?: string
  /** False for a further part of an answer, which has no avatar and no name. */
  readonly isFirst?: boolean
  readonly isEdited?: boolean
  readonly isSilent?: boolean
  /** Receives the `custom_id` of a pressed button or the value of a chosen option; absent in a preview. */
  readonly onPress?: (data: string) => void
  readonly onCommand?: (line: string) => void
  readonly onDismiss?: () => void
}

/** The facts that the components of a message are drawn with. */
interface Context extends Pick<DiscordMessageProps, 'body' | 'zone' | 'onPress' | 'onCommand'> {}

/** A message of the bot, as Discord shows it. */
export function DiscordMessage(props: DiscordMessageProps): JSX.Element {
  const { body, at, zone, usedLine, isFirst = true, isEdited, isSilent, onDismiss } = props
  return h(
    'article',
    {
      class: `message${isFirst ? '' : ' further'}${onDismiss ? ' private' : ''}`,
      'aria-label': 'Sitrep',
      tabIndex: -1,
    },
    usedLine === undefined
      ? null
      : h(
          'p',
          { class: 'used' },
          h('span', { class: 'avatar Y', 'aria-hidden': 'true' }),
          h('b', {}, 'You'),
          ' used ',
          h('span', { class: 'line' }, usedLine),
        ),
    isFirst ? h(Avatar, { letter: 'S' }) : null,
    h(
      'div',
      { class: 'content' },
      isFirst ? h(Head, { name: 'Sitrep', isApp: true, at, zone, isSilent }) : null,
      body.components.map((component, index) =>
        h(Component, { key: index, component, context: props }),
      ),
      isEdited ? h('span', { class: 'edited' }, '(edited)') : null,
      onDismiss
        ? h(
            'p',
            { class: 'alone' },
            h(Icon, { name: 'eye' }),
            ' Only you can see this • ',
            h(
              'button',
              { type: 'button', class: 'dismiss', onClick: onDismiss },
              'Dismiss message',
            ),
          )
        : null,
    ),
  )
}

/** A message of the reader. */
export function DiscordOwn({
  text,
  at,
  zone,
}: Pick<DiscordMessageProps, 'at' | 'zone'> & { readonly text: string }): JSX.Element {
  return h(
    'article',
    { class: 'message own', 'aria-label': 'You', tabIndex: -1 },
    h(Avatar, { letter: 'Y' }),
    h('div', { class: 'content' }, h(Head, { name: 'You', at, zone }), h('p', {}, text)),
  )
}

/** Shows that the bot has deferred its answer. The log announces it as it does a message. */
export function DiscordThinking(): JSX.Element {
  return h(
    'div',
    { class: 'message thinking' },
    h(Avatar, { letter: 'S' }),
    h(
      'div',
      { class: 'content' },
      h('span', { class: 'dots', 'aria-hidden': 'true' }),
      'Sitrep is thinking…',
    ),
  )
}

function Avatar({ letter }: { readonly letter: string }): JSX.Element {
  return h('span', { class: `avatar ${letter}`, 'aria-hidden': 'true' }, letter)
}

function Head({
  name,
  isApp = false,
  at,
  zone,
  isSilent = false,
}: {
  readonly name: string
  readonly isApp?: boolean
  readonly at: number
  readonly zone: string | undefined
  readonly isSilent?: boolean | undefined
}): JSX.Element {
  return h(
    'p',
    { class: 'head' },
    h('b', { class: 'name' }, name),
    isApp ? h('span', { class: 'app' }, 'APP') : null,
    h('time', { dateTime: new Date(at).toISOString() }, sentTime(at, zone)),
    isSilent ? h(Icon, { name: 'silent', title: 'Sent without a sound' }) : null,
  )
}

interface ComponentProps {
  readonly component: DiscordComponent
  readonly context: Context
}

function Component({ component, context }: ComponentProps): JSX.Element | null {
  const { type, components = [], content = '', accent_color } = component
  const children = () =>
    components.map((child, index) => h(Component, { key: index, component: child, context }))
  switch (type) {
    case 17: {
      const colour = accent_color?.toString(16).padStart(6, '0')
      const accent = colour !== undefined && { style: { '--bar': `#${colour}` } }
      return h('div', { class: `container${accent ? ' accent' : ''}`, ...accent }, children())
    }
    case 10:
      return h(Display, { content, context })
    case 12:
      return h(Gallery, { component, context })
    case 13:
      return context.body.file ? h(Download, context.body.file) : null
    case 14:
      return h('hr', {})
    case 1:
      return h('div', { class: 'actions' }, children())
    case 2:
      return h(Button, { component, context })
    case 3:
      return h(Menu, { component, context })
    default:
      return null
  }
}

/** The image of a gallery, or the text in its place. */
function Gallery({ component: { items = [] }, context }: ComponentProps): JSX.Element | null {
  const { attachments = [], pictures = [] } = context.body
  const [{ media, description } = { media: undefined }] = items
  const index = attachments.findIndex(each => `attachment://${each.filename}` === media?.url)
  const picture = pictures[index]
  const [isRefused, onMissing] = useRefusal(picture?.name)
  if (!picture) return null
  if (!isRefused) return h(Picture, { picture, description, onMissing })
  const { instead } = picture
  return instead === '' ? null : h(Display, { content: instead, context })
}

function Display({ content, context }: { readonly content: string; readonly context: Context }) {
  return h('div', { class: 'display' }, drawBlocks(readDiscordMarkdown(content), context))
}

/** The classes of the styles of buttons. */
const STYLES: Readonly<Record<number, string>> = { 1: 'primary', 2: 'secondary', 4: 'danger' }

function Button({
  component: { label = '', style = 2, custom_id = '', url },
  context: { onPress },
}: ComponentProps): JSX.Element {
  if (url !== undefined) {
    return h(Anchor, { url, class: 'button link' }, label, h(Icon, { name: 'out' }))
  }
  const press = onPress && (() => onPress(custom_id))
  const name = `button ${STYLES[style] ?? 'secondary'}`
  return h('button', { type: 'button', class: name, disabled: !press, onClick: press }, label)
}

/** A menu. With the mouse a choice sends at once; with the keyboard Enter sends, because arrow keys choose on the way. */
function Menu({
  component: { options = [], placeholder = '' },
  context: { onPress },
}: ComponentProps): JSX.Element {
  const [isByKey, setByKey] = useState(false)
  const send = (menu: HTMLSelectElement) => {
    if (menu.value === '') return
    onPress?.(menu.value)
    menu.value = ''
  }
  return h(
    'select',
    {
      class: 'menu',
      'aria-label': placeholder,
      disabled: !onPress,
      onPointerDown: () => setByKey(false),
      onKeyDown: (event: TargetedKeyboardEvent<HTMLSelectElement>) => {
        setByKey(true)
        if (event.key === 'Enter') {
          event.preventDefault()
          send(event.currentTarget)
        }
      },
      onChange: (event: TargetedEvent<HTMLSelectElement>) => {
        if (!isByKey) send(event.currentTarget)
      },
    },
    h('option', { value: '' }, placeholder),
    options.map(({ label, value }) => h('option', { key: value, value }, label)),
  )
}

function drawBlocks(blocks: readonly Block[], context: Context): JSX.Element[] {
  return blocks.map((block, index) => h(BlockView, { key: index, block, context }))
}

function BlockView({
  block,
  context,
}: {
  readonly block: Block
  readonly context: Context
}): JSX.Element {
  switch (block.kind) {
    case 'heading':
      // The page has the headings of the levels above.
      return h(
        `h${block.level + 2}`,
        { class: `heading h${block.level}` },
        drawInline(block.of, context),
      )
    case 'small':
      return h('p', { class: 'small' }, drawInline(block.of, context))
    case 'item':
      return h(
        'p',
        { class: 'item', 'data-level': block.level },
        `${block.mark} `,
        drawInline(block.of, context),
      )
    case 'quote':
      return h('blockquote', {}, drawBlocks(block.of, context))
    case 'code':
      return h('pre', { tabIndex: 0 }, h('code', {}, block.text))
    case 'gap':
      return h('div', { class: 'gap' })
    case 'paragraph':
      return h('p', {}, drawInline(block.of, context))
  }
}

const TAGS = { bold: 'strong', italic: 'em', strike: 's', underline: 'u' } as const

function drawInline(pieces: readonly Inline[], context: Context): (JSX.Element | string)[] {
  return pieces.map((piece, index) => {
    switch (piece.kind) {
      case 'text':
        return piece.text
      case 'code':
        return h('code', { key: index }, piece.text)
      case 'link':
        return h(Anchor, { key: index, url: piece.url }, drawInline(piece.of, context))
      case 'time':
        return h(Time, { key: index, ...piece, zone: context.zone })
      case 'command':
        return h(Command, { key: index, line: piece.line, onCommand: context.onCommand })
      case 'spoiler':
        return h(Spoiler, { key: index }, drawInline(piece.of, context))
      default:
        return h(TAGS[piece.kind], { key: index }, drawInline(piece.of, context))
    }
  })
}
