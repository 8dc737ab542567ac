import { PICTURE_BYTES } from '../message.ts'

export interface DownloadOptions {
  /** Root of the platform's API, where it is not the platform's own. */
  readonly apiUrl?: string
  /** Ends what is under way. */
  readonly signal: AbortSignal
  /** Longest wait for all of it, in milliseconds. */
  readonly timeoutMs: number
}

/** A file; or why there is none: more than `PICTURE_BYTES`, or whatever else. */
export type Downloaded = Uint8Array | 'large' | 'unreachable'

/**
 * What stands at an address. Never rejects, and says the address to nobody: it may open what is behind it.
 * No redirect is followed, since that could lead into our own network.
 */
export async function download(url: string, options: DownloadOptions): Promise<Downloaded> {
  const { apiUrl, timeoutMs } = options
  if (!url.startsWith('https://') && !isLoopback(url, apiUrl)) return 'unreachable'
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)])
  try {
    const response = await fetch(url, { signal, redirect: 'error' })
    if (response.ok && response.body) return await read(response.body)
    await response.body?.cancel()
    return 'unreachable'
  } catch {
    return 'unreachable'
  }
}

/** What a server says of the length nobody has to believe: it is counted. */
async function read(body: AsyncIterable<Uint8Array>): Promise<Downloaded> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of body) {
    length += piece.length
    if (length > PICTURE_BYTES) return 'large'
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost']

/** Whether it is at the server of the API, and that on this machine, as in tests. */
export function isLoopback(url: string, apiUrl = ''): boolean {
  if (!URL.canParse(url) || !URL.canParse(apiUrl)) return false
  const [at, api] = [new URL(url), new URL(apiUrl)]
  return api.protocol === 'http:' && LOOPBACK.includes(api.hostname) && at.origin === api.origin
}
