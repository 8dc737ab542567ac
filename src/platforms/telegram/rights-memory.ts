import { BoundedMap } from '../../async/bounded-map.ts'
import { UncheckedError } from '../../bot.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Call } from './api.ts'
import { classifyError } from './failure.ts'

/** How long an answer of Telegram stays valid, in milliseconds. */
const VALID_MS = 5000

/** Most answers in memory. */
const KEPT = 1000

type May = boolean | 'unknown'

/** A short-lived cache of who may manage a chat. */
export interface RightsMemory {
  /**
   * Starts the check whether a user may manage a chat, and returns a function that resolves to the answer. The function
   * checks again if the answer is older than five seconds. Concurrent checks of one user share one call. The answer
   * rejects with {@link UncheckedError} if Telegram does not give it in time.
   */
  ahead(chat: string, user: number, ask: (call: Call) => Promise<May>): () => Promise<May>
  /** Makes the calls of one check, within `patienceMs` together. Rejects with {@link UncheckedError}. */
  check<T>(ask: (call: Call) => Promise<T>): Promise<T>
  /** Forgets the answers for a chat in which rights have changed. */
  forget(chat: string): void
}

interface Entry {
  readonly chat: string
  readonly answer: Promise<May>
  /** When the answer came, in elapsed milliseconds; undefined while the call is under way. */
  since?: number
}

export interface RightsMemoryOptions {
  readonly call: Call
  readonly clock: Pick<Clock, 'elapsed'>
  readonly log: Log
  /** Longest wait for all calls of one check together, in milliseconds. */
  readonly patienceMs: number
}

/** Creates a cache of answers. Without it, a burst of presses would make a call for each press. */
export function createRightsMemory({
  call,
  clock,
  log,
  patienceMs,
}: RightsMemoryOptions): RightsMemory {
  const entries = new BoundedMap<string, Entry>(KEPT)
  let isLogged = false
  const now = clock.elapsed

  const isFresh = ({ since = now() }: Entry) => now() - since < VALID_MS

  async function check<T>(ask: (call: Call) => Promise<T>): Promise<T> {
    const until = performance.now() + patienceMs
    const within: Call = (method, payload) =>
      call(method, payload, Math.max(0, until - performance.now()))
    try {
      const answer = await ask(within)
      isLogged = false
      return answer
    } catch (error) {
      const fields = {
        event: 'rights.unchecked',
        platform: 'telegram',
        code: classifyError(error).code,
      }
      if (!isLogged) log.warn(fields, 'Telegram didn’t say in time who may manage a chat.')
      isLogged = true
      throw new UncheckedError()
    }
  }

  function recall(chat: string, user: number, ask: (call: Call) => Promise<May>): Entry {
    const key = `${chat}/${user}`
    const before = entries.get(key)
    if (before && isFresh(before)) return before
    const entry: Entry = { chat, answer: check(ask) }
    entries.set(key, entry)
    const drop = () => {
      if (entries.get(key) === entry) entries.delete(key)
    }
    const answered = (may: May) => {
      entry.since = now()
      // The bot tells the user how to fix this, so the user will try again at once.
      if (may === 'unknown') drop()
    }
    entry.answer.then(answered, () => answered('unknown'))
    return entry
  }

  return {
    check,
    ahead(chat, user, ask) {
      const entry = recall(chat, user, ask)
      return async () => (isFresh(entry) ? entry.answer : recall(chat, user, ask).answer)
    },
    forget(chat) {
      for (const [key, entry] of entries) if (entry.chat === chat) entries.delete(key)
    },
  }
}
