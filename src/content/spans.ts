import type { Nodes, Root, Table } from 'mdast'
import { visit } from 'unist-util-visit'

/** A stretch of a text with the marks that change its meaning. */
export interface Span {
  readonly text: string
  readonly struck?: true
  /** The address of its link. */
  readonly url?: string
}

type Marks = Omit<Span, 'text'>

/** Returns the text of a node. A line break is a blank. Neighbours with the same marks are one span. Pure. */
export function spansOf(node: Nodes): Span[] {
  const merged: Span[] = []
  for (const span of read(node, {})) {
    const last = merged.at(-1)
    if (span.text === '') continue
    if (last && last.struck === span.struck && last.url === span.url) {
      merged[merged.length - 1] = { ...last, text: last.text + span.text }
    } else merged.push(span)
  }
  return merged
}

function read(node: Nodes, marks: Marks): Span[] {
  const below = (children: readonly Nodes[], more: Marks = {}) =>
    children.flatMap(child => read(child, { ...marks, ...more }))
  switch (node.type) {
    case 'break':
      return [{ ...marks, text: ' ' }]
    case 'image':
      return [{ ...marks, text: node.alt ?? '' }]
    case 'footnoteReference':
      return [{ ...marks, text: `[${node.label ?? node.identifier}]` }]
    case 'delete':
      return below(node.children, { struck: true })
    case 'link':
      return below(node.children, { url: node.url })
    default:
      if ('children' in node) return below(node.children)
      return 'value' in node ? [{ ...marks, text: node.value }] : []
  }
}

/** Joins the letters of spans. Pure. */
export function lettersOf(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join('')
}

/** Cuts spans at ascending indexes of their letters (UTF-16 units). Returns one part more than indexes. Pure. */
export function cutSpans(spans: readonly Span[], indexes: readonly number[]): Span[][] {
  const parts: Span[][] = [[]]
  const rest = indexes.values()
  let cut = rest.next().value
  let start = 0
  for (const span of spans) {
    const end = start + span.text.length
    let from = start
    for (; cut !== undefined && cut <= end; cut = rest.next().value) {
      if (cut > from)
        parts.at(-1)?.push({ ...span, text: span.text.slice(from - start, cut - start) })
      from = cut
      parts.push([])
    }
    if (end > from) parts.at(-1)?.push({ ...span, text: span.text.slice(from - start) })
    start = end
  }
  return parts
}

/** A heading, paragraph, table row, code block or image of a body. An image is a paragraph of its words. */
export interface Piece {
  readonly kind: 'heading' | 'paragraph' | 'row' | 'code'
  readonly spans: readonly Span[]
  /** The table of a row. */
  readonly table?: Table
}

/** Lists the pieces of a body in their order. A task begins with its box; a row has its cells that are not empty. Pure. */
export function piecesOf(body: Root): Piece[] {
  const pieces: Piece[] = []
  visit(body, (node, index, parent) => {
    const { type } = node
    if (type === 'heading') pieces.push({ kind: type, spans: spansOf(node) })
    if (type === 'image' && parent?.type === 'root') {
      pieces.push({ kind: 'paragraph', spans: spansOf(node) })
    }
    if (type === 'code') pieces.push({ kind: type, spans: [{ text: node.value }] })
    if (type === 'tableRow' && parent?.type === 'table') {
      const cells = node.children.map(spansOf).filter(cell => lettersOf(cell).trim() !== '')
      const spans = cells.flatMap((cell, index) => (index > 0 ? [{ text: ' · ' }, ...cell] : cell))
      pieces.push({ kind: 'row', spans, table: parent })
    }
    if (type === 'paragraph') {
      const checked = parent?.type === 'listItem' && index === 0 ? parent.checked : undefined
      const box = typeof checked === 'boolean' ? [{ text: checked ? '☑ ' : '☐ ' }] : []
      pieces.push({ kind: type, spans: [...box, ...spansOf(node)] })
    }
  })
  return pieces
}
