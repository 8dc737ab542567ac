import type { Log } from '../log.ts'
import { message, paragraph } from '../message.ts'
import type { Bot, BotRequest, Reply, Term, UserText } from '../platform.ts'
import { texts } from '../texts.ts'
import { createQueues, type Queues } from './queues.ts'

/**
 * Asks the bot. What fails inside is told to the log, and to the reader only that it failed. Nothing
 * where there is nothing to say, or where another process has the say by now. Never rejects.
 */
export type Ask = (request: BotRequest) => Promise<Reply | undefined>

/**
 * What is asked in one place is done in the order of its coming: of `/subscribe` and `/stop` sent at
 * once the second counts, however long it takes to learn who may. Picture downloads keep nothing waiting.
 */
export function createAsk(
  bot: Pick<Bot, 'answer'>,
  log: Log,
  term?: Term,
  queues: Queues = createQueues(log),
): Ask {
  async function answer(request: BotRequest): Promise<Reply | undefined> {
    return term?.holds() === false ? undefined : given(await answerOrFail(request), request)
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
    return given(busy, request)
  }

  function given(reply: Reply | undefined, request: BotRequest): Reply | undefined {
    try {
      return reply && request.isFilledIn && !reply.understood ? givenBack(reply, request) : reply
    } catch (err) {
      log.error({ event: 'answer.failed', err }, 'The text of a form cannot be given back.')
      return reply
    }
  }

  return request => {
    const { place } = request
    if (!place) return answer(request)
    const work = (leave: () => void) => answer(fetchingAside(request, leave))
    return queues.run(place.address, work, () => refuse(request))
  }
}

/** A copy of the request that lets the next one begin as soon as it fetches a picture. */
function fetchingAside(request: BotRequest, leave: () => void): BotRequest {
  const { written, answers } = request
  const aside = (words: UserText | undefined): UserText | undefined => {
    const { picture } = words ?? {}
    if (!words || !picture) return words
    return {
      ...words,
      picture() {
        leave()
        return picture()
      },
    }
  }
  return {
    ...request,
    ...(written && { written: words => aside(written(words)) }),
    ...(answers && { answers: { ...answers, written: () => aside(answers.written()) } }),
  }
}

const FAILED: Reply = { message: message([paragraph(texts.failed)]), understood: false }

/** Adds the text of a refused form, so that the user can copy it. A text that cannot be read is left out. */
function givenBack(reply: Reply, { written }: BotRequest): Reply {
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
    // The answer has met the same error, and logged it.
    return undefined
  }
}
