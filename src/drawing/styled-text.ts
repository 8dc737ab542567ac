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

// The types are those of an ES module. Node loads a CommonJS module, which is the function itself.
const bidi = (createBidi as unknown as () => Bidi)()
export const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

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

/** A piece before it is measured. */
export type Unmeasured = Omit<Piece, 'width'>

/** A text without line ends, in stretches without a place to break. */
export interface Paragraph {
  readonly chunks: readonly (readonly Unmeasured[])[]
  readonly isRightToLeft: boolean
}

/** Divides a text at its line ends and at its places to break. */
export function paragraphsOf(runs: readonly StyledRun[]): Paragraph[] {
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

/** Joins neighbours of one style, direction and kind. Pure. */
export function joinAlike(pieces: readonly Unmeasured[]): Unmeasured[] {
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
