import type { UserFromGetMe } from 'telegraf/types'
import type { Reply } from '../../platform.ts'
import { remembered } from '../../render/remembered.ts'
import { renderTelegramTexts, type TelegramText } from '../../render/telegram.ts'
import { texts } from '../../texts.ts'
import { deepLink } from './updates.ts'

const rendered = {
  grid: remembered(renderTelegramTexts),
  cards: remembered(message => renderTelegramTexts(message, 'cards')),
}

/** The bodies of an answer, with its tables as the chat wants them. */
export function render({ message, tableStyle = 'grid' }: Reply): readonly TelegramText[] {
  return rendered[tableStyle](message)
}

/** One message that stands alone: of a longer answer the first part, with a link to the rest. */
export function single(
  [first, ...rest]: readonly TelegramText[],
  line: string,
  me: UserFromGetMe,
): TelegramText {
  if (!first) throw new RangeError('An answer has at least one part.')
  if (rest.length === 0) return first
  const button = { text: texts.readOn, url: deepLink(line, me) }
  return { ...first, reply_markup: { inline_keyboard: [[button]] } }
}
