import type { Nodes, PhrasingContent, Root, Table } from 'mdast'
import { clean, spaced } from './clean.ts'
import { type Links, type Run, runs } from './runs.ts'
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
  /** Letters, digits and `_+-#`, at most 20; empty where none is known. */
  readonly language: string
  /** The header of a grid and its rule, which stand on every part that it is cut into. */
  readonly head?: string
}

interface Place {
  /** Levels of lists around it. */
  readonly indent: number
  /** The quote that it stands in, counted from 1; 0 outside of any. */
  readonly quote: number
  /** Whether it follows the block before on the next line, without an empty one between. */
  readonly tight: boolean
}

export interface FlowOptions {
  /** Columns of a monospace block on a phone. */
  readonly columns: number
  readonly style: TableStyle
  readonly links: Links['links']
}

const RULE = '———'

/** With the number of quotes so far, and what references refer to. */
interface Layout extends FlowOptions, Links {
  readonly quotes: { count: number }
}

export function flow(body: Root, options: FlowOptions): Block[] {
  return layOut(
    body.children,
    { indent: 0, quote: 0, tight: false },
    { ...options, quotes: { count: 0 }, definitions: definitionsOf(body) },
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
  const styled = (nodes: readonly PhrasingContent[]) => runs(nodes, options)
  const text = (runs: readonly Run[], more: { heading?: 1 | 2 | 3; marker?: string } = {}) =>
    runs.length > 0 || more.marker
      ? [{ kind: 'text' as const, runs, marker: '', ...place, ...more }]
      : []
  switch (node.type) {
    case 'root':
      return layOut(node.children, place, options)
    case 'paragraph':
      return text(styled(node.children))
    case 'heading':
      // In a list or a quote a heading is a line in bold.
      if (place.indent > 0 || place.quote > 0) {
        return text(styled([{ type: 'strong', children: node.children }]))
      }
      return text(styled(node.children), {
        heading: node.depth === 1 ? 1 : node.depth === 2 ? 2 : 3,
      })
    case 'thematicBreak':
      return text([{ text: RULE }])
    case 'blockquote': {
      // A quote in a quote is part of it: neither platform nests them.
      const quote = place.quote || ++options.quotes.count
      return layOut(node.children, { ...place, quote }, options)
    }
    case 'code':
      return [{ kind: 'code', text: clean(node.value), language: languageOf(node.lang), ...place }]
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
    case 'definition':
      return []
    default:
      return text(styled([node as PhrasingContent]))
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
      runs(cell.children, options)
        .map(({ text }) => text.replaceAll('\n', ' '))
        .join(''),
    ),
  )
  const lines = options.style === 'grid' && grid(rows, node.align, options.columns)
  if (lines && !hasLinks(node)) {
    const head = lines.slice(0, 2).join('\n')
    return [{ kind: 'code', text: lines.join('\n'), head, language: '', ...place }]
  }
  return layOut(cards(node), place, options)
}

/** A monospace block holds no links: such a table becomes cards. */
function hasLinks(node: Nodes): boolean {
  return node.type === 'link' || ('children' in node && node.children.some(hasLinks))
}

function languageOf(language: string | null | undefined): string {
  return (language ?? '').replace(/[^A-Za-z0-9_+#-]/g, '').slice(0, 20)
}

function definitionsOf(body: Root): Map<string, string> {
  const found = new Map<string, string>()
  const read = (node: Nodes) => {
    if (node.type === 'definition' && !found.has(node.identifier)) {
      found.set(node.identifier, node.url)
    }
    if ('children' in node) node.children.forEach(read)
  }
  read(body)
  return found
}
