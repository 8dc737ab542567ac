import { expect, onTestFinished, test } from 'vitest'
import { type Message, message, paragraph } from '../../../src/message.ts'
import { createDiscordPoster } from '../../../src/platforms/discord/poster.ts'
import type { KnownRights, Pictures } from '../../../src/poster.ts'
import { memoryPictures, png } from '../../pictures.ts'
import { FILE_REFUSALS, hang, openDiscordServer, refuse, TOKEN } from './server.ts'

const PICTURE = { id: 1, type: 'png' } as const
const CHANNEL = '1100000000000000000'
const bytes = png(40, 30, 7)
const to = { platform: 'discord', address: CHANNEL, kind: 'channel' } as const

const pictured = (text: string): Message => ({
  ...message([paragraph(text)]),
  picture: PICTURE,
})

const words = (text: string): Message => message([paragraph(text)])

async function open(pictures: Pictures = memoryPictures(bytes), rights?: KnownRights) {
  const server = await openDiscordServer()
  onTestFinished(() => server.close())
  const term = { signal: new AbortController().signal, holds: () => true }
  const more = { pictures, ...(rights && { rights }) }
  const options = { token: TOKEN, apiUrl: server.url, timeoutMs: 1500, term, ...more }
  const poster = createDiscordPoster(options)
  onTestFinished(poster.close)
  const parts = (given: Message) => poster.render(given, 'grid')
  const send = (given: Message, key: string) => poster.send(to, parts(given)[0] ?? {}, { key })
  const edit = (id: string, given: Message) => poster.edit(to, id, parts(given)[0] ?? {})
  return { server, poster, send, edit }
}

const GALLERY = { type: 12, items: [{ media: { url: 'attachment://picture.png' } }] }

test('a picture goes along with its message, and is shown above the text', async () => {
  const { server, send } = await open()
  const sent = await send(pictured('Look.'), 'key')
  expect(sent).toEqual({ ok: true, value: expect.any(String) })
  const id = sent.ok ? sent.value : ''
  expect(server.taken.get(CHANNEL)?.get(id)).toEqual({
    flags: 32768,
    components: [{ type: 17, components: [GALLERY, { type: 10, content: 'Look.' }] }],
    allowed_mentions: { parse: [] },
    attachments: [{ id: 0, filename: 'picture.png' }],
    nonce: 'key',
    enforce_nonce: true,
  })
  const file = server.attached.get(`${id}/picture.png`)
  expect(file?.type).toBe('image/png')
  expect(Buffer.compare(file?.bytes ?? Buffer.alloc(0), bytes)).toBe(0)
})

test('many messages have it, which is read once', async () => {
  const pictures = memoryPictures(bytes)
  const { server, send } = await open(pictures)
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, (_, index) => send(pictured('Look.'), `key ${index}`)),
  )
  expect(outcomes.every(({ ok }) => ok)).toBe(true)
  expect(server.attached.size).toBe(30)
  expect(pictures.reads).toEqual(['1'])
})

test('sent again with its key after the answer was lost, it is there once', async () => {
  const { server, send } = await open()
  let lost = 0
  server.weather = () => {
    lost += 1
    return lost === 1 ? { fault: hang, taken: true } : undefined
  }
  expect(await send(pictured('Look.'), 'key')).toMatchObject({ failure: { next: 'uncertain' } })
  expect(await send(pictured('Look.'), 'key')).toMatchObject({ ok: true })
  expect(server.taken.get(CHANNEL)?.size).toBe(1)
})

test('a correction keeps what is attached', async () => {
  const { server, send, edit } = await open()
  const sent = await send(pictured('Wrong.'), 'key')
  const id = sent.ok ? sent.value : ''
  expect(await edit(id, pictured('Right.'))).toMatchObject({ ok: true })
  expect(server.taken.get(CHANNEL)?.get(id)).toEqual({
    flags: 32768,
    components: [{ type: 17, components: [GALLERY, { type: 10, content: 'Right.' }] }],
    allowed_mentions: { parse: [] },
  })
  expect(server.attached.has(`${id}/picture.png`)).toBe(true)
})

