import type { Finding } from './problem.ts'
import { DEPTH, TOO_DEEP } from './source-limits.ts'

/** Marks of lists and keys, names and types that begin a line: `- `, `? `, `: `, `&a `, `!a `. */
const MARKS = /^[ \t]*(?:(?:[-?:]|[&!]\S*)(?=[ \t]|$)[ \t]*)*/

/** A bracket that begins a value, behind names and types of YAML. */
const OPENS = /(?:^|[:?-])\s*(?:[&!]\S{0,40}\s+){0,3}[[{]/

/** A text in quotes, or the rest of the line behind a quote that is open. */
const QUOTED = /"[^"\\]*(?:\\.[^"\\]*)*"?|'[^']*'?/g

/**
 * Finds the line from which on YAML is nested deeper than {@link DEPTH}, because its parser takes minutes or fails.
 * Counts columns and brackets, and reads each line once. Pure.
 */
export function checkYaml(text: string): Finding | undefined {
  const columns: number[] = []
  let brackets = 0
  for (const [index, raw] of text.split(/\r\n|[\r\n]/).entries()) {
    const line = raw.replace(QUOTED, '').replace(/(?:^|[ \t])#.*$/, '')
    const [marks = ''] = MARKS.exec(line) ?? []
    if (line.trim() === '') continue
    for (const column of [...marks.matchAll(/\S+/g)].map(mark => mark.index).concat(marks.length)) {
      while ((columns.at(-1) ?? -1) >= column) columns.pop()
      columns.push(column)
    }
    if (brackets > 0 || OPENS.test(line)) {
      for (const [mark] of line.matchAll(/[[\]{}]/g)) {
        brackets = Math.max(0, brackets + (mark === '[' || mark === '{' ? 1 : -1))
        if (brackets > DEPTH) return { line: index + 1, ...TOO_DEEP }
      }
    }
    if (columns.length > DEPTH) return { line: index + 1, ...TOO_DEEP }
  }
  return undefined
}
