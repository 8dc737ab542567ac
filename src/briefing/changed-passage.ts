import type { PhrasingContent } from 'mdast'
import { cutSpans, lettersOf, type Span } from '../content/spans.ts'
import { changedWords, replacedText, shownSpans } from './changed-cell.ts'
import { wordEdge } from './word-edge.ts'

/** Most UTF-16 units of a passage in a line: two lines on a phone. */
const LENGTH = 100

/** Most UTF-16 units of unchanged text on each side of a change. */
const CONTEXT = 40

/** Shows a rewritten passage as {@link changedCell} does, without the text that is far from a change. Pure. */
export function rewrittenPassage(from: readonly Span[], to: readonly Span[]): PhrasingContent[] {
  const words = changedWords(from, to)
  if (words) {
    const last = words.length - 1
    return words.map((node, index) =>
      node.type === 'text' ? { ...node, value: around(node.value, index > 0, index < last) } : node,
    )
  }
  const start = Math.max(0, firstDifference(from, to) - CONTEXT)
  return replacedText(excerpt(from, start), excerpt(to, start))
}

/** Shows the beginning of a passage. Pure. */
export function passageStart(spans: readonly Span[]): PhrasingContent[] {
  return shownSpans(excerpt(spans, 0))
}

/** Cuts unchanged text to the parts beside the changes that follow or precede it. */
function around(text: string, isAfter: boolean, isBefore: boolean): string {
  const head = isAfter ? wordEdge(text, CONTEXT, 1) : 0
  const tail = isBefore ? wordEdge(text, text.length - CONTEXT, 1) : text.length
  return tail - head > CONTEXT && (isAfter || isBefore)
    ? `${text.slice(0, head).trimEnd()}…${text.slice(tail)}`
    : text
}

/** Returns the index, in UTF-16 units, of the first letter that differs in itself or in its marks; the kind of a blank does not count. */
function firstDifference(from: readonly Span[], to: readonly Span[]): number {
  const [before, after] = [lettersWithMarks(from), lettersWithMarks(to)]
  const first = after.findIndex((letter, at) => letter !== before[at])
  return first === -1 ? Math.min(before.length, after.length) : first
}

function lettersWithMarks(spans: readonly Span[]): string[] {
  return spans.flatMap(({ text, struck, url }) =>
    text
      .replace(/\s/g, ' ')
      .split('')
      .map(letter => `${letter}${struck ?? ''}${url ?? ''}`),
  )
}

/** Cuts a text to a line from an index on. */
function excerpt(spans: readonly Span[], from: number): Span[] {
  const letters = lettersOf(spans)
  const start = from > 0 ? wordEdge(letters, from, 1) : 0
  const last =
    letters.length - start > LENGTH ? wordEdge(letters, start + LENGTH, start + 1) : letters.length
  const end = letters.slice(0, last).trimEnd().length
  const [, shown = []] = cutSpans(spans, [start, end])
  return [
    ...(start > 0 ? [{ text: '…' }] : []),
    ...shown,
    ...(last < letters.length ? [{ text: '…' }] : []),
  ]
}
