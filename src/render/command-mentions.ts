import { type Message, replaceNodes } from '../message.ts'
import { perObject } from '../per-object.ts'

type Ids = ReadonlyMap<string, string>

/** Returns the ids of a bot whose commands Discord has not told yet. */
export const noCommandIds = (): CommandIds => ({ current: new Map() })

/** Holds the ids of the bot's commands by their names, as far as Discord has told them. A change replaces the map. */
export interface CommandIds {
  current: Ids
}

/**
 * Gives the commands in a message Discord's form, `</threats:ID>`, which users press. A command whose id is not known
 * stays text. The same message and ids have the same result, so that it is rendered once. Pure.
 */
export function withMentions(message: Message, ids: Ids): Message {
  return ids.size === 0 ? message : mentionsOf(ids)(message)
}

const mentionsOf = perObject((ids: Ids) =>
  perObject((message: Message) => mentioning(message, ids)),
)

function mentioning(message: Message, ids: Ids): Message {
  const body = replaceNodes(message.body, node => {
    if (node.type !== 'command') return undefined
    const id = ids.get(node.value.slice(1))
    return id === undefined ? undefined : [{ ...node, mention: `<${node.value}:${id}>` }]
  })
  return body === message.body ? message : { ...message, body }
}
