import { diffWords } from 'diff'
import type { PhrasingContent, Text } from 'mdast'
import { lettersOf, type Span } from '../content/spans.ts'
import { strong } from '../message.ts'
import { texts } from '../texts.ts'

/** Most changed words that are shown inside the cell. A cell with more is shown before and after. */
const WORDS = 24

/** Splits words of every script, also of those without blanks. */
const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/**
 * Shows the old and the new text of a cell: only the changed words if most words are the same, otherwise the whole old
 * text struck through and the whole new one in bold. A cell with a link, or with text that is struck through in the
 * content, is quoted instead, because its own marks carry meaning. Pure.
 */
export function changedCell(from: readonly Span[], to: readonly Span[]): PhrasingContent[] {
  return changedWords(from, to) ?? replacedText(from, to)
}

/** Returns the new text with the removed words struck through; undefined if most words have changed, or for marks. Pure. */
export function changedWords(
  from: readonly Span[],
  to: readonly Span[],
): PhrasingContent[] | undefined {
  return isMarked(from, to) ? undefined : mixed(lettersOf(from), lettersOf(to))
}

/** Shows the old text before the new one. Pure. */
export function replacedText(from: readonly Span[], to: readonly Span[]): PhrasingContent[] {
  return isMarked(from, to)
    ? between(quoted(from), quoted(to))
    : between(removed(lettersOf(from)), added(lettersOf(to)))
}

function isMarked(from: readonly Span[], to: readonly Span[]): boolean {
  return [...from, ...to].some(({ struck, url }) => struck || url !== undefined)
}

function mixed(before: string, after: string): PhrasingContent[] | undefined {
  const parts = diffWords(before, after, { intlSegmenter: segmenter, maxEditLength: WORDS })
  const lengthOf = (kept: boolean) =>
    (parts ?? [])
      .filter(part => kept === !(part.added || part.removed))
      .reduce((sum, { value }) => sum + value.length, 0)
  if (!parts || lengthOf(true) <= lengthOf(false)) return undefined
  return parts.flatMap((part, index) => {
    const isReplaced = part.added && parts[index - 1]?.removed
    if (!part.added && !part.removed) return [plain(part.value)]
    return [...(isReplaced ? [plain(' ')] : []), ...(part.added ? added : removed)(part.value)]
  })
}

function between(before: PhrasingContent[], after: PhrasingContent[]): PhrasingContent[] {
  return before.length > 0 && after.length > 0
    ? [...before, plain(texts.changes.became), ...after]
    : [...before, ...after]
}

function removed(text: string): PhrasingContent[] {
  return marked(text, node => ({ type: 'delete', children: [node] }))
}

function added(text: string): PhrasingContent[] {
  return marked(text, node => strong(node))
}

/** Marks a text without the blanks around it. */
function marked(text: string, mark: (node: Text) => PhrasingContent): PhrasingContent[] {
  const core = text.trim()
  if (core === '') return text === '' ? [] : [plain(text)]
  const start = text.indexOf(core)
  const [blank, rest] = [text.slice(0, start), text.slice(start + core.length)]
  return [plain(blank), mark(plain(core)), plain(rest)].filter(
    node => node.type !== 'text' || node.value !== '',
  )
}

function quoted(spans: readonly Span[]): PhrasingContent[] {
  return spans.length > 0 ? [plain('“'), ...shownSpans(spans), plain('”')] : []
}

/** Returns a text with the address behind each link, because an address alone may have changed. Pure. */
export function shownSpans(spans: readonly Span[]): PhrasingContent[] {
  return spans.flatMap(({ text, struck, url }) => {
    const strike = (node: PhrasingContent): PhrasingContent =>
      struck ? { type: 'delete', children: [node] } : node
    if (url === undefined) return [strike(plain(text))]
    const address = url.replace(/^mailto:([^?]*).*/i, '$1')
    const link: PhrasingContent = { type: 'link', url, children: [plain(address)] }
    const parts = text === address ? [link] : [plain(`${text} (`), link, plain(')')]
    return parts.map(strike)
  })
}

function plain(value: string): Text {
  return { type: 'text', value }
}
