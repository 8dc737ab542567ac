import type { Message, MessageEntity } from 'telegraf/types'
import type { UserText } from '../../bot.ts'
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
 * Reads the text of a message behind a command and `words` words of its own, with the picture of the message. If there
 * is neither, reads the message that it replies to. Returns undefined if that is empty too.
 */
export function userTextIn(
  message: Message,
  words: number,
  pictureOf: PictureOf,
): UserText | undefined {
  const { text, entities } = textOf(message)
  const [head = ''] =
    new RegExp(`^\\s*(?:@\\S+\\s+)?\\S+(?:\\s+\\S+){${words}}\\s*`).exec(text) ?? []
  const own = readText(shifted(text, entities, head.length), message, pictureOf)
  const answered = (message as Texts).reply_to_message as (Message & Texts) | undefined
  return own ?? (answered && readText(textOf(answered), answered, pictureOf))
}

/** Reads the whole text of a message. In a group, leaves out the bot's name (`own`) at the beginning. */
export function wholeUserText(
  message: Message,
  own: RegExp,
  pictureOf: PictureOf,
): UserText | undefined {
  const { text, entities } = textOf(message)
  const mention = new RegExp(`^${own.source}[,:]?\\s+`, 'i')
  const [head = ''] = (message.chat.type !== 'private' && mention.exec(text)) || []
  return readText(shifted(text, entities, head.length), message, pictureOf)
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
