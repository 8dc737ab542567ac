import type { Nodes, PhrasingContent, Root, Table } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { clean, spaced } from './clean.ts'
import { cards, grid, type TableStyle } from './table.ts'

/**
 * A tree laid out as what chats have: paragraphs one below the other, each a row of styled runs.
 * Lists are indents and markers, tables are code or cards, quotes a property of the paragraph. In
 * this form a text can be cut anywhere without losing its style.
 */
export type Block = TextBlock | CodeBlock

interface TextBlock extends Place {
  readonly kind: 'text'
  readonly runs: readonly Run[]
  /** 1 to 3; absent in running text. */
  readonly heading?: 1 | 2 | 3
  /** What stands before a list's item: `• `, `1. `; empty elsewhere. */
  readonly marker: string
}

interface CodeBlock extends Place {
  readonly kind: 'code'
  readonly text: string
  readonly language?: string | undefined
}

interface Place {
  /** Levels of lists around it. */
  readonly indent: number
  /** The quote that it stands in, counted from 1; 0 outside of any. */
  readonly quote: number
  /** Whether it follows the block before on the next line, without an empty one between. */
  readonly tight: boolean
}

export interface Run extends Marks {
  readonly text: string
}

interface Marks {
  readonly bold?: true
  readonly italic?: true
  readonly strike?: true
  readonly code?: true
  readonly url?: string
  /** An instant, RFC 3339; `text` is what it reads as where it cannot be shown in local time. */
  readonly at?: string
}

export interface FlowOptions {
  /** Columns of a monospace block on a phone. */
  readonly columns: number
  readonly style: TableStyle
}

const RULE = '———'

/** With the number of quotes so far. */
type Layout = FlowOptions & { readonly quotes: { count: number } }

export function flow(body: Root, options: FlowOptions): Block[] {
  return layOut(
    body.children,
    { indent: 0, quote: 0, tight: false },
    { ...options, quotes: { count: 0 } },
  )
}

function layOut(nodes: readonly Nodes[], place: Place, options: Layout): Block[] {
  // Only the first block keeps the place's own tightness: those below it are its equals.
  return nodes.flatMap((node, index) =>
    block(
      node,
      index === 0 ? place : { ...place, tight: place.indent > 0 && place.tight },
      options,
    ),
  )
}

function block(node: Nodes, place: Place, options: Layout): Block[] {
  const text = (runs: readonly Run[], more: { heading?: 1 | 2 | 3; marker?: string } = {}) =>
    runs.length > 0 || more.marker
      ? [{ kind: 'text' as const, runs, marker: '', ...place, ...more }]
      : []
  switch (node.type) {
    case 'root':
      return layOut(node.children, place, options)
    case 'paragraph':
      return text(runs(node.children))
    case 'heading':
      // In a list or a quote a heading is a line in bold.
      if (place.indent > 0 || place.quote > 0) {
        return text(runs([{ type: 'strong', children: node.children }]))
      }
      return text(runs(node.children), { heading: node.depth === 1 ? 1 : node.depth === 2 ? 2 : 3 })
    case 'thematicBreak':
      return text([{ text: RULE }])
    case 'blockquote': {
      // A quote in a quote is part of it: neither platform nests them.
      const quote = place.quote || ++options.quotes.count
      return layOut(node.children, { ...place, quote }, options)
    }
    case 'code':
      return [{ kind: 'code', text: clean(node.value), language: node.lang ?? undefined, ...place }]
    case 'list':
      return node.children.flatMap((item, index) => {
        const marker = node.ordered ? `${(node.start ?? 1) + index}. ` : '• '
        const tight = index > 0 ? !node.spread : place.tight
        return listItem(item, marker, { ...place, tight, indent: place.indent + 1 }, options)
      })
    case 'listItem':
      return listItem(node, '• ', { ...place, indent: place.indent + 1 }, options)
    case 'table':
      return table(node, place, options)
    case 'footnoteDefinition': {
      const label = `[${spaced(node.label ?? node.identifier)}] `
      return withMarker(label, layOut(node.children, place, options), place)
    }
    case 'tableRow':
    case 'tableCell':
      return layOut(node.children, place, options)
    default:
      return text(runs([node as PhrasingContent]))
  }
}

