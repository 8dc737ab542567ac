import type { Log } from '../log.ts'
import { type HttpRoute, type Platform, PlatformError, type PlatformState } from '../platform.ts'

export interface Supervisor {
  /** Serves it until it is retired, or all are stopped. */
  run(platform: Platform): void
  /** Drains one and takes it off; the others go on. */
  retire(platform: Platform): Promise<void>
  /** Drains all; whatever is run from then on is not. */
  stop(): Promise<void>
  /** Tells all that the menu has changed. */
  refresh(): void
  /** What the running ones serve over HTTP. */
  routes(): HttpRoute[]
  /** Of every platform that is to be served, running or not. */
  states(): Record<string, PlatformState>
  /** Rejects where none is left that could go on, or where one has failed unforeseen. */
  readonly ended: Promise<never>
}

/**
 * The platforms that are to be served, by name, and how each is doing; `absent` tells of those that
 * do not run.
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
      // Stopped while it was loaded.
      if (isStopped) return
      running.add(platform)
      states.set(platform.name, platform.state)
      // One that only an operator can help leaves the others alone, unless it was the last. What
      // nobody has foreseen ends them all.
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
