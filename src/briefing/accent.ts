import type { Edition } from '../content/edition.ts'
import type { Message } from '../message.ts'

/** Gives a message the colour of an edition. A message that has a colour, or needs none, stays the same object. Pure. */
export function withAccent(message: Message, { accent }: Pick<Edition, 'accent'>): Message {
  return accent === undefined || message.accent !== undefined ? message : { ...message, accent }
}
