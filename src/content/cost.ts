import { NODES, TOO_MANY } from './body.ts'
import type { Problem } from './problem.ts'

/**
 * Most underlined headings, separate quotes and nested lists of a file. The parser copies everything before
 * each of them, so the time grows with their square: 1000 take about 0.5 s, and 16,000 take a minute.
 */
const COPIES = 1000

const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/
const UNDERLINE = /^ {0,3}(?:=+|-+)[ \t]*$/
/** The marks of quotes and lists that begin a line. */
const PREFIX = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t])))*/

/** Finds the line from which on a file takes too long to parse. Reads each line once. Pure. */
export function checkCost(source: string): Omit<Problem, 'file'> | undefined {
  let copies = 0
  let nodes = 0
  let fence = ''
  let itemIndent = 0
  let before = ''
  for (const [index, text] of source.split(/\r?\n/).entries()) {
    const line = index + 1
    const mark = FENCE.exec(text)?.[1] ?? ''
    if (fence === '') {
      const prefix = PREFIX.exec(text)?.[0] ?? ''
      const isItem = /[^>\s]/.test(prefix)
      const isQuote = prefix.includes('>') && (isItem || !before.includes('>'))
      const indent = text.search(/\S|$/)
      const isEnd = isItem && indent < itemIndent
      if (isQuote || isEnd || (UNDERLINE.test(text) && before.trim() !== '')) copies += 1
      if (isItem) itemIndent = indent
      // The fewest nodes: an item, a paragraph and its text.
      const isBlock = isItem || (text.trim() !== '' && before.trim() === '')
      const isText = /^[\p{L}\p{N}]/u.test(text.slice(prefix.length).trimStart())
      if (isBlock) nodes += (isItem ? 1 : 0) + (isText ? 2 : 1)
      fence = mark
    } else if (mark.startsWith(fence) && text.trim() === mark) fence = ''
    before = text
    if (copies > COPIES) {
      const message = `This file has more than ${COPIES} underlined headings, quotes and nested lists.`
      return { line, message, fix: 'Split it up.' }
    }
    if (nodes > NODES) return { line, ...TOO_MANY }
  }
  return undefined
}
