import { posted } from '../../message.ts'
import type { ChatPlace } from '../../platform.ts'
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
  const { timeoutMs = 15_000 } = options
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

  /** Discord names no rights here, so a channel that is there shows nothing but that: the value is false. */
  async function probe({ address }: Pick<ChatPlace, 'address'>): Promise<Outcome<false>> {
    const outcome = await attempted(() => api.channel(address))
    if (outcome.ok) return { ok: true, value: false }
    const { failure } = outcome
    const isDeleted = failure.next === 'gone' && failure.why === 'deleted'
    return { ok: false, failure: isDeleted ? { ...failure, isSure: true } : failure }
  }

  /** A channel that a post does not find is fetched once: only then it counts as deleted. */
  async function confirmed<T>(to: ChatPlace, outcome: Outcome<T>): Promise<Outcome<T>> {
    if (outcome.ok || outcome.failure.next !== 'gone') return outcome
    const { failure } = outcome
    if (failure.why !== 'deleted') return outcome
    const fetched = await probe(to)
    const isDeleted = !fetched.ok && fetched.failure.next === 'gone' && fetched.failure.isSure
    return { ok: false, failure: { ...failure, isSure: isDeleted === true } }
  }

  return {
    platform: 'discord',
    limits: LIMITS,
    render: (message, style) => renderDiscord(posted(message), style),
    send: async (to, part, { key, replyTo }) => {
      const outcome = await attempted(async () => {
        const [content, files] = await withFiles(part as DiscordBody)
        const body = { ...content, nonce: key, enforce_nonce: true }
        const reply = replyTo !== undefined && {
          message_reference: { message_id: replyTo, fail_if_not_exists: false },
        }
        return (await api.post(to.address, { ...body, ...reply }, files)).id
      })
      return confirmed(to, outcome)
    },
    probe,
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
