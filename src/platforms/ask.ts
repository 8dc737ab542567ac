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

  /** Never rejects: a rejection would stay in the queue of its place, and fail all that is asked there later. */
  async function answer(request: Request): Promise<Reply | undefined> {
    if (term?.holds() === false) return undefined
    let reply: Reply | undefined = FAILED
    try {
      reply = await bot.answer(request)
    } catch (err) {
      log.error({ event: 'answer.failed', err }, 'An answer has failed.')
    }
    return reply && request.isFilledIn && !reply.understood ? givenBack(reply, request) : reply
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

const FAILED: Reply = { message: message([paragraph(texts.failed)]), understood: false }

/** Adds the text of a refused form, so that the user can copy it. A text that cannot be read is left out. */
function givenBack(reply: Reply, { written }: Request): Reply {
  const text = sourceOf(written) ?? ''
  if (text.trim() === '') return reply
  const { body, ...rest } = reply.message
  const back = [paragraph(texts.givenBack), { type: 'code' as const, value: text }]
  return {
    ...reply,
    message: { ...rest, body: { ...body, children: [...body.children, ...back] } },
  }
}

function sourceOf(written: Request['written']): string | undefined {
  try {
    return written?.(0)?.source
  } catch {
    // The answer has met the same error, and logged it.
    return undefined
  }
}
