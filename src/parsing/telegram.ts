import type { BlockContent, PhrasingContent } from 'mdast'
import type { Loss } from '../bot.ts'
import { addressLength } from '../content/autolinks.ts'
import { nameLengthBefore } from '../content/mail-addresses.ts'
import { instant, lines, mergeTexts, type Reading } from './nodes.ts'

/** A `MessageEntity` of the Bot API: the style of a range of text. */
export interface Entity {
  readonly type: string
  /** In UTF-16 units, like `length`. */
  readonly offset: number
  readonly length: number
  /** Only in a `text_link`. */
  readonly url?: string
  /** Only in a `pre`. */
  readonly language?: string
  /** Only in a `date_time`: Unix seconds. */
  readonly unix_time?: number
}

/** An entity with its start and end, in UTF-16 units. */
interface Span {
  readonly start: number
  readonly end: number
  readonly entity: Entity
}

const QUOTES = ['blockquote', 'expandable_blockquote']

/** Types of entities that keep a style. All others become text. */
const SHOWN = new Set([
  ...['bold', 'italic', 'underline', 'strikethrough', 'code', 'pre', ...QUOTES],
  ...['text_link', 'url', 'email', 'date_time'],
])

/** The losses of entities whose words stay without their meaning. */
const LOSSES = new Map<string, Loss>([
  ['underline', 'underline'],
  ['spoiler', 'spoiler'],
  ['mention', 'mention'],
  ['text_mention', 'mention'],
  ['custom_emoji', 'emoji'],
])

/**
 * Parses a text of Telegram. Keeps every character, also those of unknown entities. Corrects entities
 * that exceed the text, split a surrogate pair, or cross another entity. Never throws. Pure.
 */
export function readEntities(text: string, entities: readonly Entity[]): Reading {
  const spans = entities
    .map(entity => spanOf(text, entity))
    .filter(({ start, end }) => start < end)
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
  const shown = spans.filter(({ entity }) => SHOWN.has(entity.type))
  const children = blocks(text, { start: 0, end: text.length }, shown)
  const lost = spans.flatMap(({ entity }) => LOSSES.get(entity.type) ?? [])
  return { body: { type: 'root', children }, lost: [...new Set(lost)] }
}

/**
 * Cuts a text before `from`, such as after a command, and removes leading blanks. Clips and shifts the
 * entities accordingly. Pure.
 */
export function shifted<E extends Entity>(
  text: string,
  entities: readonly E[],
  from: number,
): { readonly text: string; readonly entities: readonly E[] } {
  const rest = text.slice(from).trimStart()
  const start = text.length - rest.length
  const left = entities.map(entity => {
    const offset = Math.max(0, entity.offset - start)
    return { ...entity, offset, length: entity.offset + entity.length - start - offset }
  })
  return { text: rest, entities: left.filter(({ length }) => length > 0) }
}

function spanOf(text: string, entity: Entity): Span {
  const within = (unit: number) => Math.min(Math.max(Math.trunc(unit) || 0, 0), text.length)
  // An entity that splits a surrogate pair takes the whole pair.
  const isInside = (unit: number) =>
    /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(unit - 1, unit + 1))
  const [start, end] = [within(entity.offset), within(entity.offset + entity.length)]
  if (start >= end) return { start, end: start, entity }
  const range = { start: start - (isInside(start) ? 1 : 0), end: end + (isInside(end) ? 1 : 0) }
  return { ...(entity.type === 'email' ? mailRange(text, range) : range), entity }
}

/** Adds the letters and `mailto:` before a mail address and the query behind it, which Telegram leaves out of the entity. */
function mailRange(text: string, { start: found, end }: Range): Range {
  const scheme = 'mailto:'
  const start = found - nameLengthBefore(text.slice(0, found))
  const from = start - scheme.length
  if (from < 0 || text.slice(from, start).toLowerCase() !== scheme) return { start, end }
  const query = /^\?\S*/.exec(text.slice(end))?.[0] ?? ''
  return { start: from, end: end + addressLength(query) }
}

interface Range {
  readonly start: number
  readonly end: number
}

/** Clips spans to a range, and drops those outside of it. */
function clipped(spans: readonly Span[], { start, end }: Range): Span[] {
  return spans
    .map(span => ({ ...span, start: Math.max(span.start, start), end: Math.min(span.end, end) }))
    .filter(span => span.start < span.end)
}

