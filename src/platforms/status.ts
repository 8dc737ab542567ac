import type { Log } from '../log.ts'
import type { PlatformState } from '../platform.ts'

export interface Status {
  get(): PlatformState
  /** People are answered. */
  running(): void
  /** Something fails and is tried again. `code` is for the log. */
  trouble(reason: string, code: string): void
  stopped(reason?: string): void
}

/** How a platform is doing, with one line in the log where trouble begins and one where it ends. */
export function createStatus(name: string, log: Log): Status {
  let state: PlatformState = { status: 'starting' }
  return {
    get: () => state,
    running() {
      if (state.status === 'trouble') {
        log.info({ event: 'platform.recovered', platform: name }, `${name} is back.`)
      }
      if (state.status !== 'stopped') state = { status: 'running' }
    },
    trouble(reason, code) {
      if (state.status === 'stopped') return
      if (state.status !== 'trouble') {
        log.warn({ event: 'platform.trouble', platform: name, code }, reason)
      }
      state = { status: 'trouble', reason }
    },
    stopped(reason) {
      if (state.status !== 'stopped') state = { status: 'stopped', ...(reason && { reason }) }
    },
  }
}
