import type { ChatPlace } from '../../platform.ts'
import { type Limits, type Poster, posted } from '../../poster.ts'
import { renderTelegram, type TelegramBody } from '../../render/telegram.ts'
import { attemptOnce, StrangeAnswer } from '../attempt.ts'
import type { PosterOptions } from '../options.ts'
import { createApi } from './api.ts'
import { judge } from './failure.ts'

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
  const { term, timeoutMs = 20_000 } = options
  const ended = new AbortController()
  const signal = AbortSignal.any([term.signal, ended.signal])
  const call = createApi({ ...options, timeoutMs, signal })
  const attempted = <T>(request: () => Promise<T>) => attemptOnce(request, judge)

  return {
    platform: 'telegram',
    limits: LIMITS,
    render: (message, style) => renderTelegram(posted(message), style),
    send: (to, part, { replyTo }) =>
      attempted(async () => {
        const { method, ...content } = part as TelegramBody
        const reply = replyTo !== undefined && {
          reply_parameters: { message_id: Number(replyTo), allow_sending_without_reply: true },
        }
        const sent = await call<{ message_id?: unknown } | undefined>(method, {
          ...content,
          ...whereOf(to),
          ...reply,
        })
        if (typeof sent?.message_id !== 'number') throw new StrangeAnswer()
        return String(sent.message_id)
      }),
    edit: (to, id, part) =>
      attempted(() => {
        const { method: _, ...content } = part as TelegramBody
        return call('editMessageText', { ...content, ...messageOf(to, id) })
      }),
    remove: (to, id) => attempted(() => call('deleteMessage', messageOf(to, id))),
    close: () => ended.abort(),
  }
}

/** A topic of a forum is addressed as its group and itself: `-1001/77`. */
function whereOf({ address }: ChatPlace) {
  const [chat_id, thread] = address.split('/')
  return { chat_id, ...(thread !== undefined && { message_thread_id: Number(thread) }) }
}

function messageOf(to: ChatPlace, id: string) {
  return { chat_id: whereOf(to).chat_id, message_id: Number(id) }
}
