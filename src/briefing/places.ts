import type { Nodes } from 'mdast'
import { visit } from 'unist-util-visit'
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
      text: `${section.summary} ${wordsOf(section.body)}`,
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

/** Every text by itself: the last word of a cell is not the first of the next. */
function wordsOf(tree: Nodes): string {
  const texts: string[] = []
  visit(tree, node => {
    if ('value' in node) texts.push(node.value)
  })
  return texts.join(' ')
}
