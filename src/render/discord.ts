import type { Action, Message, Picture } from '../message.ts'
import { texts } from '../texts.ts'
import { isVisible, spaced } from './clean.ts'
import { type Block, flow } from './flow.ts'
import { chunk, parts } from './parts.ts'
import type { Run } from './runs.ts'
import type { TableStyle } from './table.ts'

/** The body of a create-message call. */
export interface DiscordBody {
  /** 1 << 15: the message is made of components (V2). */
  readonly flags: number
  readonly components: readonly [Container]
  /** Nobody is pinged, whatever the text says. */
  readonly allowed_mentions: { readonly parse: readonly [] }
  readonly attachments?: readonly [{ readonly id: 0; readonly filename: string }]
  /** What is attached by that name; not for Discord. */
  readonly picture?: Picture
}

interface Container {
  readonly type: 17
  readonly components: readonly (TextDisplay | MediaGallery | Separator | ActionRow)[]
}
interface TextDisplay {
  readonly type: 10
  readonly content: string
}
interface MediaGallery {
  readonly type: 12
  readonly items: readonly [{ readonly media: { readonly url: string } }]
}
interface Separator {
  readonly type: 14
}
interface ActionRow {
  readonly type: 1
  readonly components: readonly (Button | Select)[]
}
type Button = { readonly type: 2; readonly label: string } & (
  | { readonly style: 2; readonly custom_id: string }
  | { readonly style: 5; readonly url: string }
)
interface Select {
  readonly type: 3
  readonly custom_id: string
  readonly options: readonly { readonly label: string; readonly value: string }[]
}

/** Components V2: 4000 characters over all text displays of a message. */
const TEXT_LENGTH = 4000
/** A body of more than about 10,170 bytes of UTF-8 is answered with 500. */
const BODY_BYTES = 10_000
/** A code block breaks its lines on a phone past this. */
const COLUMNS = 40
/** A message takes 40 components, nested ones too; a row has 5 buttons, or 1 menu of 25 choices. */
const COMPONENTS = 40
const ROW_BUTTONS = 5
const MENU_CHOICES = 25
/** Letters of a button's label, and of a menu's choice. */
const LABEL_LENGTH = 80
/** Kept free in every part for its mark and a line that may stand for a picture; and for that with its name. */
const MARK_LENGTH = 32
const PICTURE_BYTES = 160

/**
 * A message as Discord's components, in as many parts as it takes; the buttons are under the last, a
 * picture stands above the first.
 */
export function renderDiscord(message: Message, style: TableStyle = 'grid'): DiscordBody[] {
  const { picture, actions = [] } = message
  const room = roomBeside(picture)
  const texts = discordParts(message, style).map(markdown).filter(isVisible)
  const messages = texts.map((content): Part[] => [{ type: 10, content }])
  if (picture && messages.length === 0) messages.push([])
  if (picture) messages[0]?.unshift(gallery(picture))
  // Text of a mark's length stands for the mark, which is known only when all parts are.
  const takes = (components: readonly Part[]) =>
    Buffer.byteLength(JSON.stringify(bodyOf(components))) <= room &&
    components.reduce((sum, part) => sum + size(part), 1) <= COMPONENTS
  for (const [index, row] of actionRows(actions).entries()) {
    const last = messages.at(-1)
    const more: Part[] = index === 0 && last ? [{ type: 14 }, row] : [row]
    if (last && takes([...last, ...more])) last.push(...more)
    else messages.push([row])
  }
  return messages.map((components, index) => ({
    ...bodyOf(mark(components, index + 1, texts.length)),
    ...(picture && index === 0 && attached(picture)),
  }))
}

/** Where a picture cannot be sent: a line stands for it. Pure. */
export function unpictured({ picture: _, attachments: __, ...body }: DiscordBody): DiscordBody {
  const [{ components }] = body.components
  const line = { type: 10, content: escapeMarkdown(texts.picture) } as const
  const told = components.map(each => (each.type === 12 ? line : each))
  return { ...body, components: bodyOf(told).components }
}

/** What each message holds of a text. */
export function discordParts({ body, picture }: Message, style: TableStyle): Block[][] {
  const fits = (blocks: readonly Block[]) => isWithin(blocks, roomBeside(picture))
  return parts(flow(body, { columns: COLUMNS, style, links: isLink }), fits)
}

/** Bytes of a body that are left for text and buttons. */
function roomBeside(picture?: Picture): number {
  return BODY_BYTES - MARK_LENGTH - (picture ? PICTURE_BYTES : 0)
}

type Part = TextDisplay | MediaGallery | Separator | ActionRow

function bodyOf(components: readonly Part[]): DiscordBody {
  return {
    flags: 32768,
    components: [{ type: 17, components }],
    allowed_mentions: { parse: [] },
  }
}

function gallery({ type }: Picture): MediaGallery {
  return { type: 12, items: [{ media: { url: `attachment://picture.${type}` } }] }
}

function attached(picture: Picture) {
  return { attachments: [{ id: 0, filename: `picture.${picture.type}` }], picture } as const
}

function mark(components: readonly Part[], number: number, of: number): readonly Part[] {
  if (of === 1) return components
  return components.map(part =>
    part.type === 10 ? { ...part, content: `${part.content}\n\n-# ${number}/${of}` } : part,
  )
}

function size(part: Part): number {
  return part.type === 1 ? 1 + part.components.length : 1
}

function isWithin(blocks: readonly Block[], bytes: number): boolean {
  const content = markdown(blocks)
  if (content.length > TEXT_LENGTH - MARK_LENGTH) return false
  return Buffer.byteLength(JSON.stringify(bodyOf([{ type: 10, content }]))) <= bytes
}

