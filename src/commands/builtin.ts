import { about } from '../briefing/about.ts'
import { draftOfPassages, draftOfTable, markDraft } from '../briefing/draft.ts'
import { eventList, eventPages, nextEvent, oneEvent } from '../briefing/events.ts'
import { introduction } from '../briefing/introduction.ts'
import { overview } from '../briefing/overview.ts'
import { moreResults, searchResults, shownPassages } from '../briefing/search-results.ts'
import { oneTable, tableEntries, tableList } from '../briefing/tables.ts'
import {
  CALENDAR_VALUE,
  type Edition,
  EVENT_FILTERS,
  EVENTS,
  type EventNames,
} from '../content/edition.ts'
import type { BuiltinNames } from '../content/names.ts'
import { capitalized } from '../texts/capitalized.ts'
import { texts } from '../texts.ts'
import { announceCommands } from './announcements/announce.ts'
import { correctionCommands } from './announcements/correct.ts'
import { announcementCommands } from './announcements/list.ts'
import { calendarFile } from './calendar-file.ts'
import { changesCommands } from './changes.ts'
import type { Command } from './command.ts'
import { doctorCommand } from './doctor.ts'
import { eventReminderCommands } from './event-reminders.ts'
import { exampleFrom } from './example.ts'
import { helpCommands } from './help.ts'
import { privacyCommands } from './privacy.ts'
import { receiptCommand } from './receipt.ts'
import { settingsCommand } from './settings.ts'
import { moderatorCommands } from './status.ts'
import { subscribeCommands } from './subscribe-commands.ts'
import { whoamiCommand } from './whoami.ts'

/** Longest query, in UTF-16 units: well above any real query. */
const QUERY_LENGTH = 200

/** The commands that every briefing has, in the order of the menus. */
const builtinCommands: readonly Command[] = [
  {
    name: 'start',
    aliases: [],
    ...texts.commands.start,
    parameters: [],
    run: ({ registry, request: { chat }, today }) => {
      const kind = (chat?.ref.kind ?? 'private') === 'private' ? 'private' : 'group'
      const canPost = chat?.barred !== 'direct' && chat?.barred !== 'member'
      return introduction(registry.edition, today, kind, exampleFrom(registry), canPost)
    },
  },
  {
    name: 'briefing',
    aliases: ['overview'],
    ...texts.commands.briefing,
    group: 'read',
    parameters: [],
    run: ({ registry: { edition }, today }) =>
      markDraft(overview(edition, today), edition.isDraft && 'wholly'),
  },
  {
    name: 'tables',
    aliases: ['table'],
    ...texts.commands.tables,
    group: 'read',
    parameters: [
      {
        name: 'table',
        description: texts.parameters.table,
        required: false,
        choices: edition =>
          tableEntries(edition).map(({ id, label, aliases }) => ({
            value: id,
            title: label,
            aliases,
          })),
      },
    ],
    run: ({ edition, values: { table }, today }) =>
      table
        ? markDraft(oneTable(edition, table, today), draftOfTable(edition, table))
        : markDraft(tableList(edition, today), edition.isDraft && 'wholly'),
  },
  {
    name: 'events',
    // Buttons of earlier releases type it.
    aliases: ['exercises'],
    ...wordsFor('events', EVENTS),
    group: 'read',
    parameters: [
      {
        name: 'which',
        description: texts.events.which(EVENTS),
        required: false,
        choices: edition => [
          ...EVENT_FILTERS.map(value => ({ value, title: texts.events.filters[value] })),
          ...edition.events.map(({ id, name }) => ({ value: id, title: name })),
          ...eventPages(edition),
          { value: CALENDAR_VALUE, title: texts.events.calendar.title },
        ],
      },
    ],
    pages: [
      { value: CALENDAR_VALUE, title: texts.events.calendar.title, names: ['calendar', 'ics'] },
    ],
    runStored: call => (call.values.which === CALENDAR_VALUE ? calendarFile(call) : undefined),
    run: ({ edition, registry: { publicUrl }, values: { which = 'all' }, today }) => {
      const list = oneEvent(edition, which, today, publicUrl) ?? eventList(edition, which, today)
      return markDraft(list, edition.hasDraftEvents && 'wholly')
    },
  },
  {
    name: 'next',
    aliases: [],
    ...wordsFor('next', EVENTS),
    asked: ['today', 'tonight', 'tomorrow', 'soon', 'coming', 'upcoming'],
    group: 'read',
    parameters: [],
    run: ({ edition, today }) =>
      markDraft(nextEvent(edition, today), edition.hasDraftEvents && 'wholly'),
  },
  {
    name: 'search',
    aliases: ['find'],
    ...texts.commands.search,
    group: 'read',
    parameters: [
      {
        name: 'words',
        description: texts.parameters.words,
        required: true,
        limit: QUERY_LENGTH,
        finds: true,
      },
    ],
    run: ({ registry, values: { words = '' }, isPlain, today }) => {
      const { edition } = registry
      const find = (query: string) => registry.search(query, Number.POSITIVE_INFINITY)
      const page = isPlain ? undefined : moreResults(words, find)
      const results = page ?? { words, found: find(words) }
      const [first] = results.found
      const meant = registry.fitting(words, first && (first.missing ?? []))
      const nearest = first || meant.length > 0 ? [] : registry.nearest(words)
      const buttons = [
        ...meant,
        ...nearest.map(({ name, title }) => ({ label: title, command: `/${name}` })),
      ]
      return markDraft(
        searchResults(edition, results, buttons, today),
        draftOfPassages(edition, shownPassages(results)),
      )
    },
  },
  ...changesCommands,
  ...subscribeCommands,
  ...eventReminderCommands,
  settingsCommand,
  receiptCommand,
  doctorCommand,
  {
    name: 'about',
    aliases: ['source'],
    ...texts.commands.about,
    group: 'read',
    parameters: [],
    run: ({ registry: { edition }, today }) =>
      markDraft(about(edition, today), edition.isDraft && 'wholly'),
  },
  ...privacyCommands,
  whoamiCommand,
  ...announceCommands,
  ...correctionCommands,
  ...announcementCommands,
  ...moderatorCommands,
  ...helpCommands,
]

