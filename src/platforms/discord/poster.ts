import { MessageFlags } from 'discord.js'
import { asPost } from '../../message.ts'
import type { ChatRef } from '../../platform.ts'
import type { Outcome, Poster } from '../../poster.ts'
import { noCommandIds, withMentions } from '../../render/command-mentions.ts'
import { type DiscordBody, renderDiscord } from '../../render/discord.ts'
import { outcomeOfPost, sendOrPlainer } from '../fallback.ts'
import type { PosterOptions } from '../platform-options.ts'
import { tryOnce } from '../retry.ts'
import { createApi } from './api.ts'
import { classifyError, isInvalid, isUnknownChannel, withRight } from './failure.ts'
import { createFiles, plain, plainer } from './files.ts'
import { DISCORD_LIMITS } from './rate-limits.ts'
import { createServerEvents } from './server-events.ts'
import { createUnarchiver } from './unarchive.ts'

/** Creates the poster for Discord. It has a client of its own, so that replies do not wait behind posts. */
export function createDiscordPoster(options: PosterOptions): Poster {
  const { timeoutMs = 15_000, rights, commandIds = noCommandIds() } = options
  const ended = new AbortController()
  const api = createApi({ ...options, timeoutMs, signal: ended.signal, isPosting: true })
  const withFiles = createFiles(options.pictures)
  const unarchiver = createUnarchiver(api)
  const withMissingRight = <T>(outcome: Outcome<T>, address: string): Outcome<T> =>
    outcome.ok || outcome.failure.next !== 'gone'
      ? outcome
      : { ok: false, failure: withRight(outcome.failure, address, rights) }

  function attempted<T>(channel: string, request: () => Promise<T>): Promise<Outcome<T>> {
    return confirmingDeletion(channel, () => unarchiver.unarchived(channel, request))
  }

  /** Makes a call. If Discord does not know the channel, fetches the channel, because one response may be wrong. */
  async function confirmingDeletion<T>(
    channel: string,
    call: () => Promise<T>,
    fetch: () => Promise<unknown> = () => api.channel(channel),
  ): Promise<Outcome<T>> {
    const outcome = await tryOnce(call, classifyError)
    if (outcome.ok || outcome.failure.next !== 'gone' || outcome.failure.why !== 'deleted') {
      return outcome
    }
    const isSure = await fetch().then(() => false, isUnknownChannel)
    return { ok: false, failure: { ...outcome.failure, isSure } }
  }

  /**
   * Edits a message without its attachments, which keeps them as they are. If Discord rejects that, because an
   * attachment is missing, uploads the picture again.
   */
  async function editOne(channel: string, id: string, body: DiscordBody): Promise<void> {
    const { attachments: _, pictures, ...words } = body
    try {
      await api.edit(channel, id, plain(words))
    } catch (error) {
      if (!pictures || !isInvalid(error)) throw error
      await api.edit(channel, id, ...(await withFiles(body)))
    }
  }

  /** Resolves to false if the channel exists: Discord's response does not show whether the bot can post there. */
  async function probe({ address }: Pick<ChatRef, 'address'>): Promise<Outcome<false>> {
    const fetching = api.channel(address)
    const fetch = () => fetching
    const outcome = await confirmingDeletion(address, fetch, fetch)
    return outcome.ok ? { ok: true, value: false } : withMissingRight(outcome, address)
  }

  return {
    platform: 'discord',
    limits: DISCORD_LIMITS,
    render: (message, style) =>
      renderDiscord(withMentions(asPost(message), commandIds.current), style),
    async send({ address }, part, { key, replyTo, isSilent }) {
      const more = {
        nonce: key,
        enforce_nonce: true,
        ...(replyTo !== undefined && {
          message_reference: { message_id: replyTo, fail_if_not_exists: false },
        }),
      }
      const send = (body: DiscordBody) =>
        attempted(address, async () => {
          const [content, files] = await withFiles(body)
          const flags = body.flags | (isSilent ? MessageFlags.SuppressNotifications : 0)
          return (await api.post(address, { ...content, ...more, flags }, files)).id
        })
      return withMissingRight(
        outcomeOfPost(await sendOrPlainer(part as DiscordBody, plainer, send)),
        address,
      )
    },
    async edit({ address }, id, part) {
      const edit = (body: DiscordBody) =>
        confirmingDeletion(address, () =>
          unarchiver.edit(address, id, body, () => editOne(address, id, body)),
        )
      return withMissingRight(await sendOrPlainer(part as DiscordBody, plainer, edit), address)
    },
    probe,
    async remove({ address }, id) {
      const outcome = await attempted(address, () => api.delete(address, id))
      // A message that is missing is already deleted.
      const isThere = outcome.ok || outcome.failure.next !== 'message-missing'
      return isThere ? outcome : { ok: true, value: undefined }
    },
    async publish({ address }, id) {
      const outcome = await attempted(address, () => api.crosspost(address, id))
      if (outcome.ok || outcome.failure.next !== 'gone' || outcome.failure.isSure) return outcome
      // The message has arrived, so the channel can be reached.
      const { code } = outcome.failure
      return { ok: false, failure: { next: 'rejected', code, of: 'place', reason: 'unpublished' } }
    },
    serverEvents: createServerEvents(api),
    close() {
      ended.abort()
      api.close()
    },
  }
}
