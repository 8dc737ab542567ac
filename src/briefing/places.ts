import { toString as textOf } from 'mdast-util-to-string'
import type { Edition } from '../content/edition.ts'
import { texts } from '../texts.ts'
import { tableEntries } from './tables.ts'

/** A section or a table, and the text by which it is found. */
export interface FindablePlace {
  /** The line that shows it. */
  readonly line: string
  readonly title: string
  readonly summary: string
  readonly text: string
}

/** Whatever can be shown as one answer: each section, and behind it each of its tables. */
export function places(edition: Edition): FindablePlace[] {
  const entries = tableEntries(edition)
  return edition.sections.flatMap(section => [
    {
      line: `/${section.command}`,
      title: section.title,
      summary: section.summary,
      text: [section.summary, ...section.body.children.map(node => textOf(node))].join(' '),
    },
    ...entries
      .filter(entry => entry.section === section)
      .map(({ id, title, rows, words }) => ({
        line: `/tables ${id}`,
        title,
        summary: texts.tableSummary(section.title, rows),
        text: words,
      })),
  ])
}
