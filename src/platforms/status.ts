import type { Log } from '../log.ts'
import type { PlatformState } from '../platform.ts'

export interface Status {
  get(): PlatformState
  /** People are answered; whatever was told in the log is over. */
  running(): void
  /** People are answered, but the trouble of `suspect` may go on. */
  answering(): void
  /** Logs a trouble that most likely passes, and leaves the state as it is. */
  suspect(reason: string, code: string): void
  /** Something fails and is tried again. `code` is for the log. */
  trouble(reason: string, code: string): void
  stopped(reason?: string): void
}

/** How a platform is doing, with one line in the log where trouble begins and one where it ends. */
export function createStatus(name: string, log: Log): Status {
  let state: PlatformState = { status: 'starting' }
  let isTold = false

  function set(next: PlatformState): void {
    if (state.status !== 'stopped') state = next
  }

  function suspect(reason: string, code: string): void {
    if (isTold || state.status === 'stopped') return
    isTold = true
    log.warn({ event: 'platform.trouble', platform: name, code }, reason)
  }

  return {
    get: () => state,
    running() {
      if (isTold && state.status !== 'stopped') {
        log.info({ event: 'platform.recovered', platform: name }, `${name} is back.`)
      }
      isTold = false
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
