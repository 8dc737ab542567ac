import { localDay, localTime } from '../briefing/local-time.ts'
import type { EventChoice } from '../chats/event-choices.ts'
import { currentZone } from '../clock.ts'
import type { Edition } from '../content/edition.ts'
import { type Subscription, sectionTopic } from '../store/chats/chat.ts'
import type { EventServer } from '../store/schedule/scheduled-events.ts'
import { texts } from '../texts.ts'
import { topicsOf, topicTitle } from './topics.ts'

/** The settings of a chat, and everything else that their description depends on. */
interface Described {
  readonly subscription: Subscription
  readonly edition: Edition
  readonly now: Temporal.Instant
}

/** A setting as the panel shows it: its name and its value. */
type Fact = readonly [name: string, value: string]

const words = texts.settings

/** Most events that a line names. */
const NAMED = 5

/** Lists what a chat gets and when, and each other setting that differs from its default. The zone is not among them. */
export function factsOf({ subscription, edition }: Pick<Described, 'subscription' | 'edition'>) {
  const { topics, quiet, tableStyle, sound } = subscription
  const followed = topicsOf(edition)
    .filter(topic => topics.includes(topic))
    .map(topic => topicTitle(edition, topic))
  const sections = edition.sections
    .filter(({ command }) => topics.includes(sectionTopic(command)))
    .map(({ title }) => title)
  const isDefault = { quiet: !quiet, sound: !sound, tables: tableStyle === 'grid' }
  const others = (['quiet', 'sound', 'tables'] as const).filter(name => !isDefault[name])
  const facts: Fact[] = [
    [words.pages.what, followed.join(', ') || words.none],
    ...(sections.length > 0 ? [[words.sections, sections.join(', ')] as const] : []),
    ...eventFacts(subscription, edition),
    ...(['schedule', ...others] as const).map(name => factOf(name, subscription)),
  ]
  return facts
}

/** Describes the events in the list of a server that has them turned on. */
export function serverEventFact({ refused }: Pick<EventServer, 'refused'>): Fact {
  const words = texts.scheduledEvents
  return [words.title, refused === undefined ? words.on : words.refused(refused)]
}

/** Names the events that a chat follows and those that it muted; none that the edition no longer has. */
function eventFacts(subscription: Subscription, edition: Edition): Fact[] {
  const { names, factFollowed, factMuted } = texts.eventReminders
  return (['followed', 'muted'] as const).flatMap((choice): Fact[] => {
    const events = chosenEvents(subscription, edition, choice).map(({ name }) => name)
    const named = names(events.slice(0, NAMED), Math.max(0, events.length - NAMED))
    return events.length > 0 ? [[choice === 'muted' ? factMuted : factFollowed, named]] : []
  })
}

/** Returns the events of an edition that a chat follows, or those that it muted. Pure. */
export function chosenEvents(
  subscription: Subscription,
  { events }: Pick<Edition, 'events'>,
  choice: EventChoice,
): Edition['events'] {
  const ids = new Set(subscription[choice])
  return events.filter(({ id }) => ids.has(id))
}

/** Describes one setting of a chat. */
export function factOf(
  page: 'schedule' | 'hour' | 'sound' | 'zone' | 'quiet' | 'tables',
  subscription: Subscription,
): Fact {
  const { hour, zone, quiet, tableStyle, sound } = subscription
  const value = {
    schedule: () => scheduleText(subscription),
    hour: () => hourText(hour),
    sound: () => words.sounds[sound ?? 'usual'],
    zone: () => currentZone(zone),
    quiet: () => (quiet ? hoursText(quiet.from, quiet.to) : words.quietOff),
    tables: () => words.tables[tableStyle],
  }[page]()
  return [words.pages[page], value]
}

function scheduleText({ cadence, weekday, hour, onlyNew }: Subscription): string {
  if (cadence === 'instant') return words.cadences.instant
  const days = cadence === 'weekly' ? words.weekly(words.weekdays[weekday - 1] ?? '') : undefined
  const when = words.at(days ?? words.cadences.daily, hourText(hour))
  return onlyNew ? `${when}, ${words.ifNew}` : when
}

/**
 * Says when the next post comes, in the chat's zone and in plain words. A platform's own time format would show each
 * reader's zone instead. `isZoneNamed` if the message names the zone elsewhere.
 */
export function nextPost(
  { subscription, now }: Pick<Described, 'subscription' | 'now'>,
  isZoneNamed = false,
): string {
  const { state, zone, topics, followed, cadence, quiet, nextDigestAt, pausedUntil } = subscription
  const time = localTime(now, zone)
  const here = isZoneNamed ? words.hereNow(time) : words.here(currentZone(zone), time)
  if (state === 'stopped') return `${words.nextNone} ${here}`
  if (state === 'paused') {
    const until = pausedUntil
      ? words.pausedUntil(localDay(pausedUntil, zone, now))
      : words.pausedOpen
    const then = nextDigestAt ? ` ${words.nextAfter(localDay(nextDigestAt, zone, now))}` : ''
    return `${until}${then} ${here}`
  }
  if (nextDigestAt) return `${words.nextDigest(localDay(nextDigestAt, zone, now))} ${here}`
  if (topics.length === 0 && !followed) return `${words.nothingFollowed} ${here}`
  const rest = quiet ? words.notBetween(hoursText(quiet.from, quiet.to)) : '.'
  return `${words.asItHappens(cadence === 'instant')}${rest} ${here}`
}

/** Formats a full hour: `09:00`. Pure. */
export function hourText(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`
}

/** Formats a span of hours: `22:00–07:00`. Pure. */
export function hoursText(from: number, to: number): string {
  return `${hourText(from)}–${hourText(to)}`
}
