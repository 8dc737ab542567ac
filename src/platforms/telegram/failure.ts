import { TelegramError } from 'telegraf'
import type { UnreachableReason } from '../../platform.ts'
import type { Failure } from '../../poster.ts'
import { texts } from '../../texts.ts'
import { classifyConnectionError } from '../retry.ts'
import { readWait, toNumber } from '../retry-after.ts'
import { readGroup } from './ids.ts'

const rights = texts.rights.telegram

/** Refusals that leave no doubt (400 and 403), with the reason why the chat cannot be reached. */
const SURE: readonly (readonly [RegExp, UnreachableReason])[] = [
  [/blocked by the user|user is deactivated|USER_IS_BLOCKED|USER_DEACTIVATED/i, 'blocked'],
  [/bot was kicked/i, 'removed'],
  [/(group|channel)( chat)? was deleted/i, 'deleted'],
]

/** Refusals of a chat that may pass (400), with the missing right. */
const PLACE: readonly (readonly [RegExp, UnreachableReason, right?: string])[] = [
  [/chat not found|PEER_ID_INVALID|(message )?thread not found|TOPIC_DELETED/i, 'deleted'],
  [/not a member|CHANNEL_PRIVATE|BANNED_IN_CHANNEL/i, 'removed'],
  [/topic.?closed|rights to manage topics/i, 'forbidden', rights.topics],
  [/administrator rights in the channel|CHAT_ADMIN_REQUIRED/i, 'forbidden', rights.post],
  [
    /rights to (send|post) (a |text )?message|CHAT_(WRITE|SEND_PLAIN|GUEST_SEND)_FORBIDDEN|CHAT_RESTRICTED/i,
    'forbidden',
    rights.send,
  ],
  [/(not enough|have no) rights|USER_RESTRICTED|can't (initiate|send messages)/i, 'forbidden'],
]

/** Refusals of one kind of content by a chat that accepts other kinds (400). */
const KIND =
  /rights to (send|post|add) (photo|video|document|media|audio|music|voice|animation|gif|sticker|poll|game|web page|link)|CHAT_SEND_(?!PLAIN)\w+_FORBIDDEN/i

/** Refusals of a picture that every chat would repeat (400). */
const PICTURE =
  /IMAGE_PROCESS|PHOTO_(?!CROP)|MEDIA_(EMPTY|INVALID)|no photo in|file (is )?too (big|large)|(wrong|invalid) (remote )?file|FILE_|type of the web page content|failed to get HTTP URL/i

/** Refusals of a text's length (400). */
const LENGTH =
  /(message|caption|text) (is )?too long|_TOO_LONG|(text|message) (is |must be non-)empty/i

/** Refusals of the markup or the buttons that every chat would repeat (400). */
const MARKUP =
  /can't parse|ENTIT(Y|IES)_|unsupported (start|end) tag|BUTTON_|REPLY_MARKUP|reply markup|inline keyboard|button/i

/** Refusals to change a message that no longer exists, is too old, or is a text on a server that adds no media (400). */
const MISSING =
  /message to edit not found|there is no media in the message|message can't be (edited|deleted)|message_id_invalid/i

/** Refusals of a `file_id` that is unknown, or belongs to another bot (400). */
const WRONG_FILE = /(wrong|invalid) (remote )?file.?(id|reference)|file_(id|reference)_/i

/** Instruction for the operator if Telegram refuses the token. */
const REFUSED_TOKEN =
  'Telegram rejected the token. Get it from @BotFather (/mybots > API Token), and put it into TELEGRAM_TOKEN or its file.'

/** Classifies the error of a call of the Bot API by what happens next. Pure. */
export function classifyError(error: unknown): Failure {
  // Other errors come from node-fetch and, for uploads, from undici.
  return error instanceof TelegramError ? classifyResponse(error) : classifyConnectionError(error)
}

/** Whether Telegram does not know the `file_id` of a call. */
export function isWrongFile(error: unknown): boolean {
  return isRefusal(error, WRONG_FILE)
}

/** Whether a call edited the text of a message that is a picture. */
export function isNoText(error: unknown): boolean {
  return isRefusal(error, /there is no text in the message/i)
}

/** Whether a call edited the media of a message that is a text, on a server that cannot add media to a text. */
export function isNoMedia(error: unknown): boolean {
  return isRefusal(error, /there is no media in the message/i)
}

/** Whether a call edited the caption of a message that is a text. */
export function isNoCaption(error: unknown): boolean {
  return isRefusal(error, /there is no caption in the message/i)
}

function isRefusal(error: unknown, sentence: RegExp): boolean {
  return error instanceof TelegramError && sentence.test(descriptionOf(error))
}

function classifyResponse(error: TelegramError): Failure {
  const status = toNumber(error.code)
  // The response is no error of the Bot API, so the call may have been done.
  if (typeof status !== 'number' || !(status >= 400 && status < 600)) return STRANGE
  const code = String(status)
  const description = descriptionOf(error)
  const { retry_after, migrate_to_chat_id } = parametersOf(error)
  if (migrate_to_chat_id !== undefined) {
    const to = readGroup(migrate_to_chat_id)
    return to === undefined ? STRANGE : { next: 'moved', code, to }
  }
  if (status === 429) {
    // A proxy may leave out the parameter. The sentence names the wait too.
    const seconds = /retry after (\d+)/i.exec(description)?.[1]
    return { next: 'retry', code, ...readWait(retry_after, seconds) }
  }
  if (status >= 500) return { next: 'uncertain', code }
  if (status === 401) return { next: 'stop', code, message: REFUSED_TOKEN }
  // 404 means that there is no such method or bot, and says nothing about the message. 409 means that another process
  // polls, which may be about to end.
  if (status === 404 || status === 409) return { next: 'retry', code }
  if (/message is not modified|query is too old|message to delete not found/i.test(description)) {
    return { next: 'done', code }
  }
  if (MISSING.test(description)) return { next: 'message-missing', code }
  if (status === 413) return { next: 'rejected', code, of: 'content', ...BAD_PICTURE }
  return { code, ...refusalOf(status, description) }
}

const BAD_PICTURE = { isPicture: true, reason: 'picture' } as const

/** Classifies a refusal by its description. An unknown description counts as a refusal by the chat. */
function refusalOf(status: number, said: string) {
  const sure = SURE.find(([sentence]) => sentence.test(said))
  if (sure) return { next: 'gone', why: sure[1], isSure: true, said } as const
  // Checked before `PLACE`, whose patterns match some of these sentences too.
  if (KIND.test(said)) return { next: 'rejected', of: 'place', isPicture: true } as const
  const place = PLACE.find(([sentence]) => sentence.test(said))
  if (place || status === 403) {
    const [, why = 'forbidden', right] = place ?? []
    const isTopic = /thread not found|topic/i.test(said)
    const more = { ...(isTopic && { topic: true }), ...(right !== undefined && { right }) }
    return { next: 'gone', why, ...more, said } as const
  }
  if (PICTURE.test(said)) return { next: 'rejected', of: 'content', ...BAD_PICTURE } as const
  if (LENGTH.test(said)) return { next: 'rejected', of: 'content', reason: 'length' } as const
  if (MARKUP.test(said)) return { next: 'rejected', of: 'content' } as const
  return { next: 'rejected', of: 'place', said } as const
}

const STRANGE = { next: 'uncertain', code: 'strange' } as const

/** The description and the parameters of an error come from outside, in any form. */
function descriptionOf({ description }: TelegramError): string {
  const text: unknown = description
  return typeof text === 'string' ? text : ''
}

function parametersOf({ parameters }: TelegramError): Readonly<Record<string, unknown>> {
  const value: unknown = parameters
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
