import { TelegramError } from 'telegraf'
import type { ApiOptions } from '../options.ts'
import { createTimeouts } from '../timeouts.ts'
import { flooded } from './api.ts'

/**
 * A call of the Bot API with a file, for which `ATTACHED` stands in the payload. Rejects with errors for `classifyError`.
 */
export type FormCall = <R = unknown>(
  method: string,
  payload: object,
  file: Uint8Array<ArrayBuffer>,
  /** Longest wait for the answer, in milliseconds. */
  withinMs: number,
) => Promise<R>

const FIELD = 'picture'

/**
 * Stands in a payload for the file that comes along (Bot API, Sending files). As the value of a field it is
 * replaced by the file; within an object it names the part that has the file.
 */
export const ATTACHED = `attach://${FIELD}`

type Answer = { readonly ok: true; readonly result: unknown } | ErrorAnswer
type ErrorAnswer = { readonly ok?: false } & ConstructorParameters<typeof TelegramError>[0]

/**
 * A form of our own: telegraf's stands still under this Node, whose streams hand over a piece at a time
 * where it waits for all of them.
 */
export function createFormCall(options: ApiOptions): FormCall {
  const { token, apiUrl, signal, term, time, isPosting } = options
  const root = apiUrl?.replace(/\/*$/, '/') ?? 'https://api.telegram.org/'
  const within = createTimeouts(signal, term, isPosting)
  return <R>(method: string, payload: object, file: Uint8Array<ArrayBuffer>, withinMs: number) =>
    within(withinMs, async ended => {
      const body = new FormData()
      const content = new Blob([file])
      const isNamed = !Object.values(payload).includes(ATTACHED)
      for (const [name, value] of Object.entries(payload)) {
        if (value === ATTACHED) body.append(name, content, FIELD)
        else body.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
      }
      if (isNamed) body.append(FIELD, content, FIELD)
      const request = { method: 'POST', body, signal: ended, redirect: 'error' } as const
      const askedAt = performance.now()
      const response = await fetch(`${root}bot${token}/${method}`, request).catch(unwrap)
      time?.answered(Object.fromEntries(response.headers), askedAt)
      return (await resultOf(response)) as R
    })
}

/** What the system said is in the cause; around it stands only that it failed. */
function unwrap(error: Error): never {
  throw error.cause instanceof Error ? error.cause : error
}

async function resultOf(response: Response): Promise<unknown> {
  const { status, statusText, headers } = response
  try {
    if (status >= 500) throw new TelegramError({ error_code: status, description: statusText })
    const answer = (await response.json()) as Answer
    if (!answer.ok) throw new TelegramError(answer)
    return answer.result
  } catch (error) {
    throw status === 429 ? flooded(error, headers.get('retry-after')) : error
  } finally {
    // Whoever answers without reading must not be waited for.
    if (!response.bodyUsed) await response.body?.cancel()
  }
}
