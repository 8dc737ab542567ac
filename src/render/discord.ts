import { isVisible } from '../content/characters.ts'
import type { Action, Message, MessageFile, TableStyle } from '../message.ts'
import type { StoredPicture } from '../picture.ts'
import { texts } from '../texts.ts'
import { groupsOf, labelOf } from './choices.ts'
import {
  apart,
  escapeLineStarts,
  escapeMarkdown,
  inlineMarkdown,
  isLink,
} from './discord-inline.ts'
import { type Block, flow } from './flow.ts'
import { perObject } from './memoize.ts'
import { chunk, graphemeEnd, parts } from './parts.ts'
import { finish, type Steps } from './steps.ts'

/** The body of a call that creates a message. */
export interface DiscordBody {
  /** 1 << 15: the message is made of components (V2). */
  readonly flags: number
  readonly components: readonly [Container]
  /** No mention in the text pings a user. */
  readonly allowed_mentions: { readonly parse: readonly [] }
  readonly attachments?: readonly [{ readonly id: 0; readonly filename: string }]
  /** The attached image. The caller uploads it, and removes this key. */
  readonly picture?: StoredPicture
  /** The attached file. The caller uploads it, and removes this key. */
  readonly file?: MessageFile
}

interface Container {
  readonly type: 17
  /** The colour of its bar: 0xRRGGBB. */
  readonly accent_color?: number
  readonly components: readonly Component[]
}
interface TextDisplay {
  readonly type: 10
  readonly content: string
}
interface MediaGallery {
  readonly type: 12
  readonly items: readonly [{ readonly media: { readonly url: string } }]
}
interface FileDisplay {
  readonly type: 13
  readonly file: { readonly url: string }
}
interface Separator {
  readonly type: 14
}
interface ActionRow {
  readonly type: 1
  readonly components: readonly (Button | Select)[]
}
type Button = { readonly type: 2; readonly label: string } & (
  | { readonly style: 1 | 2 | 4; readonly custom_id: string }
  | { readonly style: 5; readonly url: string }
)
interface Select {
  readonly type: 3
  readonly custom_id: string
  readonly placeholder: string
  readonly options: readonly { readonly label: string; readonly value: string }[]
}

/** Discord, components V2: 4000 characters over all text displays of a message. */
const TEXT_LENGTH = 4000
/** Discord answers a body of more than about 10,170 bytes of UTF-8 with 500. */
const BODY_BYTES = 10_000
/** Columns after which a code block wraps on a phone. */
const COLUMNS = 40
/**
 * Discord: 40 components in a message, with nested ones; 5 buttons in a row, or 1 menu of 25
 * choices.
 */
const COMPONENTS = 40
const ROW_BUTTONS = 5
const MENU_CHOICES = 25
/** Discord: UTF-16 units of a button's label, and of a choice in a menu. */
const LABEL_LENGTH = 80
const CHOICE_LENGTH = 100
/**
 * Characters reserved in every part for its number, and bytes for an image or the line that replaces it and for a
 * colour.
 */
const MARK_LENGTH = 32
const PICTURE_BYTES = 160
const COLOUR_BYTES = 24

/**
 * Renders a message as components, in as few parts as Discord's limits allow. The image stands above the
 * first part, and the buttons stand under the last. Pure.
 */
export function renderDiscord(message: Message, style: TableStyle = 'grid'): DiscordBody[] {
  return finish(discordSteps(message, style))
}

/** Renders a message as {@link renderDiscord} does, with pauses. */
export function* discordSteps(message: Message, style: TableStyle): Steps<DiscordBody[]> {
  const { picture, actions = [] } = message
  const room = roomBeside(picture)
  const texts = (yield* partSteps(message, style)).map(markdown).filter(isVisible)
  const messages = texts.map((content): Component[] => [{ type: 10, content }])
  if (picture && messages.length === 0) messages.push([])
  if (picture) messages[0]?.unshift(gallery(picture))
  // The limits leave room for the number of each part, which is known only when all parts are.
  const takes = (components: readonly Component[]) =>
    Buffer.byteLength(JSON.stringify(bodyOf(components))) <= room &&
    components.reduce((sum, part) => sum + size(part), 1) <= COMPONENTS
  for (const [index, row] of actionRows(actions).entries()) {
    const last = messages.at(-1)
    const more: Component[] = index === 0 && last ? [{ type: 14 }, row] : [row]
    if (last && takes([...last, ...more])) last.push(...more)
    else messages.push([row])
  }
  const colour = colourOf(message)
  return messages.map((components, index) => ({
    ...bodyOf(mark(components, index + 1, texts.length), colour),
    ...(picture && index === 0 && attached(picture)),
  }))
}

/** Replaces the image of a body with a line of text, if the image cannot be sent. Pure. */
export function bodyPictureAsText({
  picture: _,
  attachments: __,
  ...body
}: DiscordBody): DiscordBody {
  const [container] = body.components
  const line = { type: 10, content: escapeMarkdown(texts.picture) } as const
  const shown = container.components.map(each => (each.type === 12 ? line : each))
  return { ...body, components: [{ ...container, components: shown }] }
}

/** Divides a text into the blocks of each message. Pure. */
export function discordParts(message: Message, style: TableStyle): Block[][] {
  return finish(partSteps(message, style))
}

