import type { Edition } from '../content/edition.ts'
import type { Message } from '../message.ts'

/** Whether an edition leaves out the built-in command of this name. Pure. */
export function isLeftOut({ commands }: Pick<Edition, 'commands'>, name: string): boolean {
  return commands?.[name] === false
}

/** Returns a message without the buttons of commands that an edition leaves out. Pure. */
export function withoutLeftOut(message: Message, edition: Edition): Message {
  // A section may take the name of a left-out command. Only these buttons lead to the section; a line with another value
  // belongs to the left-out command.
  const taken = new Set(
    edition.sections.flatMap(({ command, aliases }) => [
      ...[command, ...aliases].map(name => `/${name}`),
      `/${command} details`,
    ]),
  )
  const isGone = (line: string) => {
    const [, name = ''] = /^\/(\w+)/.exec(line) ?? []
    // Lines about events have the edition's word for them.
    const own = name === edition.eventNames?.command ? 'events' : name
    return isLeftOut(edition, own) && !taken.has(line)
  }
  const actions = message.actions?.filter(action => 'url' in action || !isGone(action.command))
  if (!actions || actions.length === message.actions?.length) return message
  return { ...message, actions }
}
