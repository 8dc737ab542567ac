import type { BlockContent, Paragraph, PhrasingContent } from 'mdast'
import type { Block } from './flow.ts'
import type { Run } from './runs.ts'

/** Blocks as they were laid out for a platform, as a tree: for whoever looks from another. Pure. */
export function treeOf(blocks: readonly Block[]): BlockContent[] {
  const nodes: BlockContent[] = []
  for (const block of blocks) {
    if (block.kind === 'code') {
      nodes.push({ type: 'code', value: block.text, lang: block.language || null })
      continue
    }
    const last = nodes.at(-1)
    const text = [...markerOf(block), ...block.runs.map(run => nodeOf(run, block.heading))]
    // What stands on the next line is no paragraph of its own.
    if (block.tight && last?.type === 'paragraph') last.children.push({ type: 'break' }, ...text)
    else nodes.push({ type: 'paragraph', children: text } satisfies Paragraph)
  }
  return nodes
}

function markerOf({ marker, indent }: Extract<Block, { kind: 'text' }>): PhrasingContent[] {
  const blanks = '\u00A0\u00A0'.repeat(Math.max(0, indent - (marker ? 1 : 0)))
  return blanks + marker === '' ? [] : [{ type: 'text', value: blanks + marker }]
}

function nodeOf({ text, code, at, url, strike, italic, bold }: Run, heading?: number) {
  let node: PhrasingContent = code
    ? { type: 'inlineCode', value: text }
    : { type: 'text', value: text }
  if (at) node = { type: 'time', at, value: text }
  else if (url) node = { type: 'link', url, children: [node] }
  if (strike) node = { type: 'delete', children: [node] }
  if (italic) node = { type: 'emphasis', children: [node] }
  return bold || heading ? ({ type: 'strong', children: [node] } satisfies PhrasingContent) : node
}
