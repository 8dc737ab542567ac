import type { Nodes } from 'mdast'

/**
 * Returns the words of a tree in one line, with the marks that change their meaning: `~~struck~~`, and ☑ or ☐ before a
 * task. A line end becomes a blank; the marks of notes are left out. Pure.
 */
export function plainText(node: Nodes): string {
  return read(node)
    .replace(/[ \t\r\n]+/g, ' ')
    .trim()
}

function read(node: Nodes): string {
  if ('value' in node) return node.value
  if ('alt' in node) return node.alt ?? ''
  if (node.type === 'break') return ' '
  if (!('children' in node)) return ''
  const text = node.children.map(read).join(BLOCKS.has(node.type) ? ' ' : '')
  if (node.type === 'delete') return `~~${text}~~`
  if (node.type !== 'listItem' || typeof node.checked !== 'boolean') return text
  return `${node.checked ? '☑' : '☐'} ${text}`
}

/** Nodes whose children are blocks. Their texts are joined with blanks, because no word spans two blocks. */
const BLOCKS = new Set(['root', 'blockquote', 'list', 'listItem', 'table', 'tableRow'])
