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
import { isOfPost, pressedLine } from '../../message.ts'
import type { BotRequest, ChatRef, MenuEntry } from '../../platform.ts'
import { bodyAfterCommand } from '../body-after-command.ts'
import { type FetchPicture, filledIn, quoted } from './user-text.ts'

/** What an interaction asks for. */
export type Incoming = {
  readonly interaction: APIInteraction
  /** See `Request.written`. */
  readonly written?: BotRequest['written']
  /** See `Request.isFilledIn`. */
  readonly isFilledIn?: boolean
  readonly user: string
  readonly member: boolean
  readonly asked: Temporal.Instant
  readonly place?: ChatRef
  /** Why nothing can be posted in this place by itself. */
  readonly barred?: 'direct' | 'rights'
  /** Whether whoever asks may manage the server, as it is at this moment. */
  readonly manages: boolean
  /** See `Request.roles`. */
  readonly roles?: readonly string[]
} & (
  | { readonly kind: 'line'; readonly line: string }
  | {
      readonly kind: 'press'
      readonly line: string
      /** Whether the message is the presser's own and can be replaced: no part of a longer answer. */
      readonly own: boolean
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

/** What reading an interaction depends on. */
export interface ReadingOptions {
  readonly menu: readonly MenuEntry[]
  readonly fetchPicture: FetchPicture
  /** The name of a channel of a server; undefined if it is not known. */
  readonly channelName?: (channel: string, server: string) => string | undefined
  /** The user, as `discord:42`, whose question a message of the bot answers; undefined if not known. */
  readonly askerOf?: (message: string) => string | undefined
}

/** Reads an interaction; nothing where it is of a kind that Sitrep has not. Pure. */
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
      // The form types the line of the button that has opened it: the draft takes its place.
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

/** A question in plain words. */
export interface Question {
  readonly channel: string
  readonly message: string
  readonly user: string
  readonly line: string
  readonly asked: Temporal.Instant
  readonly place: ChatRef
}

/**
 * Reads a message: in a direct message all of it, elsewhere what stands beside a mention of the bot,
 * or answers it. Nothing where it is not for this bot. Pure.
 */
export function readMessage(
  message: APIMessage & { guild_id?: string },
  me: string,
): Question | undefined {
  const { author, content, type, mentions } = message
  const isText = type === MessageType.Default || type === MessageType.Reply
  // A bot that answers a bot may go on for ever.
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
 * Reads the pressed message itself. The data is the word of the user, whose client may have been
 * changed; the message is Discord's. `own`: one of its buttons has exactly this data, and the message is the
 * presser's own and no post.
 */
function pressedOn(message: APIMessage, data: string, isTheirs: boolean) {
  const known = dataIn(message)
  const isFromPost = [data, ...known].some(isOfPost)
  const own = known.includes(data) && isTheirs && !(isFromPost && !isEphemeral(message))
  return { own, whole: isWhole(message), isFromPost }
}

/**
 * Whether Discord says that a message is for this user: only they can see it, their interaction asked for it, or
 * it stands in their direct messages with the bot. Posts, cards, greetings and answers to mentions have no
 * `interaction_metadata`, so its absence says nothing.
 */
function isOwnMessage(message: APIMessage, interaction: APIInteraction, user: string): boolean {
  const { guild_id, context = InteractionContextType.BotDM } = interaction
  const isDirect = guild_id === undefined && context === InteractionContextType.BotDM
  return isEphemeral(message) || isDirect || message.interaction_metadata?.user.id === user
}

function isEphemeral({ flags }: APIMessage): boolean {
  return Boolean((flags ?? 0) & MessageFlags.Ephemeral)
}

/** A message or a component, as deep as components nest. */
interface Node {
  readonly custom_id?: string
  /** The choices of a menu. */
  readonly options?: readonly { readonly value: string }[]
  readonly components?: readonly object[]
  readonly accessory?: object
}

/** The data of each button and of each choice in a message. */
function dataIn({ custom_id, options, components = [], accessory }: Node): string[] {
  const own = options ? options.map(({ value }) => value) : (custom_id ?? [])
  return [own, [...components, ...(accessory ? [accessory] : [])].flatMap(dataIn)].flat()
}

/** Throws a TypeError if Discord does not name the user. */
function userOf({ member, user }: APIInteraction): string {
  return idOf(member?.user ?? user)
}

function idOf(user: { readonly id: unknown } | undefined): string {
  if (typeof user?.id !== 'string') throw new TypeError('Expected the id of a user.')
  return user.id
}

/** Discord tells with each interaction where it is, and what both sides may do there at this moment. */
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

/** Whoever brought the bot along has installed it for themselves, the place has not. */
function isMember({ context, authorizing_integration_owners: owners }: APIInteraction): boolean {
  if (context === InteractionContextType.BotDM || context === undefined) return true
  return owners?.[ApplicationIntegrationType.GuildInstall] !== undefined
}

function textOf(option: APIApplicationCommandInteractionDataOption<InteractionType>): string {
  return option.type === ApplicationCommandOptionType.String ? String(option.value) : ''
}

/** Parts of a longer answer end in their mark: `-# 2/3`. */
function isWhole({ components = [] }: APIMessage): boolean {
  return !/\\n-# \d+\/\d+"/.test(JSON.stringify(components))
}

function instantOf(snowflake: string): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(Number(SnowflakeUtil.timestampFrom(snowflake)))
}
