import {
  type APIApplicationCommandInteractionDataOption,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIMessage,
  type APIModalSubmitInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  ComponentType,
  InteractionContextType,
  InteractionType,
  MessageFlags,
  MessageType,
  PermissionFlagsBits,
  PermissionsBitField,
  SnowflakeUtil,
} from 'discord.js'
import type { BotRequest, MenuEntry, Origin, RequestChat, RequestText } from '../../bot.ts'
import { isOfPost, pressedLine } from '../../message.ts'
import { typedMarkdown } from '../typed-markdown.ts'
import { missingPostingRights, postingPlace } from './posting-rights.ts'
import { type FetchPicture, filledIn, quoted } from './user-text.ts'

/** An interaction with the line that it types, or with the words that Discord wants to complete. */
export type Incoming = {
  readonly interaction: APIInteraction
  /** `discord:42` */
  readonly user: string
} & (
  | (Asking & { readonly kind: 'line' })
  | (Asking & {
      readonly kind: 'press'
      /** Whether the message is an answer to this user. */
      readonly own: boolean
      /** Whether the message is a whole answer, not a part of a longer one. */
      readonly whole: boolean
    })
  | {
      readonly kind: 'complete'
      readonly option: string
      readonly command: string
      readonly typed: string
    }
)

/** The part of an {@link Incoming} that asks for an answer. */
interface Asking {
  readonly line: string
  readonly request: BotRequest
}

/** Inputs of {@link readInteraction} beside the interaction. */
export interface ReadingOptions {
  readonly menu: readonly MenuEntry[]
  readonly fetchPicture: FetchPicture
  /** Returns the name of a channel of a server; undefined if it is not known. */
  readonly channelName?: (channel: string, server: string) => string | undefined
  /** Returns the name of a command of the bot, by its ID. */
  readonly commandName?: (id: string) => string | undefined
  /** Returns the user, as `discord:42`, whose question a message of the bot answers; undefined if not known. */
  readonly askerOf?: (message: string) => string | undefined
}

/** Reads an interaction; undefined if Sitrep does not handle its kind. Throws a TypeError if it names no user. Pure. */
export function readInteraction(
  interaction: APIInteraction,
  { menu, fetchPicture, askerOf = () => undefined, channelName, commandName }: ReadingOptions,
): Incoming | undefined {
  const user = userOf(interaction)
  const { guild_id } = interaction
  const nameOf = (key: string) => {
    const id = key.slice(1)
    if (key.startsWith('/')) return commandName?.(id)
    return key.startsWith('#') && guild_id ? channelName?.(id, guild_id) : undefined
  }
  const isTheirs = (message: APIMessage) =>
    isOwnMessage(message, interaction, user) || askerOf(message.id) === `discord:${user}`
  const common = { interaction, user: `discord:${user}` }
  const request = (by: Origin['by'], text?: RequestText): BotRequest => ({
    actor: { user: common.user, roles: rolesOf(interaction) },
    chat: chatOf(interaction),
    // The request has no time: Discord drops interactions after 3 s, so this one is new even by a wrong clock.
    origin: { by, textEntry: 'form', id: interaction.id },
    text,
  })
  switch (interaction.type) {
    case InteractionType.ApplicationCommand: {
      if (interaction.data.type === ApplicationCommandType.Message) {
        const { name, target_id, resolved } = interaction.data
        const entry = menu.find(({ quotes, picks }) => quotes === name || picks === name)
        const message = entry && resolved.messages[target_id]
        if (!message) return undefined
        if (entry.picks === name) {
          const line = `/${entry.name} message ${target_id}`
          return { ...common, kind: 'line', line, request: request('typed') }
        }
        const text = quoted(message, fetchPicture, nameOf)
        return { ...common, kind: 'line', line: `/${entry.name}`, request: request('typed', text) }
      }
      if (interaction.data.type !== ApplicationCommandType.ChatInput) return undefined
      const { data } = interaction as APIChatInputApplicationCommandInteraction
      const values = (data.options ?? []).map(textOf)
      const line = [`/${data.name}`, ...values].join(' ')
      const text = typedMarkdown(line, { get: nameOf })
      return { ...common, kind: 'line', line, request: request('typed', text) }
    }
    case InteractionType.MessageComponent: {
      const { data, message } = interaction
      const chosen =
        data.component_type === ComponentType.StringSelect ? data.values[0] : data.custom_id
      if (!chosen) return undefined
      const { isFromPost, ...on } = pressedOn(message, chosen, isTheirs(message))
      const by = isFromPost ? 'post-button' : 'button'
      return { ...common, kind: 'press', line: pressedLine(chosen), ...on, request: request(by) }
    }
    case InteractionType.ModalSubmit: {
      const { data, message } = interaction
      const line = data.custom_id
      const text = filledIn(interaction as APIModalSubmitInteraction, fetchPicture, nameOf)
      const filled = { ...common, line, request: request('form', text) }
      if (!message) return { ...filled, kind: 'line' }
      // The form was opened by a button and submits that button's line, so the draft replaces the message.
      const { own, whole } = pressedOn(message, line, isTheirs(message))
      return { ...filled, kind: 'press', own, whole }
    }
    case InteractionType.ApplicationCommandAutocomplete: {
      const focused = (interaction.data.options ?? []).find(
        option => 'focused' in option && option.focused,
      )
      if (!focused) return undefined
      const { name: option } = focused
      const command = interaction.data.name
      return { ...common, kind: 'complete', command, option, typed: textOf(focused) }
    }
    default:
      return undefined
  }
}

