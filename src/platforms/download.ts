import { PICTURE_BYTES } from '../picture.ts'
import { readBody } from './read-body.ts'

export interface DownloadOptions {
  /** Root of the platform's API; absent for the platform's own server. */
  readonly apiUrl?: string
  /** Aborts the download. */
  readonly signal: AbortSignal
  /** Longest wait for the whole file, in milliseconds. */
  readonly timeoutMs: number
}

/** A file, or the reason of a failure: `large` if the file has more than `PICTURE_BYTES`. */
export type Downloaded = Uint8Array | 'large' | 'unreachable'

/**
 * Downloads a file of at most `PICTURE_BYTES`. Accepts `https` addresses alone, and in tests those of the API on this
 * machine. Follows no redirect, which could lead into the local network. The address may contain a token, so it is
 * neither logged nor thrown. Never rejects.
 */
export async function download(url: string, options: DownloadOptions): Promise<Downloaded> {
  const { apiUrl, timeoutMs } = options
  if (!url.startsWith('https://') && !isLoopback(url, apiUrl)) return 'unreachable'
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)])
  try {
    const response = await fetch(url, { signal, redirect: 'error' })
    if (response.ok && response.body)
      return (await readBody(response.body, PICTURE_BYTES)) ?? 'large'
    await response.body?.cancel()
    return 'unreachable'
  } catch {
    return 'unreachable'
  }
}

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost']

/** Whether a URL is on the server of the API, and that server is on this machine, as in tests. */
export function isLoopback(url: string, apiUrl = ''): boolean {
  if (!URL.canParse(url) || !URL.canParse(apiUrl)) return false
  const [at, api] = [new URL(url), new URL(apiUrl)]
  return api.protocol === 'http:' && LOOPBACK.includes(api.hostname) && at.origin === api.origin
}
