import type { Edition } from '../content/edition.ts'
import { lettersOf, piecesOf } from '../content/spans.ts'
import { texts } from '../texts.ts'
import { tableEntries } from './tables.ts'

/** A section or a table, and the text by which a search finds it. */
export interface FindablePlace {
  /** The command that shows the place. */
  readonly line: string
  readonly title: string
  readonly summary: string
  readonly text: string
}

/**
 * Yields every place that one answer can show: each section, followed by its tables. Lazy: reads a
 * section when the caller asks for its place.
 */
export function* places(edition: Edition): Generator<FindablePlace> {
  const entries = tableEntries(edition)
  for (const section of edition.sections) {
    yield {
      line: `/${section.command}`,
      title: section.title,
      summary: section.summary,
      text: [section.summary, ...piecesOf(section.body).map(({ spans }) => lettersOf(spans))].join(
        ' ',
      ),
    }
    for (const { id, title, rows, words } of entries.filter(entry => entry.section === section)) {
      const summary = texts.tableSummary(section.title, rows)
      yield { line: `/tables ${id}`, title, summary, text: words() }
    }
  }
}
