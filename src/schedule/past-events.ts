import type { InBatches } from '../async/batches.ts'
import { yieldToEventLoop } from '../async/yield.ts'
import type { Edition } from '../content/edition.ts'
import { occurrenceAt } from '../content/occurrences.ts'
import { readInstant } from '../store/instant.ts'
import { objectOf } from '../store/json.ts'
import type { Store } from '../store/store.ts'

/** Age from which the topics of an event are removed, in hours: after its end, or after it left the edition. */
const KEPT_HOURS = 30 * 24

/** The key under which the store keeps when events with topics were first missing from the edition. */
const MISSING_KEY = 'events missing since'

/**
 * Creates a function that removes the topics of events that are long over, so that chats do not keep them for ever. An
 * event that is missing from the edition may return with the next edit, so its topics stay as long. Throws
 * {@link StoreError} if the store fails.
 */
export function createPastEvents(
  { eventTopics, slots }: Pick<Store, 'eventTopics' | 'slots'>,
  timeZone: string,
  inBatches: InBatches,
) {
  return async ({ events }: Edition, now: Temporal.Instant): Promise<void> => {
    const before = now.subtract({ hours: KEPT_HOURS })
    const byId = new Map(events.map(event => [event.id, event]))
    const known = new Map(Object.entries(objectOf((await slots.recall(MISSING_KEY)) ?? '') ?? {}))
    const missing: Record<string, string> = {}
    for (const id of await eventTopics.events()) {
      // A feed may have thousands of events.
      await yieldToEventLoop()
      const event = byId.get(id)
      const since = readInstant(String(known.get(id))) ?? now
      const isOld = event
        ? event.status !== 'postponed' &&
          occurrenceAt(event, before.toZonedDateTimeISO(timeZone)).isOver
        : Temporal.Instant.compare(since, before) <= 0
      if (isOld) await inBatches(most => eventTopics.erase(id, most))
      else if (!event) missing[id] = since.toString()
    }
    const isSame = Object.keys(missing).length === 0 && known.size === 0
    if (!isSame) await slots.remember(MISSING_KEY, JSON.stringify(missing))
  }
}
