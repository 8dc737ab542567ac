import { posted } from '../../message.ts'
import type { ChatPlace } from '../../platform.ts'
import type { Limits, Outcome, Poster } from '../../poster.ts'
import {
  captionOf,
  renderTelegram,
  type TelegramBody,
  type TelegramPhoto,
  type TelegramText,
} from '../../render/telegram.ts'
import { attemptOnce, StrangeAnswer } from '../attempt.ts'
import type { PosterOptions } from '../options.ts'
import { createApi } from './api.ts'
import { isNoCaption, isNoText, judge } from './failure.ts'
import { readMessageId } from './numbers.ts'
import { createPhotos } from './photos.ts'
import { probe } from './probe.ts'
import type { Sent } from './uploads.ts'

/**
 * Telegram's FAQ for bots: about 30 messages a second, one a second in a chat, 20 a minute in a group.
 * Two requests may arrive closer together than they left: a little longer is waited. It has no key by
 * which it would know a message again.
 */
const LIMITS: Limits = {
  ceiling: 30,
  // Groups and channels have negative ids.
  chat: address => (address.startsWith('-') ? [SECOND, MINUTE] : [SECOND]),
  knownMs: 0,
}
const SECOND = { most: 1, withinMs: 1050 }
const MINUTE = { most: 20, withinMs: 61_000 }

/** Posts to Telegram. */
export function createTelegramPoster(options: PosterOptions): Poster {
  const { timeoutMs = 15_000 } = options
  const ended = new AbortController()
  const settings = { ...options, timeoutMs, signal: ended.signal, isPosting: true }
  const call = createApi(settings)
  const callWithPhoto = createPhotos({ ...settings, call })
  const attempted = async <T>({ address }: ChatPlace, request: () => Promise<T>) =>
    guessed(await attemptOnce(request, judge), address)

  function sendPhoto({ method, photo: { id }, ...content }: TelegramPhoto, where: object) {
    return callWithPhoto(method, id, photo => ({ ...content, ...where, photo }))
  }

  function sendText({ method, ...content }: TelegramText, where: object) {
    return call<Sent | undefined>(method, { ...content, ...where })
  }

  /** Of a picture only the words can change: it stays what it is. */
  async function editPhoto({ method, photo, ...content }: TelegramPhoto, message: object) {
    try {
      return await call('editMessageCaption', { ...content, ...message })
    } catch (error) {
      const { caption: text, ...rest } = content
      if (!isNoCaption(error) || text === undefined) throw error
      const plain = { link_preview_options: { is_disabled: true } }
      return call('editMessageText', { ...rest, ...plain, text, ...message })
    }
  }

  /** A text where a picture is: that was taken back, and shall not stay. */
  async function editText({ method, ...content }: TelegramText, message: object) {
    try {
      return await call('editMessageText', { ...content, ...message })
    } catch (error) {
      if (!isNoText(error)) throw error
      const { reply_markup } = content
      const words = captionOf({ method, ...content })
      const payload = (media: string) => ({
        ...message,
        ...(reply_markup && { reply_markup }),
        media: { type: 'photo', media, ...words },
      })
      return callWithPhoto('editMessageMedia', 'blank', payload)
    }
  }

  return {
    platform: 'telegram',
    limits: LIMITS,
    render: (message, style) => renderTelegram(posted(message), style),
    send: (to, part, { replyTo }) =>
      attempted(to, async () => {
        const body = part as TelegramBody
        const reply = replyTo !== undefined && {
          reply_parameters: { message_id: Number(replyTo), allow_sending_without_reply: true },
        }
        const where = { ...whereOf(to), ...reply }
        const sent = await ('photo' in body ? sendPhoto(body, where) : sendText(body, where))
        const id = readMessageId(sent?.message_id)
        if (id === undefined) throw new StrangeAnswer()
        return id
      }),
    edit: (to, id, part) =>
      attempted(to, () => {
        const body = part as TelegramBody
        const message = messageOf(to, id)
        return 'photo' in body ? editPhoto(body, message) : editText(body, message)
      }),
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

/** A topic of a forum is addressed as its group and itself: `-1001/77`. */
function whereOf({ address }: ChatPlace) {
  const [chat_id, thread] = address.split('/')
  return { chat_id, ...(thread !== undefined && { message_thread_id: Number(thread) }) }
}

function messageOf(to: ChatPlace, id: string) {
  return { chat_id: whereOf(to).chat_id, message_id: Number(id) }
}
