import type { Person } from '../../platform-contract.ts'
import { parseTelegramHtml } from '../../telegram-html.ts'
import { ME, type TelegramServer } from './server.ts'

let ids = 0

/** An update with a message, as Telegram sends it in a private chat. */
export function messageUpdate(text: string, more: Record<string, unknown> = {}) {
  ids += 1
  const from = { id: 700, is_bot: false, first_name: 'Ada' }
  return {
    message: {
      message_id: ids,
      date: Math.floor(Date.now() / 1000),
      chat: { id: 700, type: 'private', first_name: 'Ada' },
      from,
      text,
      ...more,
    },
  }
}

/** The keyboard of a message whose buttons have this data. */
export function keyboardOf(...data: readonly string[]) {
  return { inline_keyboard: data.map(each => [{ text: each, callback_data: each }]) }
}

/** Returns a person in a private chat with the bot. */
export function telegramPerson(server: TelegramServer, user: number): Person {
  const from = { id: user, is_bot: false, first_name: 'Ada' }
  const chat = { id: user, type: 'private', first_name: 'Ada' }
  const shown = server.shown(String(user))
  let last: Awaited<ReturnType<typeof shown.next>> | undefined

  /** The text of a message, or its picture and caption, as Telegram sends them with a press. */
  function contentOf({ id, text, body }: Partial<NonNullable<typeof last>> = {}) {
    if (!server.photos.has(`${user}/${id}`)) return { text }
    const { show_caption_above_media: above } = body.media ?? body
    return { photo: [], caption: text, ...(above && { show_caption_above_media: true }) }
  }

  async function part(): Promise<string> {
    last = await shown.next()
    const { text, body } = last
    return (body.media ?? body).parse_mode
      ? parseTelegramHtml(text).text.replaceAll('\u2060', '')
      : text
  }

  return {
    async type(line) {
      server.push(messageUpdate(line, { from, chat }))
    },
    async press(label) {
      const button = last?.keyboard.find(({ text }) => text === label)
      if (!button?.callback_data) throw new Error(`There is no button ${label}.`)
      ids += 1
      server.push({
        callback_query: {
          id: String(ids),
          from,
          chat_instance: '1',
          data: button.callback_data,
          message: {
            ...{ message_id: last?.id, date: 1, chat, from: ME, ...contentOf(last) },
            reply_markup: { inline_keyboard: [last?.keyboard] },
          },
        },
      })
    },
    async read() {
      const parts = [await part()]
      const of = Number(/\n\n1\/(\d+)$/.exec(parts[0] ?? '')?.[1] ?? 1)
      while (parts.length < of) parts.push(await part())
      return parts
    },
  }
}
