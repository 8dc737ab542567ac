import type { Message } from '../message.ts'
import type { TableStyle } from './table.ts'

type Render<T> = (message: Message, style: TableStyle) => T

/** Caches the output of a renderer for each message, until the message is garbage-collected. */
export function memoize<T>(render: Render<T>): Render<T> {
  const outputs: Record<TableStyle, (message: Message) => T> = {
    grid: perObject(message => render(message, 'grid')),
    cards: perObject(message => render(message, 'cards')),
  }
  return (message, style) => outputs[style](message)
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
