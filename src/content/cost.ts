import { NODES, TOO_MANY } from './body.ts'
import type { Finding } from './problem.ts'
import { cellsOf, readLines } from './source-limits.ts'

/**
 * Most underlined headings, separate quotes, nested lists and notes of a file. The parser copies everything before
 * each of them, so the time grows with their square: 1000 take about 0.5 s, and 16,000 take a minute.
 */
const COPIES = 1000

const UNDERLINE = /^ {0,3}(?:=+|-+)[ \t]*$/
const NOTE = /^ {0,3}\[\^[^\]]+\]:/
/** The marks of quotes and lists that begin a line. */
const PREFIX = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t])))*/

/** A text at the beginning of a block or a cell, in its mark of a heading, a task or a style. */
const TEXT = /^\s*(?:#{1,6}[ \t]+|\[[ xX]\][ \t]+)?(?:[*_]{1,3}|~~|`)?[\p{L}\p{N}]/u

/** Finds the line from which on a file takes too long to parse. Reads each line once. Pure. */
export function checkCost(source: string): Finding | undefined {
  let copies = 0
  let nodes = 0
  let itemIndent = 0
  let before = ''
  for (const { line, text, kind, rest, isTable } of readLines(source)) {
    if (kind !== 'code') {
      const prefix = PREFIX.exec(text)?.[0] ?? ''
      const isItem = /[^>\s]/.test(prefix)
      const isQuote = prefix.includes('>') && (isItem || !before.includes('>'))
      const indent = text.search(/\S|$/)
      const isEnd = isItem && indent < itemIndent
      const isUnderline = UNDERLINE.test(text) && before.trim() !== ''
      if (isQuote || isEnd || isUnderline || NOTE.test(text)) copies += 1
      if (isItem) itemIndent = indent
      // The fewest nodes: an item, a paragraph and its text; a row, its cells and their texts.
      const isBlock = isItem || (text.trim() !== '' && before.trim() === '')
      const texts = isTable ? cellsOf(rest) : isBlock ? [text.slice(prefix.length)] : []
      for (const each of texts) nodes += TEXT.test(each) ? 2 : 1
      if (isItem || isTable) nodes += 1
    }
    before = text
    if (copies > COPIES) {
      const message = `This file has more than ${COPIES} underlined headings, quotes, nested lists and notes.`
      return { line, message, fix: 'Split it up.' }
    }
    if (nodes > NODES) return { line, ...TOO_MANY }
  }
  return undefined
}
