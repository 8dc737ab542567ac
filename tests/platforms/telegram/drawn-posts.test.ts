import { expect, onTestFinished, test } from 'vitest'
import { createTelegramPoster } from '../../../src/platforms/telegram/poster.ts'
import { memoryPictures } from '../../pictures.ts'
import { tabled } from '../drawn.ts'
import { hang, openTelegramServer, refuse, TOKEN, UPLOADED } from './server.ts'

const to = { platform: 'telegram', address: '700', kind: 'private' } as const
const WRONG_FILE = refuse(400, 'Bad Request: wrong file identifier/HTTP URL specified')

async function open(pictures = memoryPictures()) {
  const server = await openTelegramServer()
  onTestFinished(() => server.close())
  /** Starts a process with the pictures of the others. */
  const start = () => {
    const term = { signal: new AbortController().signal, holds: () => true }
    const options = { token: TOKEN, apiUrl: server.url, timeoutMs: 300, term, pictures }
    const poster = createTelegramPoster(options)
    onTestFinished(poster.close)
    const partOf = (river: string) => poster.render(tabled(river), 'picture')[0] ?? {}
    return {
      send: (river: string) => poster.send(to, partOf(river), { key: river }),
      edit: (id: string, river: string) => poster.edit(to, id, partOf(river)),
    }
  }
  const uploads = () => server.calls.filter(({ body }) => body.photo === UPLOADED).length
  const shown = (id: number) => server.taken.get('700')?.get(id)
  return { server, start, uploads, shown }
}

test('processes side by side upload a picture once, also if one of them has failed before', async () => {
  const { server, start, uploads } = await open()
  const [first, second] = [start(), start()]
  server.meet('sendPhoto', hang)
  expect(await second.send('Drin')).toMatchObject({ failure: { next: 'uncertain' } })
  expect(await first.send('Drin')).toMatchObject({ ok: true })
  expect(uploads()).toBe(2)
  for (const { send } of [second, first, start()]) {
    expect(await send('Drin')).toMatchObject({ ok: true })
  }
  expect(uploads()).toBe(2)
  expect(server.files.size).toBe(1)
})

test('an id that no longer holds is replaced for all processes', async () => {
  const pictures = memoryPictures()
  const { server, start, uploads } = await open(pictures)
  const [first, second] = [start(), start()]
  await first.send('Drin')
  await second.send('Drin')
  server.weather = ({ body }) => (body.photo === 'photo-1' ? { fault: WRONG_FILE } : undefined)
  expect(await first.send('Drin')).toMatchObject({ ok: true })
  expect(uploads()).toBe(2)
  expect([...pictures.files.values()]).toEqual(['photo-2'])
  expect(await second.send('Drin')).toMatchObject({ ok: true })
  expect(uploads()).toBe(2)
})

test.for([true, false])(
  'a correction gives a text its picture if the server can do so: %s',
  async addsMedia => {
    const { server, start, shown } = await open()
    const { send, edit } = start()
    server.addsMedia = addsMedia
    server.meet('sendPhoto', refuse(400, 'Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN'))
    const sent = await send('Drin')
    const id = sent.ok ? Number(sent.value) : 0
    expect(shown(id)).toMatch(/• River: <b>Drin/)
    expect(await edit(String(id), 'Sava')).toMatchObject({ ok: true })
    expect(server.photos.has(`700/${id}`)).toBe(addsMedia)
    expect(shown(id)).toMatch(addsMedia ? /<b>Sava<\/b> · 4\.20 m/ : /• River: <b>Sava/)
  },
)
