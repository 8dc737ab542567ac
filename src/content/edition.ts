import type { Root, Table } from 'mdast'
import type { ReminderLead } from '../reminder-leads.ts'

/** Version of the stored form of an edition. An edition in another form is not read. */
const FORM = 2

/** Formats an edition as text for the store, where a later release may read it. */
export function serializeEdition(edition: Edition): string {
  return JSON.stringify({ form: FORM, edition })
}

/** Reads a stored edition; undefined if it is damaged, or in the form of another release. */
export function readEdition(text: string | undefined): Edition | undefined {
  try {
    const { form, edition } = JSON.parse(text ?? '{}') as { form?: unknown; edition?: unknown }
    const current = form === 1 ? fromForm1(edition) : edition
    return (form === 1 || form === FORM) && isEdition(current) ? current : undefined
  } catch {
    return undefined
  }
}

/** Converts an edition in the form of releases in which all events were exercises. */
function fromForm1(value: unknown): unknown {
  const { exercises, hasDraftExercises, sections, ...rest } = Object(value) as Record<
    string,
    unknown
  >
  const renamed = (section: unknown) => {
    const { exercises: events, ...more } = Object(section) as Record<string, unknown>
    return { ...more, events }
  }
  return {
    ...rest,
    ...(hasDraftExercises !== undefined && { hasDraftEvents: hasDraftExercises }),
    sections: Array.isArray(sections) ? sections.map(renamed) : sections,
    events: exercises,
    eventNames: EXERCISES,
  }
}

function isEdition(value: unknown): value is Edition {
  const { notKnown, sections, events, feeds = [] } = Object(value) as Record<string, unknown>
  return (
    hasTexts(value, ['id', 'title', 'summary', 'publisher', 'source', 'asOf', 'language']) &&
    [notKnown, feeds].every(list => isListOf(list, each => typeof each === 'string')) &&
    isListOf(sections, isSection) &&
    isListOf(events, isEvent)
  )
}

function isSection(value: unknown): boolean {
  const { aliases, body, tables } = Object(value) as Record<string, unknown>
  return (
    hasTexts(value, ['command', 'title', 'summary', 'asOf']) &&
    isListOf(aliases, each => typeof each === 'string') &&
    isTree(body) &&
    isListOf(tables, each => hasTexts(each, ['id', 'title']) && isTree(Object(each).table))
  )
}

/** Whether a stored value is an event. Throws a RangeError for some damaged dates. Pure. */
export function isEvent(value: unknown): value is CalendarEvent {
  const { start, end } = Object(value) as Record<string, unknown>
  return hasTexts(value, ['id', 'name', 'participants', 'status']) && [start, end].every(isDate)
}

/** Whether a value is an ISO date, or a local time with minutes. */
function isDate(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const local = Temporal.PlainDateTime.from(value)
  return [local.toPlainDate().toString(), local.toString({ smallestUnit: 'minute' })].includes(
    value,
  )
}

function isTree(value: unknown): boolean {
  const { children = [] } = Object(value) as Record<string, unknown>
  return hasTexts(value, ['type']) && isListOf(children, isTree)
}

function isListOf(value: unknown, is: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is)
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  const object = Object(value) as Record<string, unknown>
  return names.every(name => typeof object[name] === 'string')
}

/** The filters of the list of events. */
export const EVENT_FILTERS = ['upcoming', 'past', 'all'] as const

/** The value of the events' command that asks for the calendar file. */
export const CALENDAR_VALUE = 'calendar'

/** The ids that no event may have, because the command gives them another meaning. */
export const RESERVED_EVENT_IDS: readonly string[] = [...EVENT_FILTERS, CALENDAR_VALUE]

/** One version of a briefing: the checked content of the folder, as plain JSON. */
export interface Edition<Event extends CalendarEvent = CalendarEvent> {
  readonly id: string
  readonly title: string
  readonly summary: string
  readonly publisher: string
  readonly source: string
  /** `YYYY-MM-DD` or `YYYY-MM`: the day or month up to which the facts are known. */
  readonly asOf: string
  /** BCP 47 tag of the language that the content is written in. */
  readonly language: string
  readonly notKnown: readonly string[]
  readonly naming?: string | undefined
  readonly licence: string
  /** The colour of the bar beside messages on Discord: `#rrggbb`. */
  readonly accent?: string | undefined
  /** Other names of built-in commands, by their own; `false` leaves a command out. */
  readonly commands?: Readonly<Record<string, string | false>> | undefined
  /** The ISO date that `{{today}}` means in the files; absent if they have no relative dates. */
  readonly relativeTo?: string | undefined
  /** Whether the whole edition is a draft. Its sections and events are then drafts too. */
  readonly isDraft?: true | undefined
  /** Whether the list of events is a draft. */
  readonly hasDraftEvents?: true | undefined
  readonly sections: readonly Section[]
  readonly events: readonly Event[]
  /** IANA zone of new chats and of events with times that name none; absent for that of the configuration. */
  readonly timezone?: string | undefined
  /** The leads of reminders of events that have none of their own; absent for those of the configuration. */
  readonly reminders?: readonly ReminderLead[] | undefined
  /** The names of the events; absent if the edition has no file of events, and no calendar adds events. */
  readonly eventNames?: EventNames | undefined
  /** The keys of the calendars outside the content that have added events; absent if there are none. */
  readonly feeds?: readonly string[] | undefined
}

