import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { UncheckedError } from '../../platform.ts'
import type { Call } from './api.ts'
import { classifyError } from './failure.ts'

/** How long an answer of Telegram is believed, in milliseconds. */
const BELIEVED_MS = 5000

/** Answers kept at most. */
const KEPT = 1000

type May = boolean | 'unknown'

export interface RightsMemory {
  /**
   * Begins to ask who may manage a chat, and returns what gives the answer. It asks again if its answer is
   * older than five seconds by then. Concurrent checks of one user share one call.
   * The answer rejects with {@link UncheckedError}.
   */
  ahead(chat: string, user: number, ask: (call: Call) => Promise<May>): () => Promise<May>
  /** Makes the calls of one check. Rejects with {@link UncheckedError}. */
  check<T>(ask: (call: Call) => Promise<T>): Promise<T>
  /** Forgets the answers for a chat in which rights have changed. */
  forget(chat: string): void
}

interface Known {
  readonly chat: string
  readonly answer: Promise<May>
  /** When the answer came, in milliseconds since the epoch; undefined while the call is under way. */
  since?: number
}

export interface RightsMemoryOptions {
  readonly call: Call
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  /** Longest wait for all calls of one check together, in milliseconds. */
  readonly patienceMs: number
}

/** Remembers for five seconds who may manage a chat: a burst of presses would ask for each of them. */
export function createRightsMemory({
  call,
  clock,
  log,
  patienceMs,
}: RightsMemoryOptions): RightsMemory {
  const known = new Map<string, Known>()
  let isTold = false
  const now = () => clock.now().epochMilliseconds

  function isFresh({ since = now() }: Known): boolean {
    const age = now() - since
    // A clock that was set back must not make an answer last.
    return age >= 0 && age < BELIEVED_MS
  }

  async function check<T>(ask: (call: Call) => Promise<T>): Promise<T> {
    const until = performance.now() + patienceMs
    const within: Call = (method, payload) =>
      call(method, payload, Math.max(0, until - performance.now()))
    try {
      const answer = await ask(within)
      isTold = false
      return answer
    } catch (error) {
      const fields = {
        event: 'rights.unchecked',
        platform: 'telegram',
        code: classifyError(error).code,
      }
      if (!isTold) log.warn(fields, 'Telegram does not say in time who may manage a chat.')
      isTold = true
      throw new UncheckedError()
    }
  }

  function recall(chat: string, user: number, ask: (call: Call) => Promise<May>): Known {
    const key = `${chat}/${user}`
    const before = known.get(key)
    if (before && isFresh(before)) return before
    const entry: Known = { chat, answer: check(ask) }
    known.delete(key)
    known.set(key, entry)
    const [oldest] = known.size > KEPT ? known.keys() : []
    if (oldest !== undefined) known.delete(oldest)
    const drop = () => {
      if (known.get(key) === entry) known.delete(key)
    }
    const answered = (may: May) => {
      entry.since = now()
      // The answer says what to do about it, so the user will try again.
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
      for (const [key, entry] of known) if (entry.chat === chat) known.delete(key)
    },
  }
}
