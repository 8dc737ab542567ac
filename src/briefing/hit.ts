import type { PhrasingContent } from 'mdast'
import type { Found, Passage } from '../content/search.ts'
import { cutSpans, lettersOf, type Span } from '../content/spans.ts'
import { wordsIn } from '../content/words.ts'
import { strong } from '../message.ts'
import { wordEdge } from './word-edge.ts'

/** Most UTF-16 units of a passage in an answer: a long sentence. */
const HIT_LENGTH = 300

/** Most UTF-16 units before the first match in a passage that is cut. */
const BEFORE_LENGTH = 100

/** A part of a text, in UTF-16 units. */
interface Range {
  readonly from: number
  readonly to: number
}

/** A passage that was found, with its matches in bold, cut around the first of them if it is long. Pure. */
export function hit({ text, spans = [{ text }], terms }: Found<Passage>): PhrasingContent[] {
  const letters = lettersOf(spans)
  const found = new Set(terms)
  const addresses = addressesIn(spans)
  const matches = joined(
    letters,
    wordsIn(letters)
      .filter(({ word }) => found.has(word))
      .map(match => whole(match, addresses)),
  )
  const { from, to } = whole(shown(letters, matches[0]), addresses)
  const edges = [from, to, ...matches.flatMap(match => [match.from, match.to])]
  const cuts = [...new Set(edges)].filter(edge => edge >= from && edge <= to).sort((a, b) => a - b)
  const parts = cutSpans(spans, cuts).slice(1, cuts.length)
  const nodes = parts.flatMap((part, index) => {
    const at = cuts[index] ?? 0
    const isMatch = matches.some(match => match.from <= at && at < match.to)
    return part.map(({ text, struck, url }): PhrasingContent => {
      let node: PhrasingContent = { type: 'text', value: text }
      if (isMatch) node = strong(node)
      if (struck) node = { type: 'delete', children: [node] }
      return url === undefined ? node : { type: 'link', url, children: [node] }
    })
  })
  const ellipsis: PhrasingContent = { type: 'text', value: '…' }
  const isCutBefore = letters.slice(0, from).trim() !== ''
  const isCutAfter = letters.slice(to).trim() !== ''
  return [...(isCutBefore ? [ellipsis] : []), ...nodes, ...(isCutAfter ? [ellipsis] : [])]
}

/** Returns the ranges of links of one word, such as addresses, which have to stay whole. */
function addressesIn(spans: readonly Span[]): Range[] {
  let to = 0
  return spans.flatMap(({ text, url }) => {
    const from = to
    to += text.length
    return url === undefined || /\s/.test(text) || text.length > HIT_LENGTH ? [] : [{ from, to }]
  })
}

/** Widens a range to the addresses that it cuts. */
function whole({ from, to }: Range, addresses: readonly Range[]): Range {
  const cut = addresses.filter(address => address.from < to && from < address.to)
  return {
    from: Math.min(from, ...cut.map(address => address.from)),
    to: Math.max(to, ...cut.map(address => address.to)),
  }
}

/** Joins ranges that overlap, or that only blanks part. Pairs of letters in scripts without blanks overlap. */
function joined(text: string, ranges: readonly Range[]): Range[] {
  const found: Range[] = []
  for (const range of ranges) {
    const last = found.at(-1)
    if (last && text.slice(last.to, range.from).trim() === '')
      found[found.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
    else found.push(range)
  }
  return found
}

/** The part of a text that a hit shows: all of it, or the part around a match. */
function shown(text: string, match: Range = { from: 0, to: 0 }): Range {
  const start = text.search(/\S|$/)
  const end = text.trimEnd().length
  if (end - start <= HIT_LENGTH) return { from: start, to: end }
  const room = HIT_LENGTH - 2
  const first = Math.min(match.from - BEFORE_LENGTH, end - room)
  const cut = first <= start ? start : wordEdge(text, first, first - BEFORE_LENGTH / 2)
  const from = cut === start ? start : cut + (CLOSED.exec(text.slice(cut))?.[0].length ?? 0)
  const last = from + room
  if (last >= end) return { from, to: end }
  const to = wordEdge(text, last, Math.min(match.to, last))
  return { from, to: from + text.slice(from, to).replace(OPEN, '').length }
}

/** Blanks and opening brackets and quotes at the end of a text: what they open was cut. */
const OPEN = /(?:[\s\p{Ps}\p{Pi}]|(?<=[\s\p{Ps}\p{Pi}])["'])+$/u
/** Blanks and marks at the start of a text that end what was cut. */
const CLOSED = /^[\s\p{Pe}\p{Pf}.,;:!?…、。，；：！？]+/u
