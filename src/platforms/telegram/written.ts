import type { Message, MessageEntity, PhotoSize } from 'telegraf/types'
import type { Written } from '../../platform.ts'
import { readEntities, shifted } from '../../reading/entities.ts'

/** A picture in the sizes that Telegram offers, the smallest first; of a file its only one. */
export type PictureSizes = readonly Pick<PhotoSize, 'file_id' | 'file_size'>[]

/** What was written, and its picture, which is still to be fetched. */
export interface Writing extends Omit<Written, 'picture'> {
  readonly picture?: PictureSizes
}

type Texts = Message & {
  text?: string
  caption?: string
  entities?: MessageEntity[]
  caption_entities?: MessageEntity[]
  photo?: PhotoSize[]
  document?: { file_id: string; file_size?: number; mime_type?: string }
  reply_to_message?: Message
}

/**
 * What stands behind a command and `words` words of its own, in a message with its picture; else the
 * message that is answered. Pure.
 */
export function writtenIn(message: Message, words: number): Writing | undefined {
  const own = message as Texts
  const { text, entities } = textOf(own)
  const [head = ''] = new RegExp(`^\\s*\\S+(?:\\s+\\S+){${words}}\\s*`).exec(text) ?? []
  const behind = shifted(text, entities, head.length)
  const picture = pictureOf(own)
  if (behind.text.trim() !== '' || picture) return { ...read(behind), ...(picture && { picture }) }
  const answered = own.reply_to_message as Texts | undefined
  if (!answered) return undefined
  const shown = pictureOf(answered)
  const quoted = textOf(answered)
  if (quoted.text.trim() === '' && !shown) return undefined
  return { ...read(quoted), ...(shown && { picture: shown }) }
}

function read({ text, entities }: Readonly<{ text: string; entities: readonly MessageEntity[] }>) {
  return readEntities(text, entities)
}

function textOf({ text, caption, entities, caption_entities }: Texts) {
  return { text: text ?? caption ?? '', entities: entities ?? caption_entities ?? [] }
}

/** By what Telegram says that it is; what it really is, its content tells. */
function pictureOf({ photo, document }: Texts): PictureSizes | undefined {
  if (photo && photo.length > 0) return photo
  return document?.mime_type?.startsWith('image/') ? [document] : undefined
}
