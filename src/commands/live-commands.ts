import type { Nodes } from 'mdast'
import { commandName, type Message, replaceNodes } from '../message.ts'

/** A command in running text, and not a part of a path, an address or a fraction. */
const COMMAND = /(?<![\p{L}\p{N}_/<>.:@&=-])\/([a-z0-9_]{1,32})(?![\p{L}\p{N}_/<>@-])/gu

/**
 * Makes the names of commands in the running text of a message live, so that a user can press them. Names in links and
 * in code stay text. Pure.
 *
 * @param isCommand whether the bot has a command of this name.
 */
export function withLiveCommands(message: Message, isCommand: (name: string) => boolean): Message {
  const body = replaceNodes(message.body, node => {
    if (node.type === 'link' || node.type === 'linkReference') return [node]
    return node.type === 'text' ? divided(node.value, isCommand) : undefined
  })
  return body === message.body ? message : { ...message, body }
}

/** Divides a text at its commands; undefined if it has none. */
function divided(text: string, isCommand: (name: string) => boolean): Nodes[] | undefined {
  const nodes: Nodes[] = []
  let end = 0
  for (const { 0: line, 1: name = '', index } of text.matchAll(COMMAND)) {
    if (!isCommand(name)) continue
    if (index > end) nodes.push({ type: 'text', value: text.slice(end, index) })
    nodes.push(commandName(line))
    end = index + line.length
  }
  if (nodes.length === 0) return undefined
  return end < text.length ? [...nodes, { type: 'text', value: text.slice(end) }] : nodes
}
