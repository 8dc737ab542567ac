import { expect, onTestFinished, test } from 'vitest'
import { createApi } from '../../../src/platforms/telegram/api.ts'
import { createPictures } from '../../../src/platforms/telegram/pictures.ts'
import { png } from '../../pictures.ts'
import { hang, openTelegramServer, refuse, TOKEN } from './server.ts'

const bytes = png(40, 30, 7)

/** Opens a server whose files are fetched within a time limit, which a busy machine does not reach. */
async function open(timeoutMs = 20_000) {
  const server = await openTelegramServer()
  onTestFinished(() => server.close())
  const { signal } = new AbortController()
  const common = { token: TOKEN, apiUrl: server.url, signal, timeoutMs }
  const pictureOf = createPictures({ ...common, call: createApi(common) })
  server.files.set('a', bytes)
  server.files.set('b', png(9, 9))
  return { server, pictureOf }
}

const size = (file_id: string, width: number, file_size?: number) => ({
  ...{ file_id, file_unique_id: file_id, width, height: width },
  ...(file_size !== undefined && { file_size }),
})
const document = (mime_type: string, file_size: number, file_id = 'a') => ({
  document: { file_id, file_unique_id: 'u', mime_type, file_size },
})

test('the largest size of a photo that is within the limit is fetched', async () => {
  const { server, pictureOf } = await open()
  const photo = [size('b', 90, 900), size('a', 800, 1_000_000), size('c', 2000, 1_000_001)]
  expect(await pictureOf({ photo })?.()).toEqual(bytes)
  expect(server.calls.map(({ method, body }) => [method, body.file_id])).toEqual([
    ['getFile', 'a'],
    ['file', undefined],
  ])
  expect(await pictureOf({ photo: [size('c', 2000, 1_000_001)] })?.()).toBe('large')
  // The bytes of a file without a size are counted as they arrive.
  server.files.set('d', Buffer.alloc(1_000_001))
  expect(await pictureOf({ photo: [size('d', 2000)] })?.()).toBe('large')
})

test('a file that says it is a picture is one, and no other is', async () => {
  const { server, pictureOf } = await open()
  expect(await pictureOf(document('image/webp', 500))?.()).toEqual(bytes)
  expect(await pictureOf(document('image/png', 1_000_001))?.()).toBe('large')
  expect(pictureOf(document('application/pdf', 500))).toBeUndefined()
  expect(pictureOf({})).toBeUndefined()
  expect(server.calls).toHaveLength(2)
})

test('a file that Telegram does not hand over is unreachable, and its address is in no output', async () => {
  const { server, pictureOf } = await open(2000)
  const fetched = () => pictureOf(document('image/png', 500))?.()
  server.meet('getFile', hang, refuse(400, 'Bad Request: file is too big'), refuse(500, 'No'))
  expect([await fetched(), await fetched(), await fetched()]).toEqual([
    'unreachable',
    'large',
    'unreachable',
  ])
  server.meet('file', hang, refuse(404, 'Not Found'))
  expect([await fetched(), await fetched()]).toEqual(['unreachable', 'unreachable'])
  expect(await pictureOf(document('image/png', 500, 'unknown'))?.()).toBe('unreachable')
  expect(await fetched()).toEqual(bytes)
})
