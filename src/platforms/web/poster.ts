import { asPost } from '../../message.ts'
import type { Poster } from '../../poster.ts'
import { renderDiscord } from '../../render/discord.ts'
import { renderTelegram } from '../../render/telegram.ts'
import type { Chats, Shown } from './chats.ts'
import { WEB_LIMITS } from './limits.ts'

/** Posts into the local chat: one part, in both skins. There are no limits: nobody is in the way. */
export function createWebPoster(chats: Pick<Chats, 'post' | 'amend'>): Poster {
  const done = async <T>(value: T) => ({ ok: true, value }) as const
  const lost = async () =>
    ({ ok: false, failure: { next: 'message-missing', code: 'forgotten' } }) as const
  const amended = (id: string, shown: Shown) => (chats.amend(id, shown) ? done(id) : lost())

  return {
    platform: 'web',
    limits: WEB_LIMITS,
    render(message, style) {
      const post = asPost(message)
      const shown = { discord: renderDiscord(post, style), telegram: renderTelegram(post, style) }
      return shown.discord.length > 0 ? [shown] : []
    },
    send: (_, part) => done(chats.post(part as Shown)),
    edit: (_, id, part) => amended(id, part as Shown),
    remove: (_, id) => amended(id, { discord: [], telegram: [] }),
    close() {},
  }
}
