import type { Log } from '../log.ts'
import type { PlatformState } from '../platform.ts'
import { platformTitle } from '../texts/platform-titles.ts'

/** The state of a platform, and its log lines. The state `stopped` is final. */
export interface Status {
  get(): PlatformState
  /** Sets `running`. Logs a recovery if trouble was logged. */
  running(): void
  /** Sets `running`, but logs no recovery, because the trouble of `suspect` may last. */
  answering(): void
  /** Logs trouble that will probably pass, and leaves the state as it is. `code` is for the log. */
  suspect(reason: string, code: string): void
  /** Sets `trouble`, because calls fail and are retried. Logs the trouble. */
  trouble(reason: string, code: string): void
  /** Sets `stopped`, for good. */
  stopped(reason?: string): void
}

/** Creates the status of a platform, which logs one line when trouble begins and one when it ends. */
export function createStatus(name: string, log: Log): Status {
  let state: PlatformState = { status: 'starting' }
  let isLogged = false

  function set(next: PlatformState): void {
    if (state.status !== 'stopped') state = next
  }

  function suspect(reason: string, code: string): void {
    if (isLogged || state.status === 'stopped') return
    isLogged = true
    log.warn({ event: 'platform.trouble', platform: name, code }, reason)
  }

  return {
    get: () => state,
    running() {
      if (isLogged && state.status !== 'stopped') {
        log.info({ event: 'platform.recovered', platform: name }, `${platformTitle(name)} is back.`)
      }
      isLogged = false
      set({ status: 'running' })
    },
    answering: () => set({ status: 'running' }),
    suspect,
    trouble(reason, code) {
      suspect(reason, code)
      set({ status: 'trouble', reason })
    },
    stopped: reason => set({ status: 'stopped', ...(reason && { reason }) }),
  }
}
