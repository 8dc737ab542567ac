import { once } from 'node:events'
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../src/config.ts'
import { createRoutes } from '../src/server/routes.ts'
import { createServer } from '../src/server/server.ts'
import { openMemoryLog } from './platforms/memory-log.ts'

const ORIGIN = 'https://name-8080.app.github.dev'
const HOST = 'name-8080.app.github.dev'

const server = createServer('127.0.0.1', 0)
let own: string

beforeAll(async () => {
  await server.listen()
  const { log } = await openMemoryLog([])
  const handle = () => new Response('page')
  const routes = [{ path: '/*', isLocal: true as const, handle }]
  const calendars = { find: async () => undefined }
  const metrics = {
    source: { read: async () => ({ text: '', type: 'text/plain' }) },
    isPublic: false,
  }
  const parts = () => ({})
  server.serve(createRoutes({ parts, routes, calendars, metrics, localOrigin: ORIGIN, log }))
  own = new URL(server.address()).host
})

afterAll(() => server.stop())

/** Sends headers that fetch would not let through. Resolves to the status and the text. */
async function send(host: string, origin?: string) {
  const headers = { host, ...(origin !== undefined && { origin }) }
  const [answer] = await once(request(server.address(), { headers }).end(), 'response')
  let text = ''
  for await (const chunk of answer) text += chunk
  return { status: answer.statusCode as number, text }
}

test('the origin of a forwarded port is accepted, also if a proxy replaces Host', async () => {
  expect((await send(HOST)).status).toBe(200)
  expect((await send(HOST, ORIGIN)).status).toBe(200)
  expect((await send(own, ORIGIN)).status).toBe(200)
  expect((await send(own, `http://${own}`)).status).toBe(200)
})

test.for([
  ['cross-site', 'no-cors', 403],
  ['same-site', 'cors', 403],
  ['cross-site', 'navigate', 200],
  ['same-origin', 'cors', 200],
  ['none', 'navigate', 200],
] as const)('a browser’s request from %s in the mode %s gets %i', async ([site, mode, status]) => {
  const headers = { host: own, 'sec-fetch-site': site, 'sec-fetch-mode': mode }
  const [answer] = await once(request(server.address(), { headers }).end(), 'response')
  answer.resume()
  expect(answer.statusCode).toBe(status)
})

test.for([
  `${HOST}.evil.example`,
  `evil-${HOST}`,
  `evil.${HOST}`,
  `${HOST}:8080`,
  `${HOST}:443`,
  `${HOST}.`,
  HOST.toUpperCase(),
  `user@${HOST}`,
  `${HOST}@evil.example`,
  `user@127.0.0.1`,
])('the Host %s is refused', async host => {
  // The HTTP library refuses a Host with a user itself.
  const status = host.includes('@') ? 400 : 403
  expect((await send(host)).status).toBe(status)
  expect((await send(host, ORIGIN)).status).toBe(status)
})

test.for([
  `${ORIGIN}.evil.example`,
  `https://evil-${HOST}`,
  `https://evil.${HOST}`,
  `http://${HOST}`,
  `${ORIGIN}:8080`,
  `${ORIGIN}:443`,
  `${ORIGIN}.`,
  `${ORIGIN}/`,
  ORIGIN.toUpperCase(),
  `https://user@${HOST}`,
  'null',
  '',
])('the Origin %j is refused', async origin => {
  expect((await send(HOST, origin)).status).toBe(403)
  expect((await send(own, origin)).status).toBe(403)
})

test('a refusal says what to do', async () => {
  const { text } = await send('evil.example')
  const port = own.split(':')[1]
  expect(text).toContain(`forward the same port number, ${port},`)
  expect(text).toContain('LOCAL_ORIGIN')
})

test('LOCAL_ORIGIN is an exact origin, or a clear message', () => {
  for (const good of [ORIGIN, 'http://localhost:9090', 'http://[::1]:9090']) {
    expect(readConfig({ LOCAL_ORIGIN: good }).localOrigin).toBe(good)
  }
  expect(readConfig({}).localOrigin).toBeUndefined()
  for (const bad of [
    `${ORIGIN}/`,
    `${ORIGIN}:443`,
    HOST,
    'null',
    '*',
    'https://*.example',
    'file:///x',
    'https://A.b',
  ]) {
    expect(() => readConfig({ LOCAL_ORIGIN: bad })).toThrow(ConfigError)
    expect(() => readConfig({ LOCAL_ORIGIN: bad })).toThrow(/LOCAL_ORIGIN: must be an origin/)
  }
})
