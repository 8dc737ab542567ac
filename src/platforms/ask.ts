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
