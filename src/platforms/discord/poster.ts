import { posted } from '../../message.ts'
import type { Limits, Outcome, Poster } from '../../poster.ts'
import { type DiscordBody, renderDiscord } from '../../render/discord.ts'
import { attemptOnce } from '../attempt.ts'
import type { PosterOptions } from '../options.ts'
import { createApi } from './api.ts'
import { isInvalid, judge } from './failure.ts'
import { createFiles, plain } from './files.ts'

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
  const { timeoutMs = 15_000, rights } = options
  const ended = new AbortController()
  const api = createApi({ ...options, timeoutMs, signal: ended.signal, isPosting: true })
  const attempted = <T>(request: () => Promise<T>) => attemptOnce(request, judge)
  const withFiles = createFiles(options.pictures)

  /** What is attached stays as long as nothing is said of it; where it is not found, it comes again. */
  async function edit(channel: string, id: string, body: DiscordBody) {
    const { attachments: _, picture, ...words } = body
    try {
      await api.edit(channel, id, plain(words))
    } catch (error) {
      if (!picture || !isInvalid(error)) throw error
      await api.edit(channel, id, ...(await withFiles(body)))
    }
  }

  /** Names the right that the bot lacks, which Discord's answer does not. */
  function named<T>(address: string, outcome: Outcome<T>): Outcome<T> {
    if (outcome.ok || outcome.failure.next !== 'gone') return outcome
    const right = outcome.failure.right ?? rights?.lacking(address)
    return right === undefined ? outcome : { ok: false, failure: { ...outcome.failure, right } }
  }

  return {
    platform: 'discord',
    limits: LIMITS,
    render: (message, style) => renderDiscord(posted(message), style),
    send: async ({ address }, part, { key, replyTo }) => {
      const outcome = await attempted(async () => {
        const [content, files] = await withFiles(part as DiscordBody)
        const body = { ...content, nonce: key, enforce_nonce: true }
        const reply = replyTo !== undefined && {
          message_reference: { message_id: replyTo, fail_if_not_exists: false },
        }
        return (await api.post(address, { ...body, ...reply }, files)).id
      })
      return named(address, outcome)
    },
    edit: ({ address }, id, part) => attempted(() => edit(address, id, part as DiscordBody)),
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
