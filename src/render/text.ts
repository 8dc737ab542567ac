import { stripVTControlCharacters, styleText } from 'node:util'
import type { List, ListItem, Nodes, Table } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'
import {
  type Action,
  list as listOf,
  type Message,
  paragraph,
  strong,
  type TableStyle,
  type Timeline,
} from '../message.ts'
import { texts } from '../texts.ts'
import { addressesOf, isAddress } from './addresses.ts'
import { clean, spaced } from './clean.ts'
import { insteadOf } from './picture-blocks.ts'
import { cards, grid } from './table.ts'

export interface TextOptions {
  /** Columns at which lines wrap. A longer word stands whole on a line of its own. */
  readonly columns: number
  readonly style: TableStyle
  /** Whether to use ANSI colours and type styles. */
  readonly colour: boolean
}

/**
 * Renders a message as plain text for terminals, logs and screen readers. The text keeps all words in
 * their order. The buttons follow as a numbered list. Pure.
 */
export function renderText(message: Message, options: TextOptions): string {
  const { body, picture, file, actions = [] } = message
  const above = picture ? [paragraph(texts.picture)] : []
  const parts = [blocks([...above, ...body.children], options)]
  if (file) parts.push(file.text)
  if (actions.length > 0) parts.push(buttons(actions, options))
  const shown = parts.filter(part => part !== '').join('\n\n')
  // Strips styles last, so that lines wrap alike with and without colour: `wrapAnsi` composes no
  // letter
  // with an accent across the border of a style.
  return options.colour ? shown : stripVTControlCharacters(shown)
}

type Style = Parameters<typeof styleText>[0]

/**
 * Styles a text, but not the blanks around it, because trimming a line would not remove styled
 * blanks.
 */
function paint(style: Style, text: string): string {
  return text.replace(/\S(?:.*\S)?/s, seen => styleText(style, seen, { validateStream: false }))
}

function blocks(nodes: readonly Nodes[], options: TextOptions, gap = '\n\n'): string {
  return nodes
    .map(node => block(node, options))
    .filter(text => text !== '')
    .join(gap)
}

function block(node: Nodes, options: TextOptions): string {
  switch (node.type) {
    case 'heading': {
      const text = inline(node.children)
      const lines = wrap(node.depth === 1 ? paint('bold', text) : text, options)
      if (node.depth > 2 || text === '') return paint('underline', lines)
      const width = Math.max(...lines.split('\n').map(line => stringWidth(line)))
      return `${lines}\n${paint('dim', (node.depth === 1 ? '═' : '─').repeat(width))}`
    }
    case 'blockquote':
      return prefixed('│ ', '│ ', options, inner => blocks(node.children, inner))
    case 'list':
      return list(node, options)
    case 'listItem':
      return item(node, '• ', options)
    case 'code':
      return prefixed('    ', '    ', options, () => clean(node.value))
    case 'table':
      return table(node, options)
    case 'timeline':
      return timeline(node, options)
    case 'thematicBreak':
      return paint('dim', '─'.repeat(Math.min(options.columns, 20)))
    case 'footnoteDefinition':
      return prefixed(`[${clean(node.label ?? node.identifier)}] `, '    ', options, inner =>
        blocks(node.children, inner),
      )
    case 'root':
      return blocks(node.children, options)
    case 'paragraph': {
      const text = inline(node.children)
      return wrap(node.data?.isQuiet ? paint('dim', text) : text, options)
    }
    default:
      return wrap(inline([node]), options)
  }
}

function inline(nodes: readonly Nodes[]): string {
  return nodes.map(node => phrase(node)).join('')
}

