import type { Message } from '../message.ts'
import type { TableStyle } from './table.ts'

type Render<T> = (message: Message, style: TableStyle) => T

/** Caches the output of a renderer for each message, until the message is garbage-collected. */
export function memoize<T>(render: Render<T>): Render<T> {
  const outputs: Record<TableStyle, WeakMap<Message, { value: T }>> = {
    grid: new WeakMap(),
    cards: new WeakMap(),
  }
  return (message, style) => {
    const output = outputs[style].get(message) ?? { value: render(message, style) }
    outputs[style].set(message, output)
    return output.value
  }
}
