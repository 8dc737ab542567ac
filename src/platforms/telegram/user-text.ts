import type { Message, MessageEntity } from 'telegraf/types'
import { readEntities, shifted } from '../../parsing/telegram.ts'
import type { UserText } from '../../platform.ts'
import type { Pictured, PictureOf } from './pictures.ts'

type Texts = Pictured & {
  text?: string
  caption?: string
  entities?: MessageEntity[]
  caption_entities?: MessageEntity[]
  reply_to_message?: Message
}

/**
 * What stands behind a command and `words` words of its own, in a message with its picture; else the
 * message that is answered; nothing where there is neither.
 */
export function userTextIn(
  message: Message,
  words: number,
  pictureOf: PictureOf,
): UserText | undefined {
  const { text, entities } = textOf(message)
  const [head = ''] =
    new RegExp(`^\\s*(?:@\\S+\\s+)?\\S+(?:\\s+\\S+){${words}}\\s*`).exec(text) ?? []
  const own = written(shifted(text, entities, head.length), message, pictureOf)
  const answered = (message as Texts).reply_to_message as (Message & Texts) | undefined
  return own ?? (answered && written(textOf(answered), answered, pictureOf))
}

/** All of a message; in a group without the bot's name (`own`) by which it was called. */
export function wholeUserText(
  message: Message,
  own: RegExp,
  pictureOf: PictureOf,
): UserText | undefined {
  const { text, entities } = textOf(message)
  const called = new RegExp(`^${own.source}[,:]?\\s+`, 'i')
  const [head = ''] = (message.chat.type !== 'private' && called.exec(text)) || []
  return written(shifted(text, entities, head.length), message, pictureOf)
}

function written(
  { text, entities }: ReturnType<typeof textOf>,
  message: Message,
  pictureOf: PictureOf,
): UserText | undefined {
  const picture = pictureOf(message as Texts)
  const isMore = picture ? 'media_group_id' in message : OTHERS.some(kind => kind in message)
  if (text.trim() === '' && !picture && !isMore) return undefined
  const { body, lost } = readEntities(text, entities)
  return { body, lost: isMore ? [...lost, 'attachment'] : lost, ...(picture && { picture }) }
}

/** What a message may hold that is neither a text nor a picture; beside one, that is one of an album. */
const OTHERS = [
  ...['animation', 'audio', 'contact', 'document', 'game', 'location', 'poll', 'sticker'],
  ...['venue', 'video', 'video_note', 'voice', 'dice'],
]

function textOf(message: Message): {
  readonly text: string
  readonly entities: readonly MessageEntity[]
} {
  const { text, caption, entities, caption_entities } = message as Texts
  return { text: text ?? caption ?? '', entities: entities ?? caption_entities ?? [] }
}
