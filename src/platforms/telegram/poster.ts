import { asPost } from '../../message.ts'
import type { ChatRef } from '../../platform.ts'
import type { Failure, Outcome, Poster } from '../../poster.ts'
import { captionOf, renderTelegram } from '../../render/telegram.ts'
import { mayBePicture, outcomeOfPost, sendOrPlainer } from '../fallback.ts'
import type { PosterOptions } from '../options.ts'
import { tryOnce, UnexpectedResponse } from '../retry.ts'
import { createApi } from './api.ts'
import { classifyError, isNoCaption, isNoText } from './failure.ts'
import type { Sent } from './file-id-cache.ts'
import { readMessageId } from './ids.ts'
import { TELEGRAM_LIMITS } from './limits.ts'
import { probe } from './probe.ts'
import { plainer, type Sendable, unpictured } from './rendered-reply.ts'
import { createPhotos } from './send-photo.ts'

/** Posts to Telegram. */
export function createTelegramPoster(options: PosterOptions): Poster {
  const { timeoutMs = 15_000 } = options
  const ended = new AbortController()
  const settings = { ...options, timeoutMs, signal: ended.signal, isPosting: true }
  const call = createApi(settings)
  const callWithPhoto = createPhotos({ ...settings, call })
  const attempted = async <T>({ address }: ChatRef, request: () => Promise<T>) =>
    guessed(await tryOnce(request, classifyError), address)

  function request({ method, ...body }: Sendable, where: object) {
    if (!('photo' in body)) return call<Sent | undefined>(method, { ...body, ...where })
    const { photo, ...content } = body
    return callWithPhoto(method, photo.id, file => ({ ...content, ...where, photo: file }))
  }

  async function sendOne(body: Sendable, where: object): Promise<string> {
    const id = readMessageId((await request(body, where))?.message_id)
    if (id === undefined) throw new UnexpectedResponse()
    return id
  }

  async function editOne(body: Sendable, message: object): Promise<undefined> {
    await ('photo' in body ? editPhoto(body, message) : editText(body, message))
  }

  /** Of a picture only the words can change: it stays what it is. */
  async function editPhoto(body: Extract<Sendable, { photo: object }>, message: object) {
    const { method, photo, ...content } = body
    try {
      await call('editMessageCaption', { ...content, ...message })
    } catch (error) {
      if (!isNoCaption(error)) throw error
      // The words were sent without the picture, or before there was one.
      await editText(unpictured(body), message)
    }
  }

  /** A text where a picture is: that was taken back, and shall not stay. */
  async function editText(body: Exclude<Sendable, { photo: object }>, message: object) {
    const { method, ...content } = body
    try {
      await call('editMessageText', { ...content, ...message })
    } catch (error) {
      if (!isNoText(error)) throw error
      const { reply_markup } = content
      const words = captionOf(content)
      const buttons = reply_markup && { reply_markup }
      const payload = (media: string) => ({
        ...{ ...message, ...buttons },
        media: { type: 'photo', media, ...words },
      })
      try {
        await callWithPhoto('editMessageMedia', 'blank', payload)
      } catch (refusal) {
        if (!mayBePicture(classifyError(refusal))) throw refusal
        // If the chat takes no pictures any more, at least the words change.
        await call('editMessageCaption', { ...words, ...buttons, ...message })
      }
    }
  }

  return {
    platform: 'telegram',
    limits: TELEGRAM_LIMITS,
    render: (message, style) => renderTelegram(asPost(message), style),
    async send(to, part, { replyTo }) {
      const reply = replyTo !== undefined && {
        reply_parameters: { message_id: Number(replyTo), allow_sending_without_reply: true },
      }
      const where = { ...whereOf(to), ...reply }
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
      guessed(await probe(call, Number.parseInt(options.token, 10), to), to.address),
    close: () => ended.abort(),
  }
}

/**
 * Telegram does not say whether a wait is a chat's or the bot's. Groups and channels have limits of their own; a
 * private chat has hardly one.
 */
function guessed<T>(outcome: Outcome<T>, address: string): Outcome<T> {
  const failure = outcome.ok ? undefined : outcome.failure
  if (failure?.next !== 'retry' || failure.afterMs === undefined || !address.startsWith('-')) {
    return outcome
  }
  return { ok: false, failure: { ...failure, alone: true, isGuess: true } }
}

/** As {@link plainer}. What stands already is edited once more only if the markup is known to be the cause. Pure. */
function plainerEdit(body: Sendable, failure: Failure): Sendable | undefined {
  if (failure.next !== 'rejected') return undefined
  // A server that refuses all of a picture may refuse the caption of words that stand for one.
  return failure.of === 'content' || failure.isPicture ? plainer(body, failure) : undefined
}

/** A topic of a forum is addressed as its group and itself: `-1001/77`. */
function whereOf({ address }: ChatRef) {
  const [chat_id, thread] = address.split('/')
  return { chat_id, ...(thread !== undefined && { message_thread_id: Number(thread) }) }
}

function messageOf(to: ChatRef, id: string) {
  return { chat_id: whereOf(to).chat_id, message_id: Number(id) }
}
