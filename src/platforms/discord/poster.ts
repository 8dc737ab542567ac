import { type Limits, type Poster, posted } from '../../poster.ts'
import { renderDiscord } from '../../render/discord.ts'
import { attemptOnce } from '../attempt.ts'
import type { PosterOptions } from '../options.ts'
import { type Body, createApi } from './api.ts'
import { judge } from './failure.ts'

/**
 * Discord's documentation: 50 requests a second. About five messages in a channel within five seconds,
 * as its headers say. A nonce is compared "for a few minutes": two are sure, and from the claim to its
 * arrival a message may take twenty seconds.
 */
const LIMITS: Limits = {
  ceiling: 50,
  chat: () => [{ most: 5, withinMs: 5250 }],
  knownMs: 100_000,
}

/** Posts to Discord, through a client of its own: replies wait behind none of it. */
export function createDiscordPoster(options: PosterOptions): Poster {
  const { term, timeoutMs = 15_000 } = options
  const ended = new AbortController()
  const signal = AbortSignal.any([term.signal, ended.signal])
  const api = createApi({ ...options, timeoutMs, signal, isPaced: true })
  const attempted = <T>(request: () => Promise<T>) => attemptOnce(request, judge)

  return {
    platform: 'discord',
    limits: LIMITS,
    render: (message, style) => renderDiscord(posted(message), style),
    send: ({ address }, part, { key, replyTo }) =>
      attempted(async () => {
        const body: Body = { ...(part as Body), nonce: key, enforce_nonce: true }
        const reply = replyTo !== undefined && {
          message_reference: { message_id: replyTo, fail_if_not_exists: false },
        }
        return (await api.post(address, { ...body, ...reply })).id
      }),
    edit: ({ address }, id, part) => attempted(() => api.edit(address, id, part as Body)),
    async remove({ address }, id) {
      const outcome = await attempted(() => api.delete(address, id))
      // Whatever is not there need not be deleted.
      const isThere = outcome.ok || outcome.failure.next !== 'lost'
      return isThere ? outcome : { ok: true, value: undefined }
    },
    publish: ({ address }, id) => attempted(() => api.crosspost(address, id)),
    close() {
      ended.abort()
      api.close()
    },
  }
}
