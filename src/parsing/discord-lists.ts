import type { BlockContent, List } from 'mdast'
import type { Item } from './discord-blocks.ts'

/** Most levels of lists. Deeper items join the last level, because a phone has no room for more. */
const LEVELS = 6

/** Nests consecutive items as lists: an item with a larger indent belongs to the item above it. */
export function lists(
  items: readonly Item[],
  read: (source: string) => readonly BlockContent[],
): List[] {
  const found: List[] = []
  const open: { readonly indent: number; readonly list: List }[] = []
  for (const { indent, number, apart, source } of items) {
    // A list ends only if an item is at most as far to the right as the list around it.
    while (indent <= (open.at(-2)?.indent ?? -1)) open.pop()
    const last = open.at(-1)
    const isInner = last && indent > last.indent && open.length < LEVELS
    const isSame =
      last &&
      !isInner &&
      last.list.ordered === (number !== undefined) &&
      !(apart && isTight(last.list) && open.length === 1)
    if (last && !isInner) open.pop()
    const list = isSame ? last.list : listFrom(number)
    if (isSame && apart) list.spread = true
    if (!isSame) (open.at(-1)?.list.children.at(-1)?.children ?? found).push(list)
    list.children.push({ type: 'listItem', spread: false, children: [...read(source)] })
    open.push({ indent: isSame ? last.indent : indent, list })
  }
  return found
}

/**
 * Whether a list has several items without empty lines between them. An empty line then begins
 * another list.
 */
function isTight({ spread, children }: List): boolean {
  return !spread && children.length > 1
}

function listFrom(number: number | undefined): List {
  const list: List = { type: 'list', ordered: number !== undefined, spread: false, children: [] }
  return number === undefined ? list : { ...list, start: number }
}
