import type { Changes, ExerciseChange, SectionChange } from '../content/diff.ts'
import type { Edition } from '../content/edition.ts'
import { linked } from '../content/plain-links.ts'
import { type Action, heading, type Message, message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import { changeBlocks } from './changes.ts'
import { countdown } from './countdown.ts'
import { changeTitle, describeChange, exerciseLine } from './exercise-changes.ts'
import { exerciseCard, exerciseFacts } from './exercises.ts'
import { footer } from './footer.ts'
import { EXERCISE_ACTIONS, SETTINGS_ACTION } from './reminder.ts'
import { buttonOf } from './section-button.ts'

const words = texts.update

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
      ...changeBlocks(changes),
      footer(edition, asOfOldest(edition, changes.sections), today),
    ],
    [...actions, SETTINGS_ACTION],
  )
}

/** Returns the title of changes: the first exercise that changed, or the sections. Pure. */
export function changesTitle({ exercises, sections }: Changes): string {
  return exercises.length > 0 ? exercisesTitle(exercises) : sectionsTitle(sections)
}

/** Returns a title that names the changed sections: both of two, the first one of more. */
function sectionsTitle(changes: readonly SectionChange[]): string {
  const titles = changes.map(({ title }) => title)
  const [first = ''] = titles
  return titles.length > 2 ? words.manySections(first, titles.length - 1) : words.sections(titles)
}

/** Returns the oldest `asOf` of the changed sections; that of the edition if none is left. */
function asOfOldest({ sections, asOf }: Edition, changes: readonly SectionChange[]): string {
  const commands = new Set(changes.map(({ command }) => command))
  const dates = sections.filter(({ command }) => commands.has(command)).map(each => each.asOf)
  return dates.sort()[0] ?? asOf
}
