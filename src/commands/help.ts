import type { RootContent } from 'mdast'
import { isLeftOut } from '../briefing/left-out.ts'
import { sectionButtons } from '../briefing/section-button.ts'
import type { Edition } from '../content/edition.ts'
import { commandName, heading, list, type Message, message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import type { Command, Registry } from './command.ts'
import { exampleFrom } from './example.ts'
import { FOR_ADMINS, isForModerators, withAuthority } from './moderators.ts'

const GROUPS = Object.keys(texts.helpGroups) as (keyof typeof texts.helpGroups)[]

/** The commands that explain what a user can type. */
export const helpCommands: readonly Command[] = [
  {
    name: 'help',
    aliases: ['commands', 'menu'],
    ...texts.commands.help,
    parameters: [],
    run: ({ registry, request, moderators }) =>
      help(registry, request.chat?.barred !== 'member', isForModerators(request, moderators)),
  },
  {
    name: 'moderate',
    aliases: ['moderator'],
    ...texts.commands.moderate,
    parameters: [],
    ...FOR_ADMINS,
    onlyReads: true,
    run: ({ registry, request, moderators }) =>
      withAuthority(request, moderators, async ({ within }) =>
        moderatorHelp(registry, within !== undefined),
      ),
  },
]

/** Lists the commands for readers by group, with a button for each section. */
function help(registry: Registry, isMember: boolean, isModerator: boolean): Message {
  const { edition, commands } = registry
  const groups = GROUPS.flatMap(group => {
    const members = commands.filter(each => each.group === group)
    return members.length > 0
      ? [heading(2, texts.helpGroups[group]), entries(members, edition)]
      : []
  })
  return message(
    [
      heading(1, texts.help),
      paragraph(texts.helpIntro(exampleFrom(registry), !isLeftOut(edition, 'search'))),
      ...groups,
      ...(isMember ? [] : [paragraph(texts.notMember)]),
    ],
    [
      ...sectionButtons(edition),
      ...(isModerator
        ? [{ label: texts.moderatorTools, command: '/moderate', isStep: true as const }]
        : []),
    ],
  )
}

/** Lists the commands for moderators, or only those that an admin of a server may use. */
function moderatorHelp({ edition, commands }: Registry, isAdmin: boolean): Message {
  const tools = commands.filter(
    ({ forModerators, forAdmins, name }) =>
      (isAdmin ? forAdmins : forModerators) && name !== 'moderate',
  )
  return message(
    [heading(1, texts.moderatorTools), entries(tools, edition)],
    [{ label: texts.help, command: '/help' }],
  )
}

/** Returns the parameters of a command as they are typed: `[upcoming|past|all]`, `<words>`. */
function parametersOf({ parameters }: Command, edition: Edition): string[] {
  return parameters.map(parameter => {
    const values = parameter.choices?.(edition).map(({ value }) => value) ?? []
    const form = values.join('|')
    // The parameter's name is clearer than a long row of values.
    const shown = form && form.length <= 32 ? form : parameter.name
    return parameter.required ? `<${shown}>` : `[${shown}]`
  })
}

/** Returns how a command is typed: `/events [which]`, `/search <words>`. */
export function usage(command: Command, edition: Edition): string {
  return [`/${command.name}`, ...parametersOf(command, edition)].join(' ')
}

function entries(commands: readonly Command[], edition: Edition): RootContent {
  return list(
    commands.map(command => {
      const required = command.parameters.some(each => each.required)
      const form = required ? ` ${parametersOf(command, edition).join(' ')}` : ''
      return [commandName(`/${command.name}`), `${form} — ${command.description}`]
    }),
  )
}