/** The words of an edition for its events. */
export interface EventNames {
  /** The name of the command that lists them. */
  readonly command: string
  readonly aliases: readonly string[]
  /** A noun in the singular and in the plural, in lower case unless it is always capitalized. */
  readonly one: string
  readonly many: string
  /** The headings of two columns of the table. */
  readonly columns: { readonly name: string; readonly participants: string }
  /** One emoji. */
  readonly icon: string
}

/** The words for events of an edition that has none of its own. */
export const EVENTS: EventNames = {
  command: 'events',
  aliases: ['event'],
  one: 'event',
  many: 'events',
  columns: { name: 'Event', participants: 'Participants' },
  icon: '📅',
}

/** The words for events in files and stored editions of releases in which all events were exercises. */
export const EXERCISES: EventNames = {
  command: 'exercises',
  aliases: ['exercise', 'drills'],
  one: 'exercise',
  many: 'exercises',
  columns: { name: 'Exercise Name', participants: 'Participating Nations' },
  icon: '📅',
}

/**
 * Whether the differences between two editions are edits. They are not if one briefing has replaced another, or if the
 * relative dates of a briefing have moved on with the day. Pure.
 */
export function isSameBriefing(before: Edition, after: Edition): boolean {
  const [was, is] = [before.relativeTo, after.relativeTo]
  return before.id === after.id && (was === undefined || is === undefined || was === is)
}

export interface Section {
  readonly command: string
  readonly aliases: readonly string[]
  readonly title: string
  /** One emoji. */
  readonly icon?: string | undefined
  /** Plain text, at most 300 characters. */
  readonly summary: string
  /** Form of `Edition.asOf`. The date of the edition, unless the section names its own. */
  readonly asOf: string
  /** Whether the section ends with the table of events. */
  readonly events: boolean
  readonly isDraft?: true | undefined
  readonly body: Root
  readonly tables: readonly NamedTable[]
}

/** A table of a section's body. The heading above it is its title, which no other table of the section has. */
export interface NamedTable {
  /** The words of the title, as in `water-gauges`; unique in the edition. */
  readonly id: string
  readonly title: string
  readonly table: Table
}

/**
 * The optional facts of an event by their keys, in the order of the keys of a stored edition. For
 * a new fact, add an entry here and its wording to `texts.changes.became.fact`. `maxLength` is in
 * characters. The proof names the origin of the other facts: readers see it last, and no search finds it.
 */
export const OPTIONAL_FACTS = {
  location: { maxLength: 100, isProof: false },
  organizer: { maxLength: 100, isProof: false },
  link: { maxLength: 300, isProof: false },
  source: { maxLength: 300, isProof: true },
  note: { maxLength: 300, isProof: false },
} as const

export type OptionalFact = keyof typeof OPTIONAL_FACTS

/** The keys of {@link OPTIONAL_FACTS}. */
export const OPTIONAL_FACT_NAMES = Object.keys(OPTIONAL_FACTS) as readonly OptionalFact[]

const isProof = (fact: OptionalFact) => OPTIONAL_FACTS[fact].isProof

/** The optional facts that a search finds. */
export const SEARCHED_FACTS = OPTIONAL_FACT_NAMES.filter(fact => !isProof(fact))

/** The optional facts as readers see them, the proof last. */
export const SHOWN_FACTS = [...SEARCHED_FACTS, ...OPTIONAL_FACT_NAMES.filter(isProof)]

/** Returns the facts of `names` that an event has. Pure. */
export function factsOf(event: CalendarEvent, names: readonly OptionalFact[]): string[] {
  return names.map(name => event[name]).filter(fact => fact !== undefined)
}

type OptionalFacts = { readonly [Name in OptionalFact]?: string | undefined }

/** An event as its editor wrote it. {@link Occurrence} has it by a reader's clock. */
export interface CalendarEvent extends OptionalFacts {
  readonly id: string
  readonly name: string
  /** The first and the last day, both included (ISO dates), or the first and the last minute (`2027-01-10T10:00`). */
  readonly start: string
  readonly end: string
  /** IANA zone of the times; absent if the event takes whole days. */
  readonly zone?: string | undefined
  /** The rule (RFC 5545, RRULE) of an event that repeats, without its name: `FREQ=MONTHLY;BYDAY=1MO`. */
  readonly repeat?: string | undefined
  /** The ISO dates on which a repeated event does not begin. */
  readonly except?: readonly string[] | undefined
  /** The leads of its reminders; absent for those of the edition. */
  readonly reminders?: readonly ReminderLead[] | undefined
  readonly participants: string
  readonly status: 'scheduled' | 'postponed' | 'cancelled'
  /** The key of the calendar that has added the event; absent if it is of the content. */
  readonly feed?: string | undefined
}