/** Returns the title and the description of a command about events, in an edition's words. */
function wordsFor(command: 'events' | 'next', names: EventNames) {
  const { title, description, next, theNext } = texts.events
  return command === 'events'
    ? { title: title(names), description }
    : { title: next(names), description: theNext(names) }
}

/** Gives a command an edition's words for events. */
function named(command: Command, given: EventNames | undefined): Command {
  const { name, aliases, parameters } = command
  if (name === 'subscribe' && !given) {
    return { ...command, description: capitalized(texts.introduction.posts(false)) }
  }
  const names = given ?? EVENTS
  if (name === 'next') return { ...command, ...wordsFor(name, names) }
  if (name === 'remind' || name === 'mute') {
    const { which, ...words } = texts.eventReminders
    return {
      ...command,
      description: words[name].description(names),
      parameters: parameters.map(each => ({ ...each, description: which(names) })),
    }
  }
  if (name !== 'events') return command
  return {
    ...command,
    ...wordsFor(name, names),
    aliases: [...names.aliases, ...aliases],
    parameters: parameters.map(each => ({ ...each, description: texts.events.which(names) })),
  }
}

/**
 * Names that a section cannot use, unless its edition leaves the command out; links may use their aliases. A section
 * may take over `start`.
 */
export const reservedNames: BuiltinNames = Object.assign(
  new Set(builtinCommands.map(({ name }) => name).filter(name => name !== 'start')),
  {
    aliases: new Map([
      ['start', 'start'],
      ...builtinCommands.flatMap(({ name, aliases }) =>
        aliases.map(alias => [alias, name] as const),
      ),
    ]),
  },
)

/**
 * Returns the built-in commands under the names that an edition gives them, without those that it leaves
 * out. The own name of a renamed command still works, because buttons in chats type it. Pure.
 */
export function builtinCommandsOf({ commands = {}, sections, eventNames }: Edition): Command[] {
  const taken = new Set(sections.map(({ command }) => command))
  return builtinCommands.flatMap(builtin => {
    const command = named(builtin, eventNames)
    const name = commands[command.name]
    if (name === false) return []
    if (name === undefined) return taken.has(command.name) ? [] : [command]
    return [{ ...command, name, aliases: [...command.aliases, command.name] }]
  })
}
