import type { PhrasingContent, RootContent, Text } from 'mdast'
import type { Changes, ExerciseChange, RowChange, SectionChange } from '../content/diff.ts'
import { type Exercise, SHOWN_FACTS } from '../content/edition.ts'
import type { Span } from '../content/spans.ts'
import { heading, list, strong } from '../message.ts'
import { dateRange } from '../texts/dates.ts'
import { texts } from '../texts.ts'

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
    ...(summary === undefined ? [] : [[words.summary(summary)]]),
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
    ...words.cell(column, shown(from), shown(to)),
  ])
  return [name(row), words.rowChanged(where), ...changed]
}

function name(row: readonly Span[]): PhrasingContent {
  return strong(...row.map(({ text, struck }) => marked(plain(text), struck)))
}

/** The text of a cell, with the address behind each link, because an address alone may have changed. */
function shown(spans: readonly Span[]): PhrasingContent[] {
  return spans.flatMap(({ text, struck, url }) => {
    if (url === undefined) return marked(plain(text), struck)
    const address = url.replace(/^mailto:([^?]*).*/i, '$1')
    const link: PhrasingContent = { type: 'link', url, children: [plain(address)] }
    const parts = text === address ? [link] : [plain(`${text} (`), link, plain(')')]
    return parts.map(part => marked(part, struck))
  })
}

function plain(value: string): Text {
  return { type: 'text', value }
}

function marked(node: PhrasingContent, struck?: true): PhrasingContent {
  return struck ? { type: 'delete', children: [node] } : node
}

/** Describes a change of an exercise: "Defender 2023: moved from 1–10 June to 3–12 June 2023". */
export function exerciseLine(change: ExerciseChange): Line {
  return [strong(nameOf(change)), `: ${describeChange(change)}`]
}

/** Returns the name of a changed exercise. Pure. */
export function nameOf(change: ExerciseChange): string {
  return change.kind === 'removed' ? change.before.name : change.after.name
}

/** Describes a change of an exercise without its name: "moved from 1–10 June to 3–12 June 2023". */
export function describeChange(change: ExerciseChange): string {
  const { became: phrases } = words
  if (change.kind === 'removed') return phrases.removed
  const { kind, before, after } = change
  const to = dateRange(after.start, after.end)
  if (kind === 'added') {
    return after.status === 'scheduled' ? phrases.added(to) : phrases.addedResting[after.status](to)
  }
  const from = dateRange(before.start, before.end)
  switch (kind) {
    case 'moved':
      return phrases.moved(withoutYear(before.start, before.end, after.end), to)
    case 'postponed':
      return phrases.postponed(from)
    case 'cancelled':
      return phrases.cancelled(from)
    case 'revived':
      // A postponed exercise may be scheduled again for its former dates.
      return before.status === 'postponed' && from !== to
        ? phrases.newDates(to)
        : phrases.afterAll(to)
    case 'changed':
      return changedFacts(before, after)
  }
}

/** Formats a range of dates, without its year if the date `next`, which follows in the text, has the same year. */
function withoutYear(start: string, end: string, next: string): string {
  const range = dateRange(start, end)
  const year = next.slice(0, 4)
  const isSame = start.startsWith(year) && end.startsWith(year)
  return isSame ? range.replace(` ${year}`, '') : range
}

const FACTS = ['participants', ...SHOWN_FACTS] as const

function changedFacts(before: Exercise, after: Exercise): string {
  const { renamed, dates, fact } = words.became
  const range = ({ start, end }: Exercise) => dateRange(start, end)
  return [
    ...(before.name === after.name ? [] : [renamed(before.name)]),
    ...(range(before) === range(after) ? [] : [dates(range(after))]),
    ...FACTS.filter(name => before[name] !== after[name]).map(name => fact[name](after[name])),
  ].join('; ')
}
