import { type Message, replaceNodes } from '../message.ts'

/** The ids of the bot's commands by their names, as far as Discord has told them. */
export type CommandIds = Map<string, string>

/**
 * Gives the commands in a message Discord's form, `</threats:ID>`, which users press. A command whose id is not known
 * stays text. Pure.
 */
export function withMentions(message: Message, ids: ReadonlyMap<string, string>): Message {
  if (ids.size === 0) return message
  const body = replaceNodes(message.body, node => {
    if (node.type !== 'command') return undefined
    const id = ids.get(node.value.slice(1))
    return id === undefined ? undefined : [{ ...node, mention: `<${node.value}:${id}>` }]
  })
  return body === message.body ? message : { ...message, body }
}
