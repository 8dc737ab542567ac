import type { Paragraph, PhrasingContent, RootContent, Table } from 'mdast'
import { type Edition, EXERCISE_FILTERS, type Exercise } from '../content/edition.ts'
import { heading, type Message, message, paragraph, strong, table } from '../message.ts'
import { dateRange } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { footer } from './footer.ts'

type ExerciseFilter = (typeof EXERCISE_FILTERS)[number]

export function exerciseList(
  edition: Edition,
  filter: ExerciseFilter,
  today: Temporal.PlainDate,
): Message {
  const chosen = byStart(edition.exercises).filter(
    exercise => filter === 'all' || (filter === 'past') === isPast(exercise, today),
  )
  const notes = chosen.flatMap(({ name, location, note, source }) => {
    const facts = [location, note, source].filter(fact => fact !== undefined)
    return facts.length > 0 ? [texts.exerciseFacts(name, facts.join('; '))] : []
  })
  return message(
    [
      heading(1, texts.exerciseTitle[filter]),
      exerciseTable(chosen, today) ?? paragraph(texts.noExercise[filter]),
      ...notes.map(note => paragraph(note)),
      footer(edition, edition.asOf, today),
    ],
    EXERCISE_FILTERS.filter(other => other !== filter).map(other => ({
      label: texts.exerciseFilter[other],
      command: `/exercises ${other}`,
    })),
  )
}

/** What runs, what comes next and the days to go; where nothing does, the last one as past. */
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
  else body.push(paragraph(texts.noExercise.upcoming))
  if (last && running.length === 0 && !first) {
    body.push(paragraph(texts.lastExercise), card(last))
  }
  if (postponed.length > 0) {
    body.push(paragraph(texts.waiting(postponed.map(({ name }) => name).join(', '))))
  }
  body.push(footer(edition, edition.asOf, today))
  const all = { label: texts.exercises, command: '/exercises' }
  return message(body, edition.exercises.length > 0 ? [all] : [])
}

/** One exercise by its id; nothing where there is none. */
export function oneExercise(
  edition: Edition,
  id: string,
  today: Temporal.PlainDate,
): Message | undefined {
  const exercise = edition.exercises.find(each => each.id === id)
  if (!exercise) return undefined
  const { name } = exercise
  const facts = exerciseFacts(exercise, status(exercise, today))
  return message(
    [heading(1, name), paragraph(...facts), footer(edition, edition.asOf, today)],
    [{ label: texts.exercises, command: '/exercises' }],
  )
}

/** Undefined where there is no exercise: a table without rows tells nobody anything. */
export function exerciseTable(
  exercises: readonly Exercise[],
  today: Temporal.PlainDate,
): Table | undefined {
  if (exercises.length === 0) return undefined
  const rows = byStart(exercises).map(exercise => [
    exercise.name,
    dates(exercise),
    exercise.participants,
    status(exercise, today),
  ])
  return table([[...texts.exerciseHeader], ...rows])
}

/** An exercise as one paragraph: `when` says how it stands. */
export function exerciseCard(exercise: Exercise, when: PhrasingContent | string): Paragraph {
  return paragraph(strong(exercise.name), ', ', ...exerciseFacts(exercise, when))
}

function exerciseFacts(exercise: Exercise, when: PhrasingContent | string) {
  const { participants, location, source, note } = exercise
  const facts = [participants, location, note, source].filter(fact => fact !== undefined)
  const lines = facts.flatMap(fact => [{ type: 'break' as const }, fact])
  return [dates(exercise), ' — ', when, ...lines]
}

/**
 * Over: its last day lies before today. One that was postponed never took place, so it goes on
 * waiting for its new dates, however old the former ones are.
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
  // Dates that no longer hold are not offered as dates.
  return status === 'postponed'
    ? { type: 'text', value: texts.formerDates(value) }
    : { type: 'time', start, end, value }
}

export function byStart(exercises: readonly Exercise[]): Exercise[] {
  // ISO dates sort as text.
  return exercises.toSorted((a, b) => (a.start === b.start ? 0 : a.start < b.start ? -1 : 1))
}
