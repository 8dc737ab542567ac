import type { Bot } from '../platform.ts'

/** Where the bot is shown out and let in again: see `commands/presence.ts`. */
export type Presence = Pick<Bot, 'left' | 'moved'> & {
  /** Chats that do not count as gone any more: it was not theirs. */
  returned(platform: string, addresses: readonly string[]): Promise<void>
}
