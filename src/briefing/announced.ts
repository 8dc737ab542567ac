import { toString as textOf } from 'mdast-util-to-string'
import type { Message } from '../message.ts'

/** Letters of a post's first line by which it is known again. */
const TITLE_LENGTH = 60

/** What a post is known by again: its first line, or as much of it as fits on a phone. */
export function titleOf({ body }: Message): string {
  const [first] = body.children
  const text = (first ? textOf(first) : '').replaceAll(/\s+/g, ' ').trim()
  if (text.length <= TITLE_LENGTH) return text
  return `${text.slice(0, TITLE_LENGTH).replace(/\s+\S*$/, '')} …`
}
