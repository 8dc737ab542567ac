import type { Root, RootContent } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import { emphasis, type Message, message, paragraph, parseMessage } from '../message.ts'
import { texts } from '../texts.ts'
import { localDay } from './local-time.ts'

/** Letters of a post's first line by which it is known again. */
const TITLE_LENGTH = 60

/** The message that a post has as JSON, or a line in the place of a damaged one. Pure. */
export function messageOf(json: string): Message {
  return parseMessage(json) ?? message([paragraph(texts.damaged)])
}

/** What a post is known by again: its first line, or as much of it as fits on a phone. */
export function titleOf({ body, picture, title }: Message): string {
  if (title !== undefined) return title
  const first = body.children.find(block => !isCorrection(block))
  const text = (first ? textOf(spaced(first)) : '').replaceAll(/\s+/g, ' ').trim()
  if (text === '' && picture) return texts.picture
  if (text.length <= TITLE_LENGTH) return text
  return `${text.slice(0, TITLE_LENGTH).replace(/\s+\S*$/, '')} …`
}

/** The text in the place of what was sent, with the line that says so above it. */
export function corrected(body: Root, at: Temporal.Instant, zone: string): Root {
  const time = { type: 'time' as const, at: at.toString(), value: localDay(at, zone) }
  const line = paragraph(emphasis(texts.announce.corrected, ' ', time))
  return { type: 'root', children: [line, ...body.children] }
}

/** The text without the line that says that it was corrected. */
export function uncorrected({ children }: Root): Root {
  return { type: 'root', children: children.filter(block => !isCorrection(block)) }
}

/** Lines do not run into each other. */
function spaced(block: RootContent): RootContent {
  const copy = structuredClone(block)
  visit(copy, 'break', (_, index, parent) => {
    parent?.children.splice(index ?? 0, 1, { type: 'text', value: ' ' })
  })
  return copy
}

function isCorrection(block: RootContent): boolean {
  const [only, ...others] = block.type === 'paragraph' ? block.children : []
  if (only?.type !== 'emphasis' || others.length > 0) return false
  return only.children.at(-1)?.type === 'time'
}
