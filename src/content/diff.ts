import type { Table } from 'mdast'
import {
  type CalendarEvent,
  type Edition,
  isSameBriefing,
  type NamedTable,
  OPTIONAL_FACT_NAMES,
  type Section,
} from './edition.ts'
import { adoptFeeds } from './feed-events.ts'
import { lettersOf, piecesOf, type Span, spansOf } from './spans.ts'
import { words } from './words.ts'

/** The differences between two editions. */
export interface Changes {
  /** In the order of the newer edition, removed sections last. */
  readonly sections: readonly SectionChange[]
  readonly events: readonly EventChange[]
}

export interface SectionChange {
  readonly kind: 'new' | 'changed' | 'removed'
  readonly command: string
  readonly title: string
  /** Absent if the title is the same. */
  readonly formerTitle?: string
  /** The summary of a new section, or one that has changed. */
  readonly summary?: string
  readonly passages: PassageChanges
  readonly tables: readonly TableChange[]
}

/** The changes of a section's text, without its tables. */
interface PassageChanges {
  readonly added: readonly Text[]
  readonly rewritten: readonly { readonly from: Text; readonly to: Text }[]
  readonly removed: readonly Text[]
}

interface TableChange {
  readonly title: string
  /** Headings of columns. A renamed column has one in each list. */
  readonly columns: { readonly added: readonly string[]; readonly removed: readonly string[] }
  /** First cells of rows. */
  readonly added: readonly Text[]
  readonly removed: readonly Text[]
  readonly changed: readonly RowChange[]
}

/** A text with the marks that change its meaning. */
type Text = readonly Span[]

export interface RowChange {
  /** First cell of the row. */
  readonly row: Text
  readonly cells: readonly { readonly column: string; readonly from: Text; readonly to: Text }[]
}

/**
 * A change of an event. `removed`: the newer edition does not name the event, which does not
 * mean that it is cancelled. `revived`: a postponed or cancelled event is scheduled again.
 */
export type EventChange =
  | { readonly kind: 'added'; readonly before?: undefined; readonly after: CalendarEvent }
  | { readonly kind: 'removed'; readonly before: CalendarEvent; readonly after?: undefined }
  | ChangedEvent

interface ChangedEvent {
  readonly kind: 'moved' | 'postponed' | 'cancelled' | 'revived' | 'changed'
  readonly before: CalendarEvent
  readonly after: CalendarEvent
}

/** The differences between an edition and itself. */
export const NOTHING_CHANGED: Changes = { sections: [], events: [] }

/** Compares two editions of a briefing. Events of a calendar that the older one does not know are no news. Pure. */
export function diffEditions(before: Edition, after: Edition): Changes {
  if (!isSameBriefing(before, after)) return NOTHING_CHANGED
  return {
    sections: [
      ...after.sections.flatMap(section => {
        const was = before.sections.find(({ command }) => command === section.command)
        if (was) return sectionChange(was, section) ?? []
        return { ...bare(section), kind: 'new' as const, summary: section.summary }
      }),
      ...before.sections
        .filter(({ command }) => !after.sections.some(each => each.command === command))
        .map(section => ({ ...bare(section), kind: 'removed' as const })),
    ],
    events: diffEvents(adoptFeeds(before, after).events, after.events),
  }
}

function bare({ command, title }: Section): Omit<SectionChange, 'kind'> {
  return { command, title, passages: NONE, tables: [] }
}

const NONE: PassageChanges = { added: [], rewritten: [], removed: [] }

function sectionChange(before: Section, after: Section): SectionChange | undefined {
  const { command, title, summary } = after
  const passages = passageChanges(passagesOf(before), passagesOf(after))
  const tables = tableChanges(before.tables, after.tables)
  const isSame = [passages.added, passages.removed, passages.rewritten, tables].every(
    list => list.length === 0,
  )
  if (isSame && summary === before.summary && title === before.title) return undefined
  return {
    kind: 'changed',
    command,
    title,
    passages,
    tables,
    ...(title !== before.title && { formerTitle: before.title }),
    ...(summary !== before.summary && { summary }),
  }
}

/** Compares two texts by their passages. A passage in the place of one that is gone was rewritten. */
function passageChanges(before: readonly Text[], after: readonly Text[]): PassageChanges {
  const [removed, added] = [gaps(before, after), gaps(after, before)]
  const rewritten: { from: Text; to: Text }[] = []
  const gone: Text[] = []
  for (const [place, texts] of removed) {
    const left = added.get(place) ?? []
    const isEven = texts.length === left.length
    for (const from of texts) {
      const index = left.findIndex(to => isEven || isSimilar(from, to))
      const [to] = index === -1 ? [] : left.splice(index, 1)
      if (to) rewritten.push({ from, to })
      else gone.push(from)
    }
  }
  return { added: [...added.values()].flat(), rewritten, removed: gone }
}

/** Returns the texts that `others` does not have, by the text before them that it has. */
function gaps(texts: readonly Text[], others: readonly Text[]): Map<string, Text[]> {
  const kept = new Set(numbered(others.map(keyOf)))
  const found = new Map<string, Text[]>()
  let before = ''
  for (const [index, key] of numbered(texts.map(keyOf)).entries()) {
    if (kept.has(key)) before = key
    else found.set(before, [...(found.get(before) ?? []), texts[index] ?? []])
  }
  return found
}

/** Whether two texts have most of their words in common. */
function isSimilar(one: Text, other: Text): boolean {
  const [left, right] = [one, other].map(text => new Set(words(lettersOf(text))))
  if (!left || !right) return false
  return left.intersection(right).size * 2 > Math.max(left.size, right.size)
}

