import type { ChatPlace } from '../../platform.ts'
import { type Limits, type Pictures, type Poster, posted } from '../../poster.ts'
import {
  captionOf,
  renderTelegram,
  type TelegramBody,
  type TelegramPhoto,
  type TelegramText,
} from '../../render/telegram.ts'
import { attemptOnce, StrangeAnswer } from '../attempt.ts'
import type { PosterOptions } from '../options.ts'
import { createPictureReader } from '../pictures.ts'
import { createApi } from './api.ts'
import { blankPicture } from './blank.ts'
import { isNoCaption, isNoText, judge } from './failure.ts'
import { createUploads, type Photo, type Sent, type Upload } from './uploads.ts'

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

/** An upload may take so many times as long as another call. */
const UPLOAD_TIMES = 3

/** Posts to Telegram. */
export function createTelegramPoster(options: PosterOptions): Poster {
  const { term, pictures, timeoutMs = 20_000 } = options
  const ended = new AbortController()
  const signal = AbortSignal.any([term.signal, ended.signal])
  const call = createApi({ ...options, timeoutMs, signal })
  const attempted = <T>(request: () => Promise<T>) => attemptOnce(request, judge)
  const withPhoto = createUploads()
  const uploadOf = keptUploads(pictures)

  /** telegraf leaves out what is an object beside a file, unless it is text. */
  function upload(method: string, field: 'photo' | 'media', payload: object) {
    const fields = Object.entries(payload).map(([name, value]) => [
      name,
      typeof value === 'object' && name !== field ? JSON.stringify(value) : value,
    ])
    return call<Sent | undefined>(method, Object.fromEntries(fields), timeoutMs * UPLOAD_TIMES)
  }

  function callWith(method: string, field: 'photo' | 'media', photo: Photo, payload: object) {
    const isKnown = typeof photo === 'string'
    return isKnown ? call<Sent | undefined>(method, payload) : upload(method, field, payload)
  }

  function sendPhoto({ method, photo: { id }, ...content }: TelegramPhoto, where: object) {
    return withPhoto(uploadOf(id), photo =>
      callWith(method, 'photo', photo, { ...content, ...where, photo }),
    )
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
      return withPhoto(BLANK, photo =>
        callWith('editMessageMedia', 'media', photo, {
          ...message,
          ...(reply_markup && { reply_markup }),
          media: { type: 'photo', media: photo, ...words },
        }),
      )
    }
  }

  return {
    platform: 'telegram',
    limits: LIMITS,
    render: (message, style) => renderTelegram(posted(message), style),
    send: (to, part, { replyTo }) =>
      attempted(async () => {
        const body = part as TelegramBody
        const reply = replyTo !== undefined && {
          reply_parameters: { message_id: Number(replyTo), allow_sending_without_reply: true },
        }
        const where = { ...whereOf(to), ...reply }
        const sent = await ('photo' in body ? sendPhoto(body, where) : sendText(body, where))
        if (typeof sent?.message_id !== 'number') throw new StrangeAnswer()
        return String(sent.message_id)
      }),
    edit: (to, id, part) =>
      attempted(() => {
        const body = part as TelegramBody
        const message = messageOf(to, id)
        return 'photo' in body ? editPhoto(body, message) : editText(body, message)
      }),
    remove: (to, id) => attempted(() => call('deleteMessage', messageOf(to, id))),
    close: () => ended.abort(),
  }
}

/** Pictures with the ids that Telegram has given them. */
function keptUploads(pictures: Pictures): (id: number) => Upload {
  const read = createPictureReader(pictures)
  return id => ({
    name: String(id),
    read: async () => (await read(id)).bytes,
    known: () => pictures.telegramFile(id),
    keep: file => pictures.keepTelegramFile(id, file),
  })
}

/** Made anew by each process that needs it. */
const BLANK: Upload = {
  name: 'blank',
  read: async () => blankPicture(),
  known: async () => undefined,
  keep: async () => {},
}

/** A topic of a forum is addressed as its group and itself: `-1001/77`. */
function whereOf({ address }: ChatPlace) {
  const [chat_id, thread] = address.split('/')
  return { chat_id, ...(thread !== undefined && { message_thread_id: Number(thread) }) }
}

function messageOf(to: ChatPlace, id: string) {
  return { chat_id: whereOf(to).chat_id, message_id: Number(id) }
}
