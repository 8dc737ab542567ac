import type { DrawnCell, TableDrawing } from '../picture.ts'
import { BELOW, MARGIN, type Mark, placeLines, type Scene, WIDTH } from './scene.ts'
import { type StyledRun, styled, type TextStyle } from './styled-text.ts'
import { cardsOf } from './table-cards.ts'
import { columnWidths, GAP } from './table-columns.ts'
import { layOut, type Measure } from './text-layout.ts'
import type { Colours } from './theme.ts'

const SIZE = 14
const HEADER_SIZE = 13
const LINE = 20

/** Space above and below the text of a row. */
const PADDING = 7

/** A table whose columns make it this much taller than its cards is drawn as cards. */
const TALLER = 1.3

/** Lays out a table: with columns if all of them have a readable width, and otherwise a card for each row. Pure. */
export function tableScene(drawing: TableDrawing, colours: Colours, measure: Measure): Scene {
  const table = withEqualRows(drawing)
  const cards = cardsOf(table, colours, measure)
  const grid = gridOf(table, colours, measure)
  return grid && grid.height <= cards.height * TALLER ? grid : cards
}

function gridOf(table: TableDrawing, colours: Colours, measure: Measure): Scene | undefined {
  const [header = [], ...rows] = table.rows
  const hasHeader = header.some(cell => !isBlank(cell))
  const cells = [
    ...(hasHeader ? [header.map(cell => headerRuns(cell, colours))] : []),
    ...rows.map(row => row.map((cell, column) => cellRuns(cell, column, colours))),
  ]
  const widths = columnWidths(cells, measure)
  if (!widths) return undefined

  const marks: Mark[] = []
  let y = hasHeader ? 0 : MARGIN / 2
  for (const [index, row] of cells.entries()) {
    const isHeader = hasHeader && index === 0
    const top = y + PADDING + (isHeader ? 3 : 0)
    let lines = 1
    let x = MARGIN
    const texts: Mark[] = []
    for (const [column, width] of widths.entries()) {
      const laidOut = layOut(row[column] ?? [], width, measure)
      const align = table.align?.[column]
      texts.push(...placeLines(laidOut, { x, y: top, width }, LINE, align))
      lines = Math.max(lines, laidOut.length)
      x += width + GAP
    }
    const bottom = top + lines * LINE + PADDING
    if (isHeader) {
      marks.push({
        kind: 'box',
        x: 0,
        y: 0,
        width: WIDTH,
        height: bottom,
        fill: colours.tinted.fill,
      })
      marks.push({
        kind: 'box',
        x: 0,
        y: bottom - 2,
        width: WIDTH,
        height: 2,
        fill: colours.plain.mark,
      })
    } else if (index < cells.length - 1) {
      const ends = { from: [MARGIN, bottom], to: [WIDTH - MARGIN, bottom] } as const
      marks.push({ kind: 'stroke', ...ends, colour: colours.hairline, width: 1 })
    }
    marks.push(...texts)
    y = bottom
  }
  return { height: Math.ceil(y - PADDING + BELOW), fill: colours.plain.fill, marks }
}

function headerRuns(cell: DrawnCell, { tinted, code }: Colours): StyledRun[] {
  const base: TextStyle = { size: HEADER_SIZE, weight: 600, colour: tinted.accent }
  return styled(cell, base, { colour: code.text, fill: code.fill })
}

/** The first column names its row. */
function cellRuns(cell: DrawnCell, column: number, { plain, code }: Colours): StyledRun[] {
  const base: TextStyle = { size: SIZE, weight: column === 0 ? 600 : 400, colour: plain.text }
  return styled(cell, base, { colour: code.text, fill: code.fill })
}

function isBlank(cell: DrawnCell): boolean {
  return cell.every(({ text }) => text.trim() === '')
}

function withEqualRows(table: TableDrawing): TableDrawing {
  const columns = Math.max(1, ...table.rows.map(row => row.length))
  const rows = table.rows.map(row =>
    Array.from({ length: columns }, (_, index) => row[index] ?? []),
  )
  return { ...table, rows }
}
