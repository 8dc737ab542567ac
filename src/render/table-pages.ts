import type { Table, TableRow } from 'mdast'
import stringWidth from 'string-width'
import { type Links, plainText, type Run, runs } from './runs.ts'

/**
 * Most UTF-16 units of the words of a page. Discord's description of an image and Telegram's caption have at most 1024,
 * and the caption has a heading as well.
 */
const PAGE_UNITS = 900

/**
 * Most UTF-16 units of the cards of a page, which fit into a message of Telegram or Discord with a caption. Discord counts
 * the addresses of links, also of those below the picture.
 */
const CARD_UNITS = 2900

/** Most lines of a page: Telegram shrinks an image of more than 2560 pixels, and a phone shows about 40 lines. */
const PAGE_LINES = 40

/** Most pages of a table. A longer one is cards, which take fewer messages. */
const MAX_PAGES = 20

/** Columns of characters on a line of a picture, and columns above which its rows are drawn as cards. */
const LINE_COLUMNS = 40
const MOST_COLUMNS = 5

/** Columns between the label and the value of a card, and between two values. */
const GAP = 3

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
  const [header, ...body] = rowsOf(table, links)
  if (!header || body.length === 0) return undefined
  const pages: Row[][] = []
  let left = NOTHING
  for (const row of body) {
    // Each card repeats the names of the columns.
    const cards = row.units + header.units + 2 * row.addresses
    const taken = { units: row.units, cards, lines: row.lines }
    if (!fits(taken, left)) {
      pages.push([])
      left = minus({ units: PAGE_UNITS, cards: CARD_UNITS, lines: PAGE_LINES }, header)
      if (!fits(taken, left)) return undefined
    }
    pages.at(-1)?.push(row)
    left = minus(left, taken)
  }
  const isForeign = [header, ...body].some(({ cells }) =>
    cells.some(cell => cell.some(({ text }) => FOREIGN.test(text))),
  )
  if (isForeign || pages.length > MAX_PAGES) return undefined
  return pages.map(page => ({
    table: { ...table, children: [header, ...page].map(({ node }) => node) },
    rows: [header, ...page].map(({ cells }) => [...cells]),
  }))
}

interface Room {
  readonly units: number
  readonly cards: number
  readonly lines: number
}

const NOTHING: Room = { units: 0, cards: 0, lines: 0 }

function fits(taken: Room, left: Room): boolean {
  return taken.units <= left.units && taken.cards <= left.cards && taken.lines <= left.lines
}

function minus(left: Room, { units, lines, cards = 0 }: Omit<Room, 'cards'> & Partial<Room>): Room {
  return { units: left.units - units, cards: left.cards - cards, lines: left.lines - lines }
}

interface Row {
  readonly node: TableRow
  readonly cells: readonly (readonly Run[])[]
  /** UTF-16 units of its line of words. */
  readonly units: number
  /** UTF-16 units of the addresses of its links. */
  readonly addresses: number
  /** An estimate of the lines that the row takes in a picture. */
  readonly lines: number
}

function rowsOf({ children }: Table, links: Links): Row[] {
  const rows = children.map(node => {
    const cells = node.children.map(cell => runs(cell.children, links))
    const words = cells.map(plainText)
    const addresses = cells.flat().reduce((sum, { url = '' }) => sum + url.length, 0)
    const widths = words.map(text => stringWidth(text))
    return { node, cells, units: rowText(words).length + 1, addresses, widths }
  })
  const [header] = rows
  const labels = header?.widths ?? []
  return rows.map(row => {
    const { widths } = row
    if (widths.length <= MOST_COLUMNS) return { ...row, lines: gridLines(widths) }
    // Each card has the labels beside its values.
    return { ...row, lines: row === header ? 0 : cardLines(widths, labels) }
  })
}

function gridLines(widths: readonly number[]): number {
  return Math.max(1, ...widths.map(width => Math.ceil((width * widths.length) / LINE_COLUMNS)))
}

/** Estimates the lines of a card: its title, and its values, which stand in two columns if they are short. */
function cardLines([title = 0, ...values]: readonly number[], [, ...labels]: readonly number[]) {
  const half = LINE_COLUMNS / 2
  const taken = values.map(width => Math.ceil(width / half))
  const isShort = values.every((width, index) => width + (labels[index] ?? 0) < half - GAP)
  const lines = taken.reduce((sum, each) => sum + each, 0)
  return Math.max(1, Math.ceil(title / half)) + (isShort ? Math.ceil(lines / 2) : lines)
}

/** The sign of an empty cell, so that each word of a line belongs to its column. */
export const EMPTY = '—'

/** The sign between two cells on a line. */
export const BETWEEN = ' · '

function rowText(cells: readonly string[]): string {
  return cells.map(text => text.trim() || EMPTY).join(BETWEEN)
}
