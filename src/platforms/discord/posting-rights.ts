import {
  type APIInteraction,
  ChannelType,
  PermissionFlagsBits,
  type PermissionsBitField,
} from 'discord.js'
import { texts } from '../../texts.ts'

const names = texts.rights.discord

const THREADS = [
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
  ChannelType.AnnouncementThread,
]

/**
 * Returns the names of the rights that the bot lacks to post in the channel of an interaction. A locked thread, archived
 * or not, accepts only posts of those who manage threads. Pure.
 *
 * @param rights the bot's rights there, from `app_permissions`.
 */
export function lackingRights(
  rights: PermissionsBitField,
  channel: APIInteraction['channel'],
): string[] {
  const isThread = THREADS.includes(channel?.type ?? ChannelType.GuildText)
  const { thread_metadata: thread } = (channel ?? {}) as { thread_metadata?: { locked?: unknown } }
  const sending = isThread
    ? ([PermissionFlagsBits.SendMessagesInThreads, names.sendInThreads] as const)
    : ([PermissionFlagsBits.SendMessages, names.send] as const)
  const managing = [PermissionFlagsBits.ManageThreads, names.threads] as const
  const isLocked = isThread && thread?.locked === true
  const viewing = [PermissionFlagsBits.ViewChannel, names.view] as const
  const needed = [viewing, sending, ...(isLocked ? [managing] : [])]
  return needed.flatMap(([flag, name]) => (rights.has(flag) ? [] : [name]))
}
