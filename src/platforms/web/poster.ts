import type { Bot } from '../../bot.ts'
import { asPost } from '../../message.ts'
import type { Poster } from '../../poster.ts'
import { withMentions } from '../../render/command-mentions.ts'
import { renderDiscord } from '../../render/discord.ts'
import { renderTelegram } from '../../render/telegram.ts'
import { type Chats, mentionable, type Rendered } from './chats.ts'
import { WEB_LIMITS } from './rate-limits.ts'

/** Creates the poster for the local chat. A post is one part, which contains the bodies for both platforms. */
export function createWebPoster(
  chats: Pick<Chats, 'post' | 'amend'>,
  bot: Pick<Bot, 'menu'>,
): Poster {
  const done = async <T>(value: T) => ({ ok: true, value }) as const
  const missing = async () =>
    ({ ok: false, failure: { next: 'message-missing', code: 'forgotten' } }) as const
  const amended = (id: string, rendered: Rendered) =>
    chats.amend(id, rendered) ? done(id) : missing()

  return {
    platform: 'web',
    limits: WEB_LIMITS,
    render(message, style) {
      const post = asPost(message)
      const rendered = {
        discord: renderDiscord(withMentions(post, mentionable(bot)), style),
        telegram: renderTelegram(post, style),
      }
      return rendered.discord.length > 0 ? [rendered] : []
    },
    send: (_, part, { isSilent }) =>
      done(chats.post({ ...(part as Rendered), ...(isSilent && { isSilent }) })),
    edit: (_, id, part) => amended(id, part as Rendered),
    remove: (_, id) => amended(id, { discord: [], telegram: [] }),
    close() {},
  }
}
