import type { Edition, Section } from '../content/edition.ts'
import type { Action } from '../message.ts'
import { texts } from '../texts.ts'

/** Returns the title of a section for a list. That of a draft says so, unless the whole edition is a draft. Pure. */
export function sectionLabel({ isDraft: isWhole }: Edition, { title, isDraft }: Section): string {
  return isDraft && !isWhole ? texts.draftLabel(title) : title
}

/** Returns a button for each section. Pure. */
export function sectionButtons(edition: Edition): Action[] {
  return edition.sections.map(section => ({
    label: sectionLabel(edition, section),
    command: `/${section.command}`,
  }))
}
