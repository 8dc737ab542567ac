import type { Message } from '../message.ts'

/** A renderer that keeps what it has made of a message for as long as somebody keeps the message. */
export function remembered<T>(render: (message: Message) => T): (message: Message) => T {
  const made = new WeakMap<Message, { value: T }>()
  return message => {
    const known = made.get(message) ?? { value: render(message) }
    made.set(message, known)
    return known.value
  }
}
