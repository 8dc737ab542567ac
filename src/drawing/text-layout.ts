import {
  graphemes,
  joinAlike,
  type Piece,
  paragraphsOf,
  type StyledRun,
  type Unmeasured,
} from './styled-text.ts'

/** A line of a text: its pieces from left to right. */
export interface Line {
  readonly pieces: readonly Piece[]
  readonly width: number
  /** Whether the first letter with a direction in its paragraph runs from right to left. */
  readonly isRightToLeft: boolean
}

/** Returns the width of a text in CSS pixels. */
export type Measure = (piece: Unmeasured) => number

/**
 * Breaks a text into lines that are at most `width` CSS pixels wide: between words, and within a word that is wider
 * alone.
 */
export function layOut(runs: readonly StyledRun[], width: number, measure: Measure): Line[] {
  return paragraphsOf(runs).flatMap(({ chunks, isRightToLeft }) => {
    const lines: Piece[][] = []
    let line: Piece[] = []
    let used = 0
    for (const chunk of chunks) {
      let pieces = measured(chunk, measure)
      if (used === 0 && isBlank(pieces)) continue
      if (used > 0 && used + widthOf(pieces) > width && !isBlank(pieces)) {
        lines.push(line)
        line = []
        used = 0
      }
      while (used === 0 && widthOf(pieces) > width) {
        const [first, rest] = split(pieces, width, measure)
        if (rest.length === 0) break
        lines.push(first)
        pieces = rest
      }
      line.push(...pieces)
      used += widthOf(pieces)
    }
    return [...lines, line].map(each => lineOf(each, isRightToLeft, measure))
  })
}

/** Returns the width of the widest word and of the widest line of a text, in CSS pixels. */
export function widthsOf(
  runs: readonly StyledRun[],
  measure: Measure,
): { readonly word: number; readonly line: number } {
  const paragraphs = paragraphsOf(runs).map(({ chunks }) =>
    chunks.map(chunk => widthOf(measured(chunk, measure))),
  )
  return {
    word: Math.max(0, ...paragraphs.flat()),
    line: Math.max(0, ...paragraphs.map(widths => widths.reduce((sum, width) => sum + width, 0))),
  }
}

function measured(pieces: readonly Unmeasured[], measure: Measure): Piece[] {
  return pieces.map(piece => ({ ...piece, width: measure(piece) }))
}

function widthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { width }) => sum + width, 0)
}

function isBlank(pieces: readonly Piece[]): boolean {
  return pieces.every(({ text }) => text.trim() === '')
}

/** Splits a word into the graphemes that fit into a line, at least one, and the rest. */
function split(
  pieces: readonly Piece[],
  width: number,
  measure: Measure,
): readonly [first: Piece[], rest: Piece[]] {
  const first: Piece[] = []
  let free = width
  for (const [index, piece] of pieces.entries()) {
    if (piece.width <= free) {
      first.push(piece)
      free -= piece.width
      continue
    }
    const segments = [...graphemes.segment(piece.text)].map(({ segment }) => segment)
    const part = (from: number, to: number) => {
      const text = segments.slice(from, to).join('')
      return { ...piece, text, width: measure({ ...piece, text }) }
    }
    let count = 0
    while (count < segments.length && part(0, count + 1).width <= free) count += 1
    if (count === 0 && first.length === 0) count = 1
    if (count > 0) first.push(part(0, count))
    const rest = count < segments.length ? [part(count, segments.length)] : []
    return [first, [...rest, ...pieces.slice(index + 1)]]
  }
  return [first, []]
}

/** Makes a line of pieces in reading order, without the blanks at its ends. */
function lineOf(pieces: readonly Piece[], isRightToLeft: boolean, measure: Measure): Line {
  const isText = ({ text }: Piece) => text.trim() !== ''
  const trimmed = pieces.slice(pieces.findIndex(isText), pieces.findLastIndex(isText) + 1)
  // A measure of the whole line counts the kerning between words.
  const whole = measured(joinAlike(pieces.some(isText) ? trimmed : []), measure)
  return { pieces: ordered(whole), width: widthOf(whole), isRightToLeft }
}

/** Orders pieces from left to right: rule L2 of the bidirectional algorithm (UAX #9). */
function ordered<T extends { readonly level: number }>(pieces: readonly T[]): T[] {
  const order = [...pieces]
  const highest = Math.max(0, ...order.map(({ level }) => level))
  for (let level = highest; level > 0; level--) {
    for (let start = 0; start < order.length; start++) {
      let end = start
      while ((order[end]?.level ?? -1) >= level) end += 1
      if (end > start + 1) order.splice(start, end - start, ...order.slice(start, end).reverse())
      start = Math.max(start, end)
    }
  }
  return order
}
