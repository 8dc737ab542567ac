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

/**
 * Every place that one answer can show: each section, followed by its tables. Lazy: a section is read
 * when its place is asked for.
 */
export function* places(edition: Edition): Generator<FindablePlace> {
  const entries = tableEntries(edition)
  for (const section of edition.sections) {
    yield {
      line: `/${section.command}`,
      title: section.title,
      summary: section.summary,
      text: `${section.summary} ${wordsOf(section.body)}`,
    }
    for (const { id, title, rows, words } of entries.filter(entry => entry.section === section)) {
      const summary = texts.tableSummary(section.title, rows)
      yield { line: `/tables ${id}`, title, summary, text: words() }
    }
  }
}

/** Every text by itself: the last word of a cell is not the first of the next. */
function wordsOf(tree: Nodes): string {
  const texts: string[] = []
  visit(tree, node => {
    if ('value' in node) texts.push(node.value)
  })
  return texts.join(' ')
}
