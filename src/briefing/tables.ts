import type { Table } from 'mdast'
import { type Edition, EVENTS, type Section } from '../content/edition.ts'
import { notesOf } from '../content/notes.ts'
import type { LocalEdition } from '../content/occurrences.ts'
import { lettersOf, spansOf } from '../content/spans.ts'
import { heading, list, type Message, message, strong } from '../message.ts'
import { texts } from '../texts.ts'
import { comingFirst } from './event-state.ts'
import { eventsTitle, eventTable } from './events.ts'
import { footer } from './footer.ts'
import { sectionButton, sectionLabel } from './section-button.ts'

interface TableEntry {
  readonly id: string
  /** The ids of earlier releases, which buttons in chats type: `threats`, `threats-2`. */
  readonly aliases: readonly string[]
  readonly title: string
  /** The title, with that of the section before it if two sections have a table of this title. */
  readonly label: string
  readonly section: Section
  /** Whether it is made of the events. */
  readonly isGenerated: boolean
  /** Rows below the header. */
  readonly rows: number
  /** Returns the text of its cells, for the search. */
  words(): string
  /** Absent if the table is made of the events. */
  readonly table?: Table
}

/** Lists all tables in the order of the sections, with the table of events. Pure. */
export function tableEntries(edition: Edition): TableEntry[] {
  const { sections, events } = edition
  const entries = sections.flatMap(section => {
    const { command } = section
    const written = section.tables.map(({ id, title, table }, index) => ({
      id,
      aliases: [index === 0 ? command : `${command}-${index + 1}`],
      title,
      section,
      isGenerated: false,
      rows: table.children.length - 1,
      words: () =>
        table.children
          .map(row => row.children.map(cell => lettersOf(spansOf(cell))).join(' '))
          .join(' '),
      table,
    }))
    if (!section.events || events.length === 0) return written
    const generated = {
      id: `${command}-${edition.eventNames?.command ?? EVENTS.command}`,
      aliases: [],
      title: sectionEventsTitle(edition, section),
      section,
      isGenerated: true,
      rows: events.length,
      words: () => events.map(({ name, participants }) => `${name} ${participants}`).join(' '),
    }
    return [...written, generated]
  })
  const byTitle = Map.groupBy(entries, ({ title }) => title)
  return entries.map(entry => {
    const isShared = (byTitle.get(entry.title)?.length ?? 0) > 1
    const full = `${entry.section.title}: ${entry.title}`
    return { ...entry, label: isShared && full.length <= LABEL_LENGTH ? full : entry.title }
  })
}

/** Most UTF-16 units of a button's label (Discord). */
const LABEL_LENGTH = 80

/** The name of a section's table of events, which none of its other tables has. Pure. */
export function sectionEventsTitle(edition: Edition, { tables }: Section): string {
  const taken = new Set(tables.map(({ title }) => title.toLowerCase()))
  let title = eventsTitle(edition)
  for (let count = 2; taken.has(title.toLowerCase()); count++)
    title = `${eventsTitle(edition)} (${count})`
  return title
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
          texts.tableEntry(sectionLabel(edition, section), rows),
        ]),
      ),
      footer(edition, edition.asOf, today),
    ],
    entries.map(({ id, label }) => ({ label, command: `/tables ${id}` })),
  )
}

/** Returns the answer with one table by its id; the list of tables if there is no table of that id. Pure. */
export function oneTable(edition: LocalEdition, id: string, today: Temporal.PlainDate): Message {
  const entry = tableEntries(edition).find(candidate => candidate.id === id)
  const table = entry?.isGenerated
    ? eventTable(edition, comingFirst(edition.events), today)
    : entry?.table
  if (!entry || !table) return tableList(edition, today)
  const { title, section } = entry
  return message(
    [
      heading(1, title),
      table,
      ...notesOf(section.body, [table]),
      footer(edition, section.asOf, today),
    ],
    [sectionButton(section), { label: texts.tables, command: '/tables' }],
  )
}
