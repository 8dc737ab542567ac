import type { ExerciseChange } from '../content/diff.ts'
import type { Edition, Exercise } from '../content/edition.ts'
import { linked } from '../content/plain-links.ts'
import { type Action, heading, type Message, message, paragraph, strong } from '../message.ts'
import { texts } from '../texts.ts'
import { countdown } from './countdown.ts'
import { changeTitle, describeChange } from './exercise-changes.ts'
import { EXERCISES_ACTION, exerciseFacts } from './exercises.ts'
import { footer } from './footer.ts'

/** The button under a post that leads to the settings. */
export const SETTINGS_ACTION: Action = {
  label: texts.settings.pages.settings,
  command: '/settings',
}

/** The buttons under a post about exercises. */
export const EXERCISE_ACTIONS = [EXERCISES_ACTION, SETTINGS_ACTION]

/** Returns the message before an exercise begins, or on its first or last day. Pure. */
export function reminder(edition: Edition, exercise: Exercise, today: Temporal.PlainDate): Message {
  return message(
    [
      heading(1, exercise.name, ' ', countdown(exercise, today, 'title')),
      paragraph(...exerciseFacts(exercise)),
      footer(edition, edition.asOf, today),
    ],
    EXERCISE_ACTIONS,
  )
}

/** Returns the message that replaces a sent reminder whose exercise has changed. Pure. */
export function correctedReminder(
  edition: Edition,
  change: ExerciseChange,
  today: Temporal.PlainDate,
): Message {
  const said = message(
    [
      heading(1, changeTitle(change)),
      paragraph(strong(texts.corrected), ...linked(` ${describeChange(change)}.`)),
      footer(edition, edition.asOf, today),
    ],
    EXERCISE_ACTIONS,
  )
  return { ...said, tone: 'corrected' }
}
