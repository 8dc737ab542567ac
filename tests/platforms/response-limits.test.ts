import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { createApi as createDiscord } from '../../src/platforms/discord/api.ts'
import type { ApiOptions } from '../../src/platforms/platform-options.ts'
import { UnexpectedResponse } from '../../src/platforms/retry.ts'
import { createApi as createTelegram } from '../../src/platforms/telegram/api.ts'
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
function endless(response: ServerResponse): void {
  response.writeHead(200, JSON_TYPE).write('{"ok":true,"id":"1","result":"')
  const more = () => {
    while (!response.destroyed && response.write('a'.repeat(50_000)));
  }
  response.on('drain', more)
  more()
}

const CALLS: Record<string, (options: ApiOptions) => Promise<unknown>> = {
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
  const { options, closed } = await open(endless)
  await expect(call(options)).rejects.toBeInstanceOf(UnexpectedResponse)
  await closed
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
