import type { ExerciseChange } from '../content/diff.ts'
import type { Edition, Exercise } from '../content/edition.ts'
import { heading, type Message, message, paragraph, strong } from '../message.ts'
import { texts } from '../texts.ts'
import { describeChange, nameOf } from './changes.ts'
import { countdown } from './countdown.ts'
import { exerciseCard } from './exercises.ts'
import { footer } from './footer.ts'

/** The buttons under a post about exercises. */
export const EXERCISE_ACTIONS = [
  { label: texts.exercises, command: '/exercises' },
  { label: texts.settings.pages.settings, command: '/settings' },
]

/** Returns the message before an exercise begins, or on its first or last day. Pure. */
export function reminder(edition: Edition, exercise: Exercise, today: Temporal.PlainDate): Message {
  const { name, start, end } = exercise
  return message(
    [
      heading(1, texts.reminder.title(name)),
      exerciseCard(exercise, countdown(start, end, today)),
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
  const name = nameOf(change)
  return message(
    [
      heading(1, texts.reminder.title(name)),
      paragraph(strong(texts.corrected), ` ${describeChange(change)}.`),
      footer(edition, edition.asOf, today),
    ],
    EXERCISE_ACTIONS,
  )
}