function listItem(
  { children, checked }: Extract<Nodes, { type: 'listItem' }>,
  marker: string,
  place: Place,
  options: Layout,
): Block[] {
  const box = typeof checked === 'boolean' ? (checked ? '☑ ' : '☐ ') : ''
  const [first, ...rest] = children
  const blocks = [
    ...(first ? layOut([first], place, options) : []),
    ...layOut(rest, { ...place, tight: true }, options),
  ]
  return withMarker(marker + box, blocks, place)
}

/** Puts a marker before the first block where that is text, and on a line of its own otherwise. */
function withMarker(marker: string, blocks: readonly Block[], place: Place): Block[] {
  const [first, ...rest] = blocks
  if (first?.kind === 'text' && first.marker === '') return [{ ...first, marker }, ...rest]
  const alone: Block = { kind: 'text', runs: [], ...place, marker }
  return first ? [alone, { ...first, tight: true }, ...rest] : [alone]
}

function table(node: Table, place: Place, options: Layout): Block[] {
  const rows = node.children.map(row =>
    row.children.map(cell =>
      runs(cell.children)
        .map(({ text }) => text.replaceAll('\n', ' '))
        .join(''),
    ),
  )
  const lines = options.style === 'grid' && grid(rows, node.align, options.columns)
  if (lines && !hasLinks(node)) return [{ kind: 'code', text: lines.join('\n'), ...place }]
  return layOut(cards(node), place, options)
}

/** A monospace block holds no links: such a table becomes cards. */
function hasLinks(node: Nodes): boolean {
  return node.type === 'link' || ('children' in node && node.children.some(hasLinks))
}

/** Styled text in reading order; neighbours of the same style are one run. */
function runs(nodes: readonly PhrasingContent[]): Run[] {
  const merged: Run[] = []
  for (const run of nodes.flatMap(node => inline(node, {}))) {
    const last = merged.at(-1)
    if (run.text === '') continue
    if (last && sameMarks(last, run))
      merged[merged.length - 1] = { ...last, text: last.text + run.text }
    else merged.push(run)
  }
  return merged.every(({ text }) => text.trim() === '') ? [] : merged
}

function inline(node: Nodes, marks: Marks): Run[] {
  const children = (more: Marks) =>
    'children' in node ? node.children.flatMap(child => inline(child, { ...marks, ...more })) : []
  switch (node.type) {
    case 'strong':
      return children({ bold: true })
    case 'emphasis':
      return children({ italic: true })
    case 'delete':
      return children({ strike: true })
    case 'inlineCode':
      // A link keeps its target: Telegram lets none hold code.
      return [{ ...marks, ...(!marks.url && { code: true as const }), text: spaced(node.value) }]
    case 'link': {
      const url = clean(node.url)
      // A link that shows nothing could not be pressed.
      return textOf(node).trim() === '' ? [{ ...marks, url, text: ` ${url} ` }] : children({ url })
    }
    case 'image':
    case 'imageReference':
      return [{ ...marks, text: spaced(node.alt ?? '') }]
    case 'break':
      return [{ ...marks, text: '\n' }]
    case 'time':
      return [{ ...marks, ...('at' in node && { at: node.at }), text: spaced(node.value) }]
    case 'footnoteReference':
      return [{ ...marks, text: `[${spaced(node.label ?? node.identifier)}]` }]
    default:
      if ('children' in node) return children({})
      return 'value' in node ? [{ ...marks, text: spaced(node.value) }] : []
  }
}

function sameMarks(a: Run, b: Run): boolean {
  return MARKS.every(mark => a[mark] === b[mark])
}

const MARKS = ['bold', 'italic', 'strike', 'code', 'url', 'at'] as const
