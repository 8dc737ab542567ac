import {
  type APIApplicationCommandInteractionDataOption,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIMessage,
  type APIModalSubmitInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  ChannelType,
  ComponentType,
  InteractionContextType,
  InteractionType,
  MessageFlags,
  MessageType,
  PermissionFlagsBits,
  PermissionsBitField,
  SnowflakeUtil,
} from 'discord.js'
import type { BotRequest, MenuEntry } from '../../bot.ts'
import { isOfPost, pressedLine } from '../../message.ts'
import type { ChatRef } from '../../platform.ts'
import { bodyAfterCommand } from '../body-after-command.ts'
import { type FetchPicture, filledIn, quoted } from './user-text.ts'

/** The request that an interaction makes. */
export type Incoming = {
  readonly interaction: APIInteraction
  /** See `BotRequest.written`. */
  readonly written?: BotRequest['written']
  /** See `BotRequest.isFilledIn`. */
  readonly isFilledIn?: boolean
  readonly user: string
  readonly member: boolean
  readonly asked: Temporal.Instant
  readonly place?: ChatRef
  /** The reason why the bot cannot post here unprompted. */
  readonly barred?: 'direct' | 'rights'
  /** Whether the user may manage the server at the time of the interaction. */
  readonly manages: boolean
  /** See `BotRequest.roles`. */
  readonly roles?: readonly string[]
} & (
  | { readonly kind: 'line'; readonly line: string }
  | {
      readonly kind: 'press'
      readonly line: string
      /** Whether the message is an answer to this user. */
      readonly own: boolean
      /** Whether the message is a whole answer, not a part of a longer one. */
      readonly whole: boolean
      readonly isFromPost: boolean
    }
  | {
      readonly kind: 'complete'
      readonly option: string
      readonly command: string
      readonly typed: string
    }
)

/** Inputs of {@link readInteraction} beside the interaction. */
export interface ReadingOptions {
  readonly menu: readonly MenuEntry[]
  readonly fetchPicture: FetchPicture
  /** Returns the name of a channel of a server; undefined if it is not known. */
  readonly channelName?: (channel: string, server: string) => string | undefined
  /** Returns the user, as `discord:42`, whose question a message of the bot answers; undefined if not known. */
  readonly askerOf?: (message: string) => string | undefined
}

