import { isDeepStrictEqual } from 'node:util'
import {
  type APIApplicationCommandStringOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js'
import type { MenuEntry, MenuParameter } from '../../platform.ts'
import type { Api } from './api.ts'

/**
 * Discord: at most 100 global commands, and 15 in the menu of a message; 25 choices of an option, 6000
 * characters of a text option.
 */
const COMMANDS = 100
const MESSAGE_COMMANDS = 15
export const CHOICES = 25
const OPTION_LENGTH = 6000
/** Of a choice's name. */
const NAME_LENGTH = 100

type CommandBody = Required<
  Pick<
    RESTPostAPIChatInputApplicationCommandsJSONBody,
    'name' | 'description' | 'integration_types' | 'contexts'
  >
> & {
  type: ApplicationCommandType.ChatInput | ApplicationCommandType.Message
  options?: APIApplicationCommandStringOption[]
}

/** The menu as Discord takes it: for servers that add the bot, and for people who bring it along. */
function discordMenu(entries: readonly MenuEntry[]): CommandBody[] {
  return [
    ...entries.slice(0, COMMANDS).map(({ name, description, parameters }) => ({
      type: ApplicationCommandType.ChatInput as const,
      ...{ name, description, options: parameters.map(option), ...EVERYWHERE },
    })),
    // In the menu of a message they have a name alone.
    ...entries
      .flatMap(({ quotes }) => quotes ?? [])
      .slice(0, MESSAGE_COMMANDS)
      .map(name => ({
        type: ApplicationCommandType.Message as const,
        ...{ name, description: '', ...EVERYWHERE },
      })),
  ]
}

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

/** Each with a name of its own: Discord takes no two alike, and no longer ones. */
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

/** Overwrites the commands that Discord holds where they are not these. */
export async function syncMenu(
  api: Api,
  application: string,
  entries: readonly MenuEntry[],
): Promise<void> {
  const wanted = discordMenu(entries)
  const held = await api.commands(application)
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name)
  const same = isDeepStrictEqual(
    held.map(command => normal(command as unknown as CommandBody)).sort(byName),
    wanted.map(normal).sort(byName),
  )
  if (!same) await api.setCommands(application, wanted)
}

/** What we set of a command: Discord adds ids and versions, and leaves out what is false or empty. */
function normal({ type, name, description, options = [], ...command }: CommandBody) {
  return {
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
