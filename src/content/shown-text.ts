import type { Nodes } from 'mdast'
import { isLinkable, isLocalAddress } from './local-links.ts'
import type { Finding } from './problem.ts'
import { BARE, COMMENTS, comment, TYPED } from './typed-marks.ts'
import { has } from './walk.ts'

/** Stands for the code, addresses and escaped characters of a paragraph's source. */
const OTHER = '\u0000'

/**
 * Finds marks in a paragraph, a heading or a cell that readers would see although the editor meant
 * them as Markdown. Pure.
 */
export function* checkText(block: Nodes, source: string): Generator<Finding> {
  const { start, end } = block.position ?? {}
  if (!start || !end) return
  const raw = source.slice(start.offset, end.offset)
  // Most texts have none of these marks, and need no closer look.
  if (!/[*~:{%<`$_]|\] ?[[(]|\)\[|\[\^|\[\[|==|\^\[|[a-z\d]\.[a-z]/.test(raw)) return
  const shown = textIn(block, raw, start.offset ?? 0)
  const lineOf = lineCounter(shown, start.line)
  for (const [pattern, explain] of PATTERNS) {
    for (const { 0: found, index } of shown.matchAll(pattern)) {
      const finding = explain(found, raw.slice(index))
      if (finding) yield { line: lineOf(index), ...finding }
    }
  }
  const [bare, explainBare] = BARE
  const hasLink = has(block, ({ type }) => type.startsWith('link'))
  const unlinked = hasLink ? textIn(block, raw, start.offset ?? 0, true) : shown
  for (const { 0: found, index } of unlinked.matchAll(bare)) {
    yield { line: lineOf(index), ...explainBare(found) }
  }
  const stray = [...strayMarks(shown)].map(({ from, to }) => ({
    line: lineOf(from),
    words: quoted(raw.slice(from, to)),
  }))
  const open = openMark(shown)
  if (open && stray.length === 0) {
    yield { line: lineOf(open.index), ...explainOpen(open.mark) }
  }
  for (const [line, found] of Map.groupBy(stray, ({ line }) => line)) {
    yield { line, ...explainStray(found.map(({ words }) => words)) }
  }
}

/** Returns a function that returns the line of an index; fast if the indexes ascend. */
function lineCounter(text: string, firstLine: number): (index: number) => number {
  let [at, line] = [0, firstLine]
  return index => {
    if (index < at) [at, line] = [0, firstLine]
    line += text.slice(at, index).split('\n').length - 1
    at = index
    return line
  }
}

/** Most texts that one warning quotes. */
const QUOTED = 3
/** Longest text that a warning quotes, in code points. */
const QUOTED_LENGTH = 40

function quoted(text: string): string {
  const characters = [...text.replace(/\s+/g, ' ')]
  const isLong = characters.length > QUOTED_LENGTH
  return `\`${isLong ? `${characters.slice(0, QUOTED_LENGTH).join('')}…` : characters.join('')}\``
}

function explainStray(found: readonly string[]): Omit<Finding, 'line'> {
  const more = found.length > QUOTED ? ` and ${found.length - QUOTED} more` : ''
  const words = found.slice(0, QUOTED).join(', ') + more
  return {
    message: `These marks are shown as they are, because a letter stands beside them: ${words}.`,
    fix: 'Write blanks and punctuation outside of the marks, as in `**Note**: moved`; put a `\\` before marks that are text.',
    isWarning: true,
  }
}

type Explain = (found: string, rest: string) => Omit<Finding, 'line'> | undefined

const PATTERNS: readonly (readonly [RegExp, Explain])[] = [
  // One problem for each comment, although its end has the same marks.
  [
    new RegExp(`(?:${COMMENTS.source})(?:(?<=%%)[^%]*(?:%(?!%)[^%]*)*%%)?`, 'g'),
    found => comment(found.startsWith('%%') ? '%%' : found),
  ],
  [
    /\[[^\][]*\]\[[^\][]*\]/g,
    found => ({
      message: `\`${found}\` refers to nothing.`,
      fix: 'Add a line `[…]: https://…`, or put a `\\` before the first bracket.',
    }),
  ],
  [
    /\[\^[^\][\s]+\]/g,
    mark => ({
      message: `\`${mark}\` refers to nothing.`,
      fix: `Add a line \`${mark}: …\` with the note, or put a \`\\\` before the bracket.`,
    }),
  ],
  [
    /\]\(/g,
    (_, rest) => ({ message: 'This looks like a link but is none.', fix: fixOfLink(rest) }),
  ],
  [
    /\[[^\][\d][^\][]*\] \(|\([^()\n]+\)\[/g,
    (found, rest) => {
      const [, address = ''] =
        /^\(?\s*<?([^\s()[\]<>]+)>?[)\]]/.exec(rest.slice(found.length)) ?? []
      if (!isAddress(address)) return undefined
      const words = found.replace(/^[[(]|[\])][ ([]+$/g, '')
      const fix = `Write \`[${words}](${address})\`.`
      return { message: 'This looks like a link but is none.', fix, isWarning: true }
    },
  ],
  ...TYPED,
]

function isAddress(address: string): boolean {
  return isLinkable(address) || isLocalAddress(address)
}

/** The end of a path that is probably an image's. */
const IMAGE = /\.(?:jpe?g|png|webp)$/i

/** Returns the fix for a link that is none, whose words end where `rest` begins. */
function fixOfLink(rest: string): string {
  const [, inside] = /^\]\([ \t]*<?((?:[^()<>\n]|\([^()\n]*\))*)>?\)/.exec(rest) ?? []
  const address = inside?.trim() ?? ''
  // A title with other quotes than those of Markdown, or the words behind a command.
  const [first = ''] = address.split(/[ \t]+/)
  const hasMore =
    first !== address && (/^\S+[ \t]+["'“”„«‘‚]/.test(address) || first.startsWith('/'))
  const whole = hasMore ? first : address.replace(/[ \t]+/g, '%20')
  if (!isAddress(whole) && !IMAGE.test(whole)) {
    return 'Write `[words](address)` with a whole address, or put a `\\` before a `]` that is text.'
  }
  const reason = hasMore ? 'nothing stands behind the address' : 'an address has no blanks'
  return `Write \`(${whole})\`, because ${reason}; put a \`\\\` before a \`]\` that is text.`
}

/**
 * Returns the source of a block, of the same length, in which only its text and line ends are left.
 *
 * @param withoutLinks whether the words of links are left out too.
 */
export function textIn(block: Nodes, raw: string, offset: number, withoutLinks = false): string {
  const text = raw.includes('\\') ? raw.replace(ESCAPED, OTHER.repeat(2)) : raw
  const read = (node: Nodes, from: number, to: number): string => {
    const isShown = node === block || node.type === 'text'
    const own = (end: number) => (isShown ? text.slice(at, end) : hidden(text.slice(at, end)))
    let shown = ''
    let at = from
    const isLeaf = !('children' in node) || (withoutLinks && node.type.startsWith('link'))
    for (const child of isLeaf ? [] : node.children) {
      const { start, end } = child.position ?? {}
      // A text without a position is a part of a longer one.
      if (!start || !end) continue
      const [first, behind] = [(start.offset ?? 0) - offset, (end.offset ?? 0) - offset]
      shown += own(first) + read(child, first, behind)
      at = behind
    }
    return shown + own(to)
  }
  return read(block, 0, raw.length)
}

const ESCAPED = /\\[!-/:-@[-`{-~]/g

function hidden(text: string): string {
  return text.replace(/[^\n]/g, OTHER)
}

/** Marks that begin a style or code before a word. */
const OPENING =
  /(?<![*\p{L}\p{N}])\*\*(?=[\p{L}\p{N}])|(?<![~\p{L}\p{N}])~~(?=[\p{L}\p{N}])|(?<![_\p{L}\p{N}])_(?=\p{L}+[\s,:;!?])|(?<![`\p{L}\p{N}])`(?=[^\s`])/u

/** Finds the first mark of a text that begins a style or code, if no mark ends it. */
function openMark(shown: string): { readonly mark: string; readonly index: number } | undefined {
  const { 0: mark, index } = OPENING.exec(shown) ?? {}
  if (mark === undefined || index === undefined) return undefined
  return shown.includes(mark, index + mark.length) ? undefined : { mark, index }
}

function explainOpen(mark: string): Omit<Finding, 'line'> {
  const quoted = mark === '`' ? '`` ` ``' : `\`${mark}\``
  return {
    message: `The mark ${quoted} is shown as it is, because no mark in this paragraph ends it.`,
    fix: `Write ${quoted} behind the last word too, in each paragraph, or put a \`\\\` before it.`,
    isWarning: true,
  }
}

/** A mark of bold, italic or struck text, and the characters beside it. */
interface Mark {
  readonly marks: string
  readonly index: number
  readonly before: string
  readonly after: string
}

/**
 * Yields the places of pairs of marks that CommonMark takes for text, because a letter stands outside and
 * punctuation or a blank inside.
 */
function* strayMarks(shown: string): Generator<{ readonly from: number; readonly to: number }> {
  const marks = [...shown.matchAll(/(?<![*~])(?:\*{1,3}|~~)(?![*~])/g)].map(
    ({ 0: marks, index }): Mark => {
      const before = [...shown.slice(Math.max(0, index - 2), index)].at(-1) ?? ''
      const after = [...shown.slice(index + marks.length, index + marks.length + 2)][0] ?? ''
      return { marks, index, before, after }
    },
  )
  for (let index = 0; index < marks.length; index++) {
    const open = marks[index] as Mark
    const next = marks.findIndex((each, at) => at > index && each.marks === open.marks)
    const close = marks[next]
    if (!close) continue
    const [start, end] = [fits(open.before, open.after), fits(close.after, close.before)]
    if ((start === false && end !== undefined) || (end === false && start !== undefined)) {
      yield { from: open.index, to: close.index + close.marks.length }
      index = next
    }
  }
}

/**
 * Whether a mark between these characters is a mark of style in CommonMark. False if only the kind of the characters
 * prevents it; undefined if the editor may mean the mark as text.
 */
function fits(outside: string, inside: string): boolean | undefined {
  const isOutsideLetter = /[\p{L}\p{N}\p{M}]/u.test(outside)
  if (/[\p{L}\p{N}\p{M}]/u.test(inside)) return true
  if (isOutsideLetter) return false
  return inside.trim() === '' ? undefined : true
}
