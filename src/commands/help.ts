import type { RootContent } from 'mdast'
import { isLeftOut } from '../briefing/left-out.ts'
import type { Edition } from '../content/edition.ts'
import { heading, list, type Message, message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import type { Command, Registry } from './command.ts'

/** Lists every command with its usage and description, and those for moderators if `isForModerators`. */
export function help(
  { edition, commands }: Registry,
  isMember: boolean,
  isForModerators: boolean,
): Message {
  const names = new Set(edition.sections.map(({ command }) => command))
  const sections = commands.filter(({ name }) => names.has(name))
  const builtin = commands.filter(({ name, forModerators }) => !names.has(name) && !forModerators)
  const forModerators = isForModerators ? commands.filter(each => each.forModerators) : []
  return message(
    [
      heading(1, texts.help),
      paragraph(texts.helpIntro(edition.sections[0]?.title ?? '', !isLeftOut(edition, 'search'))),
      heading(2, texts.helpSections),
      entries(sections, edition),
      heading(2, texts.helpCommands),
      entries(builtin, edition),
      ...(forModerators.length > 0
        ? [heading(2, texts.helpStaff), entries(forModerators, edition)]
        : []),
      ...(isMember ? [] : [paragraph(texts.notMember)]),
    ],
    [{ label: texts.overview, command: '/briefing' }],
  )
}

/** Returns how a command is typed: `/exercises [upcoming|past|all]`, `/search <words>`. */
export function usage({ name, parameters }: Command, edition: Edition): string {
  const forms = parameters.map(parameter => {
    const values = parameter.choices?.(edition).map(({ value }) => value) ?? []
    const form = values.join('|')
    // The parameter's name is clearer than a long row of values.
    const shown = form && form.length <= 32 ? form : parameter.name
    return parameter.required ? `<${shown}>` : `[${shown}]`
  })
  return [`/${name}`, ...forms].join(' ')
}

function entries(commands: readonly Command[], edition: Edition): RootContent {
  return list(
    commands.map(command => [
      { type: 'inlineCode', value: usage(command, edition) },
      ` — ${command.description}`,
    ]),
  )
}
