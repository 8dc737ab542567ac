import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import { Telegram, TelegramError } from 'telegraf'
import { createDeadlines } from '../deadline.ts'
import type { ApiOptions } from '../options.ts'

/** A call of the Bot API. Rejects with what telegraf throws: see `judge`. */
export type Call = <R = unknown>(
  method: string,
  payload: object,
  /** Longest wait for the answer, in milliseconds, where it is not the usual one. */
  withinMs?: number,
) => Promise<R>

/**
 * telegraf's client with a time-out of our own: it waits for ever on an answer that stops half way,
 * and 500 s on one that does not begin.
 */
export function createApi(options: ApiOptions): Call {
  const { token, apiUrl, signal, timeoutMs, term, isPosting } = options
  // Without the slash the last part of a path would be replaced.
  const root = apiUrl && { apiRoot: apiUrl.replace(/\/*$/, '/') }
  const telegram = new Telegram(token, { webhookReply: false, ...root })
  // Its types know an older Bot API, and an AbortSignal of their own.
  const call = telegram.callApi.bind(telegram) as unknown as <R>(
    method: string,
    payload: object,
    options: { signal: AbortSignal },
  ) => Promise<R>
  const within = createDeadlines(signal, term, isPosting)
  return async <R>(method: string, payload: object, withinMs = timeoutMs) => {
    const unseen: Unseen = {}
    try {
      return await asking.run(unseen, () =>
        within(withinMs, ended => call<R>(method, payload, { signal: ended })),
      )
    } catch (error) {
      throw unseen.waitS === undefined ? error : flooded(error, unseen.waitS)
    }
  }
}

/** What telegraf does not show of an answer: a wait in the header alone, as proxies name it. */
interface Unseen {
  /** Of a 429, in seconds. */
  waitS?: number
}

const asking = new AsyncLocalStorage<Unseen>()

subscribe('http.client.request.start', message => {
  const unseen = asking.getStore()
  if (!unseen) return
  const { request } = message as { request: ClientRequest }
  request.once('response', ({ statusCode, headers }) => {
    if (statusCode === 429) unseen.waitS = Number(headers['retry-after'])
  })
})

/** The 429 that it was, where the answer itself names no wait or cannot be read. */
export function flooded(error: unknown, waitS: number): unknown {
  if (error instanceof TelegramError && error.parameters?.retry_after !== undefined) return error
  return new TelegramError({
    error_code: 429,
    description: error instanceof TelegramError ? error.description : 'Too Many Requests',
    ...(waitS > 0 && { parameters: { retry_after: waitS } }),
  })
}
