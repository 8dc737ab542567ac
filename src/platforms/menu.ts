import { createKeyedQueue } from '../async/keyed-queue.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Failure } from '../poster.ts'
import { retry } from './retry.ts'

export interface MenuOptions {
  /** The platform's name. */
  readonly platform: string
  /** Tells the platform the menu of this moment, where it holds another one. */
  readonly sync: () => Promise<void>
  readonly classifyError: (error: unknown) => Failure
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

export interface MenuKeeper {
  /** The menu has changed, or nobody knows. */
  refresh(): void
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

/** Keeps the menu that a platform holds like ours, as often as it has to be tried. */
export function keepMenu(options: MenuOptions): MenuKeeper {
  const { platform, sync, classifyError, clock, log, signal } = options
  const lanes = createKeyedQueue(platform, log)

  async function overrideBreaker(): Promise<void> {
    if (signal.aborted) return
    let told = false
    const outcome = await retry(sync, {
      classifyError,
      clock,
      signal,
      tries: Number.POSITIVE_INFINITY,
      onRetry({ code }) {
        if (told) return
        told = true
        const fields = { event: 'menu.failed', platform, code }
        log.warn(fields, 'The menu of commands has not arrived; it is tried again.')
      },
    })
    if (outcome.ok || signal.aborted) return
    const fields = { event: 'menu.refused', platform, code: outcome.failure.code }
    log.error(fields, 'The menu of commands is refused; it is tried again at the next change.')
  }

  return {
    refresh: () => lanes.replace('menu', overrideBreaker),
    idle: lanes.idle,
  }
}
