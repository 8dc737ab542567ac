import { backoffMs } from '../../async/backoff.ts'
import type { Clock } from '../../clock.ts'
import type { Status } from '../status.ts'

/** Duration from which a conflict is not the overlap of a restart, in milliseconds. */
const LASTING_MS = 60_000

/** Longest pause after a conflict, in milliseconds. */
const LONGEST_MS = 15_000

/** Time without an interruption after which a conflict is over, in milliseconds. */
const QUIET_MS = 20_000

/** The same time for a lasting conflict, in milliseconds: the pollers of common libraries pause for at most 30 s. */
const LASTING_QUIET_MS = 32_000

const ANOTHER =
  'Another process polls with this token, so each gets only some of the updates. Stop one of them.'
const CODE = '409'

/** Two processes that poll with one token. They interrupt each other, and each gets a response now and then. */
export interface Conflict {
  /** Records an interruption by the other process (409). Returns how long to wait, in milliseconds. */
  onInterrupted(): number
  /** Records a response of Telegram, and sets the status. */
  onResponse(): void
  /** Records another failure. It proves nothing about the conflict, so the quiet time starts again. */
  onFailure(): void
}

export interface ConflictOptions {
  readonly clock: Clock
  readonly status: Status
  readonly signal: AbortSignal
}

export function createConflict({ clock, status, signal }: ConflictOptions): Conflict {
  let count = 0
  /** The count of the last conflict that seemed over. */
  let countBefore = 0
  /** When the conflict began, and its last interruption, in elapsed milliseconds. */
  let since = 0
  let lastAt = Number.NEGATIVE_INFINITY
  let isLasting = false
  let lasting = new AbortController()
  let quiet: AbortController | undefined

  /** Calls `act` after `ms` milliseconds, unless a signal aborts. */
  function after(ms: number, { signal: ended }: AbortController, act: () => void): void {
    const over = AbortSignal.any([signal, ended])
    void clock.pause(ms, over).then(() => {
      if (!over.aborted) act()
    })
  }

  function cancelQuiet(): void {
    quiet?.abort()
    quiet = undefined
  }

  function end(): void {
    lasting.abort()
    quiet = undefined
    countBefore = count
    count = 0
    isLasting = false
    status.running()
  }

  /** Begins a conflict, or continues one that only seemed over. */
  function begin(now: number): void {
    const isNew = now - lastAt >= LASTING_MS
    if (isNew) since = now
    count = isNew ? 0 : countBefore
  }

  return {
    onInterrupted() {
      const now = clock.elapsed()
      cancelQuiet()
      const isFirst = count === 0
      if (isFirst) begin(now)
      lastAt = now
      count += 1
      if (isFirst) {
        status.suspect(ANOTHER, CODE)
        lasting = new AbortController()
        after(Math.max(0, since + LASTING_MS - now), lasting, () => {
          isLasting = true
          status.trouble(ANOTHER, CODE)
        })
      }
      if (isLasting) status.trouble(ANOTHER, CODE)
      return Math.min(backoffMs(count), LONGEST_MS)
    },
    onResponse() {
      if (count === 0) return status.running()
      if (isLasting) status.trouble(ANOTHER, CODE)
      else status.answering()
      if (quiet) return
      quiet = new AbortController()
      after(isLasting ? LASTING_QUIET_MS : QUIET_MS, quiet, end)
    },
    onFailure: cancelQuiet,
  }
}
