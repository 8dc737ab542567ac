import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { PlatformError } from '../../src/platform.ts'
import { platformContract } from '../platform-contract.ts'
import { shippedBot } from '../shipped.ts'
import { openSession, VIEW, webPerson } from './web-person.ts'
import { createWebServer, type WebServer } from './web-server.ts'

platformContract('web', async bot => {
  const server = createWebServer(bot)
  await server.start()
  return {
    platform: server.platform,
    join: () => webPerson(server.address()),
    close: () => server.stop(),
  }
})

let web: WebServer
let cookie: string

beforeAll(async () => {
  web = createWebServer(shippedBot)
  await web.start()
  cookie = await openSession(web.address())
})

afterAll(() => web.stop())

/** A request with headers that fetch would not let through. */
async function send(
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  const call = request(web.address() + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers,
  })
  call.on('response', answer => {
    let text = ''
    answer.setEncoding('utf8').on('data', part => {
      text += part
    })
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
  })
  call.on('error', reject)
  call.end(body)
  return promise
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** The body that types a line. */
const typing = (line: string) => JSON.stringify({ view: VIEW, line })
const NEXT = typing('/next')

test('the local chat listens on this machine alone', () => {
  expect(web.address()).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
})

test('a foreign Host is refused everywhere: a name may be pointed at this machine', async () => {
  const port = new URL(web.address()).port
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1',
    '[::1]',
    `127.0.0.1.evil:${port}`,
    `localhost.evil.example:${port}`,
    `sub.localhost:${port}`,
    `0.0.0.0:${port}`,
    `[fe80::1]:${port}`,
    `127.0.0.1:${Number(port) + 1}`,
  ]) {
    for (const path of ['/', '/page.ts', '/suggestions', '/events', '/healthz', '/readyz']) {
      expect(await send(path, { host, cookie })).toMatchObject({ status: 403 })
    }
    expect(await send('/lines', { host, cookie, ...JSON_TYPE }, NEXT)).toMatchObject({
      status: 403,
    })
  }
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
    for (const path of ['/', '/healthz', '/readyz']) {
      expect(await send(path, { host })).toMatchObject({ status: 200 })
    }
  }
})

test('a request without any Host is refused', async () => {
  for (const path of ['/', '/healthz', '/readyz']) {
    const socket = connect(Number(new URL(web.address()).port), '127.0.0.1')
    socket.end(`GET ${path} HTTP/1.0\r\n\r\n`)
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 40[03] /)
  }
})

test('a foreign Origin is refused, and so is one that hides', async () => {
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', 'file://']) {
    expect(await send('/lines', { origin, cookie, ...JSON_TYPE }, NEXT)).toMatchObject({
      status: 403,
    })
    expect(await send('/readyz', { origin })).toMatchObject({ status: 403 })
  }
  expect(await send('/lines', { origin: web.address(), cookie, ...JSON_TYPE }, NEXT)).toMatchObject(
    { status: 200 },
  )
})

test('a post without the session, with another one, or not as JSON is refused', async () => {
  const line = NEXT
  expect(await send('/lines', JSON_TYPE, line)).toMatchObject({ status: 403 })
  expect(await send('/lines', { cookie: 'sitrep-1=guessed', ...JSON_TYPE }, line)).toMatchObject({
    status: 403,
  })
  for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
    expect(await send('/lines', { cookie, 'content-type': type }, line)).toMatchObject({
      status: 415,
    })
  }
  expect(await send('/events', {})).toMatchObject({ status: 403 })
})

test('the session is for this site alone, and scripts cannot read it', async () => {
  const answer = await fetch(`${web.address()}/session`, { method: 'POST', headers: JSON_TYPE })
  expect(answer.headers.get('set-cookie')).toMatch(
    /^sitrep-\d+=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/,
  )
  const { id, ...rest } = await answer.json()
  expect(answer.headers.get('set-cookie')).not.toContain(id)
  expect(rest).toEqual({ zone: 'Europe/Sarajevo' })
})

test('the session is sent over https alone if the page is opened over https', async () => {
  const origin = 'https://name-8080.app.github.dev'
  const defaults = [undefined, undefined, undefined, undefined] as const
  const forwarded = createWebServer(shippedBot, ...defaults, origin)
  await forwarded.start()
  onTestFinished(forwarded.stop)
  const url = `${forwarded.address()}/session`
  const opened = (from: string) =>
    fetch(url, { method: 'POST', headers: { ...JSON_TYPE, origin: from }, body: '{}' })
  expect((await opened(origin)).headers.get('set-cookie')).toMatch(/; Secure(;|$)/)
  const { headers } = await opened(forwarded.address())
  expect(headers.get('set-cookie')).not.toMatch(/Secure/)
})

