import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { Telegram, TelegramError } from 'telegraf'
import type { PlatformTime } from '../../clock.ts'
import type { ApiOptions } from '../platform-options.ts'
import { RESPONSE_BYTES } from '../read-body.ts'
import { UnexpectedResponse } from '../retry.ts'
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

/** Longest response of getUpdates, in bytes: 100 updates, each with a message, the one that it replies to, and buttons. */
const UPDATES_BYTES = 16_000_000

/**
 * Creates a client of the Bot API from telegraf's, with a time-out. Without one, telegraf waits without a limit if a
 * response stops half way, and 500 s if it does not begin.
 */
export function createApi(options: ApiOptions): Call {
  const { token, apiUrl, signal, timeoutMs, term, time, isPosting, onRateLimited, onResponse } =
    options
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
        exchange = {
          ...{ controller, bodyMs: Math.min(BODY_MS, timeoutMs), ...(time && { time }) },
          ...(onResponse && { onResponse }),
          mostBytes: method === 'getUpdates' ? UPDATES_BYTES : RESPONSE_BYTES,
        }
        const { signal } = controller
        return exchanges.run(exchange, () => call<R>(method, payload, { signal }))
      })
    } catch (error) {
      if (exchange?.wait === undefined) throw exchange?.unexpected ?? error
      onRateLimited?.()
      throw flooded(error, exchange.wait)
    }
  }
}

/** The part of one call that telegraf does not show: the headers, the length and the end of its response. */
interface Exchange {
  /** Aborts the call. */
  readonly controller: AbortController
  /** See `BODY_MS`. */
  readonly bodyMs: number
  readonly mostBytes: number
  /** Why the call was aborted: its response is too long, or may become so. */
  unexpected?: UnexpectedResponse
  readonly time?: PlatformTime
  readonly onResponse?: ApiOptions['onResponse']
  /** The `retry-after` header of a 429; empty if there is none. */
  wait?: string
}

const exchanges = new AsyncLocalStorage<Exchange>()

// A few kilobytes of a compressed response can become gigabytes, and telegraf cannot limit them.
subscribe('http.client.request.created', message => {
  if (!exchanges.getStore()) return
  const { request } = message as { request: ClientRequest }
  request.setHeader('accept-encoding', 'identity')
})

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
    exchange.onResponse?.({ status: statusCode ?? 0, type: headers['content-type'] })
    if (statusCode === 429) exchange.wait = headers['retry-after'] ?? ''
    limit(response, exchange)
  })
})

/** Aborts a call if its response is compressed, or as soon as the response is too long. */
function limit(response: IncomingMessage, exchange: Exchange): void {
  let left = exchange.mostBytes
  const { statusCode = 0, headers } = response
  const abort = () => {
    exchange.unexpected = new UnexpectedResponse(statusCode < 400)
    exchange.controller.abort()
  }
  if ((headers['content-encoding'] || 'identity') !== 'identity') abort()
  response.on('data', (piece: Buffer) => {
    left -= piece.length
    if (left < 0) abort()
  })
}

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
