import type { Edition } from '../content/edition.ts'
import type { Message } from '../message.ts'

/** Returns a message without the buttons of commands that an edition leaves out. Pure. */
export function withoutLeftOut(message: Message, { commands, sections }: Edition): Message {
  const leftOut = Object.entries(commands ?? {}).flatMap(([name, to]) => (to === false ? name : []))
  const taken = sections.flatMap(({ command, aliases }) => [command, ...aliases])
  const gone = new Set(leftOut.filter(name => !taken.includes(name)))
  if (gone.size === 0 || !message.actions) return message
  const actions = message.actions.filter(
    action => 'url' in action || !gone.has(/^\/(\w+)/.exec(action.command)?.[1] ?? ''),
  )
  return { ...message, actions }
}
