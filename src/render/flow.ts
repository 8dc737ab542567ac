import type { Nodes, PhrasingContent, Root, Table } from 'mdast'
import type { Message, TableStyle } from '../message.ts'
import type { Block, BlockContext, FlowOptions, Layout, TextBlock } from './blocks.ts'
import { clean, spaced } from './clean.ts'
import { imagePicture, storedPicture, tablePictures, timelinePicture } from './picture-blocks.ts'
import { plainText, type Run, runs } from './runs.ts'
import { cards, grid, hasLeadIn, isListed, listed } from './table.ts'

const RULE = '———'
const CARD = '• '

/** Most drawn pictures of a message. On Telegram each is a message, and a group gets 20 of them a minute. */
const MOST_DRAWN = 20

/** Lays out a message as blocks. Its picture stands first. Tables that would take too many pictures are cards. Pure. */
export function flow(
  { body, picture, accent }: Pick<Message, 'body' | 'picture' | 'accent'>,
  options: Omit<FlowOptions, 'accent'>,
): Block[] {
  const context = { indent: 0, quote: 0, tight: false }
  const definitions = definitionsOf(body)
  const inStyle = (style: TableStyle) =>
    layOut(body.children, context, { ...options, style, accent, quotes: { count: 0 }, definitions })
  const blocks = inStyle(options.style)
  const drawn = blocks.filter(block => block.kind === 'picture' && 'drawing' in block.picture)
  return [
    ...(picture ? [storedPicture(picture, context)] : []),
    ...(drawn.length > MOST_DRAWN ? inStyle('cards') : blocks),
  ]
}

function layOut(nodes: readonly Nodes[], context: BlockContext, options: Layout): Block[] {
  // Only the first block takes the tightness of the context.
  return nodes.flatMap((node, index) =>
    block(
      node,
      index === 0 ? context : { ...context, tight: context.indent > 0 && context.tight },
      options,
    ),
  )
}

function block(node: Nodes, context: BlockContext, options: Layout): Block[] {
  const styled = (nodes: readonly PhrasingContent[]) => runs(nodes, options)
  const text = (
    runs: readonly Run[],
    more: Partial<Pick<TextBlock, 'heading' | 'leads' | 'isQuiet'>> = {},
  ) => (runs.length > 0 ? [{ kind: 'text' as const, runs, marker: '', ...context, ...more }] : [])
  switch (node.type) {
    case 'root':
      return layOut(node.children, context, options)
    case 'paragraph':
      return text(styled(node.children), {
        ...(node.data?.isQuiet && { isQuiet: true }),
        ...(node.data?.leads && { leads: true }),
      })
    case 'heading':
      // A heading in a list or a quote becomes a line in bold.
      if (context.indent > 0 || context.quote > 0) {
        return text(styled([{ type: 'strong', children: node.children }]), { leads: true })
      }
      return text(styled(node.children), {
        heading: node.depth === 1 ? 1 : node.depth === 2 ? 2 : 3,
      })
    case 'thematicBreak':
      return text([{ text: RULE }], { leads: true })
    case 'blockquote': {
      // A nested quote joins the outer one, because neither platform nests quotes.
      const quote = context.quote || ++options.quotes.count
      const isWhole = context.isWhole || node.data?.isWhole === true
      return layOut(node.children, { ...context, quote, isWhole }, options)
    }
    case 'code':
      return [
        { kind: 'code', text: clean(node.value), language: languageOf(node.lang), ...context },
      ]
    case 'list':
      return node.children.flatMap((item, index) => {
        const marker = node.ordered ? `${(node.start ?? 1) + index}. ` : '• '
        const tight = index > 0 ? !node.spread : context.tight
        return listItem(item, marker, { ...context, tight, indent: context.indent + 1 }, options)
      })
    case 'listItem':
      return listItem(node, '• ', { ...context, indent: context.indent + 1 }, options)
    case 'table':
      return table(node, context, options)
    case 'timeline':
      return timelinePicture(node, context, options)
    case 'image':
      return node.data?.picture
        ? [imagePicture(node.data.picture, node.alt ?? '', context)]
        : text(styled([node]))
    case 'footnoteDefinition': {
      const label = `[${spaced(node.label ?? node.identifier)}] `
      return withMarker(label, layOut(node.children, context, options), context)
    }
    case 'tableRow':
    case 'tableCell':
      return layOut(node.children, context, options)
    case 'definition':
      return []
    default:
      return text(styled([node as PhrasingContent]))
  }
}

