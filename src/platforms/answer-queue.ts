import type { BotRequest, Line, Reply, RequestText } from '../bot.ts'
import type { Log } from '../log.ts'
import { message, paragraph } from '../message.ts'
import type { Term } from '../platform.ts'
import { texts } from '../texts.ts'
import { createQueues, type Queues } from './request-queues.ts'

/**
 * Answers a request. An unexpected error is logged, and the reply says only that the answer failed. Resolves to
 * undefined if there is no reply, or if the lease term has ended. Never rejects.
 */
export type Ask = (line: Line, request: BotRequest) => Promise<Reply | undefined>

/**
 * Returns a function that answers the requests of a chat one by one, in the order of their arrival. If
 * `/subscribe` and `/stop` arrive at once, the second one counts, even if the check of the user's rights takes long for
 * the first. The next request may begin while a picture is downloaded. Requests are refused if too many wait: see
 * {@link Queues}.
 *
 * @param onAnswered see `PlatformOptions`.
 */
export function createAsk(
  log: Log,
  term?: Term,
  queues: Queues = createQueues(log),
  onAnswered?: (ms: number) => void,
): Ask {
  async function answer(line: Line, request: BotRequest): Promise<Reply | undefined> {
    if (term?.holds() === false) return undefined
    const reply = await line.answer(request).catch(err => {
      log.error({ event: 'answer.failed', err }, 'Failed to build an answer.')
      return FAILED
    })
    return reply && withFormText(reply, request)
  }

  function refuse(request: BotRequest): Reply | undefined {
    return term?.holds() === false ? undefined : withFormText(BUSY, request)
  }

  function ask(line: Line, request: BotRequest): Promise<Reply | undefined> {
    const { chat, text } = request
    if (!chat) return answer(line, request)
    const work = (leave: () => void) =>
      answer(line, { ...request, text: text && leavingOnDownload(text, leave) })
    return queues.run(chat.ref.address, work, () => refuse(request))
  }

  return async (line, request) => {
    const askedAt = performance.now()
    const reply = await ask(line, request)
    if (reply) onAnswered?.(performance.now() - askedAt)
    return reply
  }
}

/** Returns a copy of the text that calls `leave` when its picture is downloaded. */
function leavingOnDownload(text: RequestText, leave: () => void): RequestText {
  return {
    ...text,
    read(offset) {
      const read = text.read(offset)
      const { picture } = read ?? {}
      if (!read || !picture) return read
      return {
        ...read,
        picture() {
          leave()
          return picture()
        },
      }
    },
  }
}

const FAILED: Reply = {
  message: message([paragraph(texts.failed)]),
  understood: false,
  hasFailed: true,
}
const BUSY: Reply = {
  message: message([paragraph(texts.busy)]),
  understood: false,
  hasFailed: true,
  refused: true,
}

/** Adds the text of a form to the reply that refuses it, so that the user can copy the text. */
function withFormText(reply: Reply, { origin, text }: BotRequest): Reply {
  const source = origin.by === 'form' && !reply.understood ? sourceOf(text) : ''
  if (source.trim() === '') return reply
  const { body, ...rest } = reply.message
  const copy = [paragraph(texts.givenBack), { type: 'code' as const, value: source }]
  return {
    ...reply,
    message: { ...rest, body: { ...body, children: [...body.children, ...copy] } },
  }
}

/** Returns the text as it was typed; empty if it cannot be read. */
function sourceOf(text: RequestText | undefined): string {
  try {
    return text?.read(0)?.source ?? ''
  } catch {
    // The answer failed with the same error, which is logged.
    return ''
  }
}
