import { lookup as systemLookup } from 'node:dns'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { pipeline } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Clock } from '../clock.ts'
import { isPrivateAddress, literalAddress } from './addresses.ts'
import type { FeedEntry } from './entry.ts'
import { FeedError } from './error.ts'
import { decodeCalendar, readBytes } from './read-body.ts'

/** Tells the versions of a calendar apart, as its server or its file does. */
export interface Validators {
  readonly etag?: string | undefined
  readonly lastModified?: string | undefined
}

/** The answer of a server; `text` is absent if the calendar has not changed. */
export interface FetchedCalendar extends Validators {
  readonly text?: string
}

export interface FetchOptions {
  readonly clock: Pick<Clock, 'now' | 'pause'>
  readonly signal: AbortSignal
  /** Resolves host names; for tests. */
  readonly lookup?: Lookup | undefined
}

/** The form of `dns.lookup` that returns all addresses. */
export type Lookup = (
  hostname: string,
  options: { readonly all: true },
  callback: (
    error: NodeJS.ErrnoException | null,
    addresses: { address: string; family: number }[],
  ) => void,
) => void

/** Longest time for an answer, its redirects and its body, in milliseconds. */
const TOTAL_MS = 20_000

/** Most redirects, all on the same origin. */
const MOST_REDIRECTS = 3

/** Longest wait that a server may ask for, in milliseconds. */
const LONGEST_WAIT_MS = 86_400_000

/** Fetches a calendar, unless it is still as `known` says. Throws {@link FeedError}. */
export async function fetchCalendar(
  { url = '', isPrivate }: Pick<FeedEntry, 'url' | 'isPrivate'>,
  known: Validators,
  { clock, signal, lookup = systemLookup }: FetchOptions,
): Promise<FetchedCalendar> {
  const over = new AbortController()
  let isLate = false
  clock.pause(TOTAL_MS, over.signal).then(() => {
    isLate = !over.signal.aborted
    over.abort()
  })
  const stopping = AbortSignal.any([over.signal, signal])
  const guarded = guardedLookup(lookup, isPrivate)
  try {
    let address = new URL(url)
    for (let redirects = 0; ; redirects++) {
      const literal = literalAddress(address.hostname)
      if (literal && !isPrivate && isPrivateAddress(literal)) throw new FeedError('private')
      const response = await ask(address, known, guarded, stopping)
      const next = redirectOf(response, address)
      if (!next) return await resultOf(response, clock)
      response.destroy()
      if (next.origin !== address.origin || redirects === MOST_REDIRECTS)
        throw new FeedError('redirect')
      address = next
    }
  } catch (error) {
    if (isLate) throw new FeedError('timeout', { cause: error })
    throw error instanceof FeedError ? error : new FeedError('unreachable', { cause: error })
  } finally {
    over.abort()
  }
}

/**
 * Wraps a lookup so that a host with a private address is refused. The connection is made to the addresses that were
 * checked, so a second answer of the DNS changes nothing.
 */
function guardedLookup(lookup: Lookup, isPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { all: true }, (error, addresses = []) => {
      if (error) return callback(error, '', 0)
      const wrong = addresses.some(({ address }) => isPrivateAddress(address))
      const [first] = addresses
      if (!first || (wrong && !isPrivate)) return callback(new FeedError('private'), '', 0)
      if (options.all) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
}

/** Sends the request. Resolves once the headers of the response are here. */
function ask(
  address: URL,
  { etag, lastModified }: Validators,
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const send = address.protocol === 'https:' ? requestHttps : requestHttp
  const headers = {
    accept: 'text/calendar',
    'accept-encoding': 'gzip, deflate, br',
    'user-agent': 'Sitrep',
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
  }
  return new Promise((resolve, reject) => {
    const request = send(address, { headers, lookup, signal, agent: false })
    request.on('response', resolve)
    request.on('error', reject)
    // Without a listener, a switch of the protocol (status 101) would settle nothing, not even when the signal aborts.
    request.on('upgrade', (_, socket) => {
      socket.destroy()
      reject(new FeedError('status 101'))
    })
    request.end()
  })
}

/** Returns the address to which a response redirects; undefined if it does not. */
function redirectOf({ statusCode = 0, headers }: IncomingMessage, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined
  const { location = '' } = headers
  if (!URL.canParse(location, from)) throw new FeedError('redirect')
  return new URL(location, from)
}

async function resultOf(
  response: IncomingMessage,
  clock: Pick<Clock, 'now'>,
): Promise<FetchedCalendar> {
  const { statusCode = 0, headers } = response
  const [etag, lastModified] = [headers.etag, headers['last-modified']].map(shortened)
  try {
    if (statusCode === 304) return { etag, lastModified }
    if (statusCode !== 200) {
      const retryAfterMs = waitOf(headers['retry-after'], clock)
      throw new FeedError(`status ${statusCode}`, { retryAfterMs })
    }
    const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(headers['content-type'] ?? '')?.[1]
    const text = decodeCalendar(await readBytes(decompressed(response)), charset)
    return { text, etag, lastModified }
  } finally {
    response.destroy()
  }
}

/** Most characters of a validator that is stored and sent again. */
const VALIDATOR_LENGTH = 500

function shortened(validator: string | undefined): string | undefined {
  return validator !== undefined && validator.length <= VALIDATOR_LENGTH ? validator : undefined
}

const DECOMPRESSORS = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const

/** Returns the body without its compression. */
function decompressed(response: IncomingMessage): AsyncIterable<Uint8Array> {
  const coding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (coding === 'identity') return response
  if (!Object.hasOwn(DECOMPRESSORS, coding)) throw new FeedError('encoding')
  const decompressor = DECOMPRESSORS[coding as keyof typeof DECOMPRESSORS]()
  // The reader of the last stream reports an error of either.
  return pipeline(response, decompressor, () => {})
}

/** Reads `Retry-After`, a number of seconds or a date, as milliseconds of at most a day. */
function waitOf(header: string | undefined, clock: Pick<Clock, 'now'>): number | undefined {
  if (header === undefined) return undefined
  const ms = /^\d+$/.test(header)
    ? Number(header) * 1000
    : Date.parse(header) - clock.now().epochMilliseconds
  return Number.isFinite(ms) ? Math.min(LONGEST_WAIT_MS, Math.max(0, ms)) : undefined
}
