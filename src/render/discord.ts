import { isVisible } from '../content/characters.ts'
import type { Message, MessageFile, TableStyle } from '../message.ts'
import type { Picture } from '../picture.ts'
import type { Block } from './blocks.ts'
import { type ActionRow, actionRows } from './discord-buttons.ts'
import { isLink } from './discord-inline.ts'
import { markdown } from './discord-markdown.ts'
import { described } from './discord-pictures.ts'
import { flow } from './flow.ts'
import { parts } from './parts.ts'
import { altText, withoutPictures } from './picture-blocks.ts'
import { finish, type Steps } from './steps.ts'

/** The body of a call that creates a message. */
export interface DiscordBody {
  /** 1 << 15: the message is made of components (V2). */
  readonly flags: number
  readonly components: readonly [Container]
  /** No mention in the text pings a user. */
  readonly allowed_mentions: { readonly parse: readonly [] }
  readonly attachments?: readonly { readonly id: number; readonly filename: string }[]
  /** The attached images, in order. The caller uploads them, and removes this key. */
  readonly pictures?: readonly Upload[]
  /** The attached file. The caller uploads it, and removes this key. */
  readonly file?: MessageFile
}

/** An attached image, and the Markdown in its place if the image is refused. */
interface Upload {
  readonly picture: Picture
  readonly instead: string
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
  readonly items: readonly [
    { readonly media: { readonly url: string }; readonly description?: string },
  ]
}
interface FileDisplay {
  readonly type: 13
  readonly file: { readonly url: string }
}
interface Separator {
  readonly type: 14
}

/** Discord, components V2: 4000 characters over all text displays of a message. */
const TEXT_LENGTH = 4000
/** Discord answers a body of more than about 10,170 bytes of UTF-8 with 500. */
const BODY_BYTES = 10_000
/** Columns after which a code block wraps on a phone. */
const COLUMNS = 40
/** Discord: 40 components in a message, with nested ones. */
const COMPONENTS = 40
/** Discord: 10 attachments in a message. */
const ATTACHMENTS = 10
/** Characters reserved in every part for its number, and bytes for a colour. */
const MARK_LENGTH = 32
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
  const { actions = [] } = message
  const divided = yield* parts(blocksOf(message, style).flatMap(withWords), share)
  const messages = divided.map(partOf).filter(({ components }) => components.length > 0)
  const numbered = messages.map((part, index) => mark(part, index + 1, messages.length))
  for (const [index, row] of actionRows(actions).entries()) {
    const last = numbered.at(-1)
    const more: Component[] = index === 0 && last ? [{ type: 14 }, row] : [row]
    const longer = last && { ...last, components: [...last.components, ...more] }
    if (longer && takes(longer)) numbered[numbered.length - 1] = longer
    else numbered.push({ components: [row], pictures: [] })
  }
  const colour = colourOf(message)
  return numbered.map(part => bodyOf(part, colour))
}

/** Replaces the images of a body with text, if they cannot be sent. Pure. */
export function withoutUploads({
  pictures = [],
  attachments: _,
  ...body
}: DiscordBody): DiscordBody {
  const [container] = body.components
  let number = 0
  const shown = container.components.flatMap((each): Component[] => {
    if (each.type !== 12) return [each]
    const { instead = '' } = pictures[number++] ?? {}
    return instead === '' ? [] : [{ type: 10, content: instead }]
  })
  return { ...body, components: [{ ...container, components: shown }] }
}

/** Divides the text of a message into the blocks of each part, without its pictures. Pure. */
export function discordParts({ body }: Message, style: TableStyle): Block[][] {
  return finish(parts(withoutPictures(blocksOf({ body }, style)), share))
}

function blocksOf(message: Message, style: TableStyle): Block[] {
  return flow(message, { columns: COLUMNS, style, links: isLink })
}

type Component = TextDisplay | MediaGallery | FileDisplay | Separator | ActionRow

/** The colours of tones: red, and amber. */
const TONES = { urgent: 0xd93025, corrected: 0xf0a30a } as const

