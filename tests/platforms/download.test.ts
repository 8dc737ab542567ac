import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { download, isLoopback } from '../../src/platforms/download.ts'

/** A server that answers so, and what it was asked for. */
async function open(answer: RequestListener) {
  const asked: string[] = []
  const closed: Promise<unknown>[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    closed.push(once(response, 'close'))
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const address = `http://127.0.0.1:${port}`
  const options = { apiUrl: `${address}/api`, signal: new AbortController().signal }
  return { asked, closed, address, options: { ...options, timeoutMs: 60_000 } }
}

test('a file of up to a megabyte arrives byte by byte', async () => {
  const bytes = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => index % 251))
  const { address, options } = await open((_, response) => response.end(bytes))
  const got = await download(`${address}/file`, options)
  expect(Buffer.compare(got as Uint8Array, bytes)).toBe(0)
})

test('one byte more is too large, whatever its server says of the length', async () => {
  const told = await open((_, response) => response.end(Buffer.alloc(1_000_001)))
  expect(await download(told.address, told.options)).toBe('large')
  const untold = await open((_, response) => {
    response.write(Buffer.alloc(600_000))
    response.end(Buffer.alloc(400_001))
  })
  expect(await download(untold.address, untold.options)).toBe('large')
})

test('a body without an end is left as soon as it is too large', async () => {
  const { address, options, closed } = await open((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(50_000)));
    }
    response.on('drain', more)
    more()
  })
  expect(await download(address, options)).toBe('large')
  await closed[0]
})

test('a body that drips is not waited for, nor is an answer that never begins', async () => {
  const dripping = await open((_, response) => {
    const timer = setInterval(() => response.write('x'), 10)
    response.on('close', () => clearInterval(timer))
  })
  const timeoutMs = 300
  const before = performance.now()
  expect(await download(dripping.address, { ...dripping.options, timeoutMs })).toBe('unreachable')
  expect(performance.now() - before).toBeLessThan(5000)
  const silent = await open(() => {})
  expect(await download(silent.address, { ...silent.options, timeoutMs })).toBe('unreachable')
})

test('the end of the platform ends the download', async () => {
  const { address, options } = await open((_, response) => response.write('x'))
  const over = new AbortController()
  const going = download(address, { ...options, signal: over.signal })
  over.abort()
  expect(await going).toBe('unreachable')
})

test('no redirect is followed', async () => {
  const { address, options, asked } = await open((request, response) => {
    if (request.url === '/inside') response.end('secret')
    else response.writeHead(302, { location: '/inside' }).end()
  })
  expect(await download(`${address}/file`, options)).toBe('unreachable')
  expect(asked).toEqual(['/file'])
})

test('a missing, cut or refused file is unreachable', async () => {
  for (const status of [204, 404, 500]) {
    const { address, options } = await open((_, response) => response.writeHead(status).end())
    expect(await download(address, options)).toBe('unreachable')
  }
  const half = await open((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('x')
    setTimeout(() => response.destroy(), 20)
  })
  expect(await download(half.address, half.options)).toBe('unreachable')
})

test('only an API server on this machine is asked without encryption', async () => {
  const { address, options, asked } = await open((_, response) => response.end('x'))
  const port = new URL(address).port
  const refused: [string, string?][] = [
    [address],
    [address, 'http://127.0.0.1:1/api'],
    [address, `https://127.0.0.1:${port}/api`],
    [`http://localhost:${port}`, `${address}/api`],
    [`ftp://127.0.0.1:${port}`, address],
    ['file:///etc/passwd', address],
    ['nonsense', address],
  ]
  for (const [url, apiUrl] of refused) {
    const given = { signal: options.signal, timeoutMs: 300, ...(apiUrl && { apiUrl }) }
    expect(await download(url, given)).toBe('unreachable')
  }
  expect(asked).toEqual([])
  expect(isLoopback('http://10.0.0.1/x', 'http://10.0.0.1/api')).toBe(false)
  expect(isLoopback(`${address}/x`, `${address}/api`)).toBe(true)
})
