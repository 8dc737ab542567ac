import { TelegramError } from 'telegraf'
import type { ApiOptions } from '../platform-options.ts'
import { RESPONSE_BYTES, readBody } from '../read-body.ts'
import { UnexpectedResponse } from '../retry.ts'
import { createTimeouts } from '../timeouts.ts'
import { flooded } from './api.ts'

/**
 * Calls a method of the Bot API with a file. `ATTACHED` stands for the file in the payload. Rejects with errors for
 * `classifyError`.
 */
export type MultipartCall = <R = unknown>(
  method: string,
  payload: object,
  file: Uint8Array<ArrayBuffer>,
  /** Longest wait for the response, in milliseconds. */
  withinMs: number,
  /** The name that readers see. */
  name?: string,
) => Promise<R>

const FIELD = 'picture'

/**
 * Stands for the uploaded file in a payload (Bot API, Sending files). As the value of a field, it is replaced by the
 * file. Inside an object, it names the part of the body that has the file.
 */
export const ATTACHED = `attach://${FIELD}`

type Answer = { readonly ok: true; readonly result: unknown } | ErrorAnswer
type ErrorAnswer = { readonly ok?: false } & ConstructorParameters<typeof TelegramError>[0]

/**
 * Creates a client for uploads on `fetch`. telegraf's own uploads hang under this Node: telegraf waits for a whole
 * file at once, and streams of Node deliver it in pieces.
 */
export function createMultipartCall(options: ApiOptions): MultipartCall {
  const { token, apiUrl, signal, term, time, isPosting, onRateLimited } = options
  const root = apiUrl?.replace(/\/*$/, '/') ?? 'https://api.telegram.org/'
  const within = createTimeouts(signal, term, isPosting)
  return <R>(
    method: string,
    payload: object,
    file: Uint8Array<ArrayBuffer>,
    withinMs: number,
    fileName = FIELD,
  ) =>
    within(withinMs, async ({ signal }) => {
      const fields = Object.entries(payload).filter(([, value]) => value !== ATTACHED)
      const [field = FIELD] = Object.entries(payload).find(([, value]) => value === ATTACHED) ?? []
      const { type, body } = encode(fields, { field, fileName, file })
      const headers = { 'content-type': type }
      const request = { method: 'POST', headers, body, signal, redirect: 'error' } as const
      const askedAt = performance.now()
      const response = await fetch(`${root}bot${token}/${method}`, request).catch(unwrap)
      time?.answered(Object.fromEntries(response.headers), askedAt)
      if (response.status === 429) onRateLimited?.()
      return (await resultOf(response)) as R
    })
}

interface Attachment {
  readonly field: string
  /** Of letters, digits, `-` and `.`. */
  readonly fileName: string
  readonly file: Uint8Array
}

/**
 * Encodes a form. A `FormData` would make every line end a CRLF. Given one, `fetch` also rejects a promise that no code
 * can handle if the signal is aborted. Pure but for the boundary.
 */
function encode(fields: readonly (readonly [string, unknown])[], attachment: Attachment) {
  const boundary = crypto.randomUUID()
  const head = (name: string, more = '') =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n`
  const texts = fields.map(([name, value]) => {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
    return `${head(name)}${text}\r\n`
  })
  const { field, fileName, file } = attachment
  const octets = `; filename="${fileName}"\r\ncontent-type: application/octet-stream`
  const before = Buffer.from(texts.join('') + head(field, octets))
  const body = Buffer.concat([before, file, Buffer.from(`\r\n--${boundary}--\r\n`)])
  return { type: `multipart/form-data; boundary=${boundary}`, body }
}

/** Throws the cause of a failed `fetch`, because only the cause has the system's error code. */
function unwrap(error: Error): never {
  throw error.cause instanceof Error ? error.cause : error
}

async function resultOf(response: Response): Promise<unknown> {
  const { status, statusText, headers } = response
  try {
    if (status >= 500) throw new TelegramError({ error_code: status, description: statusText })
    const body = await readBody(response.body, RESPONSE_BYTES)
    if (!body) throw new UnexpectedResponse(response.ok)
    const answer = JSON.parse(body.toString()) as Answer
    if (!answer.ok) throw new TelegramError(answer)
    return answer.result
  } catch (error) {
    throw status === 429 ? flooded(error, headers.get('retry-after')) : error
  } finally {
    // An unread body would keep the connection open.
    if (!response.bodyUsed) await response.body?.cancel()
  }
}
