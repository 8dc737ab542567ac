import type { Changes, ExerciseChange, SectionChange } from '../content/diff.ts'
import type { Edition } from '../content/edition.ts'
import { type Action, heading, type Message, message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import { became, changeBlocks, exerciseLine, nameOf } from './changes.ts'
import { countdown } from './countdown.ts'
import { exerciseCard } from './exercises.ts'
import { footer } from './footer.ts'
import { EXERCISE_ACTIONS } from './reminder.ts'

/** Exercises that are new, were moved, postponed or cancelled. */
export function exerciseNews(
  edition: Edition,
  changes: readonly ExerciseChange[],
  today: Temporal.PlainDate,
): Message {
  const [only, ...others] = changes
  const title = only && others.length === 0 ? texts.newsOf(nameOf(only)) : texts.exerciseNews
  return message(
    [
      heading(1, title),
      ...changes.map(change => paragraph(...progressView(change, today))),
      footer(edition, edition.asOf, today),
    ],
    EXERCISE_ACTIONS,
  )
}

/** What has become of it, and how it stands now. */
function progressView(change: ExerciseChange, today: Temporal.PlainDate) {
  const { after } = change
  if (after?.status !== 'scheduled') return [...exerciseLine(change), '.']
  const card = exerciseCard(after, countdown(after.start, after.end, today))
  // Its dates stand above.
  const said = change.kind === 'added' ? texts.changes.isNew : `${capitalised(became(change))}.`
  return [...card.children, { type: 'break' as const }, said]
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** What has changed, for those who want to know as it happens. */
export function sectionNews(
  edition: Edition,
  changes: Changes,
  today: Temporal.PlainDate,
): Message {
  const actions: Action[] = changes.sections
    .filter(({ kind }) => kind !== 'removed')
    .map(({ title, command }) => ({ label: title, command: `/${command}` }))
  return message(
    [
      heading(1, texts.sectionNews(edition.title)),
      ...changeBlocks(changes),
      footer(edition, asOfOldest(edition, changes.sections), today),
    ],
    [...actions, { label: texts.settings.pages.settings, command: '/settings' }],
  )
}

/** The oldest date among the sections: up to then everything is known. */
function asOfOldest({ sections, asOf }: Edition, changes: readonly SectionChange[]): string {
  const commands = new Set(changes.map(({ command }) => command))
  const dates = sections.filter(({ command }) => commands.has(command)).map(each => each.asOf)
  return dates.sort()[0] ?? asOf
}
