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

/** Most CSS pixels of a value with its label that stands beside another one. */
const HALF = INNER / 2 - 24

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
  if (isDrawnAsCards) return { header: LINE, rows: rows.map(row => cardHeight(row, header)) }
  const isOneLine = sum(columns.map(({ line }) => line)) <= space
  const widths = columns.map(({ line, least }) =>
    isOneLine ? line : Math.max(least, space / columns.length),
  )
  const height = (row: Texts) =>
    ROW_PADDING +
    LINE * Math.max(1, ...row.map((text, column) => linesOf(text, widths[column] ?? space)))
  return { header: height(header), rows: rows.map(height) }
}

/** CSS pixels of the texts of a timeline, which have about 28 letters on a line, and of the space around an event. */
const EVENT_WIDTH = 230
const EVENT_PADDING = 18

/** Estimates the height of an event in a timeline by the texts of its two paragraphs. Pure. */
export function eventHeight(name: string, facts: string): number {
  return EVENT_PADDING + LINE * (linesOf(name, EVENT_WIDTH) + linesOf(facts, EVENT_WIDTH))
}

/** Estimates the height of a card: its title, and its values, which stand in two columns if all of them are short. */
function cardHeight([title = '', ...values]: Texts, [, ...labels]: Texts): number {
  const lines = sum(values.filter(text => text !== '').map(text => linesOf(text, VALUE_WIDTH)))
  const isShort = widest(labels) + widest(values) < HALF
  return CARD_PADDING + LINE * (linesOf(title, INNER) + (isShort ? Math.ceil(lines / 2) : lines))
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
