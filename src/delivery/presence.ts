import type { Bot, ChatPlace } from '../platform.ts'

/** Where the bot is shown out and let in again: see `commands/presence.ts`. */
export type Presence = Pick<Bot, 'left' | 'moved'> & {
  /** These places can be reached: a post has arrived, or they were never at fault. */
  returned(platform: string, addresses: readonly string[]): Promise<void>
  /** A post has arrived in this place, which says nothing about its parts. `isMarked`: it was suspected lately. */
  arrived(place: ChatPlace, isMarked: boolean): Promise<void>
  /** A check has shown that this place, apart from its parts, can be reached. */
  proven(place: Pick<ChatPlace, 'platform' | 'address'>): Promise<void>
  /** A check could not tell whether a suspected place can be reached: its next post is the try. */
  unproven(place: Pick<ChatPlace, 'platform' | 'address'>): Promise<void>
}
