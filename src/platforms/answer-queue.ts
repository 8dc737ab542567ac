import type { Bot, BotRequest, Reply, UserText } from '../bot.ts'
import type { Log } from '../log.ts'
import { message, paragraph } from '../message.ts'
import type { Term } from '../platform.ts'
import { texts } from '../texts.ts'
import { createQueues, type Queues } from './queues.ts'

/**
 * Answers a request. An unexpected error is logged, and the reply says only that the answer failed. Resolves to
 * undefined if there is no reply, or if the lease term has ended. Never rejects.
 */
export type Ask = (request: BotRequest) => Promise<Reply | undefined>

/**
 * Returns a function that passes the requests of a chat to the bot one by one, in the order of their arrival. If
 * `/subscribe` and `/stop` arrive at once, the second one counts, even if checking the user's rights takes long for
 * the first. A picture download lets the next request begin. Too many waiting requests are refused: see {@link Queues}.
 */
export function createAsk(
  bot: Pick<Bot, 'answer'>,
  log: Log,
  term?: Term,
  queues: Queues = createQueues(log),
): Ask {
  async function answer(request: BotRequest): Promise<Reply | undefined> {
    return term?.holds() === false ? undefined : withFormText(await answerOrFail(request), request)
  }

  async function answerOrFail(request: BotRequest): Promise<Reply | undefined> {
    try {
      return await bot.answer(request)
    } catch (err) {
      log.error({ event: 'answer.failed', err }, 'An answer has failed.')
      return FAILED
    }
  }

  function refuse(request: BotRequest): Reply | undefined {
    if (term?.holds() === false) return undefined
    const busy = { message: message([paragraph(texts.busy)]), understood: false, refused: true }
    return withFormText(busy, request)
  }

  /** Adds the text of a form to the reply that refuses it. */
  function withFormText(reply: Reply | undefined, request: BotRequest): Reply | undefined {
    try {
      return reply && request.isFilledIn && !reply.understood ? appendText(reply, request) : reply
    } catch (err) {
      log.error({ event: 'answer.failed', err }, 'The text of a form cannot be given back.')
      return reply
    }
  }

  return request => {
    const { place } = request
    if (!place) return answer(request)
    const work = (leave: () => void) => answer(leavingOnDownload(request, leave))
    return queues.run(place.address, work, () => refuse(request))
  }
}

/** Returns a copy of the request that calls `leave` when its picture is downloaded. */
function leavingOnDownload(request: BotRequest, leave: () => void): BotRequest {
  const { written, answers } = request
  const wrap = (text: UserText | undefined): UserText | undefined => {
    const { picture } = text ?? {}
    if (!text || !picture) return text
    return {
      ...text,
      picture() {
        leave()
        return picture()
      },
    }
  }
  return {
    ...request,
    ...(written && { written: words => wrap(written(words)) }),
    ...(answers && { answers: { ...answers, written: () => wrap(answers.written()) } }),
  }
}

const FAILED: Reply = { message: message([paragraph(texts.failed)]), understood: false }

/** Appends the text of a refused form, so that the user can copy it. A text that cannot be read is left out. */
function appendText(reply: Reply, { written }: BotRequest): Reply {
  const text = sourceOf(written) ?? ''
  if (text.trim() === '') return reply
  const { body, ...rest } = reply.message
  const back = [paragraph(texts.givenBack), { type: 'code' as const, value: text }]
  return {
    ...reply,
    message: { ...rest, body: { ...body, children: [...body.children, ...back] } },
  }
}

function sourceOf(written: BotRequest['written']): string | undefined {
  try {
    return written?.(0)?.source
  } catch {
    // The answer failed with the same error, which is logged.
    return undefined
  }
}