/** A message to the bot. */
export interface Question {
  readonly channel: string
  readonly message: string
  readonly user: string
  readonly line: string
  readonly request: BotRequest
}

/**
 * Reads a message. In a server, the message must mention the bot or reply to it, and the line leaves the mention out.
 * Returns undefined if the message is not for this bot. Throws a TypeError if it names no author. `toOwn` converts
 * Discord's time to this machine's clock. Pure.
 */
export function readMessage(
  message: APIMessage & { guild_id?: string },
  me: string,
  toOwn: (time: Temporal.Instant) => Temporal.Instant,
): Question | undefined {
  const { author, content, type, mentions } = message
  const isText = type === MessageType.Default || type === MessageType.Reply
  // Two bots that answer each other would never stop.
  if (!isText || author.bot || message.webhook_id) return undefined
  const { id, guild_id, channel_id: channel } = message
  const addressed = guild_id === undefined || mentions.some(mentioned => mentioned.id === me)
  if (!addressed || (content === '' && guild_id === undefined)) return undefined
  const user = `discord:${idOf(author)}`
  const line = content.replaceAll(new RegExp(`<@!?${me}>`, 'g'), ' ').trim()
  const common = { platform: 'discord', address: channel } as const
  // A message does not carry its author's rights, so settings can only be changed by slash commands.
  const chat: RequestChat =
    guild_id === undefined
      ? { ref: { ...common, kind: 'private' }, barred: 'direct' }
      : { ref: { ...common, within: guild_id, kind: 'channel' }, mayManage: async () => 'unknown' }
  const asked = toOwn(Temporal.Instant.fromEpochMilliseconds(SnowflakeUtil.timestampFrom(id)))
  const origin = { by: 'typed', textEntry: 'line', id, asked } as const
  const request = { actor: { user }, chat, origin, text: typedMarkdown(line) }
  return { channel, message: id, user, line, request }
}

/**
 * Reads the message whose button was pressed. A modified client can send any data, but the message comes from
 * Discord. `own` is true if one of the message's buttons has exactly this data, and the message answers this user
 * and is not a post.
 */
function pressedOn(message: APIMessage, data: string, isTheirs: boolean) {
  const offered = dataIn(message)
  const isFromPost = [data, ...offered].some(isOfPost)
  const own = offered.includes(data) && isTheirs && !(isFromPost && !isEphemeral(message))
  return { own, whole: isWhole(message), isFromPost }
}

