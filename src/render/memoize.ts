import { type Message, TABLE_STYLES, type TableStyle } from '../message.ts'

type Render<T> = (message: Message, style: TableStyle) => T

/** Caches the output of a renderer for each message, until the message is garbage-collected. */
export function memoize<T>(render: Render<T>): Render<T> {
  const outputs = new Map(
    TABLE_STYLES.map(style => [style, perObject((message: Message) => render(message, style))]),
  )
  return (message, style) => outputs.get(style)?.(message) ?? render(message, style)
}

/** Caches the result of a pure function for each object, until the object is garbage-collected. */
export function perObject<K extends object, T>(work: (key: K) => T): (key: K) => T {
  const results = new WeakMap<K, { readonly value: T }>()
  return key => {
    const result = results.get(key) ?? { value: work(key) }
    results.set(key, result)
    return result.value
  }
}
