import type { BlockContent, PhrasingContent } from 'mdast'
import type { Block } from './blocks.ts'
import type { Run } from './runs.ts'

type TextBlock = Extract<Block, { kind: 'text' }>

/** Converts the blocks laid out for one platform into a tree, to preview them on another. Pure. */
export function toMdast(blocks: readonly Block[]): BlockContent[] {
  const nodes: BlockContent[] = []
  for (const [index, block] of blocks.entries()) {
    const before = blocks[index - 1]
    if (block.quote === 0) add(nodes, block)
    else {
      const last = nodes.at(-1)
      // Consecutive paragraphs of one quote share one node.
      const isSame = before?.quote === block.quote && last?.type === 'blockquote'
      const quote = isSame ? last : { type: 'blockquote' as const, children: [] }
      add(quote.children as BlockContent[], block)
      if (!isSame) nodes.push(quote)
    }
  }
  return nodes
}

function add(nodes: BlockContent[], block: Block): void {
  const last = nodes.at(-1)
  if (block.kind === 'picture') {
    for (const each of block.instead) add(nodes, each)
    return
  }
  if (block.kind === 'code') {
    nodes.push({ type: 'code', value: block.text, lang: block.language || null })
    return
  }
  const children = [...markerOf(block), ...block.runs.flatMap(nodesOf)]
  if (block.heading !== undefined) nodes.push({ type: 'heading', depth: block.heading, children })
  // A tight block starts on the next line of the same paragraph.
  else if (block.tight && last?.type === 'paragraph') last.children.push(BREAK, ...children)
  else nodes.push({ type: 'paragraph', children })
}

const BREAK = { type: 'break' } as const

function markerOf({ marker, indent }: TextBlock): PhrasingContent[] {
  const blanks = '\u00A0\u00A0'.repeat(Math.max(0, indent - (marker ? 1 : 0)))
  return blanks + marker === '' ? [] : [{ type: 'text', value: blanks + marker }]
}

function nodesOf(run: Run): PhrasingContent[] {
  return run.text
    .split('\n')
    .flatMap((text, index): PhrasingContent[] => [
      ...(index > 0 ? [BREAK] : []),
      ...(text === '' ? [] : [nodeOf({ ...run, text })]),
    ])
}

function nodeOf({ text, code, at, style, url, strike, italic, bold }: Run): PhrasingContent {
  let node: PhrasingContent = code
    ? { type: 'inlineCode', value: text }
    : { type: 'text', value: text }
  if (at) node = { type: 'time', at, ...(style && { style }), value: text }
  else if (url) node = { type: 'link', url, children: [node] }
  if (strike) node = { type: 'delete', children: [node] }
  if (italic) node = { type: 'emphasis', children: [node] }
  return bold ? { type: 'strong', children: [node] } : node
}
