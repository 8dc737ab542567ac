import { INNER } from './scene.ts'
import type { StyledRun } from './styled-text.ts'
import { type Measure, widthsOf } from './text-layout.ts'

/** Space between two columns, in CSS pixels. */
export const GAP = 14

/** Most columns of a readable table on a phone. */
const COLUMNS = 6

/** Least width of a column whose text is wider than it, in CSS pixels: about eight letters. */
const NARROWEST = 56

/** Words that are wider than this break within the word, in CSS pixels. */
const WIDEST_WORD = 120

/**
 * Returns the widths of the columns in CSS pixels, which fill the content of a picture; undefined if a column would be
 * too narrow to read. Pure.
 */
export function columnWidths(
  rows: readonly (readonly (readonly StyledRun[])[])[],
  measure: Measure,
): number[] | undefined {
  const count = rows[0]?.length ?? 0
  if (count === 0 || count > COLUMNS) return undefined
  const space = INNER - GAP * (count - 1)
  const columns = Array.from({ length: count }, (_, index) => {
    const cells = rows.map(row => widthsOf(row[index] ?? [], measure))
    const line = Math.ceil(Math.max(...cells.map(cell => cell.line)))
    const word = Math.ceil(Math.max(...cells.map(cell => cell.word)))
    return { line, least: Math.min(line, Math.max(NARROWEST, Math.min(word, WIDEST_WORD))) }
  })
  const lines = sum(columns.map(({ line }) => line))
  if (lines <= space)
    return spread(
      columns.map(({ line }) => line),
      space - lines,
    )
  const least = sum(columns.map(column => column.least))
  if (least > space) return undefined
  // Each column gets a share of the space by the width that it lacks. Long texts can wrap, so their root counts.
  const lacks = columns.map(column => Math.sqrt(column.line - column.least))
  return fill(columns, lacks, space - least)
}

/** Shares out space by the weights of the columns. No column gets more than its widest line. */
function fill(
  columns: readonly { readonly line: number; readonly least: number }[],
  lacks: readonly number[],
  free: number,
): number[] {
  const widths = columns.map(({ least }) => least)
  let rest = free
  let open = columns.map((_, index) => index)
  while (rest > 0.5 && open.length > 0) {
    const total = sum(open.map(index => lacks[index] ?? 0))
    if (total === 0) break
    const share = rest / total
    rest = 0
    for (const index of open) {
      const wanted = (widths[index] ?? 0) + share * (lacks[index] ?? 0)
      const most = columns[index]?.line ?? 0
      widths[index] = Math.min(wanted, most)
      rest += Math.max(0, wanted - most)
    }
    open = open.filter(index => (widths[index] ?? 0) < (columns[index]?.line ?? 0))
  }
  return widths.map(Math.floor)
}

/** Adds free space to all columns but the last, so that the columns stand apart and the last one begins within reach. */
function spread(widths: readonly number[], free: number): number[] {
  const between = Math.min(free / Math.max(1, widths.length), 24)
  const rest = free - between * (widths.length - 1)
  return widths.map((width, index) => width + (index < widths.length - 1 ? between : rest))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
