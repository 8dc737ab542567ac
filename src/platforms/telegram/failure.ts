import { TelegramError } from 'telegraf'
import type { Gone } from '../../platform.ts'
import type { Failure } from '../../poster.ts'
import { StrangeAnswer } from '../attempt.ts'
import { readWait, toNumber } from '../wait.ts'
import { readGroup } from './numbers.ts'

/** Errors of the connection that come before the request has left. */
const NOT_SENT = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]

/** What the Bot API refuses because there is nobody to reach (400 and 403). */
const GONE =
  /chat not found|thread not found|topic_closed|peer_id_invalid|have no rights|not enough rights/i

/** What it refuses because the message that is to be changed is gone, or too old (400). */
const LOST = /message to edit not found|message can't be (edited|deleted)|message_id_invalid/i

/** What it says of an id that is no file's, or of another bot's (400). */
const WRONG_FILE = /(wrong|invalid) (remote )?file.?(id|reference)|file_(id|reference)_/i

/** What an operator does when Telegram refuses the token. */
const REFUSED_TOKEN =
  'Telegram refuses the token: ask BotFather for it (/mybots, API Token) and put it into TELEGRAM_TOKEN.'

/** What a failed call of the Bot API means. Pure. */
export function judge(error: unknown): Failure {
  if (error instanceof TelegramError) return judgeAnswer(error)
  const { code, type, name } = error as { code?: unknown; type?: string; name?: string }
  if (error instanceof StrangeAnswer) return { ...STRANGE, isUnreadable: true }
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

function whyGone(status: number, description: string): Gone {
  if (/blocked|deactivated/i.test(description)) return 'blocked'
  if (/kicked|not a member/i.test(description)) return 'removed'
  return status === 403 || /rights|closed/i.test(description) ? 'forbidden' : 'deleted'
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
  if (LOST.test(description)) return { next: 'lost', code }
  if (status === 403 || GONE.test(description)) {
    const topic = /thread not found|topic/i.test(description)
    return { next: 'gone', code, why: whyGone(status, description), ...(topic && { topic }) }
  }
  return { next: 'rejected', code }
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
