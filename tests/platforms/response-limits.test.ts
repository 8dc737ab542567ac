import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { createApi as createDiscord } from '../../src/platforms/discord/api.ts'
import { classifyError as classifyDiscord } from '../../src/platforms/discord/failure.ts'
import type { ApiOptions } from '../../src/platforms/platform-options.ts'
import { tryOnce, UnexpectedResponse } from '../../src/platforms/retry.ts'
import { createApi as createTelegram } from '../../src/platforms/telegram/api.ts'
import { classifyError as classifyTelegram } from '../../src/platforms/telegram/failure.ts'
import { createMultipartCall } from '../../src/platforms/telegram/multipart.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

/** Opens a server, and resolves to the options of a client. `closed` resolves with each response. */
async function open(respond: (response: ServerResponse, method: string) => void) {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    request.resume()
    response.on('close', resolve)
    respond(response, request.url?.split('/').at(-1) ?? '')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const ending = new AbortController()
  onTestFinished(() => {
    ending.abort()
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const apiUrl = `http://127.0.0.1:${port}`
  const options: ApiOptions = { token: '1:a', apiUrl, signal: ending.signal, timeoutMs: 60_000 }
  return { options, closed }
}

/** Responds with JSON of a text that has no end. */
function endless(response: ServerResponse, status = 200, headers = {}): void {
  response.writeHead(status, { ...JSON_TYPE, ...headers }).write('{"ok":true,"id":"1","result":"')
  const more = () => {
    while (!response.destroyed && response.write('a'.repeat(50_000)));
  }
  response.on('drain', more)
  more()
}

type Call = (options: ApiOptions) => Promise<unknown>

const CALLS: Record<string, Call> = {
  'a call of Telegram': options => createTelegram(options)('getMe', {}),
  'a poll of Telegram': options => createTelegram(options)('getUpdates', {}),
  'an upload to Telegram': options =>
    createMultipartCall(options)('sendPhoto', {}, new Uint8Array(1), options.timeoutMs),
  'a call of Discord': async options => {
    const api = createDiscord(options)
    return api.me().finally(api.close)
  },
}

test.for(Object.entries(CALLS))('%s ends when its response is too long', async ([, call]) => {
  const { options, closed } = await open(response => endless(response))
  await expect(call(options)).rejects.toBeInstanceOf(UnexpectedResponse)
  await closed
})

test('a list of Discord may have 100 commands, and other responses may not be as long', async () => {
  const description = 'ж'.repeat(8000)
  const list = JSON.stringify(Array(100).fill({ description }))
  const { options } = await open(response => response.writeHead(200, JSON_TYPE).end(list))
  const api = createDiscord(options)
  onTestFinished(api.close)
  await expect(api.commands('1')).resolves.toHaveLength(100)
  await expect(api.setCommands('1', [])).resolves.toHaveLength(100)
  const others = [
    () => api.edit('1', '2', {}),
    () => createTelegram(options)('sendMessage', {}),
    () => createMultipartCall(options)('sendPhoto', {}, new Uint8Array(1), 60_000),
  ]
  for (const call of others) await expect(call()).rejects.toBeInstanceOf(UnexpectedResponse)
})

/** Resolves to the failure of a call. */
async function failureOf(name: string, call: Call, options: ApiOptions) {
  const classifyError = name.endsWith('Discord') ? classifyDiscord : classifyTelegram
  const outcome = await tryOnce(() => call(options), classifyError)
  return outcome.ok ? undefined : outcome.failure
}

const WAIT = { 'retry-after': '7' }

/** Responses with the status 429 whose bodies can't be read. */
const LIMITED: Record<string, (response: ServerResponse) => void> = {
  'has no end': response => endless(response, 429, WAIT),
  'breaks off': response => {
    response.writeHead(429, { ...JSON_TYPE, ...WAIT, 'content-length': 100 })
    response.write('{', () => response.destroy())
  },
  'does not come': response => response.writeHead(429, { ...JSON_TYPE, ...WAIT }).flushHeaders(),
}

const limited = Object.entries(LIMITED).flatMap(([body, respond]) =>
  Object.entries(CALLS).map(([name, call]) => [name, body, call, respond] as const),
)

test.for(limited)('%s waits as a 429 says whose body %s', async ([name, , call, respond]) => {
  const { options } = await open(respond)
  const failure = await failureOf(name, call, { ...options, timeoutMs: 300 })
  expect(failure).toMatchObject({ next: 'retry', code: '429' })
  // The library for Discord adds 50 ms.
  expect([7000, 7050]).toContain(failure?.next === 'retry' && failure.afterMs)
})

test.for(Object.entries(CALLS))(
  '%s does not count as done if the response that is too long reports an error',
  async ([name, call]) => {
    const { options } = await open(response => endless(response, 403))
    const failure = await failureOf(name, call, options)
    expect(failure).toEqual({ next: 'uncertain', code: 'strange', isUnreadable: false })
  },
)

test('an empty name of a compression means none', async () => {
  const headers = { ...JSON_TYPE, 'content-encoding': '' }
  const { options } = await open(response =>
    response.writeHead(200, headers).end('{"ok":true,"result":1}'),
  )
  await expect(createTelegram(options)('getMe', {})).resolves.toBe(1)
})

test('Telegram is asked for no compression, and a compressed response is not unpacked', async () => {
  const accepted: unknown[] = []
  const { options } = await open(response => {
    accepted.push(response.req.headers['accept-encoding'])
    const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' }
    response.writeHead(200, headers).end(gzipSync('{"ok":true,"result":1}'))
  })
  await expect(createTelegram(options)('getMe', {})).rejects.toBeInstanceOf(UnexpectedResponse)
  expect(accepted).toEqual(['identity'])
})

test('100 updates with the longest messages arrive', async () => {
  // Each may have a message, and another that it replies to. Telegram escapes other letters than those of ASCII.
  const text = '\\u0436'.repeat(4096)
  const update = `{"message":{"text":"${text}","reply_to_message":{"text":"${text}"}}}`
  const { options } = await open(response =>
    response.writeHead(200, JSON_TYPE).end(`{"ok":true,"result":[${Array(100).fill(update)}]}`),
  )
  await expect(createTelegram(options)('getUpdates', {})).resolves.toHaveLength(100)
})
