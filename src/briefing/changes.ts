import type { PhrasingContent, RootContent } from 'mdast'
import type { Changes, ExerciseChange, RowChange, SectionChange } from '../content/diff.ts'
import type { Exercise } from '../content/edition.ts'
import { heading, list, strong } from '../message.ts'
import { dateRange } from '../texts/dates.ts'
import { texts } from '../texts.ts'

const words = texts.changes

/** Changes of one section that are named; whoever wants to know them all reads the section. */
const NAMED = 12

export function isNothing({ sections, exercises }: Changes): boolean {
  return sections.length === 0 && exercises.length === 0
}

/** What has changed, section by section, then the exercises. */
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
  const more = lines.length - NAMED
  const named = more > 1 ? [...lines.slice(0, NAMED), [words.more(more)]] : lines
  return [heading(2, title), list(named)]
}

type Line = (string | PhrasingContent)[]

function sectionLines(change: SectionChange): Line[] {
  const { title, formerTitle, summary, passages, tables } = change
  const { added, rewritten, removed } = passages
  return [
    ...(formerTitle === undefined ? [] : [[words.renamed(formerTitle)]]),
    ...(summary === undefined ? [] : [[words.summary(summary)]]),
    ...tables.flatMap(table => {
      // A table that is named as its section needs no name of its own.
      const where = table.title === title ? '' : table.title
      return [
        ...table.columns.added.map((name): Line => [words.columnAdded(name, where)]),
        ...table.columns.removed.map((name): Line => [words.columnRemoved(name, where)]),
        ...table.added.map((row): Line => [strong(row), words.rowAdded(where)]),
        ...table.changed.map((row): Line => rowLine(row, where)),
        ...table.removed.map((row): Line => [strong(row), words.rowRemoved(where)]),
      ]
    }),
    ...(added + rewritten + removed > 0 ? [[words.passages(added, rewritten, removed)]] : []),
  ]
}

function rowLine({ row, cells }: RowChange, where: string): Line {
  const changed = cells.map(({ column, from, to }) => words.cell(column, from, to))
  return [strong(row), words.rowChanged(where, changed.join('; '))]
}

/** "Defender 2023: moved from 1–10 June to 3–12 June 2023". */
export function exerciseLine(change: ExerciseChange): Line {
  return [strong(nameOf(change)), `: ${became(change)}`]
}

export function nameOf(change: ExerciseChange): string {
  return change.kind === 'removed' ? change.before.name : change.after.name
}

/** What has become of an exercise, in words. */
export function became(change: ExerciseChange): string {
  const { became: said } = words
  if (change.kind === 'removed') return said.removed
  const { kind, before, after } = change
  const to = dateRange(after.start, after.end)
  if (kind === 'added') {
    return after.status === 'scheduled' ? said.added(to) : said.addedResting[after.status](to)
  }
  const from = dateRange(before.start, before.end)
  switch (kind) {
    case 'moved':
      return said.moved(withoutYear(before.start, before.end, after.end), to)
    case 'postponed':
      return said.postponed(from)
    case 'cancelled':
      return said.cancelled(from)
    case 'revived':
      // It may have been postponed and take place as it was planned.
      return before.status === 'postponed' && from !== to ? said.newDates(to) : said.afterAll(to)
    case 'changed':
      return changedFacts(before, after)
  }
}

/** "1–10 June" where the year follows anyway. */
function withoutYear(start: string, end: string, next: string): string {
  const range = dateRange(start, end)
  const year = next.slice(0, 4)
  const isSame = start.startsWith(year) && end.startsWith(year)
  return isSame ? range.replace(` ${year}`, '') : range
}

const FACTS = ['participants', 'location', 'note', 'source'] as const

function changedFacts(before: Exercise, after: Exercise): string {
  const { renamed, dates, fact } = words.became
  const range = ({ start, end }: Exercise) => dateRange(start, end)
  return [
    ...(before.name === after.name ? [] : [renamed(before.name)]),
    ...(range(before) === range(after) ? [] : [dates(range(after))]),
    ...FACTS.filter(name => before[name] !== after[name]).map(name => fact[name](after[name])),
  ].join('; ')
}
