import type { Message } from '../message.ts'
import type { TableStyle } from './table.ts'

type Render<T> = (message: Message, style: TableStyle) => T

/** A renderer that keeps what it has made of a message for as long as somebody keeps the message. */
export function memoize<T>(render: Render<T>): Render<T> {
  const made: Record<TableStyle, WeakMap<Message, { value: T }>> = {
    grid: new WeakMap(),
    cards: new WeakMap(),
  }
  return (message, style) => {
    const known = made[style].get(message) ?? { value: render(message, style) }
    made[style].set(message, known)
    return known.value
  }
}
