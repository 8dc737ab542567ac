import type {
  Literal,
  Node,
  Nodes,
  Paragraph,
  PhrasingContent,
  Root,
  RootContent,
  Table,
  TableCell,
} from 'mdast'
import type { ContentPicture, DrawnEvent, StoredPicture } from './picture.ts'

/**
 * A message that no platform has shaped yet: a Markdown tree and buttons. Renderers turn it into text, Telegram's HTML
 * or Discord's components. Only renderers and platforms know a platform's limits.
 */
export interface Message {
  readonly body: Root
  /** The picture above the text. */
  readonly picture?: StoredPicture
  /** The file below the text. Answers alone have one. */
  readonly file?: MessageFile
  readonly actions?: readonly Action[]
  /** A short name for lists; absent if the first line serves as one. */
  readonly title?: string
  /** The kind of an announcement, which the text says in words as well. A platform may show it by a colour. */
  readonly tone?: 'urgent' | 'corrected'
  /** The colour of messages without a tone, `#rrggbb`, on platforms that show one. */
  readonly accent?: string
}

/** A text file, of at most {@link FILE_BYTES} in UTF-8. */
export interface MessageFile {
  /** With its extension: letters, digits, `-` and `.`. */
  readonly name: string
  /** The media type. */
  readonly type: string
  readonly text: string
}

/** Most bytes of a file. Discord accepts 10 MB, Telegram 50 MB; the local chat keeps its answers in memory. */
export const FILE_BYTES = 1_000_000

/** Most bytes of a button's line: Telegram's limit on `callback_data`. */
export const ACTION_BYTES = 64

/**
 * A button. A press types `command` for the user: a line with its slash, of ids and values alone, at most
 * {@link ACTION_BYTES} long. A button with a `url` opens a page instead.
 */
export type Action = CommandAction | (ActionHead & { readonly url: string })
export type CommandAction = ActionHead & { readonly command: string }

interface ActionHead {
  readonly label: string
  readonly role?: Role
  /** One emoji before the label, which says nothing that the label does not say. */
  readonly icon?: string
  /** Set on a step beside choices, such as Back. Platforms show many choices as a list, and a step as a button. */
  readonly isStep?: true
}

/**
 * The weight of a button: `primary` is the step that most people take, `danger` ends or deletes something. Platforms
 * show it by a colour, so the label says the same in words.
 */
export type Role = 'primary' | 'danger'

/**
 * The formats of an instant, by Discord's letters: `t` a time, `T` with seconds, `d` a date, `D` in words, `f` and `F`
 * both, `F` with the weekday, `s` and `S` short forms of both, `R` the distance from now. The default is `f`.
 */
export const TIME_STYLES = ['t', 'T', 'd', 'D', 'f', 'F', 's', 'S', 'R'] as const
export type TimeStyle = (typeof TIME_STYLES)[number]

/**
 * A time that a platform may show in the reader's zone and language: an instant `at` (RFC 3339), or calendar dates
 * from `start` to `end` (ISO, both included). `value` is the text for all other platforms.
 */
type Time = Literal & { type: 'time' } & (
    | { at: string; style?: TimeStyle }
    | {
        start: string
        end: string
        /**
         * Set if the text names the distance from today, so that it is right on one day alone. `title` is the form
         * behind a name: "starts in 3 days".
         */
        relative?: true | 'title'
        /** The local time of the start, such as "10:00", for a start today or tomorrow. */
        clock?: string
      }
  )

/**
 * A command of the bot with its slash, which a user can press. `mention` is the platform's own form, for platforms that
 * need one; Telegram makes a link of the name.
 */
type CommandName = Literal & { type: 'command'; mention?: string }

/**
 * The styles of tables. `grid` draws columns if they fit, and cards otherwise. `cards` never draws columns. The others
 * show each table as a picture, light or dark, and cards where a picture is refused.
 */
export const TABLE_STYLES = ['grid', 'cards', 'picture', 'dark-picture'] as const
export type TableStyle = (typeof TABLE_STYLES)[number]

/** A timeline of events, which only the styles with pictures show: the words around it say the most important part. */
export interface Timeline extends Node {
  type: 'timeline'
  /** ISO date, and the same in words: "Today, 30 November 2026". */
  today: string
  todayText: string
  /** By their start. */
  events: readonly DrawnEvent[]
}

declare module 'mdast' {
  interface ImageData {
    /** Its file. Without one, an image is its words. */
    picture?: ContentPicture | StoredPicture
  }
  interface TableData {
    /** The style of this table in all chats, such as that of a sample. */
    style?: TableStyle
  }
  interface BlockContentMap {
    timeline: Timeline
  }
  interface TextData {
    /** Set on words that a user chose, such as the title of a post: no command in them is live. */
    isTyped?: true
  }
  interface ParagraphData {
    /** A line of less weight, such as the source of an answer. */
    isQuiet?: true
    /** A title that introduces the next block, so no message ends with it. */
    leads?: true
    /** Set on a source whose facts are over a year old: `warned` if the line says so. */
    age?: 'old' | 'warned'
  }
  interface BlockquoteData {
    /** A quote that no platform folds, such as the preview of an announcement. */
    isWhole?: true
  }
  interface PhrasingContentMap {
    time: Time
    command: CommandName
  }
  interface RootContentMap {
    timeline: Timeline
    time: Time
    command: CommandName
  }
}

