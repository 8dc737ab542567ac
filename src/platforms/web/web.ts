import type { Bot } from '../../bot.ts'
import type { Log } from '../../log.ts'
import type { HttpRoute, Platform } from '../../platform.ts'
import type { Pictures, Poster } from '../../poster.ts'
import { createChats } from './chats.ts'
import type { PlanQuery } from './plan.ts'
import { createWebPoster } from './poster.ts'
import { type ContentState, createRoutes } from './routes.ts'

export interface WebOptions {
  readonly bot: Bot
  readonly log: Log
  /** Returns the address of the server that serves the page, once the server listens. */
  readonly address: () => string
  readonly content: ContentState
  readonly plan: PlanQuery
  readonly pictures: Pick<Pictures, 'read'>
}

/**
 * Creates the local chat: a page in a browser that shows the bot as Discord and Telegram would. The page has all the
 * rights that the bot has, so it is served to this machine alone.
 */
export function createWebPlatform({
  bot,
  log,
  address,
  content,
  plan,
  pictures,
}: WebOptions): Platform & { readonly http: HttpRoute; readonly poster: Poster } {
  const chats = createChats(bot, log)
  const routes = createRoutes({ bot, chats, address, content, plan, pictures })
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  let status: 'running' | 'stopped' = 'running'

  return {
    name: 'web',
    poster: createWebPoster(chats),
    run: () => stopped,
    async stop() {
      status = 'stopped'
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