function markdown(blocks: readonly Block[]): string {
  return blocks
    .map((block, index) => {
      const previous = blocks[index - 1]
      const inQuote = block.quote > 0 && previous?.quote === block.quote
      // An empty line would end the quote: it is quoted as well.
      const empty = block.tight ? '' : inQuote ? '> \n' : '\n'
      const gap = index === 0 ? '' : `\n${empty}`
      const text = blockMarkdown(block)
      return gap + (block.quote > 0 ? text.replace(/(^|\n)/g, '$1> ') : text)
    })
    .join('')
}

function blockMarkdown(block: Block): string {
  if (block.kind === 'code') {
    // A fence inside would end the block.
    return `\`\`\`${block.language}\n${apart(block.text)}\n\`\`\``
  }
  const text = block.runs.map(runMarkdown).reduce(join, '')
  if (block.heading) return `${'#'.repeat(block.heading)} ${text.replaceAll('\n', ' ')}`
  // What follows in a list's item stands below its text, not below its marker.
  const indent = '  '.repeat(Math.max(0, block.indent - (block.marker ? 1 : 0)))
  const marker = block.marker === '• ' ? '- ' : escapeMarkdown(block.marker).replace(/^• /, '- ')
  const below = `\n${indent}${' '.repeat(marker.length)}`
  return indent + marker + lineStarts(text).replaceAll('\n', below)
}

/** Marks of two neighbours would be read as one: a space of no width keeps them apart. */
function join(left: string, right: string): string {
  // Compares the ends alone: a pattern would scan all of `left` for each run, in quadratic time.
  const touching = [left.at(-1), right[0]].every(end => end && '*_~`'.includes(end))
  return touching ? `${left}\u200B${right}` : left + right
}

function runMarkdown({ text, bold, italic, strike, code, url, at, style = 'f' }: Run): string {
  const core = text.trim()
  if (core === '') return text
  // Marks hold only around something that is no blank, and blanks stay outside of them.
  const start = text.indexOf(core)
  const [before, after] = [text.slice(0, start), text.slice(start + core.length)]
  // Outer marks are read first: one inside of the code would end them.
  if (code) return before + inlineCode(core) + after
  let shown = at ? `<t:${Math.floor(Date.parse(at) / 1000)}:${style}>` : escapeMarkdown(core)
  if (url) shown = link(core, shown, url)
  if (strike) shown = `~~${shown}~~`
  if (italic) shown = `*${shown}*`
  if (bold) shown = `**${shown}**`
  return before + shown + after
}

/** Backticks side by side would end the code: a space of no width keeps them apart. */
function apart(code: string): string {
  return code.replace(/`(?=`)/g, '`\u200B')
}

function inlineCode(text: string): string {
  if (!text.includes('`')) return `\`${text}\``
  // Two marks around, and a blank where the text begins or ends with one.
  return `\`\` ${apart(text)} \`\``
}

const LOOKS_LIKE_ADDRESS = /:\/\/|^\S+\.[a-z]{2,}(?:\/|$)/i

/**
 * Discord links only http and https. It refuses words that look like another address, and counts
 * the brackets in them whatever stands before.
 */
function isLink(address: string, words: string): boolean {
  if (!/^https?:\/\//i.test(address)) return false
  return words === address || !(LOOKS_LIKE_ADDRESS.test(words) || /[[\]]/.test(words))
}

function link(label: string, shown: string, url: string): string {
  const address = url.replace(/[<>\s\\]/g, encodeURIComponent)
  return label === url ? `<${address}>` : `[${shown}](<${address}>)`
}

/** A backslash before each character that Discord could take for markup, mention or emoji. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\*_~`|[\]<@]|:(?=\/\/|[^\s:]+:)/g, '\\$&')
}

/** Marks that mean something at the start of a line alone. */
function lineStarts(text: string): string {
  return text.replace(/^(\s*)([#>+-])/gm, '$1\\$2').replace(/^(\s*\d+)([.)])/gm, '$1\\$2')
}

/**
 * Buttons in rows of five; where they are more than a message takes, the commands become menus.
 * Discord refuses two buttons of the same command: the first is kept.
 */
function actionRows(given: readonly Action[]): ActionRow[] {
  const targets = given.map(target)
  const actions = given.filter((_, index) => targets.indexOf(targets[index] ?? '') === index)
  const few = actions.length <= MENU_CHOICES
  const buttons = few ? actions : actions.filter(action => 'url' in action)
  const commands = few ? [] : actions.filter(action => 'command' in action)
  const rows = chunk(buttons.map(button), ROW_BUTTONS).map(
    (components): ActionRow => ({ type: 1, components }),
  )
  const menus = chunk(commands, MENU_CHOICES).map((choices, index): ActionRow => {
    const options = choices.map(choice => ({ label: label(choice), value: choice.command }))
    return { type: 1, components: [{ type: 3, custom_id: `menu ${index + 1}`, options }] }
  })
  return [...menus, ...rows]
}

function target(action: Action): string {
  return 'command' in action ? action.command : action.url
}

function button(action: Action): Button {
  return 'command' in action
    ? { type: 2, style: 2, label: label(action), custom_id: action.command }
    : { type: 2, style: 5, label: label(action), url: action.url }
}

function label(action: Action): string {
  const characters = [...spaced(action.label)]
  return characters.length <= LABEL_LENGTH
    ? characters.join('')
    : `${characters.slice(0, LABEL_LENGTH - 1).join('')}…`
}