function phrase(node: Nodes): string {
  switch (node.type) {
    case 'strong':
      return paint('bold', inline(node.children))
    case 'emphasis':
      return paint('italic', inline(node.children))
    case 'delete':
      // Without colour, only these marks show that the text is struck through.
      return `~~${paint('strikethrough', inline(node.children))}~~`
    case 'inlineCode':
      return paint('cyan', spaced(node.value))
    case 'break':
      return '\n'
    case 'image':
    case 'imageReference': {
      const words = spaced(node.alt ?? '')
      const picture = node.type === 'image' ? node.data?.picture : undefined
      return picture ? insteadOf(picture, words) : words
    }
    case 'link': {
      const label = inline(node.children)
      const addresses = addressesOf(node.url)
      if (addresses.length === 0) return label
      const shown = addresses.map(({ text }) => paint('underline', spaced(text))).join(', ')
      if (!isAddress(textOf(node).trim(), node.url)) return `${label} <${shown}>`
      return addresses[0]?.text === node.url ? label : shown
    }
    case 'footnoteReference':
      return `[${spaced(node.label ?? node.identifier)}]`
    default:
      if ('children' in node) return inline(node.children)
      return 'value' in node ? spaced(node.value) : ''
  }
}

function list({ children, ordered, start, spread }: List, options: TextOptions): string {
  const first = start ?? 1
  return children
    .map((child, index) => item(child, ordered ? `${first + index}. ` : '• ', options))
    .join(spread ? '\n\n' : '\n')
}

function item({ children, checked, spread }: ListItem, mark: string, options: TextOptions) {
  const box = typeof checked === 'boolean' ? `[${checked ? 'x' : ' '}] ` : ''
  // A list without words before it needs no bullet of its own.
  const first = children[0]?.type === 'list' && mark + box === '• ' ? '  ' : mark + box
  return prefixed(first, ' '.repeat(stringWidth(mark)), options, inner =>
    blocks(children, inner, spread ? '\n\n' : '\n'),
  )
}

/** Returns the words of a timeline, in the styles that show it. */
function timeline({ todayText, events }: Timeline, options: TextOptions): string {
  if (options.style === 'grid' || options.style === 'cards') return ''
  const items = events.map(({ name, dates, stateText }) => [
    strong(name),
    `: ${dates}, ${stateText}`,
  ])
  return blocks([paragraph(todayText), listOf(items)], options)
}

function table(node: Table, options: TextOptions): string {
  const { columns } = options
  const style = node.data?.style ?? options.style
  const rows = node.children.map(({ children }, row) =>
    children.map(cell => {
      const text = inline(cell.children)
      return row === 0 ? paint('bold', text) : text
    }),
  )
  // A grid with lines in its cells would mix the words of neighbours.
  const hasLines = rows.some(row => row.some(text => text.includes('\n')))
  const drawn = style === 'grid' && !hasLines ? grid(rows, node.align, columns) : undefined
  return drawn ? [...drawn.head, ...drawn.rows].join('\n') : blocks(cards(node), options)
}

/** Lists buttons with numbers, because the prompt presses a button by its number. */
function buttons(actions: readonly Action[], options: TextOptions): string {
  const rows = actions.map((action, index) => ({
    mark: `[${index + 1}] `,
    label: clean(action.label),
    target: 'command' in action ? action.command : action.url,
  }))
  const labelWidth = rows.reduce((widest, row) => Math.max(widest, stringWidth(row.label)), 0)
  const width = rows.reduce(
    (widest, { mark, target }) =>
      Math.max(widest, mark.length + labelWidth + 2 + stringWidth(target)),
    0,
  )
  return rows
    .map(({ mark, label, target }) => {
      const typed = paint('dim', target)
      const space = ' '.repeat(labelWidth - stringWidth(label) + 2)
      if (width <= options.columns) return mark + label + space + typed
      // Two columns are too wide, so the command stands on a line of its own.
      return prefixed(mark, '    ', options, inner => `${wrap(label, inner)}\n${typed}`)
    })
    .join('\n')
}

/**
 * Renders text in the remaining width, with the prefix `first` on the first line and `next` on the
 * others.
 */
function prefixed(
  first: string,
  next: string,
  options: TextOptions,
  render: (inner: TextOptions) => string,
): string {
  // Deeply nested lists leave at least 20 columns for the words.
  const columns = Math.max(20, options.columns - stringWidth(next))
  return render({ ...options, columns })
    .split('\n')
    .map((line, index) => (index === 0 ? first : next) + line)
    .map(line => line.trimEnd())
    .join('\n')
}

function wrap(text: string, { columns }: TextOptions): string {
  return wrapAnsi(text, columns, { hard: false })
}
