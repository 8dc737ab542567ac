import type {
  BlockContent,
  Link,
  Nodes,
  Paragraph,
  PhrasingContent,
  Root,
  Table,
  TableRow,
} from 'mdast'
import { visit } from 'unist-util-visit'
import type { Loss } from '../bot.ts'
import { checkSource, DEPTH } from '../content/source-limits.ts'
import { TIME_STYLES, typed } from '../message.ts'
import { type Item, type Lines, readLines } from './discord-blocks.ts'
import { lists } from './discord-lists.ts'
import { inline } from './discord-syntax.ts'
import { instant, isDeeper, lines, mergeTexts, paragraphs, type Reading } from './nodes.ts'

/**
 * Names of users (`@1`), roles (`@&2`) and channels (`#3`), by the text in the brackets of a mention, and of the bot's
 * own commands by their IDs (`/4`).
 */
export type Names = Pick<ReadonlyMap<string, string>, 'get'>

/**
 * Most lines, bars (of tables and hidden text) and marks of style in a text that is parsed. The parser
 * blocks the event loop for up to 50 ms for such a text.
 */
const MOST = { '\\n': 250, '|': 400, '*_~': 1000 }

/**
 * Parses Discord's Markdown. Never throws. A text that would take too long is read without its
 * formatting, which `lost` then reports. Pure.
 */
export function readMarkdown(source: string, names: Names = new Map()): Reading {
  const text = source.replace(/\r\n?/g, '\n')
  const plain: Reading = {
    body: { type: 'root', children: paragraphs(text) },
    lost: ['formatting'],
  }
  const isLong = Object.entries(MOST).some(([marks, most]) => {
    return text.split(new RegExp(`[${marks}]`)).length > most
  })
  if (isLong || checkSource(text)) return plain
  const lost = new Set<Loss>()
  const body: Root = { type: 'root', children: blocks(readLines(text), { names, lost }) }
  if (isDeeper(body, DEPTH)) return plain
  openSpoilers(body, lost)
  joinTexts(body)
  return { body, lost: [...lost] }
}

interface Context {
  readonly names: Names
  /** Collects the losses while the text is parsed. */
  readonly lost: Set<Loss>
}

function blocks(found: readonly Lines[], context: Context): BlockContent[] {
  const read: BlockContent[] = []
  let items: Item[] = []
  for (const [index, each] of found.entries()) {
    if (each.kind !== 'item') {
      read.push(...block(each, context))
      continue
    }
    items.push(each)
    if (found[index + 1]?.kind === 'item') continue
    read.push(...lists(items, source => paragraph(source, context)))
    items = []
  }
  return read
}

function block(each: Exclude<Lines, Item>, context: Context): BlockContent[] {
  switch (each.kind) {
    case 'text':
      return paragraph(each.source, context)
    case 'heading':
      return [{ type: 'heading', depth: each.depth, children: line(each.source, context) }]
    case 'small': {
      const children = line(each.source, context)
      return [{ type: 'paragraph', children: [{ type: 'emphasis', children }] }]
    }
    case 'code':
      return [{ type: 'code', lang: each.language || null, value: each.source }]
    case 'quote': {
      const children = blocks(readLines(each.source, true), context)
      return children.length > 0 ? [{ type: 'blockquote', children }] : []
    }
  }
}

/** Parses paragraphs and tables. */
function paragraph(source: string, context: Context): BlockContent[] {
  const read = (nodes: readonly Nodes[]) => phrases(nodes, { ...context, source })
  return inline.parse(source).children.map((node): Paragraph | Table => {
    if (node.type !== 'table') {
      return { type: 'paragraph', children: read('children' in node ? node.children : [node]) }
    }
    const rows = node.children.map((row): TableRow => {
      const cells = row.children.map(({ children }) => read(children))
      return {
        type: 'tableRow',
        children: cells.map(children => ({ type: 'tableCell', children })),
      }
    })
    return { type: 'table', align: node.align ?? null, children: rows }
  })
}

/** Parses the text of a single line, such as a heading. */
function line(source: string, context: Context): PhrasingContent[] {
  return inline
    .parse(source)
    .children.flatMap(node =>
      phrases('children' in node ? node.children : [node], { ...context, source }),
    )
}

interface SourceContext extends Context {
  /** The text in which positions count. */
  readonly source: string
}

function phrases(nodes: readonly Nodes[], context: SourceContext): PhrasingContent[] {
  return nodes.flatMap(node => phrase(node, context))
}

