import { afterEach, expect, test } from 'vitest'
import { PlatformError } from '../src/platform.ts'
import { createServer, type Server } from '../src/server/server.ts'

const open: Server[] = []

afterEach(() => Promise.all(open.splice(0).map(server => server.stop())))

async function serve(options: Partial<Parameters<typeof createServer>[0]> = {}): Promise<string> {
  const server = createServer({
    host: '127.0.0.1',
    port: 0,
    parts: () => ({}),
    routes: [],
    ...options,
  })
  open.push(server)
  await server.start()
  return server.address()
}

test('alive is whoever answers; ready is whoever has every part ready', async () => {
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

test('an address or a name that this machine has not is one sentence', async () => {
  for (const host of ['192.0.2.1', 'no.such.name.invalid']) {
    const error = await serve({ host }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PlatformError)
    expect((error as Error).message).toMatch(
      /^(This machine has no address |The HTTP server cannot listen on )/,
    )
  }
})

test('an address of the sixth version is written as one', async () => {
  const address = await serve({ host: '::1' })
  expect(address).toMatch(/^http:\/\/\[::1\]:\d+$/)
  expect((await fetch(`${address}/healthz`)).status).toBe(200)
})
