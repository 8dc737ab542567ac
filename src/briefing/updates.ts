import type { RootContent } from 'mdast'
import type { Changes, ExerciseChange, SectionChange } from '../content/diff.ts'
import type { Edition } from '../content/edition.ts'
import { linked } from '../content/plain-links.ts'
import { lettersOf } from '../content/spans.ts'
import { type Action, heading, type Message, message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import { changeBlocks, titledBlocks } from './changes.ts'
import { countdown } from './countdown.ts'
import { changeTitle, describeChange, exerciseLine } from './exercise-changes.ts'
import { exerciseCard, exerciseFacts } from './exercises.ts'
import { footer } from './footer.ts'
import { EXERCISE_ACTIONS, SETTINGS_ACTION } from './reminder.ts'
import { buttonOf } from './section-button.ts'

const words = texts.update

/** Most UTF-16 units of a title with a row. A notification shows 40 characters of it. */
const TITLE_LENGTH = 60

/** Returns the update about exercises that were added, moved, postponed, cancelled or revived. Pure. */
export function exerciseUpdate(
  edition: Edition,
  changes: readonly ExerciseChange[],
  today: Temporal.PlainDate,
): Message {
  return message(
    [
      heading(1, exercisesTitle(changes)),
      ...changes.map(change => paragraph(...changeCard(change, today, changes.length === 1))),
      footer(edition, edition.asOf, today),
    ],
    EXERCISE_ACTIONS,
  )
}

/** Returns the news of the first exercise, and the number of the others. */
function exercisesTitle([first, ...others]: readonly ExerciseChange[]): string {
  const title = first ? changeTitle(first) : texts.exercises
  return others.length > 0 ? words.more(title, others.length) : title
}

/** Returns the exercise as it is now, and its change. The title names the only exercise of an update. */
function changeCard(change: ExerciseChange, today: Temporal.PlainDate, isOnly: boolean) {
  const { after } = change
  const text = linked(`${capitalised(describeChange(change))}.`)
  if (after?.status !== 'scheduled') return isOnly ? text : [...exerciseLine(change), '.']
  const when = countdown(after, today)
  const card = isOnly ? exerciseFacts(after, when) : exerciseCard(after, when).children
  // The card already has the dates of a new exercise.
  const news = change.kind === 'added' ? [texts.changes.isNew] : text
  return [...card, { type: 'break' as const }, ...news]
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Returns the update about changes of sections, and of exercises in `changes`. Pure. */
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
      ...bodyOf(changes),
      footer(edition, asOfOldest(edition, changes.sections), today),
    ],
    [...actions, SETTINGS_ACTION],
  )
}

/** Lists the changes. The title of an update names the only section, unless it names a row. */
function bodyOf(changes: Changes): RootContent[] {
  const [only, ...others] = changes.sections
  const isTitled = only && others.length + changes.exercises.length === 0 && !rowNews(only)
  return isTitled ? titledBlocks(only) : changeBlocks(changes)
}

/** Returns the title of changes: the first exercise that changed, or the first section, and the number of others. Pure. */
export function changesTitle({ exercises, sections }: Changes): string {
  if (exercises.length > 0) return exercisesTitle(exercises)
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