function phrase(node: Nodes, context: SourceContext): PhrasingContent[] {
  switch (node.type) {
    case 'text':
      return lines(node.value)
    case 'break':
      return [{ type: 'break' }]
    case 'inlineCode':
      // Code of blanks alone would be invisible, so its marks stay.
      if (node.value.trim() === '') return lines(written(node, context))
      return [{ type: 'inlineCode', value: node.value }]
    case 'strong':
      if (written(node, context).startsWith('_')) context.lost.add('underline')
      return [{ type: 'strong', children: phrases(node.children, context) }]
    case 'emphasis':
    case 'delete':
      return [{ type: node.type, children: phrases(node.children, context) }]
    case 'link':
      return link(node, context)
    case 'html':
      return tag(node.value, context)
    default:
      return lines(written(node, context))
  }
}

function written({ position }: Nodes, { source }: SourceContext): string {
  return source.slice(position?.start.offset, position?.end.offset)
}

function link(node: Link, context: SourceContext): PhrasingContent[] {
  const typed = written(node, context)
  const children = () => phrases(node.children, context)
  const isTag = typed.startsWith('<')
  const isLink = isTag ? /^mailto:|:\//.test(node.url) : URL.canParse(node.url)
  if (isLink && /^[[<]/.test(typed)) return [{ type: 'link', url: node.url, children: children() }]
  if (isTag) return lines(typed)
  if (typed.startsWith('[')) {
    // Discord makes no link of such an address, so its marks stay.
    const { end } = node.children.at(-1)?.position ?? {}
    const start = node.position?.start.offset ?? 0
    const close = (end?.offset ?? start + 1) - start
    return [...lines('['), ...children(), ...lines(typed.slice(close))]
  }
  // A bare address ends before a mark of hidden text.
  const [address = '', ...rest] = node.url.split(/(\|\|)/)
  const words = lines(address)
  return [
    ...(URL.canParse(address) ? [{ type: 'link' as const, url: address, children: words }] : words),
    ...rest.flatMap(part =>
      part === MARK ? [{ type: 'html' as const, value: MARK }] : lines(part),
    ),
  ]
}

/** The places of a server, as Discord names them. */
const PLACES: Readonly<Record<string, string>> = {
  browse: 'Browse Channels',
  customize: 'Channels & Roles',
  guide: 'Server Guide',
  'linked-roles': 'Linked Roles',
}

/** The mark around hidden text. */
const MARK = '||'

function tag(value: string, { names, lost }: SourceContext): PhrasingContent[] {
  const text = (value: string, loss?: Loss) => {
    if (loss) lost.add(loss)
    return [{ type: 'text' as const, value }]
  }
  if (value === MARK) return [{ type: 'html', value }]
  if (value.startsWith('@')) return text(value, 'mention')
  const [first = '', second = '', third = ''] = value.slice(1, -1).split(':')
  if (first === 't') {
    const style = TIME_STYLES.find(each => each === third)
    const time = instant(Number(second), undefined, style)
    return time ? [time] : text(value)
  }
  if (first.startsWith('+')) return text(first)
  if (first === 'id') return text(PLACES[second] ?? value, 'mention')
  if (first === '' || first === 'a') return text(`:${second}:`, 'emoji')
  if (first.startsWith('/')) {
    const [read] = text(first, 'mention')
    // The command of another bot is not that of this bot with the same name.
    const isOwn = names.get(`/${second}`) === first.slice(1).split(' ')[0]
    return read && isOwn ? [read] : [typed(first)]
  }
  const name = names.get(first.replace('!', ''))
  if (first.startsWith('#')) return text(`#${name ?? 'somewhere'}`, 'mention')
  return text(`@${name ?? 'somebody'}`, 'mention')
}

/**
 * Removes the marks of hidden text, which may begin in one paragraph and end in another. Marks count in
 * pairs; an unpaired last one becomes text.
 */
function openSpoilers(body: Root, lost: Set<Loss>): void {
  let marks = 0
  visit(body, 'html', () => {
    marks += 1
  })
  const last = marks % 2 === 1 ? marks : 0
  if (marks > 1) lost.add('spoiler')
  let passed = 0
  visit(body, 'html', (_, index, parent) => {
    passed += 1
    const value = passed === last ? MARK : ''
    parent?.children.splice(index ?? 0, 1, { type: 'text', value })
  })
}

function joinTexts(body: Root): void {
  visit(body, node => {
    switch (node.type) {
      case 'paragraph':
      case 'heading':
      case 'tableCell':
      case 'strong':
      case 'emphasis':
      case 'delete':
      case 'link':
        node.children = mergeTexts(node.children)
    }
  })
}
