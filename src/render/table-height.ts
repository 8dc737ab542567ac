import stringWidth from 'string-width'

/** CSS pixels of the content of a picture, and of a column of characters: fonts have narrower letters and wider ones. */
const INNER = 328
const CHARACTER = 8

/** Columns above which a table is drawn as cards. */
const MOST_COLUMNS = 6

/** CSS pixels of a column: the space beside it, and its least and its usual most width if its text is wider. */
const GAP = 14
const [NARROWEST, WIDEST_WORD] = [56, 120]

/** CSS pixels of a line, around a row of columns, around a card, and of a value on a card beside its label. */
const LINE = 22
const ROW_PADDING = 14
const CARD_PADDING = 24
const VALUE_WIDTH = 190

/** The texts of the cells of a row, with line ends. */
type Texts = readonly string[]

/** Estimated heights in a picture, in CSS pixels: of the header, and of each row. */
export interface TableHeights {
  readonly header: number
  readonly rows: readonly number[]
}

/**
 * Estimates the heights of a table in a picture without its fonts. As the drawing does, takes cards if the columns have
 * no room. Pure.
 */
export function tableHeights(header: Texts, rows: readonly Texts[]): TableHeights {
  const all = [header, ...rows]
  const columns = Array.from({ length: Math.max(...all.map(row => row.length)) }, (_, column) => {
    const texts = all.map(row => row[column] ?? '')
    const line = widest(texts.flatMap(text => text.split('\n')))
    const word = widest(texts.flatMap(text => text.split(/\s+/)))
    return { line, least: Math.min(line, Math.max(NARROWEST, Math.min(word, WIDEST_WORD))) }
  })
  const space = INNER - GAP * (columns.length - 1)
  const isDrawnAsCards =
    columns.length > MOST_COLUMNS || sum(columns.map(({ least }) => least)) > space
  if (isDrawnAsCards) return { header: LINE, rows: rows.map(cardHeight) }
  const isOneLine = sum(columns.map(({ line }) => line)) <= space
  const widths = columns.map(({ line, least }) =>
    isOneLine ? line : Math.max(least, space / columns.length),
  )
  const height = (row: Texts) =>
    ROW_PADDING +
    LINE * Math.max(1, ...row.map((text, column) => linesOf(text, widths[column] ?? space)))
  return { header: height(header), rows: rows.map(height) }
}

function cardHeight([title = '', ...values]: Texts): number {
  const lines = values.filter(text => text !== '').map(text => linesOf(text, VALUE_WIDTH))
  return CARD_PADDING + LINE * (linesOf(title, INNER) + sum(lines))
}

function linesOf(text: string, width: number): number {
  return sum(text.split('\n').map(line => Math.max(1, Math.ceil(widthOf(line) / width))))
}

function widest(texts: Texts): number {
  return texts.reduce((most, text) => Math.max(most, widthOf(text)), 0)
}

function widthOf(text: string): number {
  return CHARACTER * stringWidth(text)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
