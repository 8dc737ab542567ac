import type { Message, MessageEntity } from 'telegraf/types'
import type { RequestText, UserText } from '../../bot.ts'
import { readEntities, shifted } from '../../parsing/telegram.ts'
import type { Pictured, PictureOf } from './pictures.ts'

type Texts = Pictured & {
  text?: string
  caption?: string
  entities?: MessageEntity[]
  caption_entities?: MessageEntity[]
  reply_to_message?: Message
}

/**
 * Returns the text of a message, with its picture. If the message has neither behind the offset, `read` returns those
 * of the message that it replies to.
 */
export function userTextOf(message: Message, pictureOf: PictureOf): RequestText {
  const { text, entities } = textOf(message)
  const answered = (message as Texts).reply_to_message as (Message & Texts) | undefined
  return {
    typed: text,
    read: offset =>
      readText(shifted(text, entities, offset), message, pictureOf) ??
      (answered && readText(textOf(answered), answered, pictureOf)),
  }
}

function readText(
  { text, entities }: ReturnType<typeof textOf>,
  message: Message,
  pictureOf: PictureOf,
): UserText | undefined {
  const picture = pictureOf(message as Texts)
  const hasMore = picture ? 'media_group_id' in message : OTHERS.some(kind => kind in message)
  if (text.trim() === '' && !picture && !hasMore) return undefined
  const { body, lost } = readEntities(text, entities)
  return { body, lost: hasMore ? [...lost, 'attachment'] : lost, ...(picture && { picture }) }
}

/** Fields for content that is neither text nor a picture. They count only in a message without a picture. */
const OTHERS = [
  'animation',
  'audio',
  'contact',
  'dice',
  'document',
  'game',
  'location',
  'poll',
  'sticker',
  'venue',
  'video',
  'video_note',
  'voice',
]

function textOf(message: Message): {
  readonly text: string
  readonly entities: readonly MessageEntity[]
} {
  const { text, caption, entities, caption_entities } = message as Texts
  return { text: text ?? caption ?? '', entities: entities ?? caption_entities ?? [] }
}
