import type { Nodes, Paragraph, PhrasingContent, Table, TableCell, TableRow } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import stringWidth from 'string-width'
import { emphasis, strong } from '../message.ts'

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

/**
 * Whether cards need a line above them with the names of the columns: a name that no card has, or one with a link,
 * because labels are words alone. Pure.
 */
export function hasLeadIn({ children: [header, ...rows] }: Table): boolean {
  return (
    header?.children.some(
      (cell, index) =>
        headerName(cell) !== undefined &&
        (hasLink(cell) || !rows.some(({ children }) => isLabelled(children[index], index))),
    ) ?? false
  )
}

function hasLineEnd(node: Nodes): boolean {
  return node.type === 'break' || ('children' in node && node.children.some(hasLineEnd))
}

function hasLink(node: Nodes): boolean {
  return /^link/.test(node.type) || ('children' in node && node.children.some(hasLink))
}

/** Whether a card has a line for a cell: the name of the card always has one, others only if they have a text. */
function isLabelled(cell: TableCell | undefined, index: number): boolean {
  return cell !== undefined && (index === 0 || textOf(cell).trim() !== '')
}

/** Most UTF-16 units of a row in one paragraph: two lines on a narrow phone. */
const ROW_UNITS = 80

/**
 * Whether each row of a table can be one paragraph below a line with the names of the columns: several rows of two
 * columns, or short ones without empty cells. Their names would take more lines than their values in cards. The line end
 * of a cell would divide its row. Pure.
 */
export function isListed({ children: [header, ...rows] }: Table): boolean {
  if (!header || rows.length < 2 || [header, ...rows].some(hasLineEnd)) return false
  const columns = header.children.length
  const isWhole = ({ children }: TableRow) =>
    children.length === columns &&
    children.every(cell => textOf(cell).trim() !== '') &&
    textOf({ type: 'tableRow', children }).length + 3 * columns <= ROW_UNITS
  return (
    header.children.every(cell => headerName(cell) !== undefined) &&
    (columns === 2 ? rows.every(({ children }) => children.length <= 2) : rows.every(isWhole))
  )
}

/** Converts a table that {@link isListed} into a line with the names and one paragraph per row. */
export function listed({ children: [header, ...rows] }: Table): Paragraph[] {
  if (!header) return []
  const nameless = header.children.map(() => undefined)
  const between = (index: number): PhrasingContent => ({
    type: 'text',
    value: index === 1 ? ' — ' : ' · ',
  })
  return [leadIn(header), ...rows.map(row => card(nameless, row, between))]
}

/**
 * Converts a table into cards, one per row: `Header: value` lines, with the first value in bold. A card names its columns
 * itself, so that it can stand in any message; see {@link hasLeadIn}.
 */
export function cards(table: Table): Paragraph[] {
  const [header, ...rows] = table.children
  if (!header) return []
  const names = header.children.map(headerName)
  const all = rows.map(row => card(names, row))
  return hasLeadIn(table) ? [leadIn(header), ...all] : all
}

function leadIn(header: TableRow): Paragraph {
  const named = header.children.filter(cell => headerName(cell) !== undefined)
  return {
    type: 'paragraph',
    children: named.flatMap((cell, index) => [
      { type: 'text', value: index === 0 ? '' : ' · ' },
      emphasis(...cell.children),
    ]),
  }
}

/** The words of a header with the marks of struck text, which change the meaning; undefined if it is empty. */
function headerName(cell: TableCell): PhrasingContent[] | undefined {
  const read = (node: PhrasingContent): PhrasingContent[] => {
    if (node.type === 'delete') return [{ type: 'delete', children: node.children.flatMap(read) }]
    if ('children' in node) return node.children.flatMap(read)
    return [{ type: 'text', value: node.type === 'break' ? ' ' : textOf(node) }]
  }
  return textOf(cell).trim() === '' ? undefined : cell.children.flatMap(read)
}

function card(
  names: readonly (PhrasingContent[] | undefined)[],
  row: TableRow,
  between: (line: number) => PhrasingContent = () => ({ type: 'break' }),
): Paragraph {
  const lines = row.children.flatMap((cell, index): PhrasingContent[][] => {
    if (!isLabelled(cell, index)) return []
    const value =
      textOf(cell).trim() === '' ? [{ type: 'text' as const, value: NAMELESS }] : cell.children
    const shown = index === 0 ? [strong(...value)] : value
    const name = names[index]
    return [name ? [...name, { type: 'text', value: ': ' }, ...shown] : shown]
  })
  const children = lines.flatMap((line, index) => (index === 0 ? line : [between(index), ...line]))
  return { type: 'paragraph', children }
}

function pad(text: string, width: number, align: 'left' | 'right' | 'center' | null | undefined) {
  const space = width - stringWidth(text)
  if (align === 'right') return ' '.repeat(space) + text
  const before = align === 'center' ? Math.floor(space / 2) : 0
  return ' '.repeat(before) + text + ' '.repeat(space - before)
}
