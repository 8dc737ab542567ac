import type { Image, List, ListItem, Nodes, Root, RootContent } from 'mdast'
import { has } from './walk.ts'

/**
 * Makes each image a block of its own, in its place in the text: splits the paragraph, heading, quote or list around it.
 * The rest of a list item stands below the image as text. An image in a table or a note becomes its words.
 */
export function liftPictures(root: Root): void {
  if (has(root, isImage)) root.children = root.children.flatMap(split)
}

function isImage(node: Nodes): node is Image {
  return node.type === 'image'
}

/** Returns the parts of a node before, between and behind its images, and the images. */
function split(node: RootContent): RootContent[] {
  if (!('children' in node) || !has(node, isImage)) return [node]
  if (node.type === 'table' || node.type === 'footnoteDefinition') {
    toWords(node)
    return [node]
  }
  if (node.type === 'list') return splitList(node)
  const parts: RootContent[] = []
  let run: RootContent[] = []
  const close = () => {
    const own = trimmed(run)
    run = []
    if (own.length === 0) return
    const isRest = node.type === 'listItem' && parts.some(part => part.type === 'listItem')
    parts.push(...(isRest ? own : [{ ...node, children: own } as RootContent]))
  }
  for (const child of (node.children as RootContent[]).flatMap(split)) {
    if (!isImage(child)) {
      run.push(child)
      continue
    }
    close()
    parts.push(child)
  }
  close()
  return parts
}

/** Splits a list. An ordered one keeps the number of each item. */
function splitList(list: List): RootContent[] {
  const parts: RootContent[] = []
  let open: List | undefined
  for (const [index, item] of list.children.entries()) {
    for (const part of split(item)) {
      if (part.type !== 'listItem') {
        parts.push(part)
        open = undefined
      } else if (open) open.children.push(part)
      else {
        open = openList(list, index, part)
        parts.push(open)
      }
    }
  }
  return parts
}

function openList(list: List, index: number, item: ListItem): List {
  return { ...list, ...(list.ordered && { start: (list.start ?? 1) + index }), children: [item] }
}

/** Removes the blanks at both ends of a run of nodes; all nodes of a run that has no words. */
function trimmed(nodes: readonly RootContent[]): RootContent[] {
  const isBlank = (node: RootContent) =>
    node.type === 'break' || (node.type === 'text' && node.value.trim() === '')
  const first = nodes.findIndex(node => !isBlank(node))
  if (first < 0) return []
  const own = nodes.slice(first, nodes.findLastIndex(node => !isBlank(node)) + 1)
  const trim = (index: number, trimText: (text: string) => string) => {
    const node = own.at(index)
    if (node?.type === 'text') own.splice(index, 1, { ...node, value: trimText(node.value) })
  }
  trim(0, text => text.trimStart())
  trim(-1, text => text.trimEnd())
  return own
}

function toWords(node: Nodes): void {
  if (!('children' in node)) return
  const children: Nodes[] = node.children
  for (const [index, child] of children.entries()) {
    if (isImage(child)) children[index] = { type: 'text', value: child.alt ?? '' }
    else toWords(child)
  }
}
