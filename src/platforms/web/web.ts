import type { Bot } from '../../bot.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { asPost, type Message } from '../../message.ts'
import type { HttpRoute, Platform } from '../../platform.ts'
import type { Pictures, Poster } from '../../poster.ts'
import { postBodies } from './bodies.ts'
import { createChats } from './chats.ts'
import { createShownPictures, type ShownPictures } from './pictures.ts'
import { createWebPoster } from './poster.ts'
import type { ContentState } from './protocol.ts'
import { createRoutes, type RouteOptions } from './routes.ts'

export interface WebOptions extends Omit<RouteOptions, 'chats' | 'content' | 'pictures'> {
  readonly clock: Clock
  readonly log: Log
  readonly content: ContentSource
  readonly pictures: Pick<Pictures, 'read'>
  /** See `PlatformOptions`. */
  readonly onAnswered?: (ms: number) => void
}

/** The content on the disk, for editors. */
interface ContentSource {
  /** Returns the problems of the last edit; the warnings of the edition if there are none. */
  problems(): ContentState['problems']
  drafts(): ContentState['drafts']
  /** Returns the updates that subscribers would get of the edits since the start. */
  updates(): readonly Message[]
  /** Calls the listener after each edit. Returns a function that ends this. */
  listen(listener: () => void): () => void
}

/**
 * Creates the local chat: a page in a browser that shows the bot as Discord and Telegram would. The page has all the
 * rights that the bot has, so it is served to this machine alone.
 */
export function createWebPlatform(
  options: WebOptions,
): Platform & { readonly http: HttpRoute; readonly poster: Poster } {
  const { content, bot } = options
  const pictures = createShownPictures(options.pictures)
  const chats = createChats({ ...options, pictures })
  const routes = createRoutes({
    ...options,
    ...{ chats, pictures },
    content: { state: () => stateOf(content, bot, pictures), listen: content.listen },
  })
  const unlisten = content.listen(() => void chats.redraw())
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  let status: 'running' | 'stopped' = 'running'

  return {
    name: 'web',
    poster: createWebPoster(chats, options.bot, pictures),
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

/** Returns the state of the content as the page gets it. */
function stateOf(
  content: ContentSource,
  bot: Pick<Bot, 'menu'>,
  pictures: Pick<ShownPictures, 'named'>,
): ContentState {
  const updates = content
    .updates()
    .map(update => pictures.named(postBodies(asPost(update), 'grid', bot)))
  return {
    problems: content.problems(),
    drafts: content.drafts(),
    ...(updates.length > 0 && {
      update: {
        discord: updates.flatMap(({ discord }) => discord),
        telegram: updates.flatMap(({ telegram }) => telegram),
      },
    }),
  }
}
