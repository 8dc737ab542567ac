import { bodyPictureAsText, type DiscordBody } from '../../render/discord.ts'
import type { Api } from './api.ts'
import { classifyError, isArchived } from './failure.ts'
import { plain } from './files.ts'

/** Makes calls that concern a thread which may be archived. Each rejects with an error for `classifyError`. */
export interface Waking {
  /** Calls; if the thread is archived, wakes it and calls again. Rejects with the refusal if it cannot be woken. */
  withPauseExpired<T>(thread: string, call: () => Promise<T>): Promise<T>
  /**
   * Edits as `withPauseExpired`. If the bot cannot wake the thread but can post, a new message wakes it, and is deleted
   * once the old one is edited. Resolves to the id of that message if the old one stays archived: it then says
   * the correction.
   */
  edit(
    thread: string,
    id: string,
    body: DiscordBody,
    change: () => Promise<void>,
  ): Promise<string | undefined>
}

export function createWaking(api: Pick<Api, 'delete' | 'post' | 'wake'>): Waking {
  /** Rejects with `refusal` if the platform refuses the call, and as the call does if that may pass. */
  async function unlessRefused<T>(refusal: unknown, call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      const { next } = classifyError(error)
      throw next === 'gone' || next === 'rejected' ? refusal : error
    }
  }

  async function withPauseExpired<T>(thread: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      if (!isArchived(error)) throw error
      await unlessRefused(error, () => api.wake(thread))
      return call()
    }
  }

  return {
    withPauseExpired,
    async edit(thread, id, body, change) {
      try {
        await withPauseExpired(thread, change)
        return undefined
      } catch (refusal) {
        if (!isArchived(refusal)) throw refusal
        const words = {
          ...plain(bodyPictureAsText(body)),
          // Tried again, it is the same message.
          ...{ nonce: `wake ${id}`, enforce_nonce: true },
          message_reference: { message_id: id, fail_if_not_exists: false },
        }
        const posted = await unlessRefused(refusal, () => api.post(thread, words))
        try {
          await change()
        } catch (error) {
          if (isArchived(error)) return posted.id
          await removed(thread, posted.id)
          throw error
        }
        await removed(thread, posted.id)
        return undefined
      }
    },
  }

  /** A message that cannot be deleted says the same as the edited one. */
  async function removed(thread: string, id: string): Promise<void> {
    await Promise.allSettled([api.delete(thread, id)])
  }
}
