import type { RootContent } from 'mdast'
import type { Changes, EventChange, SectionChange } from '../content/diff.ts'
import type { Edition } from '../content/edition.ts'
import { occurrenceOn } from '../content/occurrences.ts'
import { linked } from '../content/plain-links.ts'
import { lettersOf } from '../content/spans.ts'
import { type Action, heading, type Message, message, paragraph } from '../message.ts'
import { capitalized } from '../texts/capitalized.ts'
import { texts } from '../texts.ts'
import { changeBlocks, titledBlocks } from './changes.ts'
import { countdown } from './countdown.ts'
import { changeTitle, describeChange, eventLine } from './event-changes.ts'
import { eventCard, eventFacts } from './events.ts'
import { footer } from './footer.ts'
import { eventPostActions, SETTINGS_ACTION } from './reminder.ts'
import { buttonOf } from './section-button.ts'

const words = texts.update

/** Most UTF-16 units of a title with a row. A notification shows 40 characters of it. */
const TITLE_LENGTH = 60

/** Returns the update about events that were added, moved, postponed, cancelled or revived. Pure. */
export function eventUpdate(
  edition: Edition,
  changes: readonly EventChange[],
  today: Temporal.PlainDate,
): Message {
  return message(
    [
      heading(1, eventsNews(changes)),
      ...changes.map(change => paragraph(...changeCard(change, today, changes.length === 1))),
      footer(edition, edition.asOf, today),
    ],
    eventPostActions(edition),
  )
}

/** Returns the news of the first event, and the number of the others. */
function eventsNews([first, ...others]: readonly EventChange[]): string {
  const title = first ? changeTitle(first) : texts.changes.title
  return others.length > 0 ? words.more(title, others.length) : title
}

/** Returns the event as it is now, and its change. The title names the only event of an update. */
function changeCard(change: EventChange, today: Temporal.PlainDate, isOnly: boolean) {
  const { after } = change
  const text = linked(`${capitalized(describeChange(change))}.`)
  if (after?.status !== 'scheduled') return isOnly ? text : [...eventLine(change), '.']
  const event = occurrenceOn(after, today)
  // One update goes to all zones, in which a time may lie on different days.
  const when = event.at ? undefined : countdown(event, today)
  const card = isOnly ? eventFacts(event, when) : eventCard(event, when).children
  // The card already has the dates of a new event.
  const news = change.kind === 'added' ? [texts.changes.isNew] : text
  return [...card, { type: 'break' as const }, ...news]
}

/** Returns the update about changes of sections, and of events in `changes`. Pure. */
export function sectionUpdate(
  edition: Edition,
  changes: Changes,
  today: Temporal.PlainDate,
): Message {
  const actions: Action[] = changes.sections
    .filter(({ kind }) => kind !== 'removed')
    .map(({ title, command }) => buttonOf(edition, title, `/${command}`))
  return message(
    [
      heading(1, changesTitle(changes)),
      ...bodyOf(edition, changes),
      footer(edition, asOfOldest(edition, changes.sections), today),
    ],
    [...actions, SETTINGS_ACTION],
  )
}

/** Lists the changes. The title of an update names the only section, unless it names a row. */
function bodyOf(edition: Edition, changes: Changes): RootContent[] {
  const [only, ...others] = changes.sections
  const isTitled = only && others.length + changes.events.length === 0 && !rowNews(only)
  return isTitled ? titledBlocks(only) : changeBlocks(changes, edition)
}

/** Returns the title of changes: the first event that changed, or the first section, and the number of others. Pure. */
export function changesTitle({ events, sections }: Changes): string {
  if (events.length > 0) return eventsNews(events)
  const [first, ...others] = sections
  if (!first) return texts.changes.title
  const title = rowNews(first) ?? words.section[first.kind](first.title)
  return others.length > 0 ? words.more(title, others.length) : title
}

/** Returns the old and the new text of the only cell of a row that changed; undefined if they do not fit in a title. */
function rowNews({ tables }: SectionChange): string | undefined {
  const [row] = tables.flatMap(({ changed }) => changed)
  const [cell, ...others] = row?.cells ?? []
  if (!row || !cell || others.length > 0) return undefined
  const isPlain = [row.row, cell.from, cell.to].every(
    spans => spans.length > 0 && spans.every(({ struck, url }) => !struck && url === undefined),
  )
  const [name, from, to] = [row.row, cell.from, cell.to].map(lettersOf) as [string, string, string]
  const news = words.row(name, cell.column, from, to)
  return isPlain && news.length <= TITLE_LENGTH ? news : undefined
}

/** Returns the oldest `asOf` of the changed sections; that of the edition if none is left. */
function asOfOldest({ sections, asOf }: Edition, changes: readonly SectionChange[]): string {
  const commands = new Set(changes.map(({ command }) => command))
  const dates = sections.filter(({ command }) => commands.has(command)).map(each => each.asOf)
  return dates.sort()[0] ?? asOf
}
