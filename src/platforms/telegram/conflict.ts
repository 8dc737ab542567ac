import { backoffMs } from '../../async/backoff.ts'
import type { Clock } from '../../clock.ts'
import type { Status } from '../status.ts'

/** A conflict that lasts so long is no restart that overlaps, in milliseconds. */
const LASTING_MS = 60_000

/** Longest pause after a conflict, in milliseconds. */
const LONGEST_MS = 15_000

/** A conflict is over after so long without another, in milliseconds. */
const QUIET_MS = 20_000

/** The same once it has lasted, in milliseconds: the usual libraries pause for at most 30 s. */
const LASTING_QUIET_MS = 32_000

const ANOTHER =
  'Another process polls with this token, so each gets only a part of the updates. End one of the two.'
const CODE = '409'

/** Two processes that poll with one token interrupt each other, and both get an answer now and then. */
export interface Conflict {
  /** Another process has interrupted. Returns how long to wait, in milliseconds. */
  met(): number
  /** Telegram has answered: sets the status. */
  answered(): void
  /** Telegram has failed in another way. */
  failed(): void
}

export interface ConflictOptions {
  readonly clock: Clock
  readonly status: Status
  readonly signal: AbortSignal
}

export function createConflict({ clock, status, signal }: ConflictOptions): Conflict {
  let count = 0
  /** The count, the beginning and the last interruption of the conflict that has seemed over. */
  let before = 0
  let since = 0
  let lastAt = Number.NEGATIVE_INFINITY
  let isLasting = false
  let lasting = new AbortController()
  let quiet: AbortController | undefined

  function after(ms: number, { signal: ended }: AbortController, act: () => void): void {
    const over = AbortSignal.any([signal, ended])
    void clock.pause(ms, over).then(() => {
      if (!over.aborted) act()
    })
  }

  function disturb(): void {
    quiet?.abort()
    quiet = undefined
  }

  function end(): void {
    lasting.abort()
    quiet = undefined
    before = count
    count = 0
    isLasting = false
    status.running()
  }

  /** Begins a conflict, or continues one that has only seemed over. */
  function begin(now: number): void {
    const isNew = Math.abs(now - lastAt) >= LASTING_MS
    if (isNew) since = now
    count = isNew ? 0 : before
  }

  return {
    met() {
      const now = clock.now().epochMilliseconds
      disturb()
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
    answered() {
      if (count === 0) return status.running()
      if (isLasting) status.trouble(ANOTHER, CODE)
      else status.answering()
      if (quiet) return
      quiet = new AbortController()
      after(isLasting ? LASTING_QUIET_MS : QUIET_MS, quiet, end)
    },
    failed: disturb,
  }
}
