import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import { Telegram, TelegramError } from 'telegraf'
import type { PlatformTime } from '../../clock.ts'
import { namedSeconds } from '../named-wait.ts'
import type { ApiOptions } from '../options.ts'
import { createTimeouts } from '../timeouts.ts'

/** Calls a method of the Bot API. Rejects with the errors of telegraf: see `classifyError`. */
export type Call = <R = unknown>(
  method: string,
  payload: object,
  /** Longest wait for the response, in milliseconds; `timeoutMs` of the options if absent. */
  withinMs?: number,
) => Promise<R>

/**
 * Creates a client of the Bot API from telegraf's, with a time-out. On its own, telegraf waits for ever if a response
 * stops half way, and 500 s if it does not begin.
 */
export function createApi(options: ApiOptions): Call {
  const { token, apiUrl, signal, timeoutMs, term, time, isPosting } = options
  // telegraf resolves paths against the root, so without a final slash it would replace the last part of the path.
  const root = apiUrl && { apiRoot: apiUrl.replace(/\/*$/, '/') }
  const telegram = new Telegram(token, { webhookReply: false, ...root })
  // The types of telegraf are for an older Bot API, and declare another AbortSignal.
  const call = telegram.callApi.bind(telegram) as unknown as <R>(
    method: string,
    payload: object,
    options: { signal: AbortSignal },
  ) => Promise<R>
  const within = createTimeouts(signal, term, isPosting)
  return async <R>(method: string, payload: object, withinMs = timeoutMs) => {
    const exchange: Exchange = { ...(time && { time }) }
    try {
      return await exchanges.run(exchange, () =>
        within(withinMs, ended => call<R>(method, payload, { signal: ended })),
      )
    } catch (error) {
      throw exchange.wait === undefined ? error : flooded(error, exchange.wait)
    }
  }
}

/** The data of one call that telegraf does not show: the headers of its response. */
interface Exchange {
  readonly time?: PlatformTime
  /** The `retry-after` header of a 429; empty if there is none. */
  wait?: string
}

const exchanges = new AsyncLocalStorage<Exchange>()

subscribe('http.client.request.start', message => {
  const exchange = exchanges.getStore()
  if (!exchange) return
  const { request } = message as { request: ClientRequest }
  const askedAt = performance.now()
  request.once('response', ({ statusCode, headers }) => {
    exchange.time?.answered(headers, askedAt)
    if (statusCode === 429) exchange.wait = headers['retry-after'] ?? ''
  })
})

/** Returns the error of a 429, even if its body names no wait or cannot be read. `header` may name the wait. */
export function flooded(error: unknown, header: unknown): TelegramError {
  const { description, parameters } = error instanceof TelegramError ? error : {}
  const retry_after = namedSeconds(parameters?.retry_after, header)
  return new TelegramError({
    error_code: 429,
    description: description ?? 'Too Many Requests',
    ...(retry_after !== undefined && { parameters: { retry_after } }),
  })
}