/** The texts of a body without those of named tables. */
function passagesOf({ body, tables }: Section): Text[] {
  const named = new Set(tables.map(({ table }) => JSON.stringify(table)))
  return piecesOf(body)
    .filter(({ table }) => !table || !named.has(JSON.stringify(table)))
    .map(({ spans }) => spans)
}

/** A text that differs if the letters or their marks do, without regard to the kind of blanks. */
function keyOf(spans: Text): string {
  const marked = spans.map(({ text, struck, url = '' }) => `${struck ? '~' : ''}${url}\n${text}`)
  return marked.join('\n').replace(/\s+/g, ' ')
}

/** The letters of a text, with marks around those that are struck out. */
function named(spans: Text): string {
  return spans.map(({ text, struck }) => (struck ? `~~${text}~~` : text)).join('')
}

function tableChanges(before: readonly NamedTable[], after: readonly NamedTable[]): TableChange[] {
  const [were, are] = [before, after].map(all => new Map(all.map(each => [each.title, each.table])))
  const removed = before.filter(({ title }) => !are?.has(title))
  return [
    ...after.map(({ title, table }) => ({ title, ...tableChange(were?.get(title), table) })),
    ...removed.map(({ title, table }) => ({ title, ...tableChange(table, undefined) })),
  ].filter(({ columns, added, removed, changed }) => {
    const lists = [columns.added, columns.removed, added, removed, changed]
    return lists.some(list => list.length > 0)
  })
}

/** Compares two tables. A table that is undefined on one side changes by its rows alone. */
function tableChange(before: Table | undefined, after: Table | undefined) {
  const [was, is] = [before, after].map(readTable)
  const headings = (one?: TableContent, other?: TableContent) =>
    one && other ? [...one.headings].filter(([key]) => !other.headings.has(key)) : []
  const names = (list: [string, string][]) => list.map(([, heading]) => heading)
  return {
    columns: { added: names(headings(is, was)), removed: names(headings(was, is)) },
    ...rowChanges(was?.rows ?? [], is?.rows ?? []),
  }
}

interface TableContent {
  /** By the key of the column; see {@link numbered}. */
  readonly headings: ReadonlyMap<string, string>
  readonly rows: readonly Row[]
}

interface Row {
  /** The key of the first cell; see {@link numbered}. */
  readonly key: string
  readonly name: Text
  /** The cells by the keys of their columns. */
  readonly cells: ReadonlyMap<string, { readonly column: string; readonly text: Text }>
}

function readTable(table: Table | undefined): TableContent | undefined {
  if (!table) return undefined
  const [header = [], ...rows] = table.children.map(row => row.children.map(spansOf))
  const headings = header.map(named)
  const columns = numbered(header.map(keyOf))
  // A row keeps its key if its name is struck out or leads elsewhere.
  const keys = numbered(rows.map(([name = []]) => lettersOf(name)))
  return {
    headings: new Map(columns.map((key, index) => [key, headings[index] ?? ''])),
    rows: rows.map((cells, row) => ({
      key: keys[row] ?? '',
      name: cells[0] ?? [],
      cells: new Map(
        cells.map((text, index) => [columns[index] ?? '', { column: headings[index] ?? '', text }]),
      ),
    })),
  }
}

/** Makes a unique key of each name: the name and a count of equal names before it. */
function numbered(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map(name => {
    const nth = seen.get(name) ?? 0
    seen.set(name, nth + 1)
    return `${name}\n${nth}`
  })
}

function rowChanges(before: readonly Row[], after: readonly Row[]) {
  const [was, is] = [before, after].map(rows => new Map(rows.map(row => [row.key, row])))
  return {
    added: after.filter(({ key }) => !was?.has(key)).map(({ name }) => name),
    removed: before.filter(({ key }) => !is?.has(key)).map(({ name }) => name),
    changed: after.flatMap(row => {
      const cells = cellChanges(was?.get(row.key) ?? row, row)
      return cells.length > 0 ? [{ row: row.name, cells }] : []
    }),
  }
}

/**
 * Compares the cells of columns that both rows have. An added or removed column is reported once,
 * by its heading.
 */
function cellChanges(before: Row, after: Row): RowChange['cells'] {
  return [...after.cells].flatMap(([key, { column, text }]) => {
    const from = before.cells.get(key)?.text
    return !from || keyOf(from) === keyOf(text) ? [] : [{ column, from, to: text }]
  })
}

function diffEvents(
  before: readonly CalendarEvent[],
  after: readonly CalendarEvent[],
): EventChange[] {
  const [known, kept] = [before, after].map(list => new Map(list.map(each => [each.id, each])))
  return [
    ...after.flatMap(event => {
      const was = known?.get(event.id)
      return was ? (eventChange(was, event) ?? []) : { kind: 'added' as const, after: event }
    }),
    ...before
      .filter(({ id }) => !kept?.has(id))
      .map(event => ({ kind: 'removed' as const, before: event })),
  ]
}

function eventChange(before: CalendarEvent, after: CalendarEvent): ChangedEvent | undefined {
  const both = { before, after }
  if (after.status !== before.status) {
    return { kind: after.status === 'scheduled' ? 'revived' : after.status, ...both }
  }
  // The dates of a postponed or cancelled event do not hold, so they cannot move.
  const isMoved = DATES.some(key => before[key] !== after[key])
  if (isMoved && after.status === 'scheduled') return { kind: 'moved', ...both }
  const isSame =
    FACTS.every(fact => before[fact] === after[fact]) && isEqual(before.except, after.except)
  return isSame ? undefined : { kind: 'changed', ...both }
}

const DATES = ['start', 'end', 'zone', 'repeat'] as const
const FACTS = ['name', ...DATES, 'participants', ...OPTIONAL_FACT_NAMES] as const

function isEqual(one: readonly string[] = [], other: readonly string[] = []): boolean {
  return one.join() === other.join()
}
