import type { UserFromGetMe } from 'telegraf/types'
import { ANONYMOUS, type Bot } from '../../bot.ts'
import type { Ask } from '../answer-queue.ts'
import { renderTexts, single } from './rendered-reply.ts'

/** Most results of a query, for a short list on a phone. The Bot API accepts 50. */
const RESULTS = 10

/** How long Telegram may cache the results for all users, in seconds. */
const CACHE_S = 60

/** Returns the parameters of answerInlineQuery, without its id: sections and tables that a user can share anywhere. */
export async function inlineResults(
  bot: Pick<Bot, 'find' | 'parse'>,
  ask: Ask,
  words: string,
  me: UserFromGetMe,
): Promise<object> {
  const results = await Promise.all(
    bot.find(words, RESULTS).map(async ({ line, title, summary }) => {
      const reply = await ask(bot.parse(line), ANONYMOUS)
      if (!reply?.understood) return []
      const { text, parse_mode, link_preview_options, reply_markup } = single(
        await renderTexts(reply),
        line,
        me,
      )
      return {
        type: 'article',
        id: line,
        title,
        description: summary,
        input_message_content: { message_text: text, parse_mode, link_preview_options },
        reply_markup,
      }
    }),
  )
  return { results: results.flat(), cache_time: CACHE_S }
}
