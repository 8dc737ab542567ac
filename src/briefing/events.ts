import type { Paragraph, PhrasingContent, RootContent, Table } from 'mdast'
import { calendarUrl } from '../calendar/calendars.ts'
import {
  CALENDAR_VALUE,
  type CalendarEvent,
  type Edition,
  EVENT_FILTERS,
  EVENTS,
  factsOf,
  SHOWN_FACTS,
} from '../content/edition.ts'
import type { LocalEdition, Occurrence } from '../content/occurrences.ts'
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
  typed,
} from '../message.ts'
import { texts } from '../texts.ts'
import { eventDates } from './event-dates.ts'
import { byStart, comingFirst, isPast, stateInWords, stateOf } from './event-state.ts'
import { footer } from './footer.ts'
import { repeatInWords } from './repeat-words.ts'
import { timeline } from './timeline.ts'

const words = texts.events

/** Returns the line that lists the events of an edition. Pure. */
export function eventsLine({ eventNames = EVENTS }: Pick<Edition, 'eventNames'>): string {
  return `/${eventNames.command}`
}

/** Returns the title of the events of an edition. Pure. */
export function eventsTitle({ eventNames = EVENTS }: Pick<Edition, 'eventNames'>): string {
  return words.title(eventNames)
}

/** Returns the link that adds an event to a calendar; none if this server has no public address. Pure. */
export function addToCalendar({ id }: CalendarEvent, publicUrl?: string): Action[] {
  return publicUrl === undefined
    ? []
    : [{ label: words.calendar.add, url: calendarUrl(publicUrl, id) }]
}

/** Returns the button that leads to the list of events; none if an edition has no events. Pure. */
export function eventsActions(edition: Pick<Edition, 'eventNames'>): Action[] {
  return edition.eventNames ? [{ label: eventsTitle(edition), command: eventsLine(edition) }] : []
}

/** Returns the button by which a chat follows an event. Pure. */
export function remindAction(event: string): Action {
  return { label: texts.eventReminders.remindOne, command: `/remind ${event}` }
}

/** Returns the button by which a chat mutes an event. Pure. */
export function muteAction(event: string): Action {
  return { label: texts.eventReminders.muteOne, command: `/mute ${event}` }
}

type EventFilter = (typeof EVENT_FILTERS)[number]

/** Most events on one page of the list, in a section or in a digest: as many as a phone shows without much scrolling. */
export const PAGE = 5

/** The optional facts that have no column in the table. */
const NOTES = SHOWN_FACTS.filter(fact => fact !== 'location')

/** Returns the values of the pages that a list of events may have, after the first one. Pure. */
export function eventPages({
  events,
}: Pick<Edition, 'events'>): { value: string; title: string }[] {
  const pages = Math.ceil(events.length / PAGE)
  return EVENT_FILTERS.flatMap(filter =>
    Array.from({ length: Math.max(0, pages - 1) }, (_, index) => ({
      value: pageValue(filter, index + 2),
      title: words.page(words.filters[filter], index + 2),
    })),
  )
}

function pageValue(filter: EventFilter, page: number): string {
  return `${filter}-${page}`
}

/**
 * Returns a page of the list of events: `upcoming`, `past`, `all`, or one of {@link eventPages}. Past events stand behind
 * the others. Pure.
 */
export function eventList(
  edition: LocalEdition,
  which: string,
  today: Temporal.PlainDate,
): Message {
  const { eventNames = EVENTS } = edition
  const [named, number = '1'] = which.split('-')
  const filter = EVENT_FILTERS.find(each => each === named) ?? 'all'
  const all = comingFirst(edition.events).filter(
    event => filter === 'all' || isPast(event) === (filter === 'past'),
  )
  const last = Math.max(1, Math.ceil(all.length / PAGE))
  const page = Math.min(last, Number(number))
  const chosen = all.slice((page - 1) * PAGE, page * PAGE)
  const notes = chosen.flatMap(event => {
    const facts = [...repeats(event), ...factsOf(event, NOTES)]
    return facts.length > 0 ? [said(event, words.facts(event.name, facts.join('; ')))] : []
  })
  return message(
    [
      heading(1, words.titles[filter](eventNames)),
      ...(page === 1 ? timeline(all, today) : []),
      eventTable(edition, chosen, today) ?? paragraph(words.none[filter](eventNames)),
      ...notes.map(note => paragraph(...note)),
      footer(edition, edition.asOf, today),
    ],
    [
      ...(page < last
        ? [
            {
              label: words.more,
              command: `${eventsLine(edition)} ${pageValue(filter, page + 1)}`,
              isStep: true as const,
            },
          ]
        : []),
      ...EVENT_FILTERS.filter(other => other !== filter).map(other => ({
        label: words.filters[other],
        command: `${eventsLine(edition)} ${other}`,
      })),
      ...(edition.events.some(event => !isPast(event))
        ? [
            { label: `${texts.eventReminders.remind.title}…`, command: '/remind' },
            { label: words.calendar.title, command: `${eventsLine(edition)} ${CALENDAR_VALUE}` },
          ]
        : []),
    ],
  )
}

