import { perObject } from '../per-object.ts'
import type { Block } from './blocks.ts'
import { type Cuttable, isText } from './cut.ts'
import { apart, escapeLineStarts, escapeMarkdown, inlineMarkdown } from './discord-inline.ts'

/** Renders the texts among blocks as Discord's Markdown. Pure. */
export function markdown(blocks: readonly Block[]): string {
  return blocks
    .filter(isText)
    .map((block, index, all) => {
      const previous = all[index - 1]
      const inQuote = block.quote > 0 && previous?.quote === block.quote
      // An empty line would end the quote, so it is quoted as well.
      const empty = block.tight ? '' : inQuote ? '> \n' : '\n'
      const gap = index === 0 ? '' : `\n${empty}`
      const text = blockMarkdown(block)
      return gap + (block.quote > 0 ? text.replace(/(^|\n)/g, '$1> ') : text)
    })
    .join('')
}

/** Renders a block. Cached, because a block is tried in several messages until it fits. */
const blockMarkdown = perObject((block: Cuttable): string => {
  if (block.kind === 'code') {
    // A fence inside would end the block.
    return `\`\`\`${block.language}\n${apart(block.text)}\n\`\`\``
  }
  const text = inlineMarkdown(block.runs)
  if (block.heading) return `${'#'.repeat(block.heading)} ${text.replaceAll('\n', ' ')}`
  if (block.isQuiet) return `-# ${text.replaceAll('\n', ' ')}`
  // Further blocks of a list item align with its text, not with its marker.
  const indent = '  '.repeat(Math.max(0, block.indent - (block.marker ? 1 : 0)))
  const marker = block.marker === '• ' ? '- ' : escapeMarkdown(block.marker)
  const below = `\n${indent}${' '.repeat(marker.length)}`
  return indent + marker + escapeLineStarts(text).replaceAll('\n', below)
})
