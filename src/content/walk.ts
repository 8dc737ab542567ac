import type { Nodes } from 'mdast'

/**
 * Calls `read` with each node of a tree, in the order of the text. The tree stays as it is. `visit` of unist-util-visit
 * takes several times as long, because it makes a function for each node.
 */
export function walk(node: Nodes, read: (node: Nodes) => void): void {
  read(node)
  if ('children' in node) for (const child of node.children) walk(child, read)
}

/** Whether a tree has a node that `is` accepts. Pure. */
export function has(node: Nodes, is: (node: Nodes) => boolean): boolean {
  return is(node) || ('children' in node && node.children.some(child => has(child, is)))
}
