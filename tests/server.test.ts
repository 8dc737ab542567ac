import { once } from 'node:events'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../src/clock.ts'
import { PlatformError } from '../src/platform.ts'
import { addMetrics } from '../src/server/metrics.ts'
import { createRoutes, type RouteOptions } from '../src/server/routes.ts'
import { createServer, type Server } from '../src/server/server.ts'
import { openMemoryLog } from './platforms/memory-log.ts'
import { quickClock } from './platforms/pauses.ts'

const NONE = { find: async () => undefined }

const METRICS = {
  source: { read: async () => ({ text: 'up 1\n', type: 'text/plain; version=0.0.4' }) },
  isPublic: false,
}

const open: Server[] = []

afterEach(() => Promise.all(open.splice(0).map(server => server.stop())))

async function listen(host = '127.0.0.1', port = 0, clock = systemClock): Promise<Server> {
  const server = createServer(host, port, clock)
  open.push(server)
  await server.listen()
  return server
}

async function serve(options: Partial<RouteOptions> = {}): Promise<string> {
  const server = await listen()
  const { log } = await openMemoryLog([])
  const given = { parts: () => ({}), routes: [], calendars: NONE, metrics: METRICS, log }
  server.serve(createRoutes({ ...given, ...options }))
  return server.address()
}

test('a process that answers is alive; it is ready if every part is', async () => {
  let discord = { status: 'running', ready: true }
  const address = await serve({
    parts: () => ({ content: { status: 'loaded', ready: true }, discord }),
  })
  expect((await fetch(`${address}/healthz`)).status).toBe(200)
  expect((await fetch(`${address}/readyz`)).status).toBe(200)
  discord = { status: 'trouble', ready: false }
  const answer = await fetch(`${address}/readyz`)
  expect(answer.status).toBe(503)
  expect(await answer.json()).toEqual({
    ready: false,
    parts: { content: { status: 'loaded', ready: true }, discord },
  })
  expect((await fetch(`${address}/healthz`)).status).toBe(200)
})

test('a route is given what comes under its path, and nothing else', async () => {
  const handle = async (request: Request) => new Response(await request.text(), { status: 201 })
  const address = await serve({ routes: [{ path: '/hook', handle }] })
  const answer = await fetch(`${address}/hook`, { method: 'POST', body: 'x' })
  expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 201, text: 'x' })
  expect((await fetch(`${address}/hooks`)).status).toBe(404)
})

test('a server that is not for this machine alone answers any Host: a proxy before it has another name', async () => {
  const handle = () => new Response('taken')
  const address = await serve({ routes: [{ path: '/hook', handle }] })
  for (const path of ['/healthz', '/readyz', '/hook']) {
    const asked = request(address + path, { headers: { host: 'bot.example.org' } }).end()
    const [answer] = await once(asked, 'response')
    expect(answer.resume().statusCode).toBe(200)
  }
})

test('an address or a name that this machine has not is one sentence', async () => {
  for (const host of ['192.0.2.1', 'no.such.name.invalid']) {
    const error = await listen(host).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PlatformError)
    expect((error as Error).message).toMatch(
      /isn’t an address of this machine|^The HTTP server can’t listen on /,
    )
  }
})

test('an address of the sixth version is written as one', async () => {
  const server = await listen('::1')
  expect(server.address()).toMatch(/^http:\/\/\[::1\]:\d+$/)
  server.serve((_, response) => response.end('ok'))
  expect((await fetch(server.address())).status).toBe(200)
})

test('a taken port is one sentence; what comes before there is anything to serve waits for it', async () => {
  const server = await listen()
  const { port } = new URL(server.address())
  const error = await listen('127.0.0.1', Number(port)).catch((reason: unknown) => reason)
  expect((error as Error).message).toBe(
    `Port ${port} is already in use. Stop the other program or set PORT.`,
  )
  const early = fetch(server.address())
  server.serve((_, response) => response.end('served'))
  expect(await (await early).text()).toBe('served')
})

