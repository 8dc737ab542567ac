import type { Nodes } from 'mdast'
import { walk } from './walk.ts'

/** Characters of Chinese and Japanese texts, in which a line end is no blank. Korean has blanks between its words. */
const WIDE = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\u3000-\u303F\uFF01-\uFF60`
/** Marks that belong to the script beside them. */
const MARKS = '[“”‘’…—·]{0,3}'
const LINE_END = new RegExp(`(?<=[${WIDE}]${MARKS})[ \\t]*\\n[ \\t]*(?=${MARKS}[${WIDE}])`, 'gv')
/** UTF-16 units of a neighbouring text that decide whether a line end is a blank. */
const NEAR = 8

/** Removes the line ends between two Chinese or Japanese characters from the paragraphs and headings of a tree. */
export function joinWideLines(root: Nodes): void {
  walk(root, block => {
    if (block.type !== 'paragraph' && block.type !== 'heading') return
    let before = ''
    const leaves = leavesOf(block)
    for (const [index, leaf] of leaves.entries()) {
      if (leaf.type === 'text' && leaf.value.includes('\n')) {
        const next = leaves.slice(index + 1, index + NEAR).map(lettersOf)
        const [after = ''] = next.join('').slice(0, NEAR).split('\n')
        const whole = before + leaf.value + after
        const end = whole.length - after.length
        // A neighbour keeps its part of a line end.
        const joined = whole.replace(
          LINE_END,
          (found: string, at: number) =>
            found.slice(0, Math.max(0, before.length - at)) + found.slice(Math.max(0, end - at)),
        )
        leaf.value = joined.slice(before.length, joined.length - after.length)
      }
      before = (before + lettersOf(leaf)).slice(-NEAR)
    }
  })
}

function leavesOf(node: Nodes): Nodes[] {
  return 'children' in node ? node.children.flatMap(leavesOf) : [node]
}

function lettersOf(node: Nodes): string {
  if (node.type === 'break') return '\n'
  return 'value' in node ? node.value : ''
}
