import type { RootContent } from 'mdast'
import { type Edition, EVENTS, type Section } from '../content/edition.ts'
import { notesOf } from '../content/notes.ts'
import type { LocalEdition } from '../content/occurrences.ts'
import { linked } from '../content/plain-links.ts'
import { plainText } from '../content/plain-text.ts'
import { type Action, heading, type Message, message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import { comingFirst } from './event-state.ts'
import { eventsActions, eventTable, PAGE } from './events.ts'
import { footer } from './footer.ts'
import { sectionButton, sectionLabel, sectionTitle } from './section-button.ts'
import { sectionEventsTitle } from './tables.ts'

/** Returns the short answer of a section: the summary and the tables, with a button for the rest. Pure. */
export function sectionLead(
  edition: LocalEdition,
  section: Section,
  today: Temporal.PlainDate,
): Message {
  const tables = section.tables.flatMap(({ title, table }) =>
    // A table without a heading has the title of its section, which the answer shows already.
    title === section.title ? [table] : [heading(2, title), table],
  )
  const notes = notesOf(section.body, tables)
  const details = { label: texts.details, command: `/${section.command} details` }
  const actions = hasDetails(section) ? [details] : []
  const body = [paragraph(...linked(section.summary)), ...tables, ...notes]
  return frame(edition, section, body, today, actions)
}

/**
 * Returns the answer with the whole section, in the editor's order. It leaves out the summary, to which its button
 * leads, because most readers come from the short answer. Pure.
 */
export function sectionDetails(
  edition: LocalEdition,
  section: Section,
  today: Temporal.PlainDate,
): Message {
  const summary = { label: texts.summary, command: `/${section.command}` }
  return frame(edition, section, withTableNames(section), today, [summary])
}

/**
 * Returns the blocks of a section. If a table has a number in its name because another heading has the same words, its
 * heading has the number as well, as in the short answer and in /tables.
 */
function withTableNames({ body, tables }: Section): RootContent[] {
  const blocks = [...body.children]
  let named = 0
  let above: number | undefined
  for (const [index, block] of body.children.entries()) {
    if (block.type === 'heading') above = index
    const count = tablesIn(block)
    const heading = above === undefined ? undefined : body.children[above]
    if (count > 0 && above !== undefined && heading?.type === 'heading') {
      const number = / \(\d+\)$/.exec(tables[named]?.title ?? '')?.[0] ?? ''
      if (tables[named]?.title === plainText(heading) + number && number !== '') {
        const children = [...heading.children, { type: 'text' as const, value: number }]
        blocks[above] = { ...heading, children }
      }
      above = undefined
    }
    named += count
  }
  return blocks
}

function tablesIn(node: RootContent): number {
  if (node.type === 'table') return 1
  if (node.type !== 'list' && node.type !== 'listItem') return 0
  return node.children.reduce((sum: number, child: RootContent) => sum + tablesIn(child), 0)
}

/** Whether the body has text besides its tables, their headings and their notes. Pure. */
export function hasDetails({ body, tables }: Section): boolean {
  const notes = new Set<RootContent>(
    notesOf(
      body,
      tables.map(({ table }) => table),
    ),
  )
  return body.children.some(node => !['heading', 'table'].includes(node.type) && !notes.has(node))
}

function frame(
  edition: LocalEdition,
  section: Section,
  body: readonly RootContent[],
  today: Temporal.PlainDate,
  actions: readonly Action[],
): Message {
  return message(
    [
      heading(1, sectionTitle(section)),
      ...body,
      ...(section.events ? events(edition, section, today) : []),
      footer(edition, section.asOf, today),
    ],
    [
      ...actions,
      ...(section.events && edition.events.length > PAGE ? eventsActions(edition) : []),
      following(edition, section),
    ],
  )
}

/** Returns the first page of the events; a button leads to the rest. */
function events(edition: LocalEdition, section: Section, today: Temporal.PlainDate): RootContent[] {
  const table = eventTable(edition, comingFirst(edition.events).slice(0, PAGE), today)
  return [
    heading(2, sectionEventsTitle(edition, section)),
    table ?? paragraph(texts.events.none.all(edition.eventNames ?? EVENTS)),
  ]
}

/** Returns the button for the next section in the order of the files; after the last, for the overview. */
function following(edition: Edition, section: Section): Action {
  const { sections } = edition
  const next = sections[sections.indexOf(section) + 1]
  return next
    ? sectionButton(next, texts.next(sectionLabel(edition, next)))
    : { label: texts.overview, command: '/briefing' }
}
