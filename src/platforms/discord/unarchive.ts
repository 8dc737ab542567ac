import { type DiscordBody, withoutUploads } from '../../render/discord.ts'
import type { Api } from './api.ts'
import { classifyError, isArchived } from './failure.ts'
import { plain } from './files.ts'

/** Makes calls in a thread that may be archived. Each rejects with an error for `classifyError`. */
export interface Unarchiver {
  /**
   * Calls; if the thread is archived, unarchives it and calls again. Rejects with the refusal if the thread cannot be
   * unarchived.
   */
  unarchived<T>(thread: string, call: () => Promise<T>): Promise<T>
  /**
   * Edits as `unarchived` does. If the bot cannot unarchive the thread but can post, posts a new message, which
   * unarchives the thread, and deletes it after the edit. If the thread is still archived then, the new message stays
   * as the correction, and the call resolves to its ID.
   */
  edit(
    thread: string,
    id: string,
    body: DiscordBody,
    change: () => Promise<void>,
  ): Promise<string | undefined>
}

export function createUnarchiver(api: Pick<Api, 'delete' | 'post' | 'unarchive'>): Unarchiver {
  /** Rejects with `refusal` if Discord refuses the call, and with the call's own error if a retry may help. */
  async function unlessRefused<T>(refusal: unknown, call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      const { next } = classifyError(error)
      throw next === 'gone' || next === 'rejected' ? refusal : error
    }
  }

  async function unarchived<T>(thread: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      if (!isArchived(error)) throw error
      await unlessRefused(error, () => api.unarchive(thread))
      return call()
    }
  }

  return {
    unarchived,
    async edit(thread, id, body, change) {
      try {
        await unarchived(thread, change)
        return undefined
      } catch (refusal) {
        if (!isArchived(refusal)) throw refusal
        const words = {
          ...plain(withoutUploads(body)),
          // Discord accepts one message for each nonce, so a retry cannot post twice.
          nonce: `wake ${id}`,
          enforce_nonce: true,
          message_reference: { message_id: id, fail_if_not_exists: false },
        }
        const posted = await unlessRefused(refusal, () => api.post(thread, words))
        try {
          await change()
        } catch (error) {
          if (isArchived(error)) return posted.id
          await removeQuietly(thread, posted.id)
          throw error
        }
        await removeQuietly(thread, posted.id)
        return undefined
      }
    },
  }

  /** Deletes a message. Ignores a failure, because the message has the same text as the edited one. */
  async function removeQuietly(thread: string, id: string): Promise<void> {
    await Promise.allSettled([api.delete(thread, id)])
  }
}
