import type { Table } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import type { Edition, Section } from '../content/edition.ts'
import { heading, list, type Message, message, paragraph, strong } from '../message.ts'
import { texts } from '../texts.ts'
import { exerciseTable } from './exercises.ts'
import { footer } from './footer.ts'

interface TableEntry {
  readonly id: string
  readonly title: string
  readonly section: Section
  /** Rows below the header. */
  readonly rows: number
  /** Returns the text of its cells, for the search. */
  words(): string
  /** Returns the table as of a date; undefined if it has no rows. */
  readonly table: (today: Temporal.PlainDate) => Table | undefined
}

/** Lists all tables in the order of the sections, with the table of exercises. Pure. */
export function tableEntries({ sections, exercises }: Edition): TableEntry[] {
  return sections.flatMap(section => {
    const written = section.tables.map(({ id, title, table }) => ({
      id,
      title,
      section,
      rows: table.children.length - 1,
      words: () =>
        table.children.map(row => row.children.map(cell => textOf(cell)).join(' ')).join(' '),
      table: () => table,
    }))
    if (!section.exercises || exercises.length === 0) return written
    const generated = {
      id: `${section.command}-exercises`,
      title: texts.exercises,
      section,
      rows: exercises.length,
      words: () => exercises.map(({ name, participants }) => `${name} ${participants}`).join(' '),
      table: (today: Temporal.PlainDate) => exerciseTable(exercises, today),
    }
    return [...written, generated]
  })
}

/** Returns the answer to /tables. Pure. */
export function tableList(edition: Edition, today: Temporal.PlainDate): Message {
  const entries = tableEntries(edition)
  return message(
    [
      heading(1, texts.tables),
      list(
        entries.map(({ title, section, rows }) => [
          strong(title),
          texts.tableEntry(section.title, rows),
        ]),
      ),
      paragraph(texts.tablesHint),
      footer(edition, edition.asOf, today),
    ],
    entries.map(({ id, title }) => ({ label: title, command: `/tables ${id}` })),
  )
}

/** Returns the answer with one table by its id; the list of tables if there is no table of that id. Pure. */
export function oneTable(edition: Edition, id: string, today: Temporal.PlainDate): Message {
  const entry = tableEntries(edition).find(candidate => candidate.id === id)
  const table = entry?.table(today)
  if (!entry || !table) return tableList(edition, today)
  const { title, section } = entry
  return message(
    [heading(1, title), table, footer(edition, section.asOf, today)],
    [
      { label: section.title, command: `/${section.command}` },
      { label: texts.tables, command: '/tables' },
    ],
  )
}
