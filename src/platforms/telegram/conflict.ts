import type { Clock } from '../../clock.ts'
import { backoffMs } from '../attempt.ts'
import type { Status } from '../status.ts'

/** A conflict that lasts so long is no restart that overlaps, in milliseconds. */
const LASTING_MS = 60_000

/** Longest pause after a conflict, in milliseconds. */
const LONGEST_MS = 15_000

/** A conflict is over after so long without another, in milliseconds: more than the other process pauses. */
const QUIET_MS = 20_000

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
    count = 0
    isLasting = false
    status.running()
  }

  return {
    met() {
      disturb()
      count += 1
      if (count === 1) {
        status.suspect(ANOTHER, CODE)
        lasting = new AbortController()
        after(LASTING_MS, lasting, () => {
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
      after(QUIET_MS, quiet, end)
    },
    failed: disturb,
  }
}
