import { hash } from 'node:crypto'
import { ACTION_BYTES } from '../message.ts'

/**
 * Returns a line about an event within the length of a button's line. If its id is too long, it is named by its hash,
 * because two long ids may begin alike. Pure.
 *
 * @param lineOf returns the line with an id.
 */
export function eventLine(lineOf: (id: string) => string, id: string): string {
  const line = lineOf(id)
  return Buffer.byteLength(line) <= ACTION_BYTES ? line : lineOf(shortId(id))
}

/** Finds the id that an {@link eventLine} names; undefined if there is none. Pure. */
export function findId(ids: readonly string[], named: string): string | undefined {
  return ids.find(id => (named.startsWith('~') ? shortId(id) : id) === named)
}

/** No id begins with this mark. */
function shortId(id: string): string {
  return `~${hash('sha256', id).slice(0, 12)}`
}
