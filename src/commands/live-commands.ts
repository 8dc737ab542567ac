import type { Nodes } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { commandName, type Message, replaceNodes } from '../message.ts'

/** A command in running text, and not a part of a path, an address, a fraction or another word. */
const COMMAND =
  /(?<![\p{L}\p{N}_/<>.:@&=~?!#%$+*\\-])\/([a-z0-9_]{1,32})(?![\p{L}\p{M}\p{N}_/<>@&=~#%$+\\-]|[.:?][\p{L}\p{N}_=/])/gu

/**
 * Makes the names of commands in the running text of a message live, so that a user can press them. Names in links, in
 * code, in “quotes” and in typed words stay text. Pure.
 *
 * @param isCommand whether the bot has a command of this name.
 */
export function withLiveCommands(message: Message, isCommand: (name: string) => boolean): Message {
  const body = replaceNodes(message.body, node =>
    ['paragraph', 'heading', 'tableCell'].includes(node.type)
      ? [liveIn(node, isCommand)]
      : undefined,
  )
  return body === message.body ? message : { ...message, body }
}

/** Searches all nodes of a block as one text, because a bold word before a slash makes it a part of that word. */
function liveIn(block: Nodes, isCommand: (name: string) => boolean): Nodes {
  let text = ''
  replaceNodes(block, node => {
    text += wordsOf(node)
    return isLink(node) ? [node] : undefined
  })
  // A quote may hold any words of a user, also marks of quotes.
  const [first, last] = [text.indexOf('“'), text.lastIndexOf('”')]
  const found = [...text.matchAll(COMMAND)].filter(({ 1: name = '', index }) => {
    const isQuoted = first >= 0 && first < index && index < last
    return !isQuoted && isCommand(name)
  })
  if (found.length === 0) return block
  let end = 0
  return replaceNodes(block, node => {
    const start = end
    end += wordsOf(node).length
    if (isLink(node)) return [node]
    if (node.type !== 'text' || node.data?.isTyped) return undefined
    const inside = found.filter(
      ({ 0: line, index }) => index >= start && index + line.length <= end,
    )
    return divided(
      node.value,
      inside.map(({ 0: line, index }) => ({ line, at: index - start })),
    )
  })
}

/** A command and its place in a text, in UTF-16 units. */
interface Found {
  readonly line: string
  readonly at: number
}

/** Divides a text at its commands; undefined if it has none. */
function divided(text: string, found: readonly Found[]): Nodes[] | undefined {
  if (found.length === 0) return undefined
  const ends = [0, ...found.map(({ line, at }) => at + line.length)]
  return [...found, undefined].flatMap((each, index): Nodes[] => {
    const value = text.slice(ends[index], each?.at)
    return [
      ...(value === '' ? [] : [{ type: 'text' as const, value }]),
      ...(each ? [commandName(each.line)] : []),
    ]
  })
}

/** The words of a link or of a node without children; of another parent none. */
function wordsOf(node: Nodes): string {
  if (node.type === 'break') return '\n'
  return 'children' in node && !isLink(node) ? '' : textOf(node)
}

function isLink({ type }: Nodes): boolean {
  return type === 'link' || type === 'linkReference'
}