function blocks(text: string, range: Range, spans: readonly Span[]): BlockContent[] {
  const found: BlockContent[] = []
  let at = range.start
  for (const span of spans.filter(span => isBlock(text, span))) {
    const start = Math.max(at, span.start)
    if (start >= span.end) continue
    found.push(...prose(text, { start: at, end: start }, spans))
    found.push(...block(text, { ...span, start }, spans))
    at = span.end
  }
  return [...found, ...prose(text, { start: at, end: range.end }, spans)]
}

/** Whether a span is a block. Code of several lines always is. */
function isBlock(text: string, { start, end, entity: { type } }: Span): boolean {
  if (type === 'code') return text.slice(start, end).trim().includes('\n')
  return type === 'pre' || QUOTES.includes(type)
}

function block(text: string, span: Span, spans: readonly Span[]): BlockContent[] {
  const { type, language } = span.entity
  if (!QUOTES.includes(type)) {
    const value = text.slice(span.start, span.end)
    const code = value.replace(/^\n|\n$/g, '')
    if (value.trim() === '') return []
    return [{ type: 'code', lang: language || null, value: code }]
  }
  const inner = spans.filter(({ entity }) => !QUOTES.includes(entity.type))
  const children = blocks(text, span, clipped(inner, span))
  return children.length > 0 ? [{ type: 'blockquote', children }] : []
}

/** Parses running text, in which empty lines separate paragraphs. */
function prose(text: string, range: Range, spans: readonly Span[]): BlockContent[] {
  const found: BlockContent[] = []
  let start = range.start
  const within = text.slice(range.start, range.end)
  const ends = [...within.matchAll(/\n\s*\n/g)].map(({ index }) => range.start + index)
  for (const end of [...ends, range.end]) {
    const part = text.slice(start, end)
    const trimmed = part.trim()
    const from = start + part.indexOf(trimmed)
    const paragraph = { start: from, end: from + trimmed.length }
    const children = mergeTexts(phrases(text, paragraph, clipped(spans, paragraph)))
    if (trimmed !== '') found.push({ type: 'paragraph', children })
    start = end
  }
  return found
}

/**
 * Nests spans: each contains the spans within it, and a span that crosses its end continues after it. A
 * span inside another of its type is dropped, so the depth is at most the number of types.
 */
function phrases(text: string, range: Range, spans: readonly Span[]): PhrasingContent[] {
  const found: PhrasingContent[] = []
  let at = range.start
  let rest = spans
  for (let [first] = rest; first; [first] = rest) {
    found.push(...lines(text.slice(at, first.start)))
    found.push(...phrase(text, first, clipped(rest.slice(1), first)))
    at = first.end
    rest = clipped(rest.slice(1), { start: at, end: range.end })
  }
  return [...found, ...lines(text.slice(at, range.end))]
}

function phrase(text: string, span: Span, spans: readonly Span[]): PhrasingContent[] {
  const { type, url = '', unix_time = Number.NaN } = span.entity
  const words = text.slice(span.start, span.end)
  const inner = spans.filter(({ entity }) => entity.type !== type)
  const children = (range: Range = span) => mergeTexts(phrases(text, range, clipped(inner, range)))
  const linked = (url: string, range: Range = span): PhrasingContent[] => {
    return URL.canParse(url) ? [{ type: 'link', url, children: children(range) }] : children(range)
  }
  switch (type) {
    case 'bold':
    case 'underline':
      return [{ type: 'strong', children: children() }]
    case 'italic':
      return [{ type: 'emphasis', children: children() }]
    case 'strikethrough':
      return [{ type: 'delete', children: children() }]
    case 'code':
      return [{ type: 'inlineCode', value: words }]
    case 'text_link':
      return linked(url)
    case 'url': {
      const end = span.start + addressLength(words)
      const address = text.slice(span.start, end)
      return [
        ...linked(addressOf(address), { start: span.start, end }),
        ...children({ start: end, end: span.end }),
      ]
    }
    case 'email':
      return linked(/^mailto:/i.test(words) ? words : `mailto:${words}`)
    case 'date_time': {
      const time = instant(unix_time, words)
      return time ? [time] : children()
    }
    default:
      return children()
  }
}

/**
 * Returns the address that Telegram's `url` entity means, with `https://` or `mailto:` if the text has no scheme. Empty
 * if the text is a mail address with a path.
 */
function addressOf(text: string): string {
  if (text.includes('://')) return text
  // Telegram takes a mail address with a subject, or with letters such as "é", for a name at a host.
  const [mail, path] = /^[^\s/?#:]+@[^\s/?#:]+(?:\?.*$)?(.*)/s.exec(text) ?? []
  if (mail === undefined) return `https://${text}`
  return path === '' ? `mailto:${text}` : ''
}
