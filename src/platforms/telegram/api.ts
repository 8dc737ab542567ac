import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import { Telegram, TelegramError } from 'telegraf'
import type { PlatformTime } from '../../clock.ts'
import { createDeadlines } from '../deadline.ts'
import type { ApiOptions } from '../options.ts'
import { namedSeconds } from '../wait.ts'

/** A call of the Bot API. Rejects with what telegraf throws: see `judge`. */
export type Call = <R = unknown>(
  method: string,
  payload: object,
  /** Longest wait for the answer, in milliseconds, where it is not the usual one. */
  withinMs?: number,
) => Promise<R>

/**
 * Longest time from the head of an answer to its end, in milliseconds. A long poll waits 65 s for the head, so an
 * answer that stops half way would hold all updates back for as long.
 */
const BODY_MS = 10_000

/**
 * telegraf's client with a time-out of our own: it waits for ever on an answer that stops half way,
 * and 500 s on one that does not begin.
 */
export function createApi(options: ApiOptions): Call {
  const { token, apiUrl, signal, timeoutMs, term, time, isPosting } = options
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
    const answer = new AbortController()
    const unseen: Unseen = { answer, bodyMs: Math.min(BODY_MS, timeoutMs), ...(time && { time }) }
    try {
      return await asking.run(unseen, () =>
        within(withinMs, ended => {
          ended.addEventListener('abort', () => answer.abort(), { once: true })
          if (ended.aborted) answer.abort()
          return call<R>(method, payload, { signal: answer.signal })
        }),
      )
    } catch (error) {
      throw unseen.wait === undefined ? error : flooded(error, unseen.wait)
    }
  }
}

/** The headers of an answer, which telegraf does not show. */
interface Unseen {
  /** Ends the call. */
  readonly answer: AbortController
  /** See `BODY_MS`. */
  readonly bodyMs: number
  readonly time?: PlatformTime
  /** The wait of a 429, as the header has it; empty if it has none. */
  wait?: string
}

const asking = new AsyncLocalStorage<Unseen>()

subscribe('http.client.request.start', message => {
  const unseen = asking.getStore()
  if (!unseen) return
  const { request } = message as { request: ClientRequest }
  const askedAt = performance.now()
  request.once('response', response => {
    const { statusCode, headers } = response
    const timer = setTimeout(() => unseen.answer.abort(), unseen.bodyMs)
    response.once('close', () => clearTimeout(timer))
    unseen.time?.answered(headers, askedAt)
    if (statusCode === 429) unseen.wait = headers['retry-after'] ?? ''
  })
})

/** The 429 that an answer was, even if its body names no wait or cannot be read; `header` may name one. */
export function flooded(error: unknown, header: unknown): TelegramError {
  const { description, parameters } = error instanceof TelegramError ? error : {}
  const retry_after = namedSeconds(parameters?.retry_after, header)
  return new TelegramError({
    error_code: 429,
    description: description ?? 'Too Many Requests',
    ...(retry_after !== undefined && { parameters: { retry_after } }),
  })
}
