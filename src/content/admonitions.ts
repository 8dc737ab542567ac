import type { Blockquote, PhrasingContent } from 'mdast'
import type { Finding } from './problem.ts'
import { distance } from './typos.ts'

/** The kinds of admonitions on GitHub and in Obsidian, by their signs. A quote begins with a line such as `[!NOTE]`. */
const KINDS = {
  ℹ️: 'NOTE INFO ABSTRACT SUMMARY TLDR QUOTE CITE EXAMPLE',
  '💡': 'TIP HINT',
  '❗': 'IMPORTANT',
  '⚠️': 'WARNING ATTENTION',
  '🛑': 'CAUTION DANGER ERROR FAILURE FAIL MISSING BUG',
  '✅': 'SUCCESS CHECK DONE',
  '❓': 'QUESTION HELP FAQ',
  '☐': 'TODO',
}
const SIGNS = new Map(
  Object.entries(KINDS).flatMap(([sign, names]) =>
    names.split(' ').map(name => [name, sign] as const),
  ),
)
const SIGN_OF_OTHERS = 'ℹ️'

/** Kinds that are written in capitals. */
const CAPITALS = ['FAQ', 'TLDR']

/**
 * The mark of an admonition: its kind, options behind a bar and a mark of folding, which Obsidian takes. The kind has
 * letters of any script.
 */
const MARK = /^\[!(?<kind>[\p{L}\p{N}][^\][|\n]{0,40})(?:\|[^\][\n]*)?\][+-]?(?:[ \t]+|(?=\n|$))/u

/**
 * Replaces the mark of an admonition by its sign, and a bold line: its title, or its kind. An escaped mark is text.
 *
 * @param source the Markdown that the positions of the quote refer to.
 */
export function markAdmonition({ children: [first, ...others] }: Blockquote, source: string): void {
  const [text] = first?.type === 'paragraph' ? first.children : []
  if (first?.type !== 'paragraph' || text?.type !== 'text') return
  const mark = MARK.exec(text.value)
  const kind = mark?.groups?.kind?.trim()
  if (!mark || kind === undefined) return
  if (!source.startsWith(mark[0].trimEnd(), first.position?.start.offset)) return
  const [title, rest] = cutLine([
    { type: 'text', value: text.value.slice(mark[0].length) },
    ...first.children.slice(1),
  ])
  const label = title.length > 0 ? title : [{ type: 'text' as const, value: labelOf(kind) }]
  const sign = SIGNS.get(kind.toUpperCase()) ?? SIGN_OF_OTHERS
  first.children = [
    { type: 'text', value: `${sign} ` },
    { type: 'strong', children: label },
    ...(rest.length > 0 ? [{ type: 'break' as const }, ...rest] : []),
  ]
  if (rest.length === 0 && others.length > 0) first.data = { leads: true }
}

/** Most letters of a kind that are wrong, missing or too many, for a warning. */
const TYPOS = 2
/** Fewest letters of a kind that may have typos. Shorter ones are near to others. */
const LETTERS = 4

/** Warns of an admonition whose kind is near to a known one. Pure. */
export function* checkAdmonition({ children: [first] }: Blockquote): Generator<Finding> {
  const [text] = first?.type === 'paragraph' ? first.children : []
  const kind = (text?.type === 'text' && MARK.exec(text.value)?.groups?.kind?.trim()) || ''
  const name = kind.toUpperCase()
  if (SIGNS.has(name) || name.length < LETTERS) return
  const near = [...SIGNS.keys()]
    .map(known => ({ known, edits: distance(name, known) }))
    .sort((a, b) => a.edits - b.edits)
    .find(({ known, edits }) => edits <= TYPOS && edits < known.length / 2)
  if (!near) return
  const message = `\`[!${kind}]\` is no known kind of callout.`
  const fix = `Did you mean \`[!${near.known}]\`?`
  yield { line: first?.position?.start.line ?? 1, message, fix, isWarning: true }
}

function labelOf(kind: string): string {
  const name = kind.toUpperCase()
  if (CAPITALS.includes(name)) return name
  const words = kind.toLowerCase().replace(/[-_\s]+/g, ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

/** Splits nodes at their first line break, and drops the break. The first line has no bold in it, because it becomes bold itself. */
function cutLine(nodes: readonly PhrasingContent[]): [PhrasingContent[], PhrasingContent[]] {
  const line: PhrasingContent[] = []
  for (const [index, node] of nodes.entries()) {
    const others = nodes.slice(index + 1)
    if (node.type === 'break') return [line, others]
    const [value = '', after] = node.type === 'text' ? splitOnce(node.value) : []
    if (node.type !== 'text') line.push(...(node.type === 'strong' ? node.children : [node]))
    else if (value !== '') line.push({ ...node, value })
    if (after !== undefined) {
      return [line, after === '' ? others : [{ type: 'text', value: after }, ...others]]
    }
  }
  return [line, []]
}

function splitOnce(text: string): [string, string?] {
  const end = text.indexOf('\n')
  return end < 0 ? [text] : [text.slice(0, end).trimEnd(), text.slice(end + 1)]
}