test('a process that takes long to start answers that it is alive and not ready', async () => {
  const server = await listen('127.0.0.1', 0, quickClock(1000))
  const ask = async (path: string) => {
    const answer = await fetch(server.address() + path)
    return [answer.status, await answer.text()]
  }
  for (const path of ['/healthz', '/healthz?from=probe']) {
    expect(await ask(path)).toEqual([200, 'ok\n'])
  }
  for (const path of ['/readyz', '/metrics']) {
    expect(await ask(path)).toEqual([503, expect.stringContaining('Sitrep is starting.')])
  }
  server.serve((_, response) => response.end('served'))
  expect(await ask('/healthz')).toEqual([200, 'served'])
})

test('a calendar that cannot be written now is asked for again', async () => {
  const address = await serve({ calendars: { find: async () => 'unavailable' } })
  const answer = await fetch(`${address}/calendar.ics`)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60'])
})

test('metrics are for this machine, or for all', async () => {
  const ask = async (remoteAddress: string, remoteFamily: string, isPublic = false) => {
    const app = new Hono<{ Bindings: HttpBindings }>()
    addMetrics(app, { ...METRICS, isPublic })
    const incoming = { socket: { remoteAddress, remoteFamily } }
    const answer = await app.request('/metrics', {}, { incoming })
    return [answer.status, answer.headers.get('content-type'), await answer.text()]
  }
  const figures = [200, 'text/plain; version=0.0.4', 'up 1\n']
  for (const address of ['127.0.0.1', '127.8.8.8']) {
    expect(await ask(address, 'IPv4')).toEqual(figures)
    expect(await ask(`::ffff:${address}`, 'IPv6')).toEqual(figures)
  }
  expect(await ask('::1', 'IPv6')).toEqual(figures)
  for (const [address, family] of [
    ['192.0.2.7', 'IPv4'],
    ['10.0.0.1', 'IPv4'],
    ['::ffff:10.0.0.1', 'IPv6'],
    ['fe80::1', 'IPv6'],
  ] as const) {
    const [status, , text] = await ask(address, family)
    expect({ status, text }).toEqual({
      status: 403,
      text: expect.stringMatching(/^Metrics are only available on the machine/),
    })
    expect(await ask(address, family, true)).toEqual(figures)
  }
  expect(await (await fetch(`${await serve()}/metrics`)).text()).toBe('up 1\n')
})

test('an internal error appears in the log alone', async () => {
  const memory = await openMemoryLog([])
  const handle = () => Promise.reject(new TypeError('What Ada wrote'))
  const address = await serve({ routes: [{ path: '/hook', handle }], log: memory.log })
  const answer = await fetch(`${address}/hook`)
  expect({ status: answer.status, text: await answer.text() }).toEqual({
    status: 500,
    text: 'Something went wrong inside Sitrep.\n',
  })
  expect(await memory.seen('http.failed')).toMatchObject({ err: { type: 'TypeError' } })
  expect(memory.written()).not.toMatch(/Ada/)
})

test('no body is read beyond a mebibyte, whether it says how long it is or not', async () => {
  let longest = 0
  const handle = async (request: Request) => {
    const text = await request.text().catch(() => undefined)
    if (text === undefined) return new Response(null, { status: 400 })
    longest = Math.max(longest, text.length)
    return new Response(null, { status: 201 })
  }
  const address = await serve({ routes: [{ path: '/hook', handle }] })
  const post = (kibibytes: number, chunked: boolean) => {
    const chunk = 'x'.repeat(1024)
    const chunks = Array.from({ length: kibibytes }, () => Buffer.from(chunk))
    const body = chunked ? Readable.toWeb(Readable.from(chunks)) : chunk.repeat(kibibytes)
    return fetch(`${address}/hook`, { method: 'POST', body, duplex: 'half' } as RequestInit)
  }
  for (const chunked of [true, false]) {
    expect((await post(1024, chunked)).status).toBe(201)
    const tooLong = await post(4096, chunked).then(
      ({ status }) => status,
      () => 'cut off',
    )
    expect([400, 413, 'cut off']).toContain(tooLong)
  }
  expect(longest).toBe(1024 * 1024)
})