test('an attachment that Discord does not find any more is uploaded again, once', async () => {
  const { server, send, edit } = await open()
  const sent = await send(pictured('Wrong.'), 'key')
  const id = sent.ok ? sent.value : ''
  server.attached.clear()
  expect(await edit(id, pictured('Right.'))).toMatchObject({ ok: true })
  expect(server.attached.has(`${id}/picture.png`)).toBe(true)
  expect(server.taken.get(CHANNEL)?.get(id)).toMatchObject({
    attachments: [{ id: 0, filename: 'picture.png' }],
  })
  server.meet(/^PATCH/, refuse(400, 50035), refuse(400, 50035))
  expect(await edit(id, pictured('Again.'))).toMatchObject({ ok: true })
  expect(JSON.stringify(server.taken.get(CHANNEL)?.get(id))).toMatch(/\[Image.*Again\./)
  expect(server.calls.filter(({ route }) => route.startsWith('PATCH'))).toHaveLength(5)
  // The words are tried once.
  server.meet(/^PATCH/, refuse(403, 50013), refuse(403, 50013))
  expect(await edit(id, pictured('Again.'))).toMatchObject({ failure: { next: 'gone' } })
  expect(server.calls.filter(({ route }) => route.startsWith('PATCH'))).toHaveLength(7)
})

test('a store that fails has let nothing leave, and is asked again; without a picture that is gone the words arrive', async () => {
  const failing = { ...memoryPictures(bytes), read: () => Promise.reject(new Error('down')) }
  const { server, send } = await open(failing)
  expect(await send(pictured('Look.'), 'key')).toEqual({
    ok: false,
    failure: { next: 'retry', code: 'picture' },
  })
  expect(server.calls).toEqual([])
  failing.read = memoryPictures(bytes).read as never
  expect(await send(pictured('Look.'), 'key')).toMatchObject({ ok: true })
  const gone = await open(memoryPictures())
  expect(await gone.send(pictured('Look.'), 'key')).toMatchObject({ ok: true })
  expect(gone.server.attached.size).toBe(0)
})

test.for(FILE_REFUSALS)(
  'a file refused with %d %d becomes a line above its words',
  async ([status, code]) => {
    const { server, send, edit } = await open()
    server.weather = ({ body }) =>
      body?.attachments?.length ? { fault: refuse(status, code) } : undefined
    const sent = await send(pictured('Look.'), 'key')
    const id = sent.ok ? sent.value : ''
    const shown = () => JSON.stringify(server.taken.get(CHANNEL)?.get(id))
    expect(shown()).toMatch(/\[Image.*Look\./)
    expect(await edit(id, pictured('Right.'))).toMatchObject({ ok: true })
    expect(shown()).toMatch(/\[Image.*Right\./)
    expect(server.attached.size).toBe(0)
  },
)

test('a channel that takes neither the file nor the words is suspected', async () => {
  const { server, send } = await open()
  server.meet(/^POST/, refuse(403, 50013), refuse(403, 50013))
  const outcome = await send(pictured('Look.'), 'key')
  expect(outcome).toMatchObject({ failure: { next: 'gone', why: 'forbidden' } })
  expect(outcome).not.toHaveProperty('failure.right')
  expect(outcome).not.toMatchObject({ failure: { isSure: true } })
})

test.for([50001, 50013])('the right that is read as missing is named with %i', async code => {
  const rights = {
    lacking: (channel: string) => (channel === CHANNEL ? 'View Channel' : undefined),
  }
  const { server, send, edit, poster } = await open(undefined, rights)
  server.weather = () => ({ fault: refuse(403, code) })
  for (const outcome of [
    await send(words('Look.'), 'key'),
    await edit('1', words('Look.')),
    await poster.probe?.(to),
  ]) {
    expect(outcome).toMatchObject({ failure: { next: 'gone', right: 'View Channel' } })
  }
  server.weather = () => ({ fault: refuse(404, 10003) })
  const deleted = await send(words('Look.'), 'key')
  expect(deleted).toMatchObject({ failure: { why: 'deleted', isSure: true } })
  expect(deleted).not.toHaveProperty('failure.right')
})

test('an unknown channel was deleted only if it cannot be fetched either', async () => {
  const { server, send } = await open()
  server.meet(/^POST/, refuse(404, 10003))
  expect(await send(words('Look.'), 'a')).toMatchObject({
    failure: { why: 'deleted', isSure: false },
  })
  server.meet(/^POST/, refuse(404, 10003))
  server.meet(/^GET/, refuse(404, 10003))
  expect(await send(words('Look.'), 'b')).toMatchObject({
    failure: { why: 'deleted', isSure: true },
  })
})

test('a message that cannot be published counts as sent', async () => {
  const { server, poster } = await open()
  server.meet(/crosspost$/, refuse(403, 50013))
  expect(await poster.publish?.(to, '1')).toMatchObject({
    failure: { next: 'rejected', of: 'place', reason: 'unpublished' },
  })
})