/** Reads an interaction; undefined if Sitrep does not handle its kind. Throws a TypeError if it names no user. Pure. */
export function readInteraction(
  interaction: APIInteraction,
  { menu, fetchPicture, askerOf = () => undefined, channelName }: ReadingOptions,
): Incoming | undefined {
  const user = userOf(interaction)
  const { guild_id } = interaction
  const nameOf = (id: string) => guild_id && channelName?.(id, guild_id)
  const isTheirs = (message: APIMessage) =>
    isOwnMessage(message, interaction, user) || askerOf(message.id) === `discord:${user}`
  const common = {
    interaction,
    user: `discord:${user}`,
    member: isMember(interaction),
    asked: instantOf(interaction.id),
    ...whereabouts(interaction),
  }
  switch (interaction.type) {
    case InteractionType.ApplicationCommand: {
      if (interaction.data.type === ApplicationCommandType.Message) {
        const { name, target_id, resolved } = interaction.data
        const entry = menu.find(({ quotes }) => quotes === name)
        const message = entry && resolved.messages[target_id]
        if (!message) return undefined
        const written = quoted(message, fetchPicture, nameOf)
        return { ...common, kind: 'line', line: `/${entry.name}`, written }
      }
      if (interaction.data.type !== ApplicationCommandType.ChatInput) return undefined
      const { data } = interaction as APIChatInputApplicationCommandInteraction
      const values = (data.options ?? []).map(textOf)
      const line = [`/${data.name}`, ...values].join(' ')
      return {
        ...common,
        kind: 'line',
        line,
        written: bodyAfterCommand(line, { get: key => nameOf(key.slice(1)) }),
      }
    }
    case InteractionType.MessageComponent: {
      const { data, message } = interaction
      const chosen =
        data.component_type === ComponentType.StringSelect ? data.values[0] : data.custom_id
      if (!chosen) return undefined
      return {
        ...common,
        kind: 'press',
        line: pressedLine(chosen),
        ...pressedOn(message, chosen, isTheirs(message)),
      }
    }
    case InteractionType.ModalSubmit: {
      const { data, message } = interaction
      const line = data.custom_id
      const written = filledIn(interaction as APIModalSubmitInteraction, fetchPicture, nameOf)
      const filled = { ...common, line, written, isFilledIn: true }
      if (!message) return { ...filled, kind: 'line' }
      // The form was opened by a button and submits that button's line, so the draft replaces the message.
      return { ...filled, kind: 'press', ...pressedOn(message, line, isTheirs(message)) }
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
  readonly asked: Temporal.Instant
  readonly place: ChatRef
}

/**
 * Reads a message. Elsewhere than in a direct message, the message must mention the bot or reply to it, and the
 * mention is left out of the line. Undefined if the message is not for this bot. Throws a TypeError if it names no
 * author. Pure.
 */
export function readMessage(
  message: APIMessage & { guild_id?: string },
  me: string,
): Question | undefined {
  const { author, content, type, mentions } = message
  const isText = type === MessageType.Default || type === MessageType.Reply
  // Two bots that answer each other would never stop.
  if (!isText || author.bot || message.webhook_id) return undefined
  const addressed = message.guild_id === undefined || mentions.some(({ id }) => id === me)
  if (!addressed || (content === '' && message.guild_id === undefined)) return undefined
  return {
    channel: message.channel_id,
    message: message.id,
    user: `discord:${idOf(author)}`,
    line: content.replaceAll(new RegExp(`<@!?${me}>`, 'g'), ' ').trim(),
    asked: instantOf(message.id),
    place: {
      platform: 'discord',
      address: message.channel_id,
      ...(message.guild_id !== undefined
        ? { within: message.guild_id, kind: 'channel' }
        : { kind: 'private' }),
    },
  }
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

/** Reads the chat of an interaction, and the current rights of the user and of the bot there. */
function whereabouts(interaction: APIInteraction) {
  const { guild_id, channel, channel_id, member, app_permissions } = interaction
  const address = channel?.id ?? channel_id
  if (!address) return { manages: false }
  if (!guild_id) {
    const place: ChatRef = { platform: 'discord', address, kind: 'private' }
    return { place, barred: 'direct' as const, manages: true }
  }
  const isThread = THREADS.includes(channel?.type ?? ChannelType.GuildText)
  const rights = new PermissionsBitField(BigInt(app_permissions))
  const mayPost = rights.has([
    PermissionFlagsBits.ViewChannel,
    isThread ? PermissionFlagsBits.SendMessagesInThreads : PermissionFlagsBits.SendMessages,
  ])
  const theirs = new PermissionsBitField(BigInt(member?.permissions ?? '0'))
  const place: ChatRef = { platform: 'discord', address, within: guild_id, kind: 'channel' }
  return {
    place,
    ...(!mayPost && { barred: 'rights' as const }),
    manages: theirs.has(PermissionFlagsBits.ManageGuild),
    roles: (member?.roles ?? []).map(role => `${guild_id}/${role}`),
  }
}

const THREADS = [
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
  ChannelType.AnnouncementThread,
]

/** Returns false for a user-installed app in a server that has not added the bot. */
function isMember({ context, authorizing_integration_owners: owners }: APIInteraction): boolean {
  if (context === InteractionContextType.BotDM || context === undefined) return true
  return owners?.[ApplicationIntegrationType.GuildInstall] !== undefined
}

function textOf(option: APIApplicationCommandInteractionDataOption<InteractionType>): string {
  return option.type === ApplicationCommandOptionType.String ? String(option.value) : ''
}

/** Returns whether a message is a whole answer. A part of a longer answer ends with its number: `-# 2/3`. */
function isWhole({ components = [] }: APIMessage): boolean {
  return !/\\n-# \d+\/\d+"/.test(JSON.stringify(components))
}

function instantOf(snowflake: string): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(Number(SnowflakeUtil.timestampFrom(snowflake)))
}
