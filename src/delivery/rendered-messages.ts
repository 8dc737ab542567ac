import { type Clock, today as dayIn } from '../clock.ts'
import { type Message, parseMessage } from '../message.ts'
import type { Part, Poster } from '../poster.ts'
import { memoize } from '../render/memoize.ts'
import type { Broadcast } from '../store/ledger/broadcast.ts'
import type { Broadcasts } from '../store/ledger/broadcasts.ts'

/** What a broadcast says in one revision, as a platform takes it. */
interface Contents {
  readonly revision: number
  parts(style: 'grid' | 'cards'): readonly Part[]
}

/** What a message says depends on the day that it is read. */
export interface Days {
  /** The message as it has to be put on a day. Pure. */
  refreshed(message: Message, today: Temporal.PlainDate): Message
}

/** Resolves to the text of a broadcast on the day of a zone (IANA), or to undefined if it has been corrected. */
export type ReadRendered = (broadcast: Broadcast, zone: string) => Promise<Contents | undefined>

/** Messages kept, with what was rendered of them: more than are ever sent at once. */
const KEPT = 50

/** Reads each revision once a calendar date, of which two or three are current, and renders it once a style. */
export function createRenderedMessages(
  broadcasts: Pick<Broadcasts, 'message'>,
  poster: Pick<Poster, 'render'>,
  { refreshed }: Days,
  clock: Pick<Clock, 'now'>,
): ReadRendered {
  const kept = new Map<string, Contents>()
  const render = memoize(poster.render)

  return async ({ id, revision }, zone) => {
    const today = dayIn(clock, zone)
    const key = `${id} ${revision} ${today}`
    const known = kept.get(key)
    if (known) return known
    const row = await broadcasts.message(id)
    // Corrected meanwhile: whoever asks learns of the new one.
    if (row?.revision !== revision) return undefined
    const parsed = parseMessage(row.message)
    if (!parsed) throw new TypeError('The message of this broadcast is damaged.')
    const message = refreshed(parsed, today)
    const rendered: Contents = {
      revision,
      parts: style => render(message, style),
    }
    const [oldest] = kept.size >= KEPT ? kept.keys() : []
    if (oldest !== undefined) kept.delete(oldest)
    kept.set(key, rendered)
    return rendered
  }
}
