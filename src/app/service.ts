import type { Config } from '../config.ts'
import { type Context, type Overrides, openContext, reportOf } from './context.ts'
import { createLeader } from './leader.ts'

/** The bot as a service. */
export interface Service {
  /**
   * Opens the context, serves every configured platform, and posts while this process holds the lease; without
   * a platform it serves the local chat. Throws {@link ContentError}, {@link PlatformError} if the port is
   * taken, and {@link StoreError}.
   */
  start(): Promise<void>
  /** Rejects with {@link PlatformError} if no platform is left that can go on, and on an unexpected error. */
  readonly ended: Promise<never>
  /** Sends what is under way and ends what was started; may be called again. */
  stop(): Promise<void>
  /** The address of the HTTP server, once the service is started. */
  address(): string
}

export function createService(config: Config, overrides?: Overrides): Service {
  const stopping = new AbortController()
  const { promise: ended, reject: fail } = Promise.withResolvers<never>()
  // The caller may not wait for it.
  ended.catch(() => {})
  let opening: Promise<Context> | undefined
  let address = ''
  let serving: Promise<void> | undefined
  let stopped: Promise<void> | undefined

  async function lead(context: Context, onBegun: () => void): Promise<void> {
    const { signal } = stopping
    const leader = createLeader(context)
    while (!signal.aborted) {
      const term = await context.lease.acquire(signal, onBegun)
      if (term) await leader.run(term, signal, onBegun)
    }
    onBegun()
  }

  async function serve(context: Context): Promise<void> {
    const { modules, supervisor, server, health, log } = context
    supervisor.ended.catch(fail)
    for (const module of modules.filter(({ isShared }) => isShared)) {
      supervisor.run(await module.connect(context))
    }
    const begun = Promise.withResolvers<void>()
    serving = lead(context, begun.resolve).catch(fail)
    await Promise.race([begun.promise, ended])
    // The first answers need no HTTP.
    const { createRoutes } = await import('../server/routes.ts')
    const parts = () => reportOf(health)
    server.serve(createRoutes({ parts, routes: supervisor.routes(), log }))
  }

  async function stop(): Promise<void> {
    stopped ??= (async () => {
      stopping.abort()
      // A context that could not be opened has closed itself.
      const context = await opening?.catch(() => undefined)
      await Promise.all([context?.editions.stop(), context?.supervisor.stop(), serving])
      await context?.close()
    })()
    return stopped
  }

  return {
    async start() {
      try {
        opening = openContext(config, overrides)
        const context = await opening
        address = context.server.address()
        if (!stopping.signal.aborted) await serve(context)
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
