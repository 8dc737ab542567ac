import type { RootContent } from 'mdast'
import type { Changes } from '../content/diff.ts'
import type { Edition, Exercise, Section } from '../content/edition.ts'
import { linked } from '../content/plain-links.ts'
import { type Action, heading, type Message, message, paragraph } from '../message.ts'
import { monthOrDay } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { changeBlocks, isEmpty } from './changes.ts'
import { countdown } from './countdown.ts'
import { byStart, exerciseCard } from './exercises.ts'
import { footer } from './footer.ts'
import { SETTINGS_ACTION } from './reminder.ts'
import { sectionButton, sectionTitle } from './section-button.ts'

/** Days ahead for which a digest lists exercises. */
const AHEAD_DAYS = 30

export interface DigestOptions {
  readonly edition: Edition
  /** Changes since the edition that the chat has last seen. */
  readonly changes: Changes
  /** The current date in the time zone of the chat. */
  readonly today: Temporal.PlainDate
  /** Number of the digest, which selects its section: each digest takes the next one. */
  readonly turn: number
}

/** Returns the message of a digest: the changes, the exercises of the next 30 days, and one section. Pure. */
export function digest({ edition, changes, today, turn }: DigestOptions): Message {
  const { sections } = edition
  const section = sections[turn % sections.length]
  const exercises = near(edition.exercises, today)
  const actions: Action[] = [
    ...(section ? [sectionButton(section, texts.readOn)] : []),
    { label: texts.settings.pauseWeek, command: '/pause 1w' },
    SETTINGS_ACTION,
  ]
  return message(
    [
      heading(1, texts.digest.title(edition.title, monthOrDay(today.toString()))),
      ...(isEmpty(changes) ? [] : changeBlocks(changes)),
      ...(exercises.length > 0
        ? [heading(2, texts.digest.exercises(AHEAD_DAYS)), ...cards(exercises, today)]
        : []),
      ...(section ? sectionBlocks(section) : []),
      footer(edition, section?.asOf ?? edition.asOf, today),
    ],
    actions,
  )
}

/** Whether a digest has changes or exercises, besides its section. Pure. */
export function hasNews({ edition, changes, today }: Omit<DigestOptions, 'turn'>): boolean {
  return !isEmpty(changes) || near(edition.exercises, today).length > 0
}

function sectionBlocks(section: Section): RootContent[] {
  const title = texts.digest.section(sectionTitle(section))
  return [heading(2, title), paragraph(...linked(section.summary))]
}

function cards(exercises: readonly Exercise[], today: Temporal.PlainDate): RootContent[] {
  return exercises.map(each => exerciseCard(each, countdown(each, today)))
}

/** Returns the scheduled exercises that are under way, or begin within {@link AHEAD_DAYS}. */
function near(exercises: readonly Exercise[], today: Temporal.PlainDate): Exercise[] {
  const [day, last] = [today.toString(), today.add({ days: AHEAD_DAYS }).toString()]
  return byStart(exercises).filter(
    ({ status, start, end }) => status === 'scheduled' && end >= day && start <= last,
  )
}
