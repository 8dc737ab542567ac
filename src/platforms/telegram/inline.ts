import type { UserFromGetMe } from 'telegraf/types'
import type { Bot } from '../../platform.ts'
import { renderTelegram, type TelegramBody } from '../../render/telegram.ts'
import { texts } from '../../texts.ts'
import { deepLink } from './updates.ts'

/** Places offered at once: what fits a phone without scrolling far. The Bot API takes 50. */
const RESULTS = 10

/** How long Telegram may give the same results to everybody, in seconds. */
const CACHE_S = 60

/** The parameters of answerInlineQuery, without its id: sections and tables to share anywhere. */
export async function inlineResults(bot: Bot, words: string, me: UserFromGetMe): Promise<object> {
  const results = await Promise.all(
    bot.find(words, RESULTS).map(async ({ line, title, summary }) => {
      const reply = await bot.answer({ line })
      if (!reply) return []
      const { text, parse_mode, link_preview_options, reply_markup } = single(
        renderTelegram(reply.message),
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

/** One message that stands alone: of a longer answer the first part, with a link to the rest. */
export function single(
  [first, ...rest]: readonly TelegramBody[],
  line: string,
  me: UserFromGetMe,
): TelegramBody {
  if (!first) throw new RangeError('An answer has at least one part.')
  if (rest.length === 0) return first
  const button = { text: texts.readOn, url: deepLink(line, me) }
  return { ...first, reply_markup: { inline_keyboard: [[button]] } }
}
