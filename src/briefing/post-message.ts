import type { Root, RootContent } from 'mdast'
import { plainText } from '../content/plain-text.ts'
import { emphasis, type Message, message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import { localDay } from './local-time.ts'

/** Most UTF-16 units of a post's title. */
const TITLE_LENGTH = 60

/** Returns the message of a stored post; if it is damaged, a message that says so. Pure. */
export function messageOf({ message: stored }: { readonly message: Message | undefined }): Message {
  return stored ?? message([paragraph(texts.damaged)])
}

/** Returns the title of a post; if it has none, its first block with words, cut to fit on a phone. Pure. */
export function titleOf({ body, picture, title }: Message): string {
  if (title !== undefined) return title
  const blocks = body.children.filter(block => !isCorrection(block))
  const text = blocks.map(block => plainText(block)).find(words => words !== '') ?? ''
  if (text === '' && picture) return texts.picture
  if (text.length <= TITLE_LENGTH) return text
  return `${text.slice(0, TITLE_LENGTH).replace(/\s+\S*$/, '')} …`
}

/** Adds the line "Corrected" above the text of a correction, with the time in `zone` (IANA). Pure. */
export function corrected(body: Root, at: Temporal.Instant, zone: string): Root {
  const time = { type: 'time' as const, at: at.toString(), value: localDay(at, zone, at) }
  const line = paragraph(emphasis(texts.announce.corrected, ' ', time))
  return { type: 'root', children: [line, ...body.children] }
}

/** Gives a message the colour of urgency. Its words stay the moderator's own. Pure. */
export function asUrgent(message: Message): Message {
  return { ...message, tone: 'urgent' }
}

/** Removes the line that {@link corrected} adds. Pure. */
export function unmarked({ children }: Root): Root {
  const kept = children.filter(block => !isCorrection(block))
  return { type: 'root', children: kept }
}

function isCorrection(block: RootContent): boolean {
  const [only, ...others] = block.type === 'paragraph' ? block.children : []
  if (only?.type !== 'emphasis' || others.length > 0) return false
  return only.children.at(-1)?.type === 'time'
}
