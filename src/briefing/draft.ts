import type { Edition, Section } from '../content/edition.ts'
import type { Passage } from '../content/search.ts'
import { emphasis, type Message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import { eventsLine } from './events.ts'
import { tableEntries } from './tables.ts'

/** The part of an answer that comes from a draft. */
type DraftPart = 'wholly' | 'partly' | undefined

/** Returns which part of a section is a draft. Pure. */
export function draftOf({ hasDraftEvents }: Edition, section: Section): DraftPart {
  if (section.isDraft) return 'wholly'
  return section.events && hasDraftEvents ? 'partly' : undefined
}

/** Returns which part of a table is a draft, by its id. Pure. */
export function draftOfTable(edition: Edition, id: string): DraftPart {
  const { section, isGenerated } = tableEntries(edition).find(entry => entry.id === id) ?? {}
  const isDraft = section?.isDraft || (isGenerated && edition.hasDraftEvents)
  return isDraft ? 'wholly' : undefined
}

/** Returns which part of search results comes from drafts. Pure. */
export function draftOfPassages(edition: Edition, passages: readonly Passage[]): DraftPart {
  if (passages.length === 0) return undefined
  if (edition.isDraft) return 'wholly'
  const drafts = edition.sections.filter(({ isDraft }) => isDraft)
  const lines = new Set(drafts.map(({ command }) => `/${command}`))
  if (edition.hasDraftEvents) lines.add(eventsLine(edition))
  const { length } = passages.filter(({ command }) => lines.has(command.split(' ', 1)[0] ?? ''))
  if (length === 0) return undefined
  return length === passages.length ? 'wholly' : 'partly'
}

/** Puts a line below the title of an answer that comes from a draft, in whole or in part. Pure. */
export function markDraft(message: Message, part: DraftPart): Message {
  if (!part) return message
  const line = paragraph(emphasis(part === 'partly' ? texts.partlyDraft : texts.draft))
  const { children } = message.body
  const titles = children[0]?.type === 'heading' ? 1 : 0
  return { ...message, body: { ...message.body, children: children.toSpliced(titles, 0, line) } }
}
