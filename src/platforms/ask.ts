import type { Log } from '../log.ts'
import { message, paragraph } from '../message.ts'
import type { Bot, Reply, Request, Term } from '../platform.ts'
import { texts } from '../texts.ts'

/**
 * Asks the bot. What fails inside is told to the log, and to the reader only that it failed. Nothing
 * where there is nothing to say, or where another process has the say by now.
 */
export type Ask = (request: Request) => Promise<Reply | undefined>

/**
 * What is asked in one place is done in the order of its coming: of `/subscribe` and `/stop` sent at
 * once the second counts, however long it takes to learn who may.
 */
export function createAsk(bot: Pick<Bot, 'answer'>, log: Log, term?: Term): Ask {
  const last = new Map<string, Promise<unknown>>()

  async function answer(request: Request): Promise<Reply | undefined> {
    if (term?.holds() === false) return undefined
    const reply = await answerOrFail(request)
    return reply && request.isFilledIn && !reply.understood ? givenBack(reply, request) : reply
  }

  async function answerOrFail(request: Request): Promise<Reply | undefined> {
    try {
      return await bot.answer(request)
    } catch (err) {
      log.error({ event: 'answer.failed', err }, 'An answer has failed.')
      return { message: message([paragraph(texts.failed)]), understood: false }
    }
  }

  return request => {
    const { place } = request
    if (!place) return answer(request)
    const before = last.get(place.address)
    const asking = before ? before.then(() => answer(request)) : answer(request)
    last.set(place.address, asking)
    asking.then(() => {
      if (last.get(place.address) === asking) last.delete(place.address)
    })
    return asking
  }
}

/** Nobody has to write anew what could not be taken. */
function givenBack(reply: Reply, { written }: Request): Reply {
  const text = written?.(0)?.source ?? ''
  if (text.trim() === '') return reply
  const { body, ...rest } = reply.message
  const back = [paragraph(texts.givenBack), { type: 'code' as const, value: text }]
  return {
    ...reply,
    message: { ...rest, body: { ...body, children: [...body.children, ...back] } },
  }
}