function partSteps({ body, picture }: Message, style: TableStyle): Steps<Block[][]> {
  const share = (blocks: readonly Block[]) => shareOf(blocks, roomBeside(picture))
  return parts(flow(body, { columns: COLUMNS, style, links: isLink }), share)
}

/** Bytes of a body that remain for text and buttons. */
function roomBeside(picture?: StoredPicture): number {
  return BODY_BYTES - MARK_LENGTH - COLOUR_BYTES - (picture ? PICTURE_BYTES : 0)
}

type Component = TextDisplay | MediaGallery | FileDisplay | Separator | ActionRow

/** The colours of tones: red, and amber. */
const TONES = { urgent: 0xd93025, corrected: 0xf0a30a } as const

function colourOf({ tone, accent }: Message): number | undefined {
  if (tone) return TONES[tone]
  return accent && /^#[0-9a-f]{6}$/i.test(accent) ? Number.parseInt(accent.slice(1), 16) : undefined
}

function bodyOf(components: readonly Component[], colour?: number): DiscordBody {
  const bar = colour !== undefined && { accent_color: colour }
  return {
    flags: 32768,
    components: [{ type: 17, ...bar, components }],
    allowed_mentions: { parse: [] },
  }
}

function gallery({ type }: StoredPicture): MediaGallery {
  return { type: 12, items: [{ media: { url: `attachment://picture.${type}` } }] }
}

function attached(picture: StoredPicture) {
  return { attachments: [{ id: 0, filename: `picture.${picture.type}` }], picture } as const
}

function mark(components: readonly Component[], number: number, of: number): readonly Component[] {
  if (of === 1) return components
  return components.map(part =>
    part.type === 10 ? { ...part, content: `${part.content}\n\n-# ${number}/${of}` } : part,
  )
}

function size(part: Component): number {
  return part.type === 1 ? 1 + part.components.length : 1
}

/** The share of the characters and bytes of a message that blocks take. */
function shareOf(blocks: readonly Block[], bytes: number): number {
  const content = markdown(blocks)
  const body = JSON.stringify(bodyOf([{ type: 10, content }]))
  return Math.max(content.length / (TEXT_LENGTH - MARK_LENGTH), Buffer.byteLength(body) / bytes)
}

function markdown(blocks: readonly Block[]): string {
  return blocks
    .map((block, index) => {
      const previous = blocks[index - 1]
      const inQuote = block.quote > 0 && previous?.quote === block.quote
      // An empty line would end the quote, so it is quoted as well.
      const empty = block.tight ? '' : inQuote ? '> \n' : '\n'
      const gap = index === 0 ? '' : `\n${empty}`
      const text = blockMarkdown(block)
      return gap + (block.quote > 0 ? text.replace(/(^|\n)/g, '$1> ') : text)
    })
    .join('')
}

/** Renders a block. Cached, because a block is tried in several messages until it fits. */
const blockMarkdown = perObject((block: Block): string => {
  if (block.kind === 'code') {
    // A fence inside would end the block.
    return `\`\`\`${block.language}\n${apart(block.text)}\n\`\`\``
  }
  const text = inlineMarkdown(block.runs)
  if (block.heading) return `${'#'.repeat(block.heading)} ${text.replaceAll('\n', ' ')}`
  if (block.isQuiet) return `-# ${text.replaceAll('\n', ' ')}`
  // Further blocks of a list item align with its text, not with its marker.
  const indent = '  '.repeat(Math.max(0, block.indent - (block.marker ? 1 : 0)))
  const marker = block.marker === '• ' ? '- ' : escapeMarkdown(block.marker)
  const below = `\n${indent}${' '.repeat(marker.length)}`
  return indent + marker + escapeLineStarts(text).replaceAll('\n', below)
})

/**
 * Puts buttons into rows of five, and many choices into menus. Keeps the first of several buttons with the same command,
 * because Discord refuses two.
 */
function actionRows(all: readonly Action[]): ActionRow[] {
  const targets = all.map(target)
  const actions = all.filter((_, index) => targets.indexOf(targets[index] ?? '') === index)
  const { before, choices, after } = groupsOf(actions)
  const menus = chunk(choices, MENU_CHOICES).map((choices, index): ActionRow => {
    const options = choices.map(choice => ({
      label: label(choice, CHOICE_LENGTH),
      value: choice.command,
    }))
    const custom_id = `menu ${index + 1}`
    return { type: 1, components: [{ type: 3, custom_id, placeholder: texts.choose, options }] }
  })
  return [...buttonRows(before), ...menus, ...buttonRows(after)]
}

function buttonRows(actions: readonly Action[]): ActionRow[] {
  return chunk(actions.map(button), ROW_BUTTONS).map(components => ({ type: 1, components }))
}

function target(action: Action): string {
  return 'command' in action ? action.command : action.url
}

function button(action: Action): Button {
  return 'command' in action
    ? { type: 2, style: styleOf(action), label: label(action), custom_id: action.command }
    : { type: 2, style: 5, label: label(action), url: action.url }
}

/** Discord: 1 is primary, 2 secondary, 4 danger. */
function styleOf({ role }: Action): 1 | 2 | 4 {
  if (role === 'primary') return 1
  return role === 'danger' ? 4 : 2
}

/** The label of an action, cut at the end of a grapheme. */
function label(action: Action, most = LABEL_LENGTH): string {
  const text = labelOf(action)
  return text.length <= most ? text : `${text.slice(0, graphemeEnd(text, most - 1))}…`
}
