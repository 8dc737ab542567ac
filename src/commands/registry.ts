import { passages } from '../briefing/passages.ts'
import { hasDetails, sectionDetails, sectionLead } from '../briefing/section.ts'
import type { Edition, Section } from '../content/edition.ts'
import { createSearch } from '../content/search.ts'
import { tellingWords } from '../content/words.ts'
import { texts } from '../texts.ts'
import { builtinCommands } from './builtin.ts'
import type { Command, Registry } from './command.ts'

/** Half of a name may be slips: a swap of two letters already counts as two. */
const NAME_SLACK = 0.5

/** How many commands are offered for a name that is unknown. */
const NEAREST = 3

export function createRegistry(edition: Edition): Registry {
  const commands = [...edition.sections.map(sectionCommand), ...builtinCommands]
  const names = new Map(
    commands.flatMap(command => [command.name, ...command.aliases].map(name => [name, command])),
  )
  const phrases = new Map(
    // Later entries win, so that a name beats an alias and an alias a title.
    [
      ...commands.map(command => [command.title, command] as const),
      ...commands.flatMap(command => command.aliases.map(alias => [alias, command] as const)),
      ...commands.map(command => [command.name, command] as const),
    ].map(([phrase, command]) => [tellingWords(phrase).join(' '), command]),
  )
  // Indexing takes longer than most answers: it waits for the first search.
  const search = once(() => createSearch(passages(edition)))
  const nameSearch = once(() =>
    createSearch(
      commands.map(({ name, aliases, title }) => ({
        command: name,
        title,
        text: [name, ...aliases].join(' '),
      })),
      NAME_SLACK,
    ),
  )

  return {
    edition,
    commands,
    find: name => names.get(name),
    called: words => phrases.get(words),
    nearest: name => nameSearch()(name, NEAREST).flatMap(hit => names.get(hit.command) ?? []),
    search: (query, limit) => search()(query, limit),
  }
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
    run: ({ registry: { edition }, values, today }) =>
      values.part === 'details'
        ? sectionDetails(edition, section, today)
        : sectionLead(edition, section, today),
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