function listItem(
  { children, checked }: Extract<Nodes, { type: 'listItem' }>,
  marker: string,
  context: BlockContext,
  options: Layout,
): Block[] {
  const isTask = typeof checked === 'boolean'
  const [first, ...rest] = children
  const blocks = [
    ...(first ? layOut([first], context, options) : []),
    ...layOut(rest, { ...context, tight: true }, options),
  ]
  // A list without words before it needs no bullet of its own.
  if (first?.type === 'list' && marker === '• ' && !isTask) return blocks
  const box = isTask ? (checked ? '☑ ' : '☐ ') : ''
  return withMarker(isTask && marker === '• ' ? box : marker + box, blocks, context)
}

/** Puts a marker before the first block if that is text, and on a line of its own otherwise. */
function withMarker(marker: string, blocks: readonly Block[], context: BlockContext): Block[] {
  const [first, ...rest] = blocks
  if (first?.kind === 'text' && first.marker === '') return [{ ...first, marker }, ...rest]
  const alone: Block = { kind: 'text', runs: [], ...context, marker, leads: true }
  return first ? [alone, { ...first, tight: true }, ...rest] : [alone]
}

function table(node: Table, context: BlockContext, given: Layout): Block[] {
  const options = { ...given, style: node.data?.style ?? given.style }
  const asCards = (page: Table) => table({ ...page, data: { style: 'cards' } }, context, options)
  const pictures = tablePictures(node, context, options, asCards)
  if (pictures) return pictures
  const rows = node.children.map(row =>
    row.children.map(cell => plainText(runs(cell.children, options))),
  )
  const drawn = options.style === 'grid' ? grid(rows, node.align, options.columns) : undefined
  if (drawn && !needsCards(node)) {
    const text = [...drawn.head, ...drawn.rows].join('\n')
    const head = drawn.head.length > 0 && { head: drawn.head.join('\n') }
    return text === '' ? [] : [{ kind: 'code', text, ...head, language: '', ...context }]
  }
  const inLines = isListed(node)
  const [first, ...rest] = layOut(inLines ? listed(node) : cards(node), context, options)
  if (first?.kind !== 'text') return []
  // No message ends with the line above cards.
  const head = inLines || hasLeadIn(node) ? { ...first, leads: true as const } : undefined
  return [head ?? first, ...rest].map((block, index): Block => {
    if (block.kind !== 'text' || block === head) return block
    const card = head ? { ...block, head } : block
    const tight = index > 0 || context.tight
    return { ...card, marker: CARD, indent: context.indent + 1, tight }
  })
}

/** Whether a table has links or line ends, which a monospace grid cannot show. */
function needsCards(node: Nodes): boolean {
  return (
    ['link', 'command', 'break'].includes(node.type) ||
    ('children' in node && node.children.some(needsCards))
  )
}

function languageOf(language: string | null | undefined): string {
  return (language ?? '').replace(/[^A-Za-z0-9_+#-]/g, '').slice(0, 20)
}

function definitionsOf(body: Root): Map<string, string> {
  const found = new Map<string, string>()
  const read = (node: Nodes) => {
    if (node.type === 'definition' && !found.has(node.identifier)) {
      found.set(node.identifier, node.url)
    }
    if ('children' in node) node.children.forEach(read)
  }
  read(body)
  return found
}
