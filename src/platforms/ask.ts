import type { Log } from '../log.ts'
import { message, paragraph } from '../message.ts'
import type { Bot, Reply, Request } from '../platform.ts'
import { texts } from '../texts.ts'

/** Asks the bot. What fails inside is told to the log, and to the reader only that it failed. */
export async function ask(
  bot: Pick<Bot, 'answer'>,
  request: Request,
  log: Log,
): Promise<Reply | undefined> {
  try {
    return await bot.answer(request)
  } catch (err) {
    log.error({ event: 'answer.failed', err }, 'An answer has failed.')
    return { message: message([paragraph(texts.failed)]), understood: false }
  }
}
