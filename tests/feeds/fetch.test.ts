import type { ServerResponse } from 'node:http'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { fetchCalendar, type Lookup, type Validators } from '../../src/feeds/fetch-calendar.ts'
import { turns } from '../platforms/pauses.ts'
import { type Answer, send, serveCalendar } from './calendar-server.ts'
import { calendar, vevent } from './calendars.ts'

const TEXT = calendar(vevent('a'))

/** Fetches from a server that answers so. */
async function fetched(answer: Answer, known: Validators = {}) {
  const server = await serveCalendar(answer)
  const clock = turns()
  const { signal } = new AbortController()
  const result = fetchCalendar({ url: server.url, isPrivate: true }, known, { clock, signal })
  return { server, clock, result }
}

async function failure(answer: Answer): Promise<string> {
  const { result } = await fetched(answer)
  return result.then(
    () => 'none',
    error => error.failure,
  )
}

/** Writes a body until the connection is closed. Resolves to the number of bytes then. */
function pour(response: ServerResponse, chunk: Buffer, most: number): void {
  let written = 0
  const more = () => {
    while (written < most && !response.destroyed) {
      written += chunk.length
      if (!response.write(chunk)) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}

test('a request has the validators of the last answer, and no cookies', async () => {
  const { result, server } = await fetched(
    send(TEXT, {
      etag: '"1"',
      'last-modified': 'Mon, 30 Nov 2026 10:00:00 GMT',
      'set-cookie': 'a=1',
    }),
  )
  const { text, ...validators } = await result
  expect(text).toBe(TEXT)
  server.answer(response => response.writeHead(304, { etag: '"1"' }).end())
  const options = { clock: turns(), signal: new AbortController().signal }
  const entry = { url: server.url, isPrivate: true }
  expect(await fetchCalendar(entry, validators, options)).toEqual({ etag: '"1"' })
  const [first, second] = server.requests.map(({ headers }) => headers)
  expect(first?.accept).toBe('text/calendar')
  expect(first).not.toHaveProperty('if-none-match')
  expect(second).toMatchObject({
    'if-none-match': '"1"',
    'if-modified-since': 'Mon, 30 Nov 2026 10:00:00 GMT',
  })
  expect(second).not.toHaveProperty('cookie')
})

test.for([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
] as const)('a body in %s is read', async ([coding, compress]) => {
  const { result } = await fetched(send(compress(TEXT), { 'content-encoding': coding }))
  expect((await result).text).toBe(TEXT)
})

test('a byte order mark is no part of the text', async () => {
  const { result } = await fetched(send(`\uFEFF${TEXT}`))
  expect((await result).text).toBe(TEXT)
})

const LATIN = Buffer.from(calendar(vevent('a', 'SUMMARY:Übung')), 'latin1')

test.for<[string, Answer, string]>([
  ['a page', send('<!doctype html><p>Sign in', { 'content-type': 'text/html' }), 'no-calendar'],
  ['nothing', send(''), 'no-calendar'],
  ['another encoding', send(LATIN), 'encoding'],
  [
    'a text in an encoding that its headers name',
    send(LATIN, { 'content-type': 'text/calendar; charset=iso-8859-1' }),
    'encoding',
  ],
  ['UTF-16', send(Buffer.from(`\uFEFF${TEXT}`, 'utf16le')), 'encoding'],
  ['an unknown compression', send(TEXT, { 'content-encoding': 'zstd-x' }), 'encoding'],
  ['a broken compression', send('no gzip', { 'content-encoding': 'gzip' }), 'unreachable'],
  ['an error', response => response.writeHead(404).end(), 'status 404'],
  [
    'half an answer',
    response => response.writeHead(200, { 'content-length': '100' }).end(),
    'unreachable',
  ],
  ['no answer', response => void response.destroy(), 'unreachable'],
  [
    'a switch to another protocol',
    response => response.writeHead(101, { connection: 'upgrade', upgrade: 'x' }).end(),
    'status 101',
  ],
  ['a redirect to nowhere', response => response.writeHead(302).end(), 'redirect'],
  [
    'a redirect to another origin',
    response => response.writeHead(302, { location: 'http://other.test/x' }).end(),
    'redirect',
  ],
  [
    'a redirect to this machine',
    response => response.writeHead(302, { location: 'http://localhost/x' }).end(),
    'redirect',
  ],
  [
    'a redirect to a file',
    response => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    'redirect',
  ],
])('%s is an error', async ([, answer, expected]) => {
  expect(await failure(answer)).toBe(expected)
})

test('100 MB are given up after 5', async () => {
  const { result, server } = await fetched(response =>
    pour(response, Buffer.alloc(65_536, 'x'), 1e8),
  )
  await expect(result).rejects.toMatchObject({ failure: 'too-large' })
  await expect.poll(() => server.requests[0]?.socket.destroyed).toBe(true)
  expect(server.requests[0]?.socket.bytesWritten).toBeLessThan(2e7)
})

test('a small body that unpacks to 100 MB is given up', async () => {
  const bomb = gzipSync(Buffer.alloc(1e8, 'x'))
  expect(bomb.length).toBeLessThan(200_000)
  expect(await failure(send(bomb, { 'content-encoding': 'gzip' }))).toBe('too-large')
})

test.for<[string, Answer]>([
  ['before its headers', () => {}],
  ['within its body', response => void response.writeHead(200).write('BEGIN:VCALENDAR')],
])('an answer that stops %s is given up after 20 seconds in all', async ([, answer]) => {
  const { result, clock, server } = await fetched(answer)
  const failed = expect(result).rejects.toMatchObject({ failure: 'timeout' })
  await expect.poll(() => server.requests.length).toBe(1)
  await clock.next(20_000)
  await failed
})

test('three redirects on the same origin are followed, and no fourth', async () => {
  let left = 3
  const answer: Answer = (response, request) =>
    left-- > 0
      ? response.writeHead(302, { location: '/next.ics' }).end()
      : send(TEXT)(response, request)
  const { result } = await fetched(answer)
  expect((await result).text).toBe(TEXT)
  left = 4
  const { result: other, server } = await fetched(answer)
  await expect(other).rejects.toMatchObject({ failure: 'redirect' })
  expect(server.requests).toHaveLength(4)
})

test.for([
  ['120', 120_000],
  ['Mon, 30 Nov 2026 12:10:00 GMT', 600_000],
  ['999999999', 86_400_000],
  ['soon', undefined],
] as const)('Retry-After %s', async ([header, ms]) => {
  const server = await serveCalendar(response =>
    response.writeHead(503, { 'retry-after': header }).end(),
  )
  const clock = { ...turns(), now: () => Temporal.Instant.from('2026-11-30T12:00:00Z') }
  const { signal } = new AbortController()
  await expect(
    fetchCalendar({ url: server.url, isPrivate: true }, {}, { clock, signal }),
  ).rejects.toMatchObject({ failure: 'status 503', retryAfterMs: ms })
})

test.for([
  ['an address of this machine', ['127.0.0.1']],
  ['one public address and a private one', ['8.8.8.8', '10.0.0.1']],
  ['an IPv4 address in the form of IPv6', ['::ffff:127.0.0.1']],
  ['no address', []],
] as const)('a host whose name has %s is refused before a connection', async ([, addresses]) => {
  const server = await serveCalendar(send(TEXT))
  const url = server.url.replace('127.0.0.1', 'calendar.test')
  const lookup: Lookup = (_, __, callback) =>
    callback(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  const { signal } = new AbortController()
  const options = { clock: turns(), signal, lookup }
  await expect(fetchCalendar({ url, isPrivate: false }, {}, options)).rejects.toMatchObject({
    failure: 'private',
  })
  expect(server.requests).toHaveLength(0)
})

test('the connection is made to the address that was checked, and #private allows one of this machine', async () => {
  const server = await serveCalendar(send(TEXT))
  const url = server.url.replace('127.0.0.1', 'calendar.test')
  const asked: string[] = []
  const lookup: Lookup = (hostname, _, callback) => {
    asked.push(hostname)
    callback(null, [{ address: '127.0.0.1', family: 4 }])
  }
  const { signal } = new AbortController()
  const options = { clock: turns(), signal, lookup }
  expect((await fetchCalendar({ url, isPrivate: true }, {}, options)).text).toBe(TEXT)
  expect(asked).toEqual(['calendar.test'])
  expect(server.requests[0]?.headers.host).toMatch(/^calendar\.test:/)
})

test('a literal private address is refused in every form, also behind a check of the configuration', async () => {
  const server = await serveCalendar(send(TEXT))
  const { signal } = new AbortController()
  for (const host of ['2130706433', '0177.0.0.1', '[::ffff:127.0.0.1]', '127.1']) {
    const url = server.url.replace('127.0.0.1', host)
    const options = { clock: turns(), signal }
    await expect(fetchCalendar({ url, isPrivate: false }, {}, options)).rejects.toMatchObject({
      failure: 'private',
    })
  }
  expect(server.requests).toHaveLength(0)
})
