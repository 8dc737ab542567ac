/**
 * A block of a Discord message. Unlike in CommonMark, a block ends with its line, and quotes do not nest.
 */
export type Lines =
  | { readonly kind: 'text' | 'small' | 'quote'; readonly source: string }
  | { readonly kind: 'heading'; readonly depth: 1 | 2 | 3; readonly source: string }
  | { readonly kind: 'code'; readonly language: string; readonly source: string }
  | Item

/** An item of a list. */
export interface Item {
  readonly kind: 'item'
  /** Blanks before the marker. */
  readonly indent: number
  /** The number of the item; absent in a list without numbers. */
  readonly number?: number
  /** Whether the line above is empty. */
  readonly apart: boolean
  readonly source: string
}

/** A code block. Three backticks open it anywhere in a line, if three others close it. */
const FENCE = /([^\n`]*)(?<!\\)```(?:([\w+.#-]+)\n|\n)?([\s\S]*?)\n?```/y

const HEADING = /^ *(#{1,3})[ \t]+(\S.*)$/
const SMALL = /^ *-#[ \t]+(\S.*)$/
const ITEM = /^([ \t]*)(?:[-*]|(\d{1,9})\.)[ \t]+(\S.*)$/
const QUOTE = /^ *> /
const QUOTE_ON = /^ *>(?: |$)/
const QUOTE_REST = /^ *>>> /

/**
 * Splits the Markdown of a message into blocks. Pure.
 *
 * @param isQuote whether `source` is the content of a quote, in which `>` is plain text.
 */
export function readLines(source: string, isQuote = false): Lines[] {
  const found: Lines[] = []
  let blank = false
  let at = 0

  const take = (line: string) => {
    const last = found.at(-1)
    const next = readLine(line, blank)
    const continues =
      !blank && (last?.kind === 'text' || (last?.kind === 'item' && /^\s/.test(line)))
    if (next.kind === 'text' && continues) {
      found[found.length - 1] = { ...last, source: `${last.source}\n${line}` }
    } else if (line.trim() !== '') found.push(next)
    blank = line.trim() === ''
  }

  const endOfLine = () => {
    const end = source.indexOf('\n', at)
    return end < 0 ? source.length : end
  }

  while (at < source.length) {
    const line = source.slice(at, endOfLine())
    if (!isQuote && QUOTE_REST.test(line)) {
      found.push({ kind: 'quote', source: source.slice(at).replace(QUOTE_REST, '') })
      break
    }
    if (!isQuote && QUOTE.test(line)) {
      const quoted: string[] = []
      for (let next = line; QUOTE_ON.test(next); next = source.slice(at, endOfLine())) {
        quoted.push(next.replace(QUOTE_ON, ''))
        at = endOfLine() + 1
      }
      found.push({ kind: 'quote', source: quoted.join('\n') })
      blank = false
      continue
    }
    FENCE.lastIndex = at
    const fence = line.includes('```') ? FENCE.exec(source) : null
    const [all = '', before = '', language = '', code = ''] = fence ?? []
    if (code.trim() !== '') {
      if (before.trim() !== '') take(before)
      found.push({ kind: 'code', language, source: code })
      blank = false
      at += all.length
      continue
    }
    take(line)
    at = endOfLine() + 1
  }
  return found
}

function readLine(line: string, apart: boolean): Exclude<Lines, { kind: 'quote' | 'code' }> {
  const [, marks, title] = HEADING.exec(line) ?? []
  if (marks && title) {
    const depth = marks.length === 1 ? 1 : marks.length === 2 ? 2 : 3
    return { kind: 'heading', depth, source: title }
  }
  const [, small] = SMALL.exec(line) ?? []
  if (small) return { kind: 'small', source: small }
  const [, blanks = '', number, text] = ITEM.exec(line) ?? []
  if (text) {
    const indent = blanks.replaceAll('\t', '    ').length
    return { kind: 'item', indent, ...(number && { number: Number(number) }), apart, source: text }
  }
  return { kind: 'text', source: line }
}
