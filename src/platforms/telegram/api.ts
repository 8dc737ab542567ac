import { Telegram } from 'telegraf'
import { createDeadlines } from '../deadline.ts'

export interface ApiOptions {
  readonly token: string
  /** Root of the Bot API; without it Telegram's. */
  readonly apiUrl?: string
  /** Ends every call that is under way. */
  readonly signal: AbortSignal
  /** Longest wait for an answer, in milliseconds. */
  readonly timeoutMs: number
}

/** A call of the Bot API. Rejects with what telegraf throws: see `judge`. */
export type Call = <R = unknown>(
  method: string,
  payload: object,
  /** Waited on top of the usual, in milliseconds: for long polling. */
  patienceMs?: number,
) => Promise<R>

/**
 * telegraf's client with a time-out of our own: it waits for ever on an answer that stops half way,
 * and 500 s on one that does not begin.
 */
export function createApi({ token, apiUrl, signal, timeoutMs }: ApiOptions): Call {
  // Without the slash the last part of a path would be replaced.
  const root = apiUrl && { apiRoot: apiUrl.replace(/\/*$/, '/') }
  const telegram = new Telegram(token, { webhookReply: false, ...root })
  // Its types know an older Bot API, and an AbortSignal of their own.
  const call = telegram.callApi.bind(telegram) as unknown as <R>(
    method: string,
    payload: object,
    options: { signal: AbortSignal },
  ) => Promise<R>
  const within = createDeadlines(signal)
  return <R>(method: string, payload: object, patienceMs = 0) => {
    return within(timeoutMs + patienceMs, ended => call<R>(method, payload, { signal: ended }))
  }
}
