import type { PhrasingContent, RootContent } from 'mdast'
import type { Changes, RowChange, SectionChange } from '../content/diff.ts'
import { linked } from '../content/plain-links.ts'
import type { Span } from '../content/spans.ts'
import { heading, list, strong } from '../message.ts'
import { texts } from '../texts.ts'
import { changedCell, shownSpans } from './changed-cell.ts'
import { exerciseLine } from './exercise-changes.ts'

const words = texts.changes

/** Most changes listed for one section. The section itself shows them all. */
const LISTED = 12

/** Whether there are no changes. Pure. */
export function isEmpty({ sections, exercises }: Changes): boolean {
  return sections.length === 0 && exercises.length === 0
}

/** Lists the changes of each section, then those of the exercises. Pure. */
export function changeBlocks({ sections, exercises }: Changes): RootContent[] {
  return [
    ...sections.flatMap(sectionBlocks),
    ...(exercises.length > 0
      ? [heading(2, texts.exercises), list(exercises.map(each => [exerciseLine(each)].flat()))]
      : []),
  ]
}

function sectionBlocks(change: SectionChange): RootContent[] {
  const { title, kind } = change
  const lines = kind === 'changed' ? sectionLines(change) : [[words.sections[kind]]]
  const more = lines.length - LISTED
  const listed = more > 1 ? [...lines.slice(0, LISTED), [words.more(more)]] : lines
  return [heading(2, title), list(listed)]
}

type Line = (string | PhrasingContent)[]

function sectionLines(change: SectionChange): Line[] {
  const { title, formerTitle, summary, passages, tables } = change
  const { added, rewritten, removed } = passages
  return [
    ...(formerTitle === undefined ? [] : [[words.renamed(formerTitle)]]),
    ...(summary === undefined ? [] : [linked(words.summary(summary))]),
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
    ...(added + rewritten + removed > 0 ? [[words.passages(added, rewritten, removed)]] : []),
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
