import type { Table, TableRow } from 'mdast'
import { type Links, plainText, type Run, runs } from './runs.ts'
import { tableHeights } from './table-height.ts'

/**
 * Most UTF-16 units of the words of a page. Discord's description of an image and Telegram's caption have at most 1024,
 * and the caption has a heading as well.
 */
const PAGE_UNITS = 900

/** Most UTF-16 units of the cards of a page, which fit into a message of Telegram or Discord with a caption. */
const CARD_UNITS = 2900

/** Most height of a page, in CSS pixels: two screens of a phone. The drawing takes twice as much, as this is an estimate. */
const PAGE_HEIGHT = 1400

/** Letters of other scripts than those for which there is a font. */
const FOREIGN =
  /[[\p{L}\p{M}]--[\p{scx=Latin}\p{scx=Cyrillic}\p{scx=Greek}\p{scx=Arabic}\p{scx=Hebrew}\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hangul}\p{scx=Devanagari}\p{sc=Common}\p{sc=Inherited}]]/v

/** Part of a table with its header, which one picture shows. */
export interface TablePage {
  readonly table: Table
  /** The runs of each cell, the header first. */
  readonly rows: readonly (readonly Run[])[][]
}

/** Divides a table into pages; undefined if pictures cannot show it. Pure. */
export function tablePages(table: Table, links: Links): TablePage[] | undefined {
  const [header, ...body] = table.children.map(row => rowOf(row, links))
  if (!header || body.length === 0) return undefined
  const heights = tableHeights(textsOf(header), body.map(textsOf))
  const room = { units: PAGE_UNITS, cards: CARD_UNITS, height: PAGE_HEIGHT }
  const first = minus(room, { units: header.units, cards: 0, height: heights.header })
  const pages: Row[][] = []
  let left = NOTHING
  for (const [index, row] of body.entries()) {
    const { units } = row
    // Each card repeats the names of the columns.
    const taken = { units, cards: units + header.units, height: heights.rows[index] ?? 0 }
    if (!fits(taken, left)) {
      pages.push([])
      left = first
      if (!fits(taken, left)) return undefined
    }
    pages.at(-1)?.push(row)
    left = minus(left, taken)
  }
  const isForeign = [header, ...body].some(({ cells }) =>
    cells.some(cell => cell.some(({ text }) => FOREIGN.test(text))),
  )
  if (isForeign) return undefined
  return pages.map(page => ({
    table: { ...table, children: [header, ...page].map(({ node }) => node) },
    rows: [header, ...page].map(({ cells }) => [...cells]),
  }))
}

interface Room {
  readonly units: number
  readonly cards: number
  readonly height: number
}

const NOTHING: Room = { units: 0, cards: 0, height: 0 }

function fits(taken: Room, left: Room): boolean {
  return taken.units <= left.units && taken.cards <= left.cards && taken.height <= left.height
}

function minus(left: Room, { units, cards, height }: Room): Room {
  return { units: left.units - units, cards: left.cards - cards, height: left.height - height }
}

interface Row {
  readonly node: TableRow
  readonly cells: readonly (readonly Run[])[]
  /** UTF-16 units of its line of words. */
  readonly units: number
}

function rowOf(node: TableRow, links: Links): Row {
  const cells = node.children.map(cell => runs(cell.children, links))
  return { node, cells, units: rowText(cells.map(plainText)).length + 1 }
}

/** Returns the text of each cell with its line ends. */
function textsOf({ cells }: Row): string[] {
  return cells.map(cell => cell.map(({ text }) => text).join(''))
}

/** The sign of an empty cell, so that each word of a line belongs to its column. */
export const EMPTY = '—'

/** The sign between two cells on a line. */
export const BETWEEN = ' · '

function rowText(cells: readonly string[]): string {
  return cells.map(text => text.trim() || EMPTY).join(BETWEEN)
}
