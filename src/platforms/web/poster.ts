import type { Bot } from '../../bot.ts'
import { asPost } from '../../message.ts'
import type { Poster } from '../../poster.ts'
import { type Bodies, postBodies } from './bodies.ts'
import type { Chats } from './chats.ts'
import type { PageBodies, ShownPictures } from './pictures.ts'
import { WEB_LIMITS } from './rate-limits.ts'

/** Creates the poster for the local chat. A post is one part, which contains the bodies for both platforms. */
export function createWebPoster(
  chats: Pick<Chats, 'post' | 'amend'>,
  bot: Pick<Bot, 'menu'>,
  pictures: Pick<ShownPictures, 'measured'>,
): Poster {
  const done = async <T>(value: T) => ({ ok: true, value }) as const
  const missing = async () =>
    ({ ok: false, failure: { next: 'message-missing', code: 'forgotten' } }) as const
  const amended = (id: string, bodies: PageBodies) =>
    chats.amend(id, bodies) ? done(id) : missing()

  return {
    platform: 'web',
    limits: WEB_LIMITS,
    render(message, style) {
      const bodies = postBodies(asPost(message), style, bot)
      return bodies.discord.length > 0 ? [bodies] : []
    },
    async send(to, part, { isSilent }) {
      const bodies = await pictures.measured(part as Bodies)
      return done(chats.post(to.address, { ...bodies, ...(isSilent && { isSilent }) }))
    },
    edit: async (_, id, part) => amended(id, await pictures.measured(part as Bodies)),
    remove: (_, id) => amended(id, { discord: [], telegram: [] }),
    close() {},
  }
}
