import createBidi, { type Bidi } from 'bidi-js'
import type { DrawnRun } from '../picture.ts'
import { type FontStyle, isInEmojiFont, isInTextFont } from './fonts.ts'

export interface TextStyle extends FontStyle {
  readonly colour: string
  readonly isStruck?: boolean
  /** The colour behind the text. */
  readonly fill?: string
}

export interface StyledRun {
  readonly text: string
  readonly style: TextStyle
}

/** A stretch of a line in one style and one direction, as wide as it is drawn. */
export interface Piece extends StyledRun {
  readonly isEmoji: boolean
  /** The level of the bidirectional algorithm (UAX #9): odd levels run from right to left. */
  readonly level: number
  readonly width: number
}

/** A line of a text: its pieces from left to right. */
export interface Line {
  readonly pieces: readonly Piece[]
  readonly width: number
  /** Whether the first letter with a direction in its paragraph runs from right to left. */
  readonly isRightToLeft: boolean
}

/** Returns the width of a text in CSS pixels. */
export type Measure = (piece: Omit<Piece, 'width'>) => number

// The types are those of an ES module. Node loads a CommonJS module, which is the function itself.
const bidi = (createBidi as unknown as () => Bidi)()
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** A letter, mark or control that can give a text a direction from right to left. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u202b\u202e\u2067\u2068]/u

/** A part of a grapheme that asks for an emoji: a character that is one, a selector, or a keycap. */
const EMOJI = /\p{Emoji_Presentation}|[\ufe0f\u20e3]/u

/** Emoji that the font draws in a dark grey, which is lost on a dark theme. */
const GREY_EMOJI = /^[©®™〰➰➿➕➖➗✔✖♾]/u

/** The key of a keyboard with a digit: the emoji font has no form for it. */
const KEYCAP = /([0-9#*])\ufe0f?\u20e3/

/**
 * The blocks of Chinese and Japanese, which are written without blanks: a line breaks between any two letters. Properties
 * of Unicode would say the same in a regular expression that takes 50 ms to compile.
 */
const UNSPACED =
  '\\u2e80-\\u312f\\u3190-\\ua4cf\\uf900-\\ufaff\\ufe30-\\ufe4f\\uff01-\\uff60\\u{20000}-\\u{3ffff}'

/**
 * A stretch without a place to break, or the blank behind it: an unspaced letter with its opening and closing marks, or a
 * word up to its hyphen or slash.
 */
const CHUNK = new RegExp(
  `\\p{Ps}*[${UNSPACED}][\\p{Pe}\\p{Pf}\\p{Po}\\p{M}ー]*|` +
    `[^ ${UNSPACED}]+?(?:(?<=[-/–—])(?=\\p{L})|(?=[ ${UNSPACED}])|$)| +`,
  'gu',
)

/** The blank between a number and its unit or month, where a line must not break: "4.20 m", "16 Oct". */
const UNIT_BLANK = /(?<=\d) (?=[\p{L}°µ]{1,3}(?!\p{L}))/gu

/** Prepares text for drawing: composed, without control characters, with plain blanks. Pure. */
export function drawable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\u202f\u2007]/g, '\u00a0')
    .replace(/[^\S\n\u00a0]/g, ' ')
    .replace(/[^\P{Cc}\n]|\u00ad/gu, '')
    .replace(UNIT_BLANK, '\u00a0')
}

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

/** Gives the runs of a cell a style. A keycap becomes its digit in the style of code. Pure. */
export function styled(
  runs: readonly DrawnRun[],
  base: TextStyle,
  code: Pick<TextStyle, 'colour' | 'fill'>,
): StyledRun[] {
  return runs.flatMap(run => {
    const style: TextStyle = {
      ...base,
      ...(run.bold && { weight: 600 }),
      ...(run.italic && { isItalic: true }),
      ...(run.strike && { isStruck: true }),
      ...(run.code && code),
    }
    const keycap = { ...style, ...code }
    return drawable(run.text)
      .split(KEYCAP)
      .map((text, index) => ({ text, style: index % 2 === 1 ? keycap : style }))
  })
}

type Unmeasured = Omit<Piece, 'width'>

/** A text without line ends, in stretches without a place to break. */
interface Paragraph {
  readonly chunks: readonly (readonly Unmeasured[])[]
  readonly isRightToLeft: boolean
}

function paragraphsOf(runs: readonly StyledRun[]): Paragraph[] {
  const styles = runs.flatMap(({ text, style }) => text.split('').map(() => style))
  let start = 0
  return runs
    .map(({ text }) => text)
    .join('')
    .split('\n')
    .map(text => {
      const from = start
      start += text.length + 1
      const isBidirectional = RIGHT_TO_LEFT.test(text)
      const embedding = isBidirectional ? bidi.getEmbeddingLevels(text) : undefined
      let at = 0
      const chunks = (text.match(CHUNK) ?? []).map(chunk => {
        const offset = at
        at += chunk.length
        return piecesOf(chunk, index => ({
          style: styles[from + offset + index] as TextStyle,
          level: embedding?.levels[offset + index] ?? 0,
        }))
      })
      return { chunks, isRightToLeft: (embedding?.paragraphs[0]?.level ?? 0) % 2 === 1 }
    })
}

function piecesOf(
  chunk: string,
  at: (index: number) => Pick<Unmeasured, 'style' | 'level'>,
): Unmeasured[] {
  const pieces = [...graphemes.segment(chunk)].map(({ segment, index }) => ({
    text: segment,
    ...at(index),
    isEmoji: isEmoji(segment),
  }))
  return joinAlike(pieces)
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

/** Joins neighbours of one style, direction and kind. */
function joinAlike(pieces: readonly Unmeasured[]): Unmeasured[] {
  const joined: Unmeasured[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    const isAlike =
      last?.style === piece.style && last.level === piece.level && last.isEmoji === piece.isEmoji
    if (isAlike) joined[joined.length - 1] = { ...last, text: last.text + piece.text }
    else joined.push(piece)
  }
  return joined
}

function isEmoji(grapheme: string): boolean {
  // Most graphemes are one unit of a text in an alphabet.
  if (grapheme.length === 1 && grapheme < '\u2000') return false
  const first = String.fromCodePoint(grapheme.codePointAt(0) ?? 0)
  const isPictograph = /\p{Extended_Pictographic}/u.test(grapheme)
  if (!EMOJI.test(grapheme) && !isPictograph) return false
  const isText = !EMOJI.test(grapheme) || GREY_EMOJI.test(grapheme)
  return !(isText && isInTextFont(first)) && isInEmojiFont(grapheme)
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
