import type { Paragraph, PhrasingContent, Table, TableCell, TableRow } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import stringWidth from 'string-width'
import { emphasis, strong } from '../message.ts'

/** `grid` draws columns if they fit, and cards otherwise. `cards` never draws columns. */
export const TABLE_STYLES = ['grid', 'cards'] as const
export type TableStyle = (typeof TABLE_STYLES)[number]

/** Right-to-left letters. Such cells change places on the screen, so their table becomes cards. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/

/** The name of a card whose row has an empty first cell. */
const NAMELESS = '—'

/** The gap between two columns of a grid. */
const GAP = '  '

/**
 * Draws a monospace grid: one line per row, the header underlined. A header of empty cells is left out. Undefined if
 * the grid would be wider than `columns` (as a terminal counts them: two for CJK), or if a text runs from right to left.
 *
 * @param cells rows of one-line texts, the header first; they may carry ANSI colours.
 */
export function grid(
  [header = [], ...rows]: readonly (readonly string[])[],
  align: Table['align'],
  columns: number,
): { head: string[]; rows: string[] } | undefined {
  const cells = [...(header.every(isBlank) ? [] : [header]), ...rows]
  const count = cells.reduce((most, row) => Math.max(most, row.length), 0)
  const widths = Array.from({ length: count }, (_, index) =>
    cells.reduce((widest, row) => Math.max(widest, stringWidth(row[index] ?? '')), 1),
  )
  const total = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (count - 1)
  if (total > columns || cells.some(row => row.some(cell => RIGHT_TO_LEFT.test(cell)))) {
    return undefined
  }

  const lines = cells.map(row =>
    widths
      .map((width, index) => pad(row[index] ?? '', width, align?.[index]))
      .join(GAP)
      .trimEnd(),
  )
  if (cells[0] !== header) return { head: [], rows: lines }
  const rule = widths.map(width => '─'.repeat(width)).join(GAP)
  return { head: [...lines.slice(0, 1), rule], rows: lines.slice(1) }
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}

/** Whether a table has a header with words. Pure. */
export function hasHeader({ children: [header] }: Table): boolean {
  return header?.children.some(cell => headerName(cell) !== undefined) ?? false
}

/**
 * Converts a table into cards, one per row: the first cell in bold, then `Header: value` lines. The
 * header comes first, so that the text keeps all words of the table in their order.
 */
export function cards({ children: [header, ...rows] }: Table): Paragraph[] {
  if (!header) return []
  const names = header.children.map(headerName)
  const named = header.children.filter((_, index) => names[index] !== undefined)
  const top: Paragraph = {
    type: 'paragraph',
    children: named.flatMap((cell, index) => [
      { type: 'text', value: index === 0 ? '' : ' · ' },
      emphasis(...cell.children),
    ]),
  }
  return [...(named.length > 0 ? [top] : []), ...rows.map(row => card(names, row))]
}

/** The words of a header with the marks of struck text, which change the meaning; undefined if it is empty. */
function headerName(cell: TableCell): PhrasingContent[] | undefined {
  const read = (node: PhrasingContent): PhrasingContent[] => {
    if (node.type === 'delete') return [{ type: 'delete', children: node.children.flatMap(read) }]
    if ('children' in node) return node.children.flatMap(read)
    return [{ type: 'text', value: textOf(node) }]
  }
  return textOf(cell).trim() === '' ? undefined : cell.children.flatMap(read)
}

function card(names: readonly (PhrasingContent[] | undefined)[], row: TableRow): Paragraph {
  const lines = row.children.map((cell, index): PhrasingContent[] => {
    const isEmpty = textOf(cell).trim() === ''
    if (index === 0) return [isEmpty ? strong(NAMELESS) : strong(...cell.children)]
    if (isEmpty) return []
    const name = names[index]
    return name ? [...name, { type: 'text', value: ': ' }, ...cell.children] : cell.children
  })
  const children = lines
    .filter(line => line.length > 0)
    .flatMap((line, index) => (index === 0 ? line : [{ type: 'break' as const }, ...line]))
  return { type: 'paragraph', children }
}

function pad(text: string, width: number, align: 'left' | 'right' | 'center' | null | undefined) {
  const space = width - stringWidth(text)
  if (align === 'right') return ' '.repeat(space) + text
  const before = align === 'center' ? Math.floor(space / 2) : 0
  return ' '.repeat(before) + text + ' '.repeat(space - before)
}
