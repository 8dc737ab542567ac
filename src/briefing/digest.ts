import type { PhrasingContent, RootContent } from 'mdast'
import type { Changes } from '../content/diff.ts'
import { EVENTS, type Section } from '../content/edition.ts'
import type { LocalEdition, Occurrence } from '../content/occurrences.ts'
import { linked } from '../content/plain-links.ts'
import { type Action, heading, type Message, message, paragraph } from '../message.ts'
import { dayOfYear } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { changeBlocks, isEmpty } from './changes.ts'
import { countdown } from './countdown.ts'
import { byStart, isPast } from './event-state.ts'
import { eventCard, eventsLine, PAGE } from './events.ts'
import { footer } from './footer.ts'
import { SETTINGS_ACTION } from './reminder.ts'
import { sectionButton, sectionTitle } from './section-button.ts'
import { timeline } from './timeline.ts'
import { changesTitle } from './updates.ts'

/** Days ahead for which a digest lists events. */
const AHEAD_DAYS = 30

export interface DigestOptions {
  /** The edition by the clock of the chat. */
  readonly edition: LocalEdition
  /** Changes since the edition that the chat has last seen. */
  readonly changes: Changes
  /** The current date in the time zone of the chat. */
  readonly today: Temporal.PlainDate
  /** Number of the digest, which selects its section: each digest takes the next one. */
  readonly turn: number
}

/**
 * Returns the message of a digest: the changes, the events of the next 30 days, and one section. Its title begins
 * with the first of these, because a notification shows 40 characters. Pure.
 */
export function digest({ edition, changes, today, turn }: DigestOptions): Message {
  const { sections } = edition
  const section = sections[turn % sections.length]
  const events = near(edition.events, today)
  const next = events.find(({ start }) => start >= today.toString()) ?? events[0]
  const news = isEmpty(changes) ? next && upcoming(next, today) : [changesTitle(changes)]
  const title = news ?? [section ? sectionTitle(section) : edition.title]
  const actions: Action[] = [
    ...(section ? [sectionButton(section, texts.readOn)] : []),
    { label: texts.settings.pauseWeek, command: '/pause 1w' },
    SETTINGS_ACTION,
  ]
  return message(
    [
      heading(1, ...title, texts.digest.of(dayOfYear(today.toString()))),
      ...around(events.slice(0, PAGE), edition.events, today),
      ...(isEmpty(changes) ? [] : changeBlocks(changes, edition)),
      ...(events.length > 0
        ? [
            heading(2, texts.events.near(edition.eventNames ?? EVENTS, AHEAD_DAYS)),
            ...cards(events.slice(0, PAGE), today),
            ...(events.length > PAGE
              ? [paragraph(texts.events.others(events.length - PAGE, eventsLine(edition)))]
              : []),
          ]
        : []),
      ...(section ? sectionBlocks(section, news !== undefined) : []),
      footer(edition, section?.asOf ?? edition.asOf, today),
    ],
    actions,
  )
}

/** Whether a digest has changes or events, besides its section. Pure. */
export function hasNews({ edition, changes, today }: Omit<DigestOptions, 'turn'>): boolean {
  return !isEmpty(changes) || near(edition.events, today).length > 0
}

function upcoming(event: Occurrence, today: Temporal.PlainDate): (PhrasingContent | string)[] {
  return [event.name, ' ', countdown(event, today, 'title')]
}

/** Returns the summary of a section, below its title if the digest begins with something else. */
function sectionBlocks(section: Section, isTitled: boolean): RootContent[] {
  const title = heading(2, texts.digest.section(sectionTitle(section)))
  return [...(isTitled ? [title] : []), paragraph(...linked(section.summary))]
}

function cards(events: readonly Occurrence[], today: Temporal.PlainDate): RootContent[] {
  return events.map(each => eventCard(each, countdown(each, today)))
}

/** Most events of a digest's timeline, and most past ones among them: one screen of a phone. */
const TIMELINE = { all: 10, past: 2 } as const

/** Returns the timeline of the listed events and of those around them; empty if none are listed. */
function around(
  listed: readonly Occurrence[],
  all: readonly Occurrence[],
  today: Temporal.PlainDate,
): RootContent[] {
  if (listed.length === 0) return []
  const past = all.filter(isPast)
  const others = byStart(all).filter(event => !isPast(event) && !listed.includes(event))
  const coming = [...listed, ...others].slice(0, TIMELINE.all - TIMELINE.past)
  return timeline([...coming, ...past], today, TIMELINE.past)
}

/** Returns the scheduled events that are under way, or begin within {@link AHEAD_DAYS}. */
function near(events: readonly Occurrence[], today: Temporal.PlainDate): Occurrence[] {
  const last = today.add({ days: AHEAD_DAYS }).toString()
  return byStart(events).filter(
    event => event.status === 'scheduled' && !isPast(event) && event.start <= last,
  )
}
