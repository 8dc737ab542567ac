import { expect, onTestFinished, test } from 'vitest'
import { fetchAttachment, pictureAmong } from '../../../src/platforms/discord/pictures.ts'
import { png } from '../../pictures.ts'
import { openDiscordServer } from './server.ts'

const bytes = png(40, 30, 7)

/** Opens a server whose files are fetched within a time limit, which a busy machine does not reach. */
async function open(timeoutMs = 20_000) {
  const server = await openDiscordServer()
  onTestFinished(() => server.close())
  server.files.set('a.png', bytes)
  const { signal } = new AbortController()
  const options = { apiUrl: server.url, signal, timeoutMs }
  const url = `${new URL(server.url).origin}/attachments/a.png`
  return { server, url, options }
}

test('an attachment of up to a megabyte is fetched', async () => {
  const { server, url, options } = await open()
  expect(await fetchAttachment({ url, size: bytes.length }, options)).toEqual(bytes)
  expect(await fetchAttachment({ url, size: 1_000_001 }, options)).toBe('large')
  server.files.set('large', Buffer.alloc(1_000_001))
  const large = url.replace('a.png', 'large')
  expect(await fetchAttachment({ url: large, size: 5 }, options)).toBe('large')
  const unknown = url.replace('a.png', 'unknown')
  expect(await fetchAttachment({ url: unknown, size: 5 }, options)).toBe('unreachable')
})

test('pictures are fetched only from the hosts of Discord’s attachments', async () => {
  const { server, url, options } = await open()
  const { port } = new URL(server.url)
  const others = [
    'https://cdn.discordapp.com.evil.invalid/a.png',
    'https://evil.invalid/cdn.discordapp.com/a.png',
    'https://cdn.discordapp.com:8443/a.png',
    'http://cdn.discordapp.com/a.png',
    `https://127.0.0.1:${port}/attachments/a.png`,
    `http://localhost:${port}/attachments/a.png`,
    'nonsense',
  ]
  const before = globalThis.fetch
  const asked: unknown[] = []
  globalThis.fetch = (...given) => {
    asked.push(given[0])
    return before(...given)
  }
  onTestFinished(() => {
    globalThis.fetch = before
  })
  for (const other of others) {
    expect(await fetchAttachment({ url: other, size: 5 }, options)).toBe('unreachable')
  }
  expect(asked).toEqual([])
  await fetchAttachment({ url, size: 5 }, options)
  expect(asked).toEqual([url])
})

test('the first of several attachments with an image type is the image', () => {
  const [text, first, second] = ['text/plain', 'image/png', 'image/jpeg'].map(content_type => ({
    content_type,
  }))
  expect(pictureAmong([text ?? {}, {}, first ?? {}, second ?? {}])).toBe(first)
  expect(pictureAmong([{}])).toBeUndefined()
})
