import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import { Telegram, TelegramError } from 'telegraf'
import type { PlatformTime } from '../../clock.ts'
import type { ApiOptions } from '../platform-options.ts'
import { namedSeconds } from '../retry-after.ts'
import { createTimeouts } from '../timeouts.ts'

/** Calls a method of the Bot API. Rejects with the errors of telegraf: see `classifyError`. */
export type Call = <R = unknown>(
  method: string,
  payload: object,
  /** Longest wait for the response, in milliseconds; `timeoutMs` of the options if absent. */
  withinMs?: number,
) => Promise<R>

/**
 * Longest time from the head of a response to its end, in milliseconds. A long poll waits 21 s for the head, so
 * without this limit a response that stops half way would delay all updates for as long.
 */
const BODY_MS = 10_000

/**
 * Creates a client of the Bot API from telegraf's, with a time-out. Without one, telegraf waits without a limit if a
 * response stops half way, and 500 s if it does not begin.
 */
export function createApi(options: ApiOptions): Call {
  const { token, apiUrl, signal, timeoutMs, term, time, isPosting, onRateLimited } = options
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
    let exchange: Exchange | undefined
    try {
      return await within(withinMs, controller => {
        exchange = { controller, bodyMs: Math.min(BODY_MS, timeoutMs), ...(time && { time }) }
        const { signal } = controller
        return exchanges.run(exchange, () => call<R>(method, payload, { signal }))
      })
    } catch (error) {
      if (exchange?.wait === undefined) throw error
      onRateLimited?.()
      throw flooded(error, exchange.wait)
    }
  }
}

/** The part of one call that telegraf does not show: the headers and the end of its response. */
interface Exchange {
  /** Aborts the call. */
  readonly controller: AbortController
  /** See `BODY_MS`. */
  readonly bodyMs: number
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
  request.once('response', response => {
    const { statusCode, headers } = response
    const timer = setTimeout(() => exchange.controller.abort(), exchange.bodyMs)
    response.once('close', () => clearTimeout(timer))
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