function colourOf({ tone, accent }: Message): number | undefined {
  if (tone) return TONES[tone]
  return accent && /^#[0-9a-f]{6}$/i.test(accent) ? Number.parseInt(accent.slice(1), 16) : undefined
}

/** A message without its frame. */
interface Part {
  readonly components: readonly Component[]
  readonly pictures: readonly Upload[]
}

function bodyOf({ components, pictures }: Part, colour?: number): DiscordBody {
  const bar = colour !== undefined && { accent_color: colour }
  return {
    flags: 32768,
    components: [{ type: 17, ...bar, components }],
    allowed_mentions: { parse: [] },
    ...(pictures.length > 0 && {
      attachments: pictures.map(({ picture }, id) => ({ id, filename: fileName(picture, id) })),
      pictures,
    }),
  }
}

/** Returns the name of an attached picture by its position in the message. Pure. */
export function fileName({ type }: Picture, index: number): string {
  return `picture${index > 0 ? `-${index + 1}` : ''}.${type}`
}

/** Puts the words of a picture in their places. Text too long for one message, which no part can divide, replaces it. */
function withWords(block: Block): readonly Block[] {
  if (block.kind !== 'picture') return [block]
  const [picture, ...below] = described(block)
  return share([picture]) <= 1 ? [picture, ...below] : block.instead
}

/** Lays blocks out as components, with each picture in its place between the texts. */
function partOf(blocks: readonly Block[]): Part {
  const components: Component[] = []
  const pictures: Upload[] = []
  let text: Block[] = []
  const endText = () => {
    const content = markdown(text)
    if (isVisible(content)) components.push({ type: 10, content })
    text = []
  }
  for (const block of blocks) {
    if (block.kind !== 'picture') {
      text.push(block)
      continue
    }
    endText()
    const description = altText(block.words)
    const url = `attachment://${fileName(block.picture, pictures.length)}`
    components.push({ type: 12, items: [{ media: { url }, ...(description && { description }) }] })
    pictures.push({ picture: block.picture, instead: markdown(block.instead) })
  }
  endText()
  return { components, pictures }
}

/** Adds the number of a part to its last text. */
function mark(part: Part, number: number, of: number): Part {
  if (of === 1) return part
  const { components } = part
  const at = components.findLastIndex(({ type }) => type === 10)
  const text = components[at]
  const content = `-# ${number}/${of}`
  if (text?.type !== 10) return { ...part, components: [...components, { type: 10, content }] }
  const marked = { ...text, content: `${text.content}\n\n${content}` }
  return { ...part, components: components.with(at, marked) }
}

/** Whether Discord accepts a message of this part, with the number of the part and a colour. */
function takes(part: Part): boolean {
  return bytesOf(part) <= BODY_BYTES && sizeOf(part) <= COMPONENTS
}

function sizeOf({ components }: Part): number {
  return components.reduce((sum, each) => sum + size(each), 1)
}

/** Bytes of the larger form of a part: the images, or the text in their place. */
function bytesOf(part: Part): number {
  const body = bodyOf(part)
  const { pictures: _, ...pictured } = body
  const larger = [pictured, ...(part.pictures.length > 0 ? [withoutUploads(body)] : [])]
  return (
    MARK_LENGTH +
    COLOUR_BYTES +
    Math.max(...larger.map(each => Buffer.byteLength(JSON.stringify(each))))
  )
}

function size(part: Component): number {
  return part.type === 1 ? 1 + part.components.length : 1
}

/** The share of the limits of a message that blocks take, with and without their pictures. */
function share(blocks: readonly Block[]): number {
  const part = partOf(blocks)
  const units = part.components.reduce(
    (sum, each) => sum + (each.type === 10 ? each.content.length : 0),
    part.pictures.reduce((sum, { instead }) => sum + instead.length, 0),
  )
  return Math.max(
    units / (TEXT_LENGTH - MARK_LENGTH),
    bytesOf(part) / BODY_BYTES,
    part.pictures.length / ATTACHMENTS,
    sizeOf(part) / (COMPONENTS - 2),
  )
}
