import { yieldToEventLoop } from '../async/yield.ts'
import { lastDigest, localDate, nextDigest } from '../chats/digest-time.ts'
import { digestDatesOn } from '../store/chats/chat.ts'
import type { Store } from '../store/store.ts'

/** Chats in one transaction. */
const BATCH = 500

/**
 * Records the digests that are due now as received, after a backup was restored: the bot may have sent them after the
 * backup was made. Resolves to the number of chats. Throws {@link StoreError}.
 */
export async function skipDueDigests(
  { chats, digests }: Pick<Store, 'chats' | 'digests'>,
  now: Temporal.Instant,
): Promise<number> {
  let count = 0
  for (const platform of await chats.platforms()) {
    await digests.resetDamaged(platform)
    for (let isDone = false; !isDone; ) {
      const due = await digests.due(platform, now, BATCH)
      const decisions = due.map(({ id, dueAt, rhythm }) => {
        const slotAt = lastDigest(rhythm, now)
        const digested = digestDatesOn(localDate(slotAt, rhythm.zone), rhythm.cadence)
        const nextAt = nextDigest(rhythm, now, digested)
        return { id, dueAt, slotAt, digested, nextAt }
      })
      await digests.enqueue(platform, decisions)
      count += decisions.length
      isDone = due.length < BATCH
      await yieldToEventLoop()
    }
  }
  return count
}
