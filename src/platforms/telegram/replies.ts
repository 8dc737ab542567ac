import { isDeepStrictEqual } from 'node:util'
import type { UserFromGetMe } from 'telegraf/types'
import { BoundedMap } from '../../async/bounded-map.ts'
import { createSemaphore } from '../../async/semaphore.ts'
import type { Bot, Reply } from '../../bot.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Failure, Outcome } from '../../poster.ts'
import type { TelegramDocument } from '../../render/telegram-document.ts'
import { hasArrived, refusedOf, sendInOrder } from '../fallback.ts'
import { createLiveReplies } from '../live-replies.ts'
import { logReplyFailure } from '../pictures.ts'
import { mayReplace } from '../placement.ts'
import { retry } from '../retry.ts'
import type { Call } from './api.ts'
import type { Pressed, PressedMessage } from './callback-queries.ts'
import { deepLink } from './deep-links.ts'
import { classifyError } from './failure.ts'
import {
  mediaWith,
  photoWith,
  plainerAnswer,
  render,
  renderTexts,
  type Sendable,
  single,
} from './rendered-reply.ts'
import type { Target } from './reply-target.ts'
import type { CallWithFile, CallWithPhoto } from './send-photo.ts'

/** Most failed calls for one part of a reply. A retry may post the part twice, which is better than never. */
const TRIES = 3

/** Longest total wait for a reply, in milliseconds: older requests are not answered either. */
const PATIENCE_MS = 10 * 60_000

/** Most concurrent calls: enough for Telegram's 30 a second if each takes three seconds. */
const AT_ONCE = 100

/** Failures that are not logged: a caller handles them, or there is nothing left to do. */
const EXPECTED: readonly Failure['next'][] = ['done', 'moved', 'message-missing']

/** Longest text of a note, in UTF-16 units (Bot API, answerCallbackQuery). */
const NOTE_LENGTH = 200

/** Most answers with pictures in several messages that are remembered. A press under a forgotten one replaces its end. */
const MAX_ANSWERS = 1000

export interface RepliesOptions {
  /** The account of the bot, for deep links. */
  readonly me: UserFromGetMe
  /** Records chats that are gone, or that continue under another id. */
  readonly bot: Pick<Bot, 'left' | 'moved'>
  readonly call: Call
  readonly callWithPhoto: CallWithPhoto
  readonly callWithFile: CallWithFile
  readonly clock: Clock
  readonly log: Log
  readonly onReply?: ((address: string) => void) | undefined
  /** Ends retries when the platform stops. */
  readonly signal: AbortSignal
}

export interface Replies {
  /** Sends a reply, part by part. */
  send(target: Target, reply: Reply): Promise<void>
  /** Puts the reply in place of the message whose button was pressed. Sends a new message if that is not possible. */
  replace(on: Pressed, line: string, reply: Reply): Promise<void>
  /** Ends the progress indicator of a button, with an optional note. */
  acknowledge(press: string, note?: string): Promise<void>
  /**
   * Opens the presser's own chat with the bot through a deep link that types the line. If a link cannot express the
   * line, only ends the progress indicator.
   */
  openPrivateChat(press: string, line: string): Promise<void>
  answerInline(query: string, results: object): Promise<void>
}

