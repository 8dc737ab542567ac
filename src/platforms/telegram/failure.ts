import { TelegramError } from 'telegraf'
import type { Gone } from '../../platform.ts'
import type { Failure } from '../../poster.ts'
import { texts } from '../../texts.ts'
import { readWait, toNumber } from '../named-wait.ts'
import { UnexpectedResponse } from '../retry.ts'
import { readGroup } from './ids.ts'

/** Errors of the connection that come before the request has left. */
const NOT_SENT = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]

const rights = texts.rights.telegram

/** Refusals that leave no doubt (400 and 403), by the place's reason. */
const SURE: readonly (readonly [RegExp, Gone])[] = [
  [/blocked by the user|user is deactivated|USER_IS_BLOCKED|USER_DEACTIVATED/i, 'blocked'],
  [/bot was kicked/i, 'removed'],
  [/(group|channel)( chat)? was deleted/i, 'deleted'],
]

/** Refusals of the place that may pass (400), with the right that is missing. */
const PLACE: readonly (readonly [RegExp, Gone, right?: string])[] = [
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

/** Refusals of one kind of content by a place that takes other kinds (400). */
const KIND =
  /rights to (send|post|add) (photo|video|document|media|audio|music|voice|animation|gif|sticker|poll|game|web page|link)|CHAT_SEND_(?!PLAIN)\w+_FORBIDDEN/i

/** Refusals of a picture that every place would repeat (400). */
const PICTURE =
  /IMAGE_PROCESS|PHOTO_(?!CROP)|MEDIA_(EMPTY|INVALID)|no photo in|file (is )?too (big|large)|(wrong|invalid) (remote )?file|FILE_|type of the web page content|failed to get HTTP URL/i

/** Refusals of a text's length (400). */
const LENGTH =
  /(message|caption|text) (is )?too long|_TOO_LONG|(text|message) (is |must be non-)empty/i

/** Refusals of the markup or the buttons that every place would repeat (400). */
const MARKUP =
  /can't parse|ENTIT(Y|IES)_|unsupported (start|end) tag|BUTTON_|REPLY_MARKUP|reply markup|inline keyboard|button/i

/** What it refuses because the message that is to be changed is gone, or too old (400). */
const LOST = /message to edit not found|message can't be (edited|deleted)|message_id_invalid/i

/** What it says of an id that is no file's, or of another bot's (400). */
const WRONG_FILE = /(wrong|invalid) (remote )?file.?(id|reference)|file_(id|reference)_/i

/** What an operator does when Telegram refuses the token. */
const REFUSED_TOKEN =
  'Telegram refuses the token: ask BotFather for it (/mybots, API Token) and put it into TELEGRAM_TOKEN.'

/** What a failed call of the Bot API means. Pure. */
export function classifyError(error: unknown): Failure {
  if (error instanceof TelegramError) return judgeAnswer(error)
  const { code, type, name } = error as { code?: unknown; type?: string; name?: string }
  if (error instanceof UnexpectedResponse) return { ...STRANGE, isUnreadable: true }
  // The names are node-fetch's and, of uploads, undici's: `type` tells where it failed, `code` what the system said.
  // The code of an aborted upload is a number that says nothing.
  const said = String((typeof code === 'string' && code) || (type ?? name))
  return { next: NOT_SENT.includes(said) ? 'retry' : 'uncertain', code: said }
}

/** Whether Telegram does not know a file by that id. */
export function isWrongFile(error: unknown): boolean {
  return error instanceof TelegramError && WRONG_FILE.test(descriptionOf(error))
}

/** Whether a text was to be edited in a message that is a picture. */
export function isNoText(error: unknown): boolean {
  return (
    error instanceof TelegramError && /there is no text in the message/i.test(descriptionOf(error))
  )
}

/** Whether a caption was to be edited in a message that is a text. */
export function isNoCaption(error: unknown): boolean {
  return (
    error instanceof TelegramError &&
    /there is no caption in the message/i.test(descriptionOf(error))
  )
}

function judgeAnswer(error: TelegramError): Failure {
  const status = toNumber(error.code)
  // An answer that is no error of the Bot API's: what it answers may have been done.
  if (typeof status !== 'number' || !(status >= 400 && status < 600)) return STRANGE
  const code = String(status)
  const description = descriptionOf(error)
  const { retry_after, migrate_to_chat_id } = parametersOf(error)
  if (migrate_to_chat_id !== undefined) {
    const to = readGroup(migrate_to_chat_id)
    return to === undefined ? STRANGE : { next: 'moved', code, to }
  }
  if (status === 429) {
    // A proxy may leave the parameter out; the sentence names the wait as well.
    const said = /retry after (\d+)/i.exec(description)?.[1]
    return { next: 'retry', code, ...readWait(retry_after, said) }
  }
  if (status >= 500) return { next: 'uncertain', code }
  if (status === 401) return { next: 'stop', code, message: REFUSED_TOKEN }
  // 404: no such method, or no such bot, which tells nothing of a message. 409: another poller, which may
  // be about to end.
  if (status === 404 || status === 409) return { next: 'retry', code }
  if (/message is not modified|query is too old|message to delete not found/i.test(description)) {
    return { next: 'done', code }
  }
  if (LOST.test(description)) return { next: 'message-missing', code }
  if (status === 413) return { next: 'rejected', code, of: 'content', ...BAD_PICTURE }
  return { code, ...refusalOf(status, description) }
}

const BAD_PICTURE = { isPicture: true, reason: 'picture' } as const

/** Sorts a refusal by what is refused. An unknown sentence counts for the place. */
function refusalOf(status: number, said: string) {
  const sure = SURE.find(([sentence]) => sentence.test(said))
  if (sure) return { next: 'gone', why: sure[1], isSure: true, said } as const
  // Before the rights to the place, whose sentences begin in the same way.
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

/** Sentences and parameters of an error come from outside, in any form. */
function descriptionOf({ description }: TelegramError): string {
  const said: unknown = description
  return typeof said === 'string' ? said : ''
}

function parametersOf({ parameters }: TelegramError): Readonly<Record<string, unknown>> {
  const given: unknown = parameters
  return typeof given === 'object' && given !== null ? { ...given } : {}
}
