import type { ExerciseChange } from '../content/diff.ts'
import type { Edition, Exercise } from '../content/edition.ts'
import { heading, type Message, message, paragraph, strong } from '../message.ts'
import { texts } from '../texts.ts'
import { became, nameOf } from './changes.ts'
import { countdown } from './countdown.ts'
import { exerciseCard } from './exercises.ts'
import { footer } from './footer.ts'

/** Where whoever reads of exercises goes on from. */
export const EXERCISE_ACTIONS = [
  { label: texts.exercises, command: '/exercises' },
  { label: texts.settings.pages.settings, command: '/settings' },
]

/** That an exercise is near, begins or ends. */
export function reminder(edition: Edition, exercise: Exercise, today: Temporal.PlainDate): Message {
  const { name, start, end } = exercise
  return message(
    [
      heading(1, texts.reminderOf(name)),
      exerciseCard(exercise, countdown(start, end, today)),
      footer(edition, edition.asOf, today),
    ],
    EXERCISE_ACTIONS,
  )
}

/** What stands in the place of a reminder whose dates hold no more. */
export function correctedReminder(
  edition: Edition,
  change: ExerciseChange,
  today: Temporal.PlainDate,
): Message {
  const name = nameOf(change)
  return message(
    [
      heading(1, texts.reminderOf(name)),
      paragraph(strong(texts.corrected), ` ${became(change)}.`),
      footer(edition, edition.asOf, today),
    ],
    EXERCISE_ACTIONS,
  )
}
