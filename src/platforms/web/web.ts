import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { HttpRoute, Platform } from '../../platform.ts'
import type { Poster } from '../../poster.ts'
import { createChats } from './chats.ts'
import { createWebPoster } from './poster.ts'
import { createRoutes, type RouteOptions } from './routes.ts'

export interface WebOptions extends Omit<RouteOptions, 'chats'> {
  readonly clock: Clock
  readonly log: Log
}

/**
 * Creates the local chat: a page in a browser that shows the bot as Discord and Telegram would. The page has all the
 * rights that the bot has, so it is served to this machine alone.
 */
export function createWebPlatform(
  options: WebOptions,
): Platform & { readonly http: HttpRoute; readonly poster: Poster } {
  const chats = createChats(options)
  const routes = createRoutes({ ...options, chats })
  const unlisten = options.content.listen(() => void chats.redraw())
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  let status: 'running' | 'stopped' = 'running'

  return {
    name: 'web',
    poster: createWebPoster(chats, options.bot),
    run: () => stopped,
    async stop() {
      status = 'stopped'
      unlisten()
      chats.close()
      stop()
    },
    state: () => ({ status }),
    http: {
      path: '/*',
      isLocal: true,
      limitsBodies: true,
      handle: request => routes.fetch(request),
    },
  }
}