/**
 * Returns the answer to /next: the events under way, the next ones and the days until then; the last past event
 * if there are neither. Pure.
 */
export function nextEvent(edition: LocalEdition, today: Temporal.PlainDate): Message {
  const { eventNames = EVENTS } = edition
  const scheduled = byStart(edition.events).filter(({ status }) => status === 'scheduled')
  const running = scheduled.filter(event => event.hasBegun && !isPast(event))
  const first = scheduled.find(({ hasBegun }) => !hasBegun)
  const upcoming = scheduled.filter(each => !each.hasBegun && each.start === first?.start)
  const last = scheduled.findLast(isPast)
  const postponed = edition.events.filter(({ status }) => status === 'postponed')
  const card = (each: Occurrence) => eventCard(each, stateInWords(stateOf(each), each, today))
  // A calendar may have thousands of events on one day.
  const cards = (events: readonly Occurrence[]) => [
    ...events.slice(0, PAGE).map(card),
    ...(events.length > PAGE
      ? [paragraph(words.others(events.length - PAGE, eventsLine(edition)))]
      : []),
  ]

  const body: RootContent[] = [heading(1, words.next(eventNames))]
  if (running.length > 0) body.push(heading(2, texts.runningNow), ...cards(running))
  if (running.length > 0 && first) body.push(heading(2, texts.comingNext))
  if (first) body.push(...cards(upcoming))
  else if (last && running.length === 0) {
    body.push(leading(words.none.upcoming(eventNames)), leading(texts.lastEvent), card(last))
  } else body.push(paragraph(words.none.upcoming(eventNames)))
  if (postponed.length > 0) {
    body.push(paragraph(texts.waiting(postponed.map(({ name }) => name))))
  }
  body.push(footer(edition, edition.asOf, today))
  const [only, ...others] = upcoming
  return message(body, [
    ...(only && others.length === 0 ? [remindAction(only.id)] : []),
    ...(edition.events.length > 0 ? eventsActions(edition) : []),
  ])
}

/** Returns the answer with one event by its id; undefined if there is none. `publicUrl`: see `Registry`. Pure. */
export function oneEvent(
  edition: LocalEdition,
  id: string,
  today: Temporal.PlainDate,
  publicUrl?: string,
): Message | undefined {
  const event = edition.events.find(each => each.id === id)
  if (!event) return undefined
  return message(
    [
      heading(1, ...said(event, event.name)),
      paragraph(...eventFacts(event, stateInWords(stateOf(event), event, today))),
      footer(edition, edition.asOf, today),
    ],
    [
      ...(isPast(event)
        ? []
        : [remindAction(id), muteAction(id), ...addToCalendar(event, publicUrl)]),
      ...eventsActions(edition),
    ],
  )
}

/**
 * Returns the table of events in their order; undefined if there are none, because a table without rows is useless. It
 * has a column for places if an event has one. Pure.
 */
export function eventTable(
  { eventNames = EVENTS }: Pick<Edition, 'eventNames'>,
  events: readonly Occurrence[],
  today: Temporal.PlainDate,
): Table | undefined {
  if (events.length === 0) return undefined
  const hasPlaces = events.some(({ location }) => location !== undefined)
  const rows = events.map(event => [
    said(event, event.name),
    eventDates(event),
    said(event, event.participants),
    stateInWords(stateOf(event), event, today),
    ...(hasPlaces ? [said(event, event.location ?? '')] : []),
  ])
  const header = words.header(eventNames)
  return table([hasPlaces ? [...header, words.place] : header, ...rows])
}

/** Returns an event as one paragraph. `when` is its status, such as a countdown. Pure. */
export function eventCard(event: Occurrence, when?: PhrasingContent | string): Paragraph {
  return paragraph(strong(...said(event, event.name)), ', ', ...eventFacts(event, when))
}

/** Returns the dates of an event, its status if it is not in the title, and its other facts. Pure. */
export function eventFacts(
  event: Occurrence,
  when?: PhrasingContent | string,
): (PhrasingContent | string)[] {
  // The calendar of an organizer names it as the participant as well.
  const facts = new Set([...repeats(event), event.participants, ...factsOf(event, SHOWN_FACTS)])
  const lines = [...facts].flatMap(fact => [{ type: 'break' as const }, ...said(event, fact)])
  return [...eventDates(event), ...(when === undefined ? [] : [' — ', when]), ...lines]
}

/** Returns words of an event. No command is live in those of a calendar outside the content: an editor did not write it. */
function said({ feed }: Occurrence, text: string): PhrasingContent[] {
  return linked(text).map(node =>
    feed !== undefined && node.type === 'text' ? typed(node.value) : node,
  )
}

/** Most coming days without an occurrence that a card names. */
const MOST_EXCEPTIONS = 3

/** Returns the line that says how often an event repeats, and on which coming days it does not; none if it does not repeat. */
function repeats(event: Occurrence): string[] {
  const said = repeatInWords(event)
  const off = (event.except ?? []).filter(day => day > event.start).sort()
  return said === undefined ? [] : [words.repeats(said, off.slice(0, MOST_EXCEPTIONS))]
}
