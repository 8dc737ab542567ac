import {
  type Client,
  type Guild,
  type GuildBasedChannel,
  OAuth2Scopes,
  PermissionFlagsBits,
  type PermissionResolvable,
} from 'discord.js'
import type { Log } from '../../log.ts'
import { counted } from '../../texts/plurals.ts'
import { missingPostingRights } from './posting-rights.ts'

/**
 * The rights that the bot needs in a server: to post, to attach a picture, and to reply, which refers to a message of
 * the channel's history. The bot needs no further right to publish or delete its own messages, or to unarchive an
 * unlocked thread.
 */
const NEEDED = {
  ViewChannel: PermissionFlagsBits.ViewChannel,
  SendMessages: PermissionFlagsBits.SendMessages,
  SendMessagesInThreads: PermissionFlagsBits.SendMessagesInThreads,
  AttachFiles: PermissionFlagsBits.AttachFiles,
  ReadMessageHistory: PermissionFlagsBits.ReadMessageHistory,
} as const satisfies Record<string, PermissionResolvable>

/** The right that only servers need whose events are turned on. Discord requires it since 23 February 2026. */
const OPTIONAL = PermissionFlagsBits.CreateEvents

/** Logs how to add the bot to a server, and in which servers the bot lacks a right. */
export function introduce(client: Client<true>, log: Log): void {
  const permissions = Object.values(NEEDED).reduce<bigint>((sum, flag) => sum | flag, OPTIONAL)
  const scopes = [OAuth2Scopes.Bot, OAuth2Scopes.ApplicationsCommands].join('+')
  const invite = `https://discord.com/oauth2/authorize?client_id=${client.application.id}&scope=${scopes}&permissions=${permissions}`
  const servers = client.guilds.cache.size
  const { tag } = client.user
  log.info(
    { event: 'discord.started', bot: tag, invite, servers },
    `Discord: ${tag} is online in ${counted(servers, 'server', 'servers')}. Invite: ${invite}`,
  )
  for (const guild of client.guilds.cache.values()) {
    const missing = missingIn(guild)
    if (missing.length === 0) continue
    log.warn(
      { event: 'discord.missing', server: guild.id, missing },
      `Discord: in server ${guild.id} the bot lacks ${missing.join(', ')}: add them to its role.`,
    )
  }
}

function missingIn(guild: Guild): string[] {
  const mine = guild.members.me?.permissions
  if (!mine) return []
  return missingServerRights(flag => mine.has(flag))
}

/** Returns the names of the rights that the bot lacks in a server; `has` tells if it has a right there. Pure. */
export function missingServerRights(has: (flag: bigint) => boolean): string[] {
  return Object.entries(NEEDED).flatMap(([name, flag]) => (has(flag) ? [] : [name]))
}

/**
 * Returns the names of the rights that the bot lacks to post in a channel or thread; undefined if the caches do not
 * have the channel, for example a thread that was not active at the start.
 */
export function missingRights(client: Client, address: string): string[] | undefined {
  const channel = client.channels.cache.get(address)
  if (!channel || channel.isDMBased()) return undefined
  const { me } = channel.guild.members
  const mine = me && channel.permissionsFor(me)
  if (!mine) return undefined
  const isThread = channel.isThread()
  return missingPostingRights({ isThread, isLocked: isThread && channel.locked === true }, flag =>
    mine.has(flag),
  )
}

/** Returns the name of a channel of a server; undefined if the caches do not have it. */
export function channelNameIn(client: Client, channel: string, server: string): string | undefined {
  const found = client.channels.cache.get(channel)
  return found && !found.isDMBased() && found.guildId === server ? found.name : undefined
}

/** Returns the channels to greet a server in, best first: its system channel, then the others by position. */
export function greetingChannels(guild: Guild): string[] {
  const { me } = guild.members
  const channels = [...guild.channels.cache.values()].filter(channel => channel.isTextBased())
  const open = channels.filter(
    channel => me && channel.permissionsFor(me)?.has([NEEDED.ViewChannel, NEEDED.SendMessages]),
  )
  const position = (channel: GuildBasedChannel) =>
    channel.id === guild.systemChannelId ? -1 : 'rawPosition' in channel ? channel.rawPosition : 0
  return open.sort((a, b) => position(a) - position(b)).map(({ id }) => id)
}
