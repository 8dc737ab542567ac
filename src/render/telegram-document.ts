import type { MessageFile } from '../message.ts'
import { texts } from '../texts.ts'
import { captionOf, type TelegramBody, type TelegramText } from './telegram.ts'

/** A call of sendDocument without its `chat_id`. */
export interface TelegramDocument {
  readonly method: 'sendDocument'
  /** The file. The sender replaces it with the upload. */
  readonly document: MessageFile
  readonly caption?: string
  readonly parse_mode?: 'HTML'
  readonly reply_markup?: TelegramText['reply_markup']
}

/** Sends a file with the last of the bodies: with its text as the caption, or below it if the text is too long. Pure. */
export function withDocument(
  bodies: readonly TelegramBody[],
  document: MessageFile,
): (TelegramBody | TelegramDocument)[] {
  const last = bodies.at(-1)
  const caption = last && 'text' in last ? captionOf(last) : undefined
  if (!last || !('text' in last) || caption?.caption !== last.text) {
    return [...bodies, { method: 'sendDocument', document }]
  }
  const { reply_markup } = last
  const captioned = { ...caption, ...(reply_markup && { reply_markup }) }
  return [...bodies.slice(0, -1), { method: 'sendDocument', document, ...captioned }]
}

/** Returns a text in place of a file, if the chat accepts no file. Pure. */
export function withoutDocument({ caption = '', reply_markup }: TelegramDocument): TelegramText {
  return {
    method: 'sendMessage',
    text: `${caption}\n\n${texts.noFile}`.trim(),
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
    ...(reply_markup && { reply_markup }),
  }
}
