import type { Changes, ExerciseChange, SectionChange } from '../content/diff.ts'
import type { Edition } from '../content/edition.ts'
import { type Action, heading, type Message, message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import { changeBlocks } from './changes.ts'
import { countdown } from './countdown.ts'
import { changeTitle, describeChange, exerciseLine } from './exercise-changes.ts'
import { exerciseCard, exerciseFacts } from './exercises.ts'
import { footer } from './footer.ts'
import { EXERCISE_ACTIONS } from './reminder.ts'

const words = texts.update

/** Returns the update about exercises that were added, moved, postponed, cancelled or revived. Pure. */
export function exerciseUpdate(
  edition: Edition,
  changes: readonly ExerciseChange[],
  today: Temporal.PlainDate,
): Message {
  const [first, ...others] = changes
  const title = first ? changeTitle(first) : texts.exercises
  return message(
    [
      heading(1, others.length > 0 ? words.more(title, others.length) : title),
      ...changes.map(change => paragraph(...changeCard(change, today, others.length === 0))),
      footer(edition, edition.asOf, today),
    ],
    EXERCISE_ACTIONS,
  )
}

/** Returns the exercise as it is now, and its change. The title names the only exercise of an update. */
function changeCard(change: ExerciseChange, today: Temporal.PlainDate, isOnly: boolean) {
  const { after } = change
  if (after?.status !== 'scheduled') return [...exerciseLine(change), '.']
  const when = countdown(after, today)
  const card = isOnly ? exerciseFacts(after, when) : exerciseCard(after, when).children
  // The card already has the dates of a new exercise.
  const text =
    change.kind === 'added' ? texts.changes.isNew : `${capitalised(describeChange(change))}.`
  return [...card, { type: 'break' as const }, text]
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
    .map(({ title, command }) => ({ label: title, command: `/${command}` }))
  return message(
    [
      heading(1, sectionsTitle(changes.sections)),
      ...changeBlocks(changes),
      footer(edition, asOfOldest(edition, changes.sections), today),
    ],
    [...actions, { label: texts.settings.pages.settings, command: '/settings' }],
  )
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
