import type { RootContent } from 'mdast'
import type { Changes } from '../content/diff.ts'
import type { Edition, Exercise, Section } from '../content/edition.ts'
import { type Action, heading, type Message, message, paragraph } from '../message.ts'
import { monthOrDay } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { changeBlocks, isNothing } from './changes.ts'
import { countdown } from './countdown.ts'
import { byStart, exerciseCard } from './exercises.ts'
import { footer } from './footer.ts'

/** How far a digest looks ahead, in days. */
const AHEAD_DAYS = 30

export interface DigestOptions {
  readonly edition: Edition
  /** What its reader does not know yet. */
  readonly changes: Changes
  /** The day of whoever reads it. */
  readonly today: Temporal.PlainDate
  /** Which section has its turn: counted up from digest to digest. */
  readonly turn: number
}

/** What has changed, the exercises of the next 30 days, and one section after the other. */
export function digest({ edition, changes, today, turn }: DigestOptions): Message {
  const { sections } = edition
  const section = sections[turn % sections.length]
  const exercises = near(edition.exercises, today)
  const actions: Action[] = [
    ...(section ? [{ label: texts.readOn, command: `/${section.command}` }] : []),
    { label: texts.settings.pauseWeek, command: '/pause 1w' },
    { label: texts.settings.pages.settings, command: '/settings' },
  ]
  return message(
    [
      heading(1, texts.digest.title(edition.title, monthOrDay(today.toString()))),
      ...(isNothing(changes) ? [] : changeBlocks(changes)),
      ...(exercises.length > 0
        ? [heading(2, texts.digest.exercises(AHEAD_DAYS)), ...cards(exercises, today)]
        : []),
      ...(section ? turnOf(section) : []),
      footer(edition, section?.asOf ?? edition.asOf, today),
    ],
    actions,
  )
}

/** Whether a digest has more to say than its section in turn. */
export function hasNews({ edition, changes, today }: Omit<DigestOptions, 'turn'>): boolean {
  return !isNothing(changes) || near(edition.exercises, today).length > 0
}

function turnOf({ title, summary }: Section): RootContent[] {
  return [heading(2, texts.digest.section(title)), paragraph(summary)]
}

function cards(exercises: readonly Exercise[], today: Temporal.PlainDate): RootContent[] {
  return exercises.map(each => exerciseCard(each, countdown(each.start, each.end, today)))
}

/** What runs, or begins soon. */
function near(exercises: readonly Exercise[], today: Temporal.PlainDate): Exercise[] {
  const [day, last] = [today.toString(), today.add({ days: AHEAD_DAYS }).toString()]
  return byStart(exercises).filter(
    ({ status, start, end }) => status === 'scheduled' && end >= day && start <= last,
  )
}
