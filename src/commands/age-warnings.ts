import { BoundedMap } from '../async/bounded-map.ts'
import { ageOf, withWarning } from '../briefing/footer.ts'
import type { Message } from '../message.ts'
import type { ChatRef } from '../platform.ts'

/** Most chats whose day is remembered: under 2 MB. A chat that is dropped is warned again. */
const CHATS = 10_000

/** Adds the warning about old facts to the first answer of each day of a chat that needs it, unless its greeting warned. */
export type AgeWarnings = (
  message: Message,
  chat: Pick<ChatRef, 'platform' | 'address'> | undefined,
  today: Temporal.PlainDate,
) => Message

/**
 * Creates the memory of the chats that were warned, with the day of each. It is in memory alone: a question writes
 * nothing to the database, and after a restart a chat is warned once more. Answers without a chat, such as those that
 * Telegram caches for all users, have no warning.
 */
export function createAgeWarnings(): AgeWarnings {
  const days = new BoundedMap<string, Temporal.PlainDate>(CHATS)
  return (message, chat, today) => {
    const age = ageOf(message)
    if (!age || !chat) return message
    const key = `${chat.platform} ${chat.address}`
    const isDue = age === 'old' && !days.get(key)?.equals(today)
    if (isDue || age === 'warned') days.set(key, today)
    return isDue ? withWarning(message) : message
  }
}
