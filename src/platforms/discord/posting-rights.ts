import { ChannelType, PermissionFlagsBits } from 'discord.js'
import { texts } from '../../texts.ts'

const names = texts.rights.discord

const THREADS: readonly unknown[] = [
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
  ChannelType.AnnouncementThread,
]

/** Tells whether a channel's type, in whatever form, is that of a thread. Pure. */
export function isThreadType(type: unknown): boolean {
  return THREADS.includes(type)
}

export interface PostingPlace {
  readonly isThread: boolean
  /** Whether the thread is locked: it then accepts only posts of those who manage threads, archived or not. */
  readonly isLocked: boolean
}

/** Reads the place of a channel as the API describes it, in whatever form. Pure. */
export function postingPlace(channel: object | undefined): PostingPlace {
  const { type, thread_metadata: thread } = (channel ?? {}) as Partial<Record<string, unknown>>
  const isThread = isThreadType(type)
  return { isThread, isLocked: isThread && Object(thread).locked === true }
}

/** Returns the names of the rights that the bot lacks to post in a place; `has` tells if it has a right there. Pure. */
export function missingPostingRights(
  { isThread, isLocked }: PostingPlace,
  has: (flag: bigint) => boolean,
): string[] {
  const sending = isThread
    ? ([PermissionFlagsBits.SendMessagesInThreads, names.sendInThreads] as const)
    : ([PermissionFlagsBits.SendMessages, names.send] as const)
  const managing = [PermissionFlagsBits.ManageThreads, names.threads] as const
  const viewing = [PermissionFlagsBits.ViewChannel, names.view] as const
  const needed = [viewing, sending, ...(isLocked ? [managing] : [])]
  return needed.flatMap(([flag, name]) => (has(flag) ? [] : [name]))
}
