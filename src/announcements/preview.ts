import { isDeepStrictEqual } from 'node:util'
import type { BlockContent, Blockquote, RootContent } from 'mdast'
import type { Message } from '../message.ts'
import { toMdast } from '../render/blocks-to-mdast.ts'
import type { TargetPlatform } from './target-platform.ts'

/** The preview of a message, for all platforms that show it in the same way. */
export interface Preview {
  readonly platforms: readonly string[]
  readonly parts: readonly (readonly BlockContent[])[]
  /** Number of messages on the platform; a picture may be a message of its own. */
  readonly messages: number
}

/** Lays out a message for each platform and merges equal previews. Pure. */
export function previewsOf(message: Message, platforms: readonly TargetPlatform[]): Preview[] {
  const previews: Preview[] = []
  const layouts = platforms.flatMap(({ layouts, count }) =>
    Object.entries(layouts).map(([name, layout]) => ({ name, layout, count })),
  )
  for (const { name, layout, count } of layouts) {
    const parts = layout(message, 'grid').map(toMdast)
    const messages = count(message)
    const same = previews.findIndex(
      each => each.messages === messages && isDeepStrictEqual(each.parts, parts),
    )
    const alike = previews[same]
    if (alike) previews[same] = { ...alike, platforms: [...alike.platforms, name] }
    else previews.push({ platforms: [name], parts, messages })
  }
  return previews
}

/** The mark of a quote within a quote: no platform nests quotes. */
const QUOTE = '> '

/** Puts blocks into a quote, so that a preview stands apart from the text around it. Marks quotes among them. Pure. */
export function quoted(blocks: readonly RootContent[]): Blockquote {
  const children = blocks.flatMap<RootContent>(block =>
    block.type === 'blockquote' ? block.children.map(withMark) : [block],
  )
  // Moderators read all of a preview before they send it.
  return {
    type: 'blockquote',
    children: children as Blockquote['children'],
    data: { isWhole: true },
  }
}

function withMark(block: RootContent): RootContent {
  if (block.type !== 'paragraph' && block.type !== 'heading') return block
  return { ...block, children: [{ type: 'text', value: QUOTE }, ...block.children] }
}
