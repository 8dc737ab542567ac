import type { Log } from '../log.ts'
import { type HttpRoute, type Platform, PlatformError, type PlatformState } from '../platform.ts'

/** Runs the platforms, and knows the state of each. */
export interface Supervisor {
  /** Serves a platform until `retire` or `stop` is called. */
  run(platform: Platform): void
  /** Stops one platform and removes it. The others continue. */
  retire(platform: Platform): Promise<void>
  /** Stops all platforms. A later `run` has no effect. */
  stop(): Promise<void>
  /** Updates the menus of all platforms. */
  refresh(): void
  /** Returns the HTTP routes of the running platforms. */
  routes(): HttpRoute[]
  /** Returns the state of every configured platform, running or not. */
  states(): Record<string, PlatformState>
  /** Rejects with {@link PlatformError} if no platform is left that can run, and on an unexpected error. */
  readonly ended: Promise<never>
}

/**
 * Creates the supervisor of the configured platforms.
 *
 * @param absent returns the state of a platform that does not run.
 */
export function createSupervisor(
  names: readonly string[],
  absent: () => PlatformState,
  log: Log,
): Supervisor {
  const running = new Set<Platform>()
  const states = new Map(names.map(name => [name, absent]))
  const { promise: ended, reject: end } = Promise.withResolvers<never>()
  let isStopped = false

  return {
    ended,
    run(platform) {
      // The process began to stop while the platform was being connected.
      if (isStopped) return
      running.add(platform)
      states.set(platform.name, platform.state)
      // A platform that needs the operator does not affect the others, unless it was the last. An unexpected error
      // ends all.
      platform.run().catch((error: unknown) => {
        if (!(error instanceof PlatformError)) return end(error)
        log.error({ event: 'platform.stopped', platform: platform.name }, error.message)
        if ([...states.values()].every(state => state().status === 'stopped')) end(error)
      })
    },
    async retire(platform) {
      await platform.stop()
      running.delete(platform)
      if (states.get(platform.name) === platform.state) states.set(platform.name, absent)
    },
    async stop() {
      isStopped = true
      await Promise.all([...running].map(platform => platform.stop()))
    },
    refresh() {
      for (const platform of running) platform.refresh?.()
    },
    routes: () => [...running].flatMap(({ http }) => http ?? []),
    states: () => Object.fromEntries([...states].map(([name, state]) => [name, state()])),
  }
}
