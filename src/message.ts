import type {
  Literal,
  Paragraph,
  PhrasingContent,
  Root,
  RootContent,
  Table,
  TableCell,
} from 'mdast'

/**
 * What the bot says, before any platform has a word in it: a Markdown tree and what can be done
 * next. Renderers turn it into text, Telegram's HTML or Discord's components; nobody above them
 * knows a platform's limits.
 */
export interface Message {
  readonly body: Root
  /** Stands above the text. */
  readonly picture?: Picture
  readonly actions?: readonly Action[]
  /** What it is known by again, where that is not its first line. */
  readonly title?: string
}

/** A picture that is kept: `id` is that of `Pictures`. */
export interface Picture {
  readonly id: number
  readonly type: PictureType
}

export type PictureType = 'jpeg' | 'png' | 'webp'

/** Most bytes of a picture: every chat gets it, on Discord each its own copy. Both platforms take ten times as much. */
export const PICTURE_BYTES = 1_000_000

/** Most bytes of a button's line: Telegram's limit on `callback_data`. */
export const ACTION_BYTES = 64

/**
 * A button. Pressing it types `command` for the reader: a line with its slash, of ids and values
 * alone, at most {@link ACTION_BYTES}. `url` opens a page instead.
 */
export type Action =
  | { readonly label: string; readonly command: string }
  | { readonly label: string; readonly url: string }

/**
 * How an instant is shown, by Discord's letters: `t` a time, `T` with seconds, `d` a date, `D` in words, `f` and `F`
 * both, `F` with the weekday, `s` and `S` short forms of both, `R` how far off it is. Without one, `f`.
 */
export const TIME_STYLES = ['t', 'T', 'd', 'D', 'f', 'F', 's', 'S', 'R'] as const
export type TimeStyle = (typeof TIME_STYLES)[number]

/**
 * A time that a platform may show in the reader's own way: an instant `at` (RFC 3339), or calendar
 * dates from `start` to `end` (ISO, both included). `value` is the text for everyone else.
 */
type Time = Literal & { type: 'time' } & (
    | { at: string; style?: TimeStyle }
    | {
        start: string
        end: string
        /** Its text says how far off that is: true on the day that it was written for. */
        relative?: true
      }
  )

declare module 'mdast' {
  interface PhrasingContentMap {
    time: Time
  }
  interface RootContentMap {
    time: Time
  }
}

/** What the line of a post's button begins with. */
const POST_PREFIX = '+'

/**
 * As it is posted: what answers its buttons stands below it, or is for whoever has pressed them. It is
 * everybody's, and may have to be corrected. Pure.
 */
export function posted(message: Message): Message {
  const { actions = [] } = message
  const beside = (action: Action) =>
    'command' in action ? { ...action, command: `${POST_PREFIX}${action.command}` } : action
  return actions.length > 0 ? { ...message, actions: actions.map(beside) } : message
}

/** Whether a button's data belongs to a post. Pure. */
export function isOfPost(data: string): boolean {
  return data.startsWith(POST_PREFIX)
}

/** The line of a pressed button. The data proves nothing about the message: a changed client sends any. Pure. */
export function pressedLine(data: string): string {
  return isOfPost(data) ? data.slice(POST_PREFIX.length) : data
}

/** Reads a message that was written as JSON; undefined if it is damaged. Pure. */
export function parseMessage(json: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return isMessage(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isMessage(value: unknown): value is Message {
  const { body, picture, actions = [], title = '' } = value as Record<string, unknown>
  const isPicture = picture === undefined || (typeof picture === 'object' && picture !== null)
  return (
    isTree(body) &&
    Array.isArray(body.children) &&
    isPicture &&
    Array.isArray(actions) &&
    typeof title === 'string'
  )
}

function isTree(node: unknown): node is { readonly type: string; readonly children?: unknown } {
  const { type, children = [] } = node as Record<string, unknown>
  return typeof type === 'string' && Array.isArray(children) && children.every(isTree)
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

export function strong(...children: Inline[]): PhrasingContent {
  return { type: 'strong', children: inline(children) }
}

export function emphasis(...children: Inline[]): PhrasingContent {
  return { type: 'emphasis', children: inline(children) }
}

/** A list with one paragraph an item. */
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

/** A table whose first row is its header. */
export function table(rows: readonly Inline[][]): Table {
  const cell = (content: Inline): TableCell => ({ type: 'tableCell', children: inline([content]) })
  return {
    type: 'table',
    children: rows.map(row => ({ type: 'tableRow', children: row.map(cell) })),
  }
}

function inline(children: readonly Inline[]): PhrasingContent[] {
  return children.map(child => (typeof child === 'string' ? { type: 'text', value: child } : child))
}