/**
 * Returns whether Discord shows that a message is for this user: only the user can see the message, the user's
 * interaction caused it, or it is in the user's direct messages with the bot. Posts, progress messages, greetings and
 * answers to mentions have no `interaction_metadata`, so its absence proves nothing.
 */
function isOwnMessage(message: APIMessage, interaction: APIInteraction, user: string): boolean {
  const { guild_id, context = InteractionContextType.BotDM } = interaction
  const isDirect = guild_id === undefined && context === InteractionContextType.BotDM
  return isEphemeral(message) || isDirect || message.interaction_metadata?.user.id === user
}

function isEphemeral({ flags }: APIMessage): boolean {
  return Boolean((flags ?? 0) & MessageFlags.Ephemeral)
}

/** A message or a component, which may contain further components. */
interface Node {
  readonly custom_id?: string
  /** The choices of a menu. */
  readonly options?: readonly { readonly value: string }[]
  readonly components?: readonly object[]
  readonly accessory?: object
}

/** Returns the data of each button and of each menu choice in a message. */
function dataIn({ custom_id, options, components = [], accessory }: Node): string[] {
  const own = options ? options.map(({ value }) => value) : (custom_id ?? [])
  return [own, [...components, ...(accessory ? [accessory] : [])].flatMap(dataIn)].flat()
}

/** Returns the user's ID. Throws a TypeError if Discord does not name the user. */
function userOf({ member, user }: APIInteraction): string {
  return idOf(member?.user ?? user)
}

function idOf(user: { readonly id: unknown } | undefined): string {
  if (typeof user?.id !== 'string') throw new TypeError('Expected the id of a user.')
  return user.id
}

/** Reads the chat of an interaction, with the current rights of the user and of the bot there. */
function chatOf(interaction: APIInteraction): RequestChat | undefined {
  const { guild_id, channel, channel_id, member, app_permissions } = interaction
  const address = channel?.id ?? channel_id
  if (!address) return undefined
  const stranger = isMember(interaction) ? undefined : 'member'
  if (!guild_id) {
    return { ref: { platform: 'discord', address, kind: 'private' }, barred: stranger ?? 'direct' }
  }
  const rights = new PermissionsBitField(BigInt(app_permissions))
  const lacking = missingPostingRights(postingPlace(channel), flag => rights.has(flag))
  const theirs = new PermissionsBitField(BigInt(member?.permissions ?? '0'))
  return {
    ref: { platform: 'discord', address, within: guild_id, kind: 'channel' },
    barred: stranger ?? (lacking.length > 0 ? 'rights' : undefined),
    lacking,
    mayManage: async () => theirs.has(PermissionFlagsBits.ManageGuild),
    ...(!stranger && { mayCreateEvents: rights.has(PermissionFlagsBits.CreateEvents) }),
  }
}

function rolesOf({ guild_id, member }: APIInteraction): string[] {
  return guild_id ? (member?.roles ?? []).map(role => `${guild_id}/${role}`) : []
}

/** Returns false for a user-installed app in a server that has not added the bot. */
export function isMember({
  context,
  authorizing_integration_owners: owners,
}: APIInteraction): boolean {
  if (context === InteractionContextType.BotDM || context === undefined) return true
  return owners?.[ApplicationIntegrationType.GuildInstall] !== undefined
}

function textOf(option: APIApplicationCommandInteractionDataOption<InteractionType>): string {
  return option.type === ApplicationCommandOptionType.String ? String(option.value) : ''
}

/** Returns whether a message is a whole answer. A part of a longer answer ends with its number: `-# 2/3`. */
function isWhole({ components = [] }: APIMessage): boolean {
  return !/(?:\\n|")-# \d+\/\d+"/.test(JSON.stringify(components))
}

/** Returns the id of the message whose button was pressed; undefined if the interaction is no press. */
export function messageOf(interaction: APIInteraction): string | undefined {
  return 'message' in interaction ? interaction.message?.id : undefined
}

/** Returns false for a press under another user's answer: the presser then gets a copy. */
export function isOwn(incoming: Incoming): boolean {
  return incoming.kind !== 'press' || incoming.own
}
