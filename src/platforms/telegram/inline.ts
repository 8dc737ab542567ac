import type { UserFromGetMe } from 'telegraf/types'
import type { Bot } from '../../platform.ts'
import type { Ask } from '../answer-queue.ts'
import { renderTexts, single } from './rendered-reply.ts'

/** Places offered at once: what fits a phone without scrolling far. The Bot API takes 50. */
const RESULTS = 10

/** How long Telegram may give the same results to everybody, in seconds. */
const CACHE_S = 60

/** The parameters of answerInlineQuery, without its id: sections and tables to share anywhere. */
export async function inlineResults(
  bot: Pick<Bot, 'find'>,
  ask: Ask,
  words: string,
  me: UserFromGetMe,
): Promise<object> {
  const results = await Promise.all(
    bot.find(words, RESULTS).map(async ({ line, title, summary }) => {
      const reply = await ask({ line })
      if (!reply?.understood) return []
      const { text, parse_mode, link_preview_options, reply_markup } = single(
        renderTexts(reply),
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
