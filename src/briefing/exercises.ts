import type { Paragraph, PhrasingContent, RootContent, Table } from 'mdast'
import {
  type Edition,
  EXERCISE_FILTERS,
  type Exercise,
  factsOf,
  SHOWN_FACTS,
} from '../content/edition.ts'
import { linked } from '../content/plain-links.ts'
import {
  type Action,
  heading,
  leading,
  type Message,
  message,
  paragraph,
  strong,
  table,
} from '../message.ts'
import { dateRange } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { footer } from './footer.ts'

/** The button that leads to the list of exercises. */
export const EXERCISES_ACTION: Action = { label: texts.exercises, command: '/exercises' }

type ExerciseFilter = (typeof EXERCISE_FILTERS)[number]

/** Returns the answer to /exercises with a filter. Pure. */
export function exerciseList(
  edition: Edition,
  filter: ExerciseFilter,
  today: Temporal.PlainDate,
): Message {
  const chosen = byStart(edition.exercises).filter(
    exercise => filter === 'all' || (filter === 'past') === isPast(exercise, today),
  )
  const notes = chosen.flatMap(exercise => {
    const facts = factsOf(exercise, SHOWN_FACTS)
    return facts.length > 0 ? [texts.exerciseFacts(exercise.name, facts.join('; '))] : []
  })
  return message(
    [
      heading(1, texts.exerciseTitle[filter]),
      exerciseTable(chosen, today) ?? paragraph(texts.noExercise[filter]),
      ...notes.map(note => paragraph(...linked(note))),
      footer(edition, edition.asOf, today),
    ],
    EXERCISE_FILTERS.filter(other => other !== filter).map(other => ({
      label: texts.exerciseFilter[other],
      command: `/exercises ${other}`,
    })),
  )
}

/**
 * Returns the answer to /next: the exercises under way, the next ones and the days until then; the last past exercise
 * if there are neither. Pure.
 */
export function nextExercise(edition: Edition, today: Temporal.PlainDate): Message {
  const day = today.toString()
  const scheduled = byStart(edition.exercises).filter(({ status }) => status === 'scheduled')
  const running = scheduled.filter(({ start, end }) => start <= day && day <= end)
  const first = scheduled.find(({ start }) => start > day)
  const upcoming = scheduled.filter(({ start }) => start === first?.start)
  const last = scheduled.findLast(exercise => isPast(exercise, today))
  const postponed = edition.exercises.filter(({ status }) => status === 'postponed')
  const card = (each: Exercise) => exerciseCard(each, status(each, today))
  const cards = (exercises: readonly Exercise[]) => exercises.map(card)

  const body: RootContent[] = [heading(1, texts.nextExercise)]
  if (running.length > 0) body.push(heading(2, texts.runningNow), ...cards(running))
  if (running.length > 0 && first) body.push(heading(2, texts.comingNext))
  if (first) body.push(...cards(upcoming))
  else if (last && running.length === 0) {
    body.push(leading(texts.noExercise.upcoming), leading(texts.lastExercise), card(last))
  } else body.push(paragraph(texts.noExercise.upcoming))
  if (postponed.length > 0) {
    body.push(paragraph(texts.waiting(postponed.map(({ name }) => name))))
  }
  body.push(footer(edition, edition.asOf, today))
  return message(body, edition.exercises.length > 0 ? [EXERCISES_ACTION] : [])
}

/** Returns the answer with one exercise by its id; undefined if there is none. Pure. */
export function oneExercise(
  edition: Edition,
  id: string,
  today: Temporal.PlainDate,
): Message | undefined {
  const exercise = edition.exercises.find(each => each.id === id)
  if (!exercise) return undefined
  const { name } = exercise
  return message(
    [
      heading(1, name),
      paragraph(...exerciseFacts(exercise, status(exercise, today))),
      footer(edition, edition.asOf, today),
    ],
    [EXERCISES_ACTION],
  )
}

/** Returns the table of exercises; undefined if there are none, because a table without rows is useless. Pure. */
export function exerciseTable(
  exercises: readonly Exercise[],
  today: Temporal.PlainDate,
): Table | undefined {
  if (exercises.length === 0) return undefined
  const rows = byStart(exercises).map(exercise => [
    linked(exercise.name),
    dates(exercise),
    linked(exercise.participants),
    status(exercise, today),
  ])
  return table([[...texts.exerciseHeader], ...rows])
}

/** Returns an exercise as one paragraph. `when` is its status, such as a countdown. Pure. */
export function exerciseCard(exercise: Exercise, when: PhrasingContent | string): Paragraph {
  return paragraph(strong(exercise.name), ', ', ...exerciseFacts(exercise, when))
}

/** Returns the dates of an exercise, its status if it is not in the title, and its other facts. Pure. */
export function exerciseFacts(
  exercise: Exercise,
  when?: PhrasingContent | string,
): (PhrasingContent | string)[] {
  const facts = [exercise.participants, ...factsOf(exercise, SHOWN_FACTS)]
  const lines = facts.flatMap(fact => [{ type: 'break' as const }, ...linked(fact)])
  return [dates(exercise), ...(when === undefined ? [] : [' — ', when]), ...lines]
}

/**
 * Whether the last day of an exercise lies before today. A postponed exercise is not past: it waits for new dates.
 * Pure.
 */
export function isPast({ end, status }: Exercise, today: Temporal.PlainDate): boolean {
  return status !== 'postponed' && end < today.toString()
}

function status(exercise: Exercise, today: Temporal.PlainDate): string {
  if (exercise.status !== 'scheduled') return texts.status[exercise.status]
  if (isPast(exercise, today)) return texts.status.past
  const start = Temporal.PlainDate.from(exercise.start)
  const untilStart = today.until(start, { largestUnit: 'days' }).days
  if (untilStart > 0) return texts.status.upcoming(untilStart)
  const days = start.until(exercise.end, { largestUnit: 'days' }).days + 1
  return texts.status.underWay(1 - untilStart, days)
}

function dates({ start, end, status }: Exercise): PhrasingContent {
  const value = dateRange(start, end)
  // Former dates are plain text, so that platforms do not show them as times.
  return status === 'postponed'
    ? { type: 'text', value: texts.formerDates(value) }
    : { type: 'time', start, end, value }
}

/** Sorts exercises by their first day. Pure. */
export function byStart(exercises: readonly Exercise[]): Exercise[] {
  // ISO dates sort as text.
  return exercises.toSorted((a, b) => (a.start === b.start ? 0 : a.start < b.start ? -1 : 1))
}
