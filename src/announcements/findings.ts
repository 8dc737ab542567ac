import type { Nodes, Root } from 'mdast'
import { visit } from 'unist-util-visit'
import { plainText } from '../content/plain-text.ts'
import { addressesOf } from '../render/addresses.ts'
import { MONTHS } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { hiddenBehind } from './disguised-links.ts'

/** A link in a text. */
export interface FoundLink {
  readonly url: string
  readonly words: string
  /** The address as readers see it. */
  readonly shown: string
}

/** A part of a text that the moderator should check before the announcement is sent. */
export type Finding =
  /** A mention: Sitrep sends it without a ping. */
  | { readonly kind: 'mention'; readonly words: string }
  /** The words show another host than the address has, or the address looks like another one. */
  | { readonly kind: 'disguised'; readonly words: string; readonly url: string }
  /** A past date, in ISO form. */
  | { readonly kind: 'past'; readonly date: string }

/** Returns every link of a text, each once. Pure. */
export function linksIn(body: Root): FoundLink[] {
  const links = new Map<string, FoundLink>()
  const read = (node: Nodes, isStruck: boolean) => {
    if (node.type === 'link') {
      const { url, children } = node
      const text = plainText({ type: 'paragraph', children })
      const words = isStruck ? `~~${text}~~` : text
      const shown = addressesOf(url).map(each => each.text)
      links.set(`${words} ${url}`, { url, words, shown: shown.join(', ') })
    } else if ('children' in node) {
      for (const child of node.children) read(child, isStruck || node.type === 'delete')
    }
  }
  read(body, false)
  return [...links.values()]
}

/** Returns the findings in a text, the most serious first. Pure. */
export function findingsIn(body: Root, today: Temporal.PlainDate): Finding[] {
  return [...disguisedIn(body), ...pastDatesIn(body, today), ...mentionsIn(body)]
}

/** Returns a finding as a sentence for the moderator. Pure. */
export function sentenceOf(finding: Finding): string {
  const words = texts.announce
  switch (finding.kind) {
    case 'mention':
      return words.mention(finding.words)
    case 'disguised':
      return words.disguised(finding.words, finding.url)
    case 'past':
      return words.past(texts.day(finding.date))
  }
}

/** A mention, `@everyone` or `@name`, that is not part of an address. */
const MENTION = /(?<![\p{L}\p{N}._%+-])@[\p{L}\p{N}_]{2,32}/gu

function mentionsIn(body: Root): Finding[] {
  const found = new Set<string>()
  visit(body, 'text', ({ value }) => {
    for (const [words] of value.matchAll(MENTION)) found.add(words)
  })
  return [...found].map(words => ({ kind: 'mention' as const, words }))
}

function disguisedIn(body: Root): Finding[] {
  return linksIn(body).flatMap(({ words, url }) => {
    const hidden = hiddenBehind(words, url)
    return hidden === undefined ? [] : [{ kind: 'disguised' as const, words, url: hidden }]
  })
}

const MONTH = MONTHS.map(name => `${name.slice(0, 3)}(?:${name.slice(3)})?\\.?`).join('|')
const DATES = new RegExp(
  [
    '(?<iso>\\b\\d{4}-\\d{2}-\\d{2}\\b)',
    // Day, month and year with dots, as in most of Europe. Dates with slashes are ambiguous.
    '\\b(?<dd>\\d{1,2})\\. ?(?<mm>\\d{1,2})\\. ?(?<yyyy>\\d{4})\\b',
    `\\b(?<day>\\d{1,2})(?:st|nd|rd|th)? (?<month>${MONTH}),? (?<year>\\d{4})\\b`,
    `\\b(?<month2>${MONTH}) (?<day2>\\d{1,2})(?:st|nd|rd|th)?,? (?<year2>\\d{4})\\b`,
  ].join('|'),
  'giu',
)

function pastDatesIn(body: Root, today: Temporal.PlainDate): Finding[] {
  const dates = new Set<string>()
  const add = (date: Temporal.PlainDate | undefined) => {
    if (date && Temporal.PlainDate.compare(date, today) < 0) dates.add(date.toString())
  }
  visit(body, 'text', ({ value }) => {
    for (const { groups = {} } of value.matchAll(DATES)) add(dateOf(groups))
  })
  visit(body, 'time', node => {
    if ('at' in node) add(Temporal.Instant.from(node.at).toZonedDateTimeISO('UTC').toPlainDate())
  })
  return [...dates].map(date => ({ kind: 'past' as const, date }))
}

function dateOf(found: Record<string, string | undefined>): Temporal.PlainDate | undefined {
  const { iso, day = found.day2, month = found.month2, year = found.year2 } = found
  const letters = (month ?? '').slice(0, 3).toLowerCase()
  const number = 1 + MONTHS.findIndex(name => name.toLowerCase().startsWith(letters))
  try {
    if (iso) return Temporal.PlainDate.from(iso)
    if (found.yyyy) {
      const numbers = { year: Number(found.yyyy), month: Number(found.mm), day: Number(found.dd) }
      return Temporal.PlainDate.from(numbers, { overflow: 'reject' })
    }
    const date = { year: Number(year), month: number, day: Number(day) }
    return Temporal.PlainDate.from(date, { overflow: 'reject' })
  } catch {
    // The numbers are no date, for example day 31 of a short month.
    return undefined
  }
}
