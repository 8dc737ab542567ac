import { type Message, TABLE_STYLES, type TableStyle } from '../message.ts'
import { perObject } from '../per-object.ts'

type Render<T> = (message: Message, style: TableStyle) => T

/** Caches the output of a renderer for each message, until the message is garbage-collected. */
export function memoize<T>(render: Render<T>): Render<T> {
  const outputs = new Map(
    TABLE_STYLES.map(style => [style, perObject((message: Message) => render(message, style))]),
  )
  return (message, style) => outputs.get(style)?.(message) ?? render(message, style)
}