test('a page that is only asked for opens no session, nor does a foreign site end one', async () => {
  for (let visit = 0; visit < 200; visit++) await send('/', {})
  expect(await send('/', {})).toMatchObject({ status: 200 })
  expect(
    await send('/session', { ...JSON_TYPE, origin: 'https://evil.example' }, '{}'),
  ).toMatchObject({ status: 403 })
  expect(await send('/session', { 'content-type': 'text/plain' }, '{}')).toMatchObject({
    status: 415,
  })
  const again = () => send('/session', { ...JSON_TYPE, cookie }, '{}')
  expect(await again()).toEqual(await again())
  expect(await again()).not.toEqual(await send('/session', JSON_TYPE, '{}'))
})

test('a chat that a page has open outlives any number of others', async () => {
  const person = await webPerson(web.address())
  for (let other = 0; other < 120; other++) await openSession(web.address())
  await person.type('/next')
  expect((await person.read())[0]).toMatch(/^Next exercise/)
  cookie = await openSession(web.address())
})

test('a request without a line, or with one far too long, is answered with a sentence', async () => {
  const post = (body: string) => send('/lines', { cookie, ...JSON_TYPE }, body)
  const unread = [{ view: VIEW }, { line: '/next' }, { view: { ...VIEW, role: 'owner' }, line: '' }]
  const views = [
    { today: '2027-02-29T09:00' },
    { today: 'now' },
    { place: 'elsewhere' },
    { more: 1 },
  ]
  const wrong = [...unread, ...views.map(more => ({ view: { ...VIEW, ...more }, line: '/next' }))]
  for (const body of ['', '{', '[]', 'null', ...wrong.map(each => JSON.stringify(each))]) {
    expect(await post(body)).toEqual({ status: 400, text: 'Expected {"view": {…}, "line": "…"}.' })
  }
  expect(await post(typing('x'.repeat(100_000)))).toEqual({
    status: 413,
    text: 'Too long. Shorten it.',
  })
  expect(await post(typing('x'.repeat(5000)))).toMatchObject({ status: 200 })
})

test('only the page’s own files are served, all under the strict policy', async () => {
  for (const path of ['/page.css', '/page.ts', '/lib/preact.js', '/suggestions']) {
    const answer = await fetch(web.address() + path)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script/)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    await answer.text()
  }
  for (const path of ['/server.ts', '/../web.ts', '/page/page.ts', '/tsconfig.json', '/.env']) {
    expect((await send(path, {})).status).toBe(404)
  }
})

test('stopped while it starts, it does not stay open', async () => {
  const early = createWebServer(shippedBot)
  const started = early.start()
  await early.stop()
  await started
  await expect(fetch(early.address())).rejects.toThrow()
})

test('a port that is taken is one sentence', async () => {
  const port = Number(new URL(web.address()).port)
  const second = createWebServer(shippedBot, port)
  const error = await second.start().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(PlatformError)
  expect((error as Error).message).toBe(
    `Port ${port} is already in use. Stop the other program or set PORT.`,
  )
  await second.stop()
})

test('a picture of 1 MB is taken, and one that is larger by a byte is refused with the limit', async () => {
  const fill = (bytes: number, text = 'The river is rising.') => {
    const filled = {
      view: VIEW,
      line: '/announce',
      text,
      picture: Buffer.alloc(bytes, 1).toString('base64'),
    }
    return send('/forms', { cookie, ...JSON_TYPE }, JSON.stringify(filled))
  }
  const taken = { status: 200, text: '{}' }
  const refused = { status: 413, text: 'The image is over 1 MB. Choose a smaller one.' }
  // 786,432 bytes are a mebibyte in base64.
  for (const bytes of [1, 786_433, 790_000, 999_999, 1_000_000]) {
    expect(await fill(bytes), String(bytes)).toEqual(taken)
  }
  // Beside the largest picture the longest text still has its room, escaped as it may be.
  expect(await fill(1_000_000, '\u0001'.repeat(4000))).toEqual(taken)
  for (const bytes of [1_000_001, 1_048_576, 1_100_000, 3_000_000]) {
    expect(await fill(bytes), String(bytes)).toEqual(refused)
  }
})
