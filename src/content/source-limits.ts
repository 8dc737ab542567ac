import type { Finding } from './problem.ts'

/** Most levels of nesting. A tree of this depth is safe to visit by recursion. */
export const DEPTH = 20

export const TOO_DEEP = {
  message: `This is nested more than ${DEPTH} levels deep.`,
  fix: 'Nest it less deeply.',
}

/**
 * Most marks of emphasis, brackets and tildes behind a character in a paragraph or a row of a table. The time to parse
 * them grows with their square. A tilde behind a blank closes nothing, so it costs little.
 */
const MARKS = 2000
const COUNTED = /[*_[\]]|(?<=[^\s~])~+/g

/**
 * Finds text that the parser would need minutes for, because the thread answers no request while it
 * parses. Code, rules, and the lines below headings and in tables nest nothing. Pure.
 */
export function checkSource(source: string): Finding | undefined {
  let marks = 0
  for (const { line, kind, levels, rest, begins, isTable } of readLines(source)) {
    if (kind === 'code') {
      marks = 0
      continue
    }
    if (kind === 'block' && levels > DEPTH) return { line, ...TOO_DEEP }
    // Each row of a table is parsed on its own, and so is each item of a list.
    if (begins || isTable) marks = 0
    marks += rest.match(COUNTED)?.length ?? 0
    if (marks > MARKS) {
      const message = `This ${isTable ? 'row' : 'paragraph'} has more than ${MARKS} of the marks * _ [ ] ~.`
      const fix = isTable ? 'Divide it into several rows.' : 'Divide it with empty lines.'
      return { line, message, fix }
    }
  }
  return undefined
}

interface SourceLine extends Opening {
  /** Line number, counted from 1. */
  readonly line: number
  readonly text: string
  readonly kind: LineKind
  /** Whether the line ends the paragraph or table above: it is empty, an item of a list, a heading or a rule. */
  readonly begins: boolean
  /** Whether the line belongs to a table, below its header. */
  readonly isTable: boolean
}

/** Reads the lines of a text in their order, each with its kind. Pure. */
export function* readLines(source: string): Generator<SourceLine> {
  const kindOf = lineReader()
  let isTable = false
  let above = ''
  for (const [index, text] of source.split(/\r?\n/).entries()) {
    const opened = opening(text)
    const { items, rest } = opened
    const kind = kindOf(text, opened)
    const begins = rest === '' || items > 0 || HEADING.test(rest) || RULE.test(rest)
    isTable = kind !== 'code' && !begins && (isTable || isTableRule(rest, above))
    above = kind === 'code' ? '' : rest
    yield { ...opened, line: index + 1, text, kind, begins, isTable }
  }
}

/** Whether a line divides the header `above` from the rows of a table. */
function isTableRule(line: string, above: string): boolean {
  const isRule = line.includes('|') && TABLE_RULE.test(line)
  return isRule && cellsOf(line).length === cellsOf(above).length
}

/** The cells of a row of a table. Pure. */
export function cellsOf(row: string): string[] {
  return row.replace(/^\||(?<!\\)\|$/g, '').split(/(?<!\\)\|/)
}

const RULE = /^([-*_])(?:[ \t]*\1){2,}$/
const HEADING = /^#{1,6}(?:[ \t]|$)/
const FENCE = /^(?:`{3,}(?=[^`]*$)|~{3,})/
const TABLE_RULE = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$/

/** The mark of a quote, or of an item of a list: with a blank or the line's end behind it. */
const MARK = /^(?:(>)|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$))/

/** The beginning of a line. */
interface Opening {
  /** Marks of quotes and items at the beginning; at most one more than {@link DEPTH} is counted. */
  readonly levels: number
  readonly quotes: number
  readonly items: number
  /** Columns before the text, from the beginning of the line. */
  readonly column: number
  /** Blank columns before the first mark or the text. */
  readonly margin: number
  /** Blank columns between the last mark and the text. */
  readonly indent: number
  /** The text behind the marks, without blanks at its ends. */
  readonly rest: string
}

function opening(line: string): Opening {
  let [levels, quotes, items, column, rest] = [0, 0, 0, 0, line]
  let margin: number | undefined
  for (;;) {
    const text = rest.trimStart()
    const indent = columns(rest.slice(0, rest.length - text.length))
    column += indent
    margin ??= indent
    const isIndented = levels > 0 && indent > 4
    const mark = isIndented || RULE.test(text.trimEnd()) ? undefined : MARK.exec(text)
    if (!mark || levels > DEPTH) {
      return { levels, quotes, items, column, margin, indent, rest: text.trimEnd() }
    }
    levels += 1
    if (mark[1]) quotes += 1
    else items += 1
    column += mark[0].length
    rest = text.slice(mark[0].length)
  }
}

/** Width of blanks; a tab reaches to the next multiple of four. */
function columns(blanks: string): number {
  let width = 0
  for (const blank of blanks) width += blank === '\t' ? 4 - (width % 4) : 1
  return width
}

/** A line of code, a line that continues a paragraph whatever its marks are, or any other line. */
type LineKind = 'code' | 'continued' | 'block'

/** Returns a function that takes the lines of a text in their order, and returns the kind of each. */
function lineReader(): (line: string, opening: Opening) => LineKind {
  let fence:
    | { readonly marks: string; readonly quotes: number; readonly column: number }
    | undefined
  let isAfterBlank = true
  // Below an item of a list, an indented line belongs to the item.
  let isInList = false

  return (line, { levels, quotes, items, column, margin, indent, rest }) => {
    if (fence) {
      const [before = '', inside = ''] = splitAfter(line, fence.quotes)
      const isQuoted = before.split('>').length > fence.quotes
      const isIndented = inside === '' || fence.quotes > 0 || columns(before) >= fence.column
      if (isQuoted && isIndented) {
        if (/^(?:`+|~+)$/.test(inside) && inside.startsWith(fence.marks)) fence = undefined
        return 'code'
      }
      fence = undefined
      isAfterBlank = true
    }
    const wasAfterBlank = isAfterBlank
    isAfterBlank = rest === ''
    if (margin > 3 && !isInList) {
      // The next indented line is code as well.
      isAfterBlank ||= wasAfterBlank
      return wasAfterBlank ? 'code' : 'continued'
    }
    const begins = wasAfterBlank || RULE.test(rest) || HEADING.test(rest) || FENCE.test(rest)
    if (items > 0) isInList = true
    else if (rest !== '' && margin === 0 && begins) isInList = false
    if (levels > 0 && indent > 4) return 'code'
    const marks = FENCE.exec(rest)?.[0]
    if (!marks) return 'block'
    fence = { marks, quotes, column: items > 0 || isInList ? column : 0 }
    isAfterBlank = true
    return 'code'
  }
}

/** Splits a line behind the blanks and at most `quotes` marks of quotes at its beginning. */
function splitAfter(line: string, quotes: number): [string, string] {
  const [before = ''] = new RegExp(`^(?:[ \\t]*>){0,${quotes}}[ \\t]*`).exec(line) ?? []
  return [before, line.slice(before.length).trimEnd()]
}
