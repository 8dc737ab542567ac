import { BoundedMap } from '../async/bounded-map.ts'
import { type Clock, today as dayIn } from '../clock.ts'
import type { Message, TableStyle } from '../message.ts'
import type { Part, Poster } from '../poster.ts'
import { memoize } from '../render/memoize.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Broadcasts } from '../store/ledger/broadcasts.ts'

/** One revision of a broadcast's message, rendered for a platform. */
interface RenderedMessage {
  readonly revision: number
  /** Returns the parts to send, with tables in this style. Pure. */
  parts(style: TableStyle): readonly Part[]
}

/** Updates the parts of a message that depend on the date, such as countdowns. */
export interface Days {
  /** Returns the message as it reads on `today`. Pure. */
  refreshed(message: Message, today: Temporal.PlainDate): Message
}

/**
 * Resolves to the message of a broadcast on the current date in a zone (IANA), or to undefined if the broadcast was
 * corrected. Rejects with {@link StoreError}, and with `TypeError` if the message is damaged.
 */
export type ReadRendered = (
  broadcast: Broadcast,
  zone: string,
) => Promise<RenderedMessage | undefined>

/** Most cached messages: more than a sender has in hand at a time. */
const MOST = 50

/** Caches messages: reads each revision once per calendar date, and renders it once per table style. */
export function createRenderedMessages(
  broadcasts: Pick<Broadcasts, 'find'>,
  poster: Pick<Poster, 'render'>,
  { refreshed }: Days,
  clock: Pick<Clock, 'now'>,
): ReadRendered {
  const cache = new BoundedMap<string, RenderedMessage>(MOST)
  const render = memoize(poster.render)

  return async ({ id, revision }, zone) => {
    const today = dayIn(clock, zone)
    const key = `${id} ${revision} ${today}`
    const cached = cache.get(key)
    if (cached) return cached
    const found = await broadcasts.find(id)
    // A correction has replaced the revision: the caller releases its row, and claims it with the new revision.
    if (found?.revision !== revision) return undefined
    if (!found.message) throw new TypeError('The message of this broadcast is damaged.')
    const message = refreshed(found.message, today)
    const rendered: RenderedMessage = { revision, parts: style => render(message, style) }
    cache.set(key, rendered)
    return rendered
  }
}