export function createReplies(options: RepliesOptions): Replies {
  const { me, bot, call, callWithPhoto, callWithFile, clock, log, signal, onReply } = options
  const semaphore = createSemaphore(AT_ONCE)
  const liveReplies = createLiveReplies({ clock, log, signal })
  /** The last messages of answers with pictures in several messages. Other parts have a number in their text. */
  const ends = new BoundedMap<string, true>(MAX_ANSWERS)

  async function attempted(
    method: string,
    send: () => Promise<unknown>,
    ending = signal,
  ): Promise<Outcome<unknown>> {
    const outcome = await retry(() => semaphore(send), {
      classifyError,
      clock,
      signal: ending,
      tries: TRIES,
      patienceMs: PATIENCE_MS,
    })
    if (!outcome.ok && !EXPECTED.includes(outcome.failure.next)) {
      logReplyFailure(log, 'Telegram', { platform: 'telegram', method }, outcome.failure)
    }
    return outcome
  }

  function request(body: AnswerBody, { parameters, ending }: Where, isEdit: boolean) {
    if ('document' in body) {
      const { method, document: file, ...words } = body
      return attempted(
        method,
        () => callWithFile(method, file, document => ({ ...words, ...parameters, document })),
        ending,
      )
    }
    if ('photo' in body) {
      const [method, form] = isEdit ? ['editMessageMedia', mediaWith] : [body.method, photoWith]
      const payload = (photo: string) => ({ ...form(body, photo), ...parameters })
      return attempted(method, () => callWithPhoto(method, body.photo, payload), ending)
    }
    const { method: sending, ...content } = body
    const method = isEdit ? 'editMessageText' : sending
    return attempted(method, () => call(method, { ...content, ...parameters }), ending)
  }

  /** Sends bodies, and follows a chat that has moved to another id. Resolves to whether all have arrived. */
  async function deliver(
    bodies: readonly AnswerBody[],
    where: Where,
    { isEdit = false, toPlainer = plainerAnswer }: Delivery = {},
  ): Promise<boolean> {
    const { parameters, target } = where
    const send = async (form: AnswerBody) => {
      if (target) onReply?.(target.chat)
      let sent = await request(form, where, isEdit)
      if (!sent.ok && sent.failure.next === 'moved') {
        const { to } = sent.failure
        await bot.moved('telegram', String(parameters.chat_id), to)
        parameters.chat_id = to
        sent = await request(form, where, isEdit)
      }
      // Only the first part quotes the request. In a thread every part does, because no other message stays there.
      if (sent.ok && !target?.isInThread) delete parameters.reply_parameters
      return sent
    }
    const outcome = await sendInOrder<AnswerBody>(bodies, toPlainer, send)
    if (!outcome.ok && outcome.failure.next === 'gone') await recordGone(where, outcome.failure)
    if (outcome.ok) where.sent = idOf(outcome.value)
    return hasArrived(outcome)
  }

  /** Shows the later versions of a reply in its message. */
  function keepLive(
    { live, ...reply }: Reply,
    shown: readonly AnswerBody[],
    target: Target,
    message: number,
  ) {
    if (!live || shown.length !== 1) return
    let [last] = shown
    const parameters = { chat_id: target.chat, message_id: message }
    liveReplies.follow(keyOf(target, message), live, async (version, ending) => {
      const [body, ...more] = await render({ ...reply, message: version })
      if (!body || more.length > 0 || !('text' in body)) return false
      if (isDeepStrictEqual(body, last)) return true
      last = body
      return deliver([body], { parameters, target, ending }, { isEdit: true })
    })
  }

  /** Records that the chat cannot be reached: posts would fail in the same way. */
  async function recordGone({ target }: Where, failure: Extract<Failure, { next: 'gone' }>) {
    if (!target) return
    const { chat, thread } = target
    const address = thread === undefined ? chat : `${chat}/${thread}`
    // A failure of one topic says nothing about the others. A refusal by a group covers its topics only if it is sure.
    const alone = failure.topic === true || thread !== undefined || !failure.isSure
    await bot.left({ platform: 'telegram', address }, failure.why, alone, refusedOf(failure))
  }

  /** Resolves to whether all parts have arrived. */
  async function send(target: Target, reply: Reply): Promise<boolean> {
    const [bodies, where] = [await render(reply), whereOf(target)]
    const hasAll = await deliver(bodies, where)
    if (where.sent === undefined) return hasAll
    keepLive(reply, bodies, target, where.sent)
    if (bodies.length > 1 && bodies.some(isOwnPicture)) ends.set(keyOf(target, where.sent), true)
    return hasAll
  }

  /** Puts the only part of a reply in place of a message. Resolves to false if a new message has to show it. */
  async function edit(
    { target, message, picture }: PressedMessage,
    body: AnswerBody,
    reply: Reply,
  ): Promise<boolean> {
    if (picture && !(picture === 'own' && 'photo' in body)) return false
    await liveReplies.end(keyOf(target, message))
    const parameters = { chat_id: target.chat, message_id: message }
    // No edit turns a picture into a text.
    const how = { isEdit: true, ...(picture && { toPlainer: () => undefined }) }
    if (!(await deliver([body], { parameters, target }, how))) return false
    keepLive(reply, [body], target, message)
    return true
  }

  function answerPress(payload: object) {
    return attempted('answerCallbackQuery', () => call('answerCallbackQuery', payload))
  }

  return {
    async send(target, reply) {
      await send(target, reply)
    },
    async replace(on, line, reply) {
      if ('shared' in on) {
        if (!reply.understood) return
        const where = { parameters: { inline_message_id: on.shared } }
        const hasFile = reply.message.file !== undefined
        const shown = single(await renderTexts(reply), line, me, hasFile)
        await deliver([shown], where, { isEdit: true })
        return
      }
      const { target, message, whole, picture } = on
      const [only, ...more] = await render(reply)
      const isWhole = whole && !ends.has(keyOf(target, message))
      const replaces = only && isWhole && mayReplace(reply, 1 + more.length)
      if (replaces && (await edit(on, only, reply))) return
      const hasArrived = await send(target, reply)
      if (!replaces || picture !== 'own' || !hasArrived) return
      const old = { chat_id: target.chat, message_id: message }
      await attempted('deleteMessage', () => call('deleteMessage', old))
    },
    async acknowledge(press, note) {
      const text = note?.slice(0, NOTE_LENGTH)
      await answerPress({ callback_query_id: press, ...(text && { text }) })
    },
    async openPrivateChat(press, line) {
      const url = deepLink(line, me)
      await answerPress({ callback_query_id: press, ...(url && { url }) })
    },
    async answerInline(query, results) {
      const payload = { inline_query_id: query, ...results }
      await attempted('answerInlineQuery', () => call('answerInlineQuery', payload))
    },
  }
}

/** A body of an answer. */
type AnswerBody = Sendable | TelegramDocument

interface Delivery {
  /** Whether the body takes the place of a message. */
  readonly isEdit?: boolean
  /** See {@link plainerAnswer}. */
  readonly toPlainer?: typeof plainerAnswer | undefined
}

/** The destination of calls, as parameters. `deliver` updates them if the chat has moved, for the parts that follow. */
interface Where {
  readonly parameters: Record<string, unknown>
  /** The chat; absent for a shared message, whose chat is unknown. */
  readonly target?: Target
  /** Ends retries earlier than the platform does. */
  readonly ending?: AbortSignal
  /** The id of the last message that was sent. */
  sent?: number | undefined
}

/** Whether a body is a picture of an answer, and not that of an announcement above its draft. */
function isOwnPicture(body: AnswerBody): boolean {
  return 'photo' in body && !('id' in body.photo)
}

function keyOf({ chat }: Target, message: number): string {
  return `${chat}/${message}`
}

/** Returns the id of a sent message; undefined if an answer of Telegram has none. */
function idOf(result: unknown): number | undefined {
  const { message_id } = Object(result) as { readonly message_id?: unknown }
  return typeof message_id === 'number' ? message_id : undefined
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
