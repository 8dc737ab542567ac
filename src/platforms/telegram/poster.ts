import { asPost } from '../../message.ts'
import type { ChatRef } from '../../platform.ts'
import type { Failure, Outcome, Poster } from '../../poster.ts'
import { captionOf, renderTelegram, withoutPhoto } from '../../render/telegram.ts'
import { mayBePicture, outcomeOfPost, sendOrPlainer } from '../fallback.ts'
import type { PosterOptions } from '../platform-options.ts'
import { tryOnce, UnexpectedResponse } from '../retry.ts'
import { createApi } from './api.ts'
import { classifyError, isNoCaption, isNoMedia, isNoText } from './failure.ts'
import type { Sent } from './file-id-cache.ts'
import { readMessageId } from './ids.ts'
import { probe } from './probe.ts'
import { TELEGRAM_LIMITS } from './rate-limits.ts'
import { mediaWith, photoWith, plainer, type Sendable } from './rendered-reply.ts'
import { createPhotos } from './send-photo.ts'

/** Creates the poster of Telegram. */
export function createTelegramPoster(options: PosterOptions): Poster {
  const { timeoutMs = 15_000 } = options
  const ended = new AbortController()
  const settings = { ...options, timeoutMs, signal: ended.signal, isPosting: true }
  const call = createApi(settings)
  const callWithPhoto = createPhotos({ ...settings, call })
  const attempted = async <T>({ address }: ChatRef, request: () => Promise<T>) =>
    asGuess(await tryOnce(request, classifyError), address)

  function request(body: Sendable, where: object) {
    const { method, ...content } = body
    if (!('photo' in body)) return call<Sent | undefined>(method, { ...content, ...where })
    return callWithPhoto(method, body.photo, file => ({ ...photoWith(body, file), ...where }))
  }

  async function sendOne(body: Sendable, where: object): Promise<string> {
    const id = readMessageId((await request(body, where))?.message_id)
    if (id === undefined) throw new UnexpectedResponse()
    return id
  }

  async function editOne(body: Sendable, message: object): Promise<undefined> {
    await ('photo' in body ? editPhoto(body, message) : editText(body, message))
  }

  /** Edits a picture with its caption. The picture of an announcement never changes. */
  async function editPhoto(body: Extract<Sendable, { photo: object }>, message: object) {
    const { photo } = body
    try {
      if ('id' in photo) {
        const { photo: _, ...caption } = photoWith(body, '')
        await call('editMessageCaption', { ...caption, ...message })
      } else {
        const payload = (file: string) => ({ ...mediaWith(body, file), ...message })
        await callWithPhoto('editMessageMedia', photo, payload)
      }
    } catch (error) {
      if (!isNoCaption(error) && !isNoMedia(error)) throw error
      // The message is a text: it was sent without the picture, or before it had one.
      await editText(withoutPhoto(body), message)
    }
  }

  /** Edits a text. If the message has a picture, the picture was retracted, so the placeholder image replaces it. */
  async function editText(body: Exclude<Sendable, { photo: object }>, message: object) {
    const { method, ...content } = body
    try {
      await call('editMessageText', { ...content, ...message })
    } catch (error) {
      if (!isNoText(error)) throw error
      const { reply_markup } = content
      const caption = captionOf(content)
      const buttons = reply_markup && { reply_markup }
      const payload = (media: string) => ({
        ...message,
        ...buttons,
        media: { type: 'photo', media, ...caption },
      })
      try {
        await callWithPhoto('editMessageMedia', 'placeholder', payload)
      } catch (refusal) {
        if (!mayBePicture(classifyError(refusal))) throw refusal
        // The chat may no longer accept pictures, so at least the caption changes.
        await call('editMessageCaption', { ...caption, ...buttons, ...message })
      }
    }
  }

  return {
    platform: 'telegram',
    limits: TELEGRAM_LIMITS,
    render: (message, style) => renderTelegram(asPost(message), style),
    async send(to, part, { replyTo, isSilent }) {
      const reply = replyTo !== undefined && {
        reply_parameters: { message_id: Number(replyTo), allow_sending_without_reply: true },
      }
      const where = { ...whereOf(to), ...reply, ...(isSilent && { disable_notification: true }) }
      const send = (body: Sendable) => attempted(to, () => sendOne(body, where))
      return outcomeOfPost(await sendOrPlainer(part as Sendable, plainer, send))
    },
    edit(to, id, part) {
      const message = messageOf(to, id)
      const edit = (body: Sendable) => attempted(to, () => editOne(body, message))
      return sendOrPlainer(part as Sendable, plainerEdit, edit)
    },
    remove: (to, id) => attempted(to, () => call('deleteMessage', messageOf(to, id))),
    // A token begins with the bot's id.
    probe: async to =>
      asGuess(await probe(call, Number.parseInt(options.token, 10), to), to.address),
    close: () => ended.abort(),
  }
}

/**
 * Marks a named wait in a group or channel as a guess. Telegram does not say whether a wait concerns the chat or the
 * bot. Groups and channels have limits of their own; private chats hardly do.
 */
function asGuess<T>(outcome: Outcome<T>, address: string): Outcome<T> {
  const failure = outcome.ok ? undefined : outcome.failure
  if (failure?.next !== 'retry' || failure.afterMs === undefined || !address.startsWith('-')) {
    return outcome
  }
  return { ok: false, failure: { ...failure, alone: true, isGuess: true } }
}

/** Like {@link plainer}, but edits a message again only if its content is known to be the cause. Pure. */
function plainerEdit(body: Sendable, failure: Failure): Sendable | undefined {
  if (failure.next !== 'rejected') return undefined
  // A server that refuses pictures may also refuse the caption that replaces one.
  return failure.of === 'content' || failure.isPicture ? plainer(body, failure) : undefined
}

/** Returns the parameters for a chat. The address of a topic has the ids of its group and of itself: `-1001/77`. */
function whereOf({ address }: ChatRef) {
  const [chat_id, thread] = address.split('/')
  return { chat_id, ...(thread !== undefined && { message_thread_id: Number(thread) }) }
}

function messageOf(to: ChatRef, id: string) {
  return { chat_id: whereOf(to).chat_id, message_id: Number(id) }
}
