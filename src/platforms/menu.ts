import { createKeyedQueue } from '../async/keyed-queue.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Failure } from '../poster.ts'
import { retry } from './retry.ts'

export interface MenuOptions {
  /** The platform's name. */
  readonly platform: string
  /** Sends the current menu to the platform, unless the platform has it already. */
  readonly sync: () => Promise<void>
  readonly classifyError: (error: unknown) => Failure
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

export interface MenuKeeper {
  /** Sends the menu, because it may differ from the one of the platform. */
  refresh(): void
  /** Resolves when no call is in progress. */
  idle(): Promise<void>
}

/** Keeps the menu of a platform up to date. Retries until the menu has arrived or is refused. */
export function keepMenu(options: MenuOptions): MenuKeeper {
  const { platform, sync, classifyError, clock, log, signal } = options
  const queue = createKeyedQueue(platform, log)

  async function syncUntilDone(): Promise<void> {
    if (signal.aborted) return
    let isLogged = false
    const outcome = await retry(sync, {
      classifyError,
      clock,
      signal,
      tries: Number.POSITIVE_INFINITY,
      onRetry({ code }) {
        if (isLogged) return
        isLogged = true
        const fields = { event: 'menu.failed', platform, code }
        log.warn(fields, 'Couldn’t update the command menu. Retrying.')
      },
    })
    if (outcome.ok || signal.aborted) return
    const fields = { event: 'menu.refused', platform, code: outcome.failure.code }
    log.error(fields, 'The command menu was rejected. Retrying after the next content change.')
  }

  return {
    refresh: () => queue.replace('menu', syncUntilDone),
    idle: queue.idle,
  }
}
