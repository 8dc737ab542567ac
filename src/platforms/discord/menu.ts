import { isDeepStrictEqual } from 'node:util'
import {
  type APIApplicationCommand,
  type APIApplicationCommandStringOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js'
import type { MenuEntry, MenuParameter } from '../../bot.ts'
import type { Api } from './api.ts'

/**
 * Discord's limits: 100 global commands, 15 commands in the menu of a message, 25 choices of an option, and 6000
 * characters in a text option.
 */
const COMMANDS = 100
const MESSAGE_COMMANDS = 15
export const CHOICES = 25
const OPTION_LENGTH = 6000
/** Discord's limit for the name of a choice, in characters. */
const NAME_LENGTH = 100

type CommandBody = Required<
  Pick<
    RESTPostAPIChatInputApplicationCommandsJSONBody,
    'name' | 'description' | 'integration_types' | 'contexts'
  >
> & {
  default_member_permissions?: string | null
  type: ApplicationCommandType.ChatInput | ApplicationCommandType.Message
  options?: APIApplicationCommandStringOption[]
}

/** Converts the menu to Discord's form, for servers that add the bot and for users who install it for themselves. */
function discordMenu(entries: readonly MenuEntry[]): CommandBody[] {
  return [
    ...entries.slice(0, COMMANDS).map(({ name, description, parameters, forModerators }) => ({
      type: ApplicationCommandType.ChatInput as const,
      name,
      description,
      options: parameters.map(option),
      ...(forModerators && { default_member_permissions: FOR_ADMINS }),
      ...EVERYWHERE,
    })),
    // A command in the menu of a message has a name but no description.
    ...entries
      .flatMap(({ quotes = [], picks = [] }) => [quotes, picks].flat())
      .slice(0, MESSAGE_COMMANDS)
      .map(name => ({
        type: ApplicationCommandType.Message as const,
        name,
        description: '',
        default_member_permissions: FOR_ADMINS,
        ...EVERYWHERE,
      })),
  ]
}

/**
 * Discord shows the commands for moderators to members with this permission, until an admin of the server chooses other
 * roles. The bot checks the rights itself when a command runs.
 */
const FOR_ADMINS = String(PermissionFlagsBits.ManageGuild)

const EVERYWHERE = {
  integration_types: [
    ApplicationIntegrationType.GuildInstall,
    ApplicationIntegrationType.UserInstall,
  ],
  contexts: [
    InteractionContextType.Guild,
    InteractionContextType.BotDM,
    InteractionContextType.PrivateChannel,
  ],
}

function option(parameter: MenuParameter): APIApplicationCommandStringOption {
  const { name, description, required, choices, limit = OPTION_LENGTH, finds = false } = parameter
  const common = { type: ApplicationCommandOptionType.String, name, description, required } as const
  const fixed = choices.length > 0 && choices.length <= CHOICES
  return fixed
    ? { ...common, choices: distinct(choices) }
    : { ...common, ...((finds || choices.length > 0) && { autocomplete: true }), max_length: limit }
}

/** Shortens the names of choices and makes them unique, because Discord rejects long and equal names. */
function distinct(choices: MenuParameter['choices']): { name: string; value: string }[] {
  const names = new Set<string>()
  return choices.map(({ title, value }) => {
    const short = title.slice(0, NAME_LENGTH)
    const mark = ` (${value})`
    const name = names.has(short) ? `${title.slice(0, NAME_LENGTH - mark.length)}${mark}` : short
    names.add(name)
    return { name, value }
  })
}

/**
 * Overwrites the commands that are registered with Discord if they differ from these. Resolves to the registered ones.
 */
export async function syncMenu(
  api: Api,
  application: string,
  entries: readonly MenuEntry[],
): Promise<readonly Pick<APIApplicationCommand, 'id' | 'name' | 'type'>[]> {
  const commands = discordMenu(entries)
  const registered = await api.commands(application)
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name)
  const same = isDeepStrictEqual(
    registered.map(command => comparable(command as unknown as CommandBody)).sort(byName),
    commands.map(comparable).sort(byName),
  )
  return same ? registered : api.setCommands(application, commands)
}

/** Reduces a command to the fields that Sitrep sets: Discord adds IDs and versions, and omits false and empty values. */
function comparable({ type, name, description, options = [], ...command }: CommandBody) {
  return {
    default_member_permissions: command.default_member_permissions ?? null,
    type,
    name,
    description,
    integration_types: [...(command.integration_types ?? [])].sort(),
    contexts: [...(command.contexts ?? [])].sort(),
    options: options.map(option => ({
      type: option.type,
      name: option.name,
      description: option.description,
      required: option.required ?? false,
      autocomplete: option.autocomplete ?? false,
      max_length: ('max_length' in option && option.max_length) || OPTION_LENGTH,
      choices: (option.choices ?? []).map(({ name, value }) => ({ name, value })),
    })),
  }
}