/** Prefix of the lines of a post's buttons. */
const POST_PREFIX = '+'

/**
 * Returns the message as a post: its buttons carry a prefix, so that an answer to a press never replaces it. All
 * readers of a chat share a post, and a correction must find it unchanged. Pure.
 */
export function asPost(message: Message): Message {
  const { actions = [] } = message
  const prefixed = (action: Action) =>
    'command' in action ? { ...action, command: `${POST_PREFIX}${action.command}` } : action
  return actions.length > 0 ? { ...message, actions: actions.map(prefixed) } : message
}

/** Whether a button's data belongs to a post. Pure. */
export function isOfPost(data: string): boolean {
  return data.startsWith(POST_PREFIX)
}

/** Returns the line of a pressed button. A modified client can send any data, so it proves nothing. Pure. */
export function pressedLine(data: string): string {
  return isOfPost(data) ? data.slice(POST_PREFIX.length) : data
}

/** Reads a message from its JSON. Returns undefined if the JSON is damaged. Pure. */
export function parseMessage(json: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return isMessage(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isMessage(value: unknown): value is Message {
  const { body, picture, actions = [], title = '', accent = '' } = value as Record<string, unknown>
  const isPicture = picture === undefined || (typeof picture === 'object' && picture !== null)
  return (
    isTree(body) &&
    Array.isArray(body.children) &&
    isPicture &&
    Array.isArray(actions) &&
    typeof title === 'string' &&
    typeof accent === 'string'
  )
}

function isTree(node: unknown): node is { readonly type: string; readonly children?: unknown } {
  const { type, children = [] } = node as Record<string, unknown>
  return typeof type === 'string' && Array.isArray(children) && children.every(isTree)
}

/**
 * Returns a tree in which `replace` has replaced nodes. Nodes below a replacement stay, and unchanged parts are shared
 * with the given tree. Pure.
 */
export function replaceNodes<T extends Nodes>(
  tree: T,
  replace: (node: Nodes) => readonly Nodes[] | undefined,
): T {
  if (!('children' in tree)) return tree
  const children: readonly Nodes[] = tree.children
  const replaced = children.map(child => replace(child) ?? [replaceNodes(child, replace)])
  const isSame = replaced.every(
    (nodes, index) => nodes.length === 1 && nodes[0] === children[index],
  )
  return isSame ? tree : { ...tree, children: replaced.flat() }
}

type Inline = string | PhrasingContent

export function message(body: RootContent[], actions: readonly Action[] = []): Message {
  return { body: { type: 'root', children: body }, ...(actions.length > 0 && { actions }) }
}

export function heading(depth: 1 | 2 | 3, ...children: Inline[]): RootContent {
  return { type: 'heading', depth, children: inline(children) }
}

export function paragraph(...children: Inline[]): Paragraph {
  return { type: 'paragraph', children: inline(children) }
}

/** Creates a paragraph of less weight, such as the source of an answer. */
export function quiet(...children: Inline[]): Paragraph {
  return { ...paragraph(...children), data: { isQuiet: true } }
}

/** Creates a paragraph that introduces the next block. */
export function leading(...children: Inline[]): Paragraph {
  return { ...paragraph(...children), data: { leads: true } }
}

export function strong(...children: Inline[]): PhrasingContent {
  return { type: 'strong', children: inline(children) }
}

export function emphasis(...children: Inline[]): PhrasingContent {
  return { type: 'emphasis', children: inline(children) }
}

/** Creates words that a user chose, in which no command is live. */
export function typed(value: string): PhrasingContent {
  return { type: 'text', value, data: { isTyped: true } }
}

/** Creates the name of a command of the bot: `/threats`. */
export function commandName(value: string): PhrasingContent {
  return { type: 'command', value }
}

/** Creates a list with one paragraph per item. */
export function list(items: readonly Inline[][], ordered = false): RootContent {
  return {
    type: 'list',
    ordered,
    spread: false,
    children: items.map(item => ({
      type: 'listItem',
      spread: false,
      children: [{ type: 'paragraph', children: inline(item) }],
    })),
  }
}

/** Creates a table. The first row is its header. */
export function table(rows: readonly (readonly (Inline | readonly Inline[])[])[]): Table {
  const cell = (content: Inline | readonly Inline[]): TableCell => ({
    type: 'tableCell',
    children: inline([content].flat()),
  })
  return {
    type: 'table',
    children: rows.map(row => ({ type: 'tableRow', children: row.map(cell) })),
  }
}

function inline(children: readonly Inline[]): PhrasingContent[] {
  return children.map(child => (typeof child === 'string' ? { type: 'text', value: child } : child))
}
