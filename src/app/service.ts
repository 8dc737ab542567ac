import type { Config } from '../config.ts'
import { createCalendarSource } from './calendar-source.ts'
import { type Context, type Overrides, openContext } from './context.ts'
import { reportOf } from './health.ts'
import { createLeader } from './leader.ts'

/** The bot as a service. */
export interface Service {
  /**
   * Opens the context, serves every configured platform, and posts while this process holds the lease. Without a
   * platform it serves the local chat. Resolves once the first answers are on their way. Throws {@link ContentError},
   * {@link PlatformError} if the port is taken, and {@link StoreError}.
   */
  start(): Promise<void>
  /** Rejects with {@link PlatformError} if no platform is left that can run, and on an unexpected error. */
  readonly ended: Promise<never>
  /** Finishes the answers and posts under way, then closes all parts. Idempotent. */
  stop(): Promise<void>
  /** Returns the address of the HTTP server; empty before the service is started. */
  address(): string
}

export function createService(config: Config, overrides?: Overrides): Service {
  const stopping = new AbortController()
  const { signal } = stopping
  const { promise: ended, reject: fail } = Promise.withResolvers<never>()
  // The caller need not wait for `ended`: without a handler, its rejection would end the process.
  ended.catch(() => {})
  let opening: Promise<Context> | undefined
  let address = ''
  let leading: Promise<void> | undefined
  let following: Promise<void> | undefined
  let stopped: Promise<void> | undefined

  async function serve(context: Context): Promise<void> {
    const { modules, supervisor, server, health, log } = context
    supervisor.ended.catch(fail)
    for (const module of modules.filter(({ isShared }) => isShared)) {
      supervisor.run(await module.connect(context))
    }
    const begun = Promise.withResolvers<void>()
    leading = lead(context, begun.resolve).catch(fail)
    following = context.feeds?.run(signal).catch(fail)
    await Promise.race([begun.promise, ended])
    // Loaded last, because the first answers need no HTTP.
    const { createRoutes } = await import('../server/routes.ts')
    const parts = () => reportOf(health)
    const { localOrigin } = config
    const { editions, store, clock } = context
    const metrics = { source: context.metrics, isPublic: config.metrics === 'all' }
    const calendars = createCalendarSource({ edition: editions.published, store, clock })
    const routes = supervisor.routes()
    server.serve(createRoutes({ parts, routes, calendars, metrics, localOrigin, log }))
  }

  /** Acts as the leader in each term of the lease, until the service stops. */
  async function lead(context: Context, onBegun: () => void): Promise<void> {
    const leader = createLeader(context)
    while (!signal.aborted) {
      const term = await context.lease.acquire(signal, onBegun)
      if (term) await leader.run(term, signal, onBegun)
    }
    onBegun()
  }

  async function stopOnce(): Promise<void> {
    stopping.abort()
    // A context that could not be opened has closed its parts already.
    const context = await opening?.catch(() => undefined)
    await Promise.all([context?.editions.stop(), context?.supervisor.stop(), leading, following])
    await context?.close()
  }

  function stop(): Promise<void> {
    stopped ??= stopOnce()
    return stopped
  }

  return {
    async start() {
      try {
        opening = openContext(config, overrides)
        const context = await opening
        address = context.server.address()
        if (!signal.aborted) await serve(context)
      } catch (error) {
        await stop()
        throw error
      }
    },
    ended,
    stop,
    address: () => address,
  }
}
