import type { UserFromGetMe } from 'telegraf/types'
import { createSemaphore } from '../../async/semaphore.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Bot, Reply } from '../../platform.ts'
import type { Failure, Outcome } from '../../poster.ts'
import type { TelegramBody } from '../../render/telegram.ts'
import { refusedOf, sendOrPlainer } from '../fallback.ts'
import { asAnswer, isMistake } from '../pictures.ts'
import { retry } from '../retry.ts'
import type { Call } from './api.ts'
import type { Pressed } from './callback-queries.ts'
import { deepLink } from './deep-links.ts'
import { classifyError } from './failure.ts'
import { plainer, render, renderTexts, type Sendable, single } from './rendered-reply.ts'
import type { Target } from './reply-target.ts'
import type { CallWithPhoto } from './send-photo.ts'

/** Calls for one part of a reply: an answer twice is better than none, a third time is too late. */
const TRIES = 3

/** Longest wait for a reply: a question older than this is not answered either. */
const PATIENCE_MS = 10 * 60_000

/** Calls under way at once: enough for Telegram's 30 a second if each took three seconds. */
const AT_ONCE = 100

/** Longest text of a note above the chat (answerCallbackQuery). */
const NOTE_LENGTH = 200

export interface RepliesOptions {
  /** Told of chats that are gone, or go on elsewhere. */
  readonly bot: Pick<Bot, 'left' | 'moved'>
  readonly call: Call
  readonly callWithPhoto: CallWithPhoto
  readonly clock: Clock
  readonly log: Log
  readonly onReply?: ((address: string) => void) | undefined
  /** Aborts what still waits when the platform ends. */
  readonly signal: AbortSignal
}

export interface Replies {
  /** Sends an answer, part by part. */
  send(target: Target, reply: Reply): Promise<void>
  /** Puts an answer in the place of the message whose button was pressed, where it can be. */
  replace(on: Pressed, line: string, reply: Reply, me: UserFromGetMe): Promise<void>
  /** Ends the waiting that a button shows, with a note where there is something to say. */
  acknowledge(press: string, note?: string): Promise<void>
  /**
   * Leads the presser to their own chat with the bot, where the line is typed for them. Only ends the
   * waiting if a link cannot bring the line.
   */
  lead(press: string, line: string, me: UserFromGetMe): Promise<void>
  answerInline(query: string, results: object): Promise<void>
}

export function createReplies(options: RepliesOptions): Replies {
  const { bot, call, callWithPhoto, clock, log, signal, onReply } = options
  const semaphore = createSemaphore(AT_ONCE)

  async function attempted(
    method: string,
    send: () => Promise<unknown>,
  ): Promise<Outcome<unknown>> {
    const outcome = await retry(() => semaphore(send), {
      classifyError,
      clock,
      signal,
      tries: TRIES,
      patienceMs: PATIENCE_MS,
    })
    if (!outcome.ok) report(method, outcome.failure)
    return outcome
  }

  function report(method: string, failure: Failure): void {
    const { next, code } = failure
    if (next === 'done' || next === 'moved' || next === 'message-missing') return
    const fields = { event: 'reply.failed', platform: 'telegram', method, next, code }
    if (isMistake(failure)) log.error(fields, 'Telegram has refused a reply.')
    else log.warn(fields, 'A reply could not be sent.')
  }

  function request(method: string, body: Sendable, { parameters }: Where) {
    const { method: _, ...content } = body
    if (!('photo' in content)) {
      return attempted(method, () => call(method, { ...content, ...parameters }))
    }
    const { id } = content.photo
    return attempted(method, () =>
      callWithPhoto(method, id, photo => ({ ...content, ...parameters, photo })),
    )
  }

  /** Sends one body wherever the chat is by now; whether it has arrived. */
  async function deliver(
    body: TelegramBody,
    where: Where,
    method = 'sendMessage',
  ): Promise<boolean> {
    if (where.target) onReply?.(where.target.chat)
    const send = async (form: Sendable) => {
      const how = 'photo' in form ? form.method : method
      const sent = await request(how, form, where)
      if (sent.ok || sent.failure.next !== 'moved') return sent
      const { to } = sent.failure
      await bot.moved('telegram', String(where.parameters.chat_id), to)
      where.parameters.chat_id = to
      return request(how, form, where)
    }
    // Whatever is wrong with a picture, or with the markup, the words are not lost.
    const plainest = (form: Sendable, failure: Failure) => plainer(form, asAnswer(failure))
    const outcome = await sendOrPlainer<Sendable, unknown>(body, plainest, send)
    if (!outcome.ok && outcome.failure.next === 'gone') await leave(where, outcome.failure)
    return outcome.ok || outcome.failure.next === 'done'
  }

  /** What is posted there by itself would meet the same. */
  async function leave({ target }: Where, failure: Extract<Failure, { next: 'gone' }>) {
    if (!target) return
    const { chat, thread } = target
    const address = thread === undefined ? chat : `${chat}/${thread}`
    // A topic that is closed says nothing of the others.
    // In doubt, what a group refuses says nothing of its topics.
    const alone = failure.topic === true || thread !== undefined || !failure.isSure
    await bot.left({ platform: 'telegram', address }, failure.why, alone, refusedOf(failure))
  }

  async function send(target: Target, reply: Reply): Promise<void> {
    const where = whereOf(target)
    for (const body of render(reply)) {
      // What follows a part that is missing would be read as the whole.
      if (!(await deliver(body, where))) return
      // The first part says what is answered; the others stand below it, but for those in a thread.
      if (!target.isInThread) delete where.parameters.reply_parameters
    }
  }

  function answerPress(payload: object) {
    return attempted('answerCallbackQuery', () => call('answerCallbackQuery', payload))
  }

  return {
    send,
    async replace(on, line, reply, me) {
      if ('shared' in on) {
        if (!reply.understood) return
        const where = { parameters: { inline_message_id: on.shared } }
        await deliver(single(renderTexts(reply), line, me), where, 'editMessageText')
        return
      }
      const [only, ...more] = render(reply)
      // Parts that stand above would belong to nothing any more, and no text becomes a picture.
      const isReplaced = only && more.length === 0 && !('photo' in only) && on.whole
      if (!isReplaced || !reply.understood) return send(on.target, reply)
      const parameters = { chat_id: on.target.chat, message_id: on.message }
      const where = { parameters, target: on.target }
      if (!(await deliver(only, where, 'editMessageText'))) await send(on.target, reply)
    },
    async acknowledge(press, note) {
      const text = note?.slice(0, NOTE_LENGTH)
      await answerPress({ callback_query_id: press, ...(text && { text }) })
    },
    async lead(press, line, me) {
      const url = deepLink(line, me)
      await answerPress({ callback_query_id: press, ...(url && { url }) })
    },
    async answerInline(query, results) {
      const payload = { inline_query_id: query, ...results }
      await attempted('answerInlineQuery', () => call('answerInlineQuery', payload))
    },
  }
}

/** Changed where the chat turns out to have moved: the next parts go there at once. */
interface Where {
  readonly parameters: Record<string, unknown>
  /** The chat, where we know it: what was shared is somewhere else. */
  readonly target?: Target
}

function whereOf(target: Target): Where {
  const { chat, thread, replyTo } = target
  return {
    target,
    parameters: {
      chat_id: chat,
      ...(thread !== undefined && { message_thread_id: thread }),
      ...(replyTo !== undefined && {
        reply_parameters: { message_id: replyTo, allow_sending_without_reply: true },
      }),
    },
  }
}
