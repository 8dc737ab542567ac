import { BoundedMap } from '../async/bounded-map.ts'
import { yieldToEventLoop } from '../async/yield.ts'
import type { MenuEntry } from '../bot.ts'
import { draftOf, markDraft } from '../briefing/draft.ts'
import { places } from '../briefing/findable.ts'
import { isLeftOut } from '../briefing/left-out.ts'
import { passages } from '../briefing/passages.ts'
import { hasDetails, sectionDetails, sectionLead } from '../briefing/section.ts'
import type { Edition, Section } from '../content/edition.ts'
import { createIndex, createSearch, type Typos } from '../content/search.ts'
import { keywords } from '../content/stop-words.ts'
import { isTypo } from '../content/typos.ts'
import { texts } from '../texts.ts'
import { builtinCommandsOf } from './builtin.ts'
import type { Command, Registry } from './command.ts'
import { createFitting } from './fitting.ts'

/** A swap of two letters counts as two edits. A short name allows one edit, because two would match any name. */
const NAME_TYPOS: Typos = { maxEdits: word => (word.length > 3 ? 2 : 1), isTypo }

/** Letters of a name that the search for similar names reads: more letters make it slower, not better. */
const NAME_LENGTH = 32

/** Passages to index before each yield. */
const INDEXED_AT_ONCE = 50

/** Most commands offered for an unknown name. */
const NEAREST = 3

/** Most cached answers: more than a briefing has, so that the map drops answers of yesterday first. */
const CACHED_ANSWERS = 2000

/** Creates the registry of an edition. `publicUrl` is the base address of links, without a slash at the end. */
export function createRegistry(edition: Edition, publicUrl?: string): Registry {
  const sections = edition.sections.map(sectionCommand)
  const builtin = builtinCommandsOf(edition)
  const commands = [...sections, ...builtin]
  const byName = (command: Command) => [command.name, command] as const
  const byAlias = (command: Command) => command.aliases.map(alias => [alias, command] as const)
  // Later entries win, so an edition's names and aliases beat the aliases of built-in commands.
  const names = new Map([
    ...builtin.flatMap(byAlias),
    ...builtin.map(byName),
    ...sections.flatMap(byAlias),
    ...sections.map(byName),
  ])
  const phrases = new Map(
    // A name beats an alias, and an alias a title.
    [
      ...commands.map(command => [command.title, command] as const),
      ...[...builtin, ...sections].flatMap(byAlias),
      ...[...builtin, ...sections].map(byName),
    ]
      .map(([phrase, command]) => [keywords(phrase).join(' '), command] as const)
      .filter(([phrase]) => phrase !== ''),
  )
  // Indexing takes longer than most answers, so it is left to `ready` or to the first search.
  const passageIndex = createIndex(passages(edition))
  const findable = isLeftOut(edition, 'tables')
    ? places(edition).filter(({ line }) => !line.startsWith('/tables '))
    : places(edition)
  const placeIndex = createIndex(findable)
  const nameSearch = once(() =>
    createSearch(
      commands.map(command => ({
        command,
        title: command.title,
        text: [command.name, ...command.aliases].join(' '),
      })),
      NAME_TYPOS,
    ),
  )
  // Sections are found by the search.
  const fits = once(() => createFitting(builtin))

  return {
    edition,
    publicUrl,
    commands,
    find: name => names.get(name),
    findByWords: words => phrases.get(words),
    nearest: name =>
      nameSearch()(name.slice(0, NAME_LENGTH), NEAREST).map(({ command }) => command),
    fitting: (sentence, missing) => fits()(sentence, missing),
    menu: once(() => menuOf(edition, commands)),
    answerCache: new BoundedMap(CACHED_ANSWERS),
    search: passageIndex.search,
    places: (query, limit) => {
      if (query.trim() !== '') return placeIndex.search(query, limit)
      placeIndex.fill(Number.POSITIVE_INFINITY)
      return placeIndex.entries.filter(({ line }) => !line.includes(' ')).slice(0, limit)
    },
    async ready() {
      while (placeIndex.fill(1) || passageIndex.fill(INDEXED_AT_ONCE)) {
        await yieldToEventLoop()
      }
    },
  }
}

/** Returns the commands as platforms show them in their menus. */
function menuOf(edition: Edition, commands: readonly Command[]): MenuEntry[] {
  return commands.map(({ name, title, description, parameters, ...command }) => ({
    name,
    title,
    description,
    ...(command.forModerators && { forModerators: true }),
    ...(command.quotes !== undefined && { quotes: command.quotes }),
    ...(command.picks !== undefined && { picks: command.picks }),
    parameters: parameters.map(({ choices, ...parameter }) => ({
      ...parameter,
      choices: (choices?.(edition) ?? []).map(({ value, title }) => ({ value, title })),
    })),
  }))
}

function sectionCommand(section: Section): Command {
  const { command: name, aliases, title } = section
  const part = {
    name: 'part',
    description: texts.parameters.part,
    required: false,
    choices: () => [{ value: 'details', title: texts.details }],
  }
  return {
    name,
    aliases,
    title,
    description: title,
    parameters: hasDetails(section) ? [part] : [],
    run: ({ edition, values, today }) =>
      markDraft(
        values.part === 'details'
          ? sectionDetails(edition, section, today)
          : sectionLead(edition, section, today),
        draftOf(edition, section),
      ),
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
