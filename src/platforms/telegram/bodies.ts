import type { UserFromGetMe } from 'telegraf/types'
import { remembered } from '../../render/remembered.ts'
import { renderTelegram, type TelegramBody } from '../../render/telegram.ts'
import { texts } from '../../texts.ts'
import { deepLink } from './updates.ts'

export const render = remembered(renderTelegram)

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
