import type { PhrasingContent, RootContent } from 'mdast'
import type { Changes, RowChange, SectionChange } from '../content/diff.ts'
import type { Edition } from '../content/edition.ts'
import { linked } from '../content/plain-links.ts'
import type { Span } from '../content/spans.ts'
import { heading, list, paragraph, strong } from '../message.ts'
import { texts } from '../texts.ts'
import { changedCell, shownSpans } from './changed-cell.ts'
import { passageStart, rewrittenPassage } from './changed-passage.ts'
import { eventLine } from './event-changes.ts'
import { eventsTitle } from './events.ts'

const words = texts.changes

/** Most changes listed for one section. The section itself shows them all. */
const LISTED = 12

/** Whether there are no changes. Pure. */
export function isEmpty({ sections, events }: Changes): boolean {
  return sections.length === 0 && events.length === 0
}

/** Lists the changes of each section below its title, then those of the events. Pure. */
export function changeBlocks({ sections, events }: Changes, edition: Edition): RootContent[] {
  return [
    ...sections.flatMap(change => [heading(2, change.title), list(changeLines(change))]),
    ...(events.length > 0
      ? [heading(2, eventsTitle(edition)), list(events.map(each => [eventLine(each)].flat()))]
      : []),
  ]
}

/** Lists the changes of a section without its title; none if the title of a message says them. Pure. */
export function titledBlocks(change: SectionChange): RootContent[] {
  if (change.kind === 'removed') return []
  if (change.kind === 'new') return [paragraph(...linked(change.summary ?? ''))]
  return [list(changeLines(change))]
}

function changeLines(change: SectionChange): Line[] {
  const lines = change.kind === 'removed' ? [[words.sectionRemoved]] : sectionLines(change)
  const more = lines.length - LISTED
  return more > 1 ? [...lines.slice(0, LISTED), [words.more(more)]] : lines
}

type Line = (string | PhrasingContent)[]

function sectionLines({
  kind,
  title,
  formerTitle,
  summary,
  passages,
  tables,
}: SectionChange): Line[] {
  const { added, rewritten, removed } = passages
  const summarized = kind === 'new' ? words.newSection : words.summary
  return [
    ...(formerTitle === undefined ? [] : [[words.renamed(formerTitle)]]),
    ...(summary === undefined ? [] : [linked(summarized(summary))]),
    ...tables.flatMap(table => {
      // The heading above already shows the title of a table that is named like its section.
      const where = table.title === title ? '' : table.title
      return [
        ...table.columns.added.map((name): Line => [words.columnAdded(name, where)]),
        ...table.columns.removed.map((name): Line => [words.columnRemoved(name, where)]),
        ...table.added.map((row): Line => [name(row), words.rowAdded(where)]),
        ...table.changed.map((row): Line => rowLine(row, where)),
        ...table.removed.map((row): Line => [name(row), words.rowRemoved(where)]),
      ]
    }),
    ...rewritten.map(({ from, to }): Line => rewrittenPassage(from, to)),
    ...added.map((spans): Line => [words.passageAdded, ...passageStart(spans)]),
    ...removed.map((spans): Line => [words.passageRemoved, struck(passageStart(spans))]),
  ]
}

function rowLine({ row, cells }: RowChange, where: string): Line {
  const changed = cells.flatMap(({ column, from, to }, index) => [
    ...(index > 0 ? ['; '] : []),
    words.column(column),
    ...changedCell(from, to),
  ])
  return [name(row), words.rowChanged(where), ...changed]
}

function name(row: readonly Span[]): PhrasingContent {
  // The name of a row shows no address, so that a line stays short.
  return strong(...shownSpans(row.map(({ url: _, ...span }) => span)))
}

function struck(children: PhrasingContent[]): PhrasingContent {
  return { type: 'delete', children }
}
