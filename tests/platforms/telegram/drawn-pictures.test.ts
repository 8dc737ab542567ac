import { expect, test } from 'vitest'
import type { Pictures } from '../../../src/poster.ts'
import { memoryPictures } from '../../pictures.ts'
import { drawingBot } from '../drawn.ts'
import { keyboardOf, messageUpdate } from './person.ts'
import { openTelegram } from './scene.ts'
import { answerWith, hang, ME, refuse, reset, UPLOADED } from './server.ts'

const FROM = { id: 700, is_bot: false, first_name: 'Ada' }
const CHAT = { id: 700, type: 'private', first_name: 'Ada' }

let ids = 0

/** A press of a button under the message 5: a text, unless `more` says otherwise. */
function press(data: string, more: object = {}) {
  ids += 1
  const sent = { message_id: 5, date: 1_764_000_000, chat: CHAT, from: ME, text: 'Before' }
  const message = { ...sent, reply_markup: keyboardOf('/drin', '/words'), ...more }
  return { callback_query: { id: `p${ids}`, from: FROM, chat_instance: '1', data, message } }
}

/** The fields of a pressed message that is a picture of an answer. */
const OWN = { text: undefined, caption: 'Rivers', photo: [], show_caption_above_media: true }

async function open(pictures: Pictures = memoryPictures(), timeoutMs = 300) {
  const { bot, left } = drawingBot()
  return { ...(await openTelegram({ bot, pictures, timeoutMs })), left }
}

type Scene = Awaited<ReturnType<typeof open>>

const photosOf = ({ server }: Scene) =>
  server.calls.filter(({ method }) => method === 'sendPhoto').map(({ body }) => body.photo)

/** Returns the texts of chat 700, and its pictures with their captions, in order. */
function shownBy({ server }: Pick<Scene, 'server'>): string[] {
  return [...(server.taken.get('700') ?? [])].flatMap(([id, text]) =>
    text === null ? [] : [server.photos.has(`700/${id}`) ? `[photo] ${text}` : text],
  )
}

test('pictures come in order with the text, uploaded once and then by their ids', async () => {
  await using scene = await open()
  for (let time = 0; time < 2; time++) {
    scene.server.push(messageUpdate('/both'))
    for (let part = 0; part < 3; part++) await scene.server.shown('700').next()
  }
  const parts = [
    expect.stringMatching(/^\[photo\] First\.\n.*Drin<\/b> · 4\.20 m/s),
    expect.stringMatching(/^\[photo\] Then\.\n.*The river and its gauges/s),
    'Last.',
  ]
  expect(shownBy(scene)).toEqual([...parts, ...parts])
  expect(photosOf(scene)).toEqual([UPLOADED, UPLOADED, 'photo-1', 'photo-2'])
  const [first] = scene.server.calls.filter(({ method }) => method === 'sendPhoto')
  expect(first?.body).toMatchObject({ show_caption_above_media: 'true', parse_mode: 'HTML' })
  expect(first?.body).not.toHaveProperty('instead')
})

test.for([
  refuse(400, 'Bad Request: not enough rights to send photos to the chat'),
  refuse(400, 'Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN'),
  refuse(400, 'Bad Request: PHOTO_INVALID_DIMENSIONS'),
  refuse(400, 'Bad Request: file is too big'),
  refuse(400, 'Bad Request: A_NEW_REASON'),
  refuse(413, 'Request Entity Too Large'),
  answerWith(413, '<html>Request Entity Too Large</html>'),
  answerWith(502, '<html>Bad Gateway</html>'),
  reset,
  hang,
])('cards stand in the place of each refused picture, and nothing is lost (%#)', async fault => {
  // Three slow uploads of each picture take nine times as long.
  await using scene = await open(memoryPictures(), fault === hang ? 50 : 300)
  scene.server.weather = ({ method }) => (method === 'sendPhoto' ? { fault } : undefined)
  scene.server.push(messageUpdate('/both'))
  await expect.poll(() => shownBy(scene), { timeout: 10_000 }).toHaveLength(3)
  expect(shownBy(scene)).toEqual([
    'First.\n\n• River: <b>Drin</b>\nLevel: 4.20 m',
    'Then.\n\n[Image: The river and its gauges]',
    'Last.',
  ])
  expect(scene.left).toEqual([])
})

test('readers who ask for one picture get its cards soon if no upload is answered', async () => {
  await using scene = await open(memoryPictures(), 100)
  scene.server.weather = ({ method }) => (method === 'sendPhoto' ? { fault: hang } : undefined)
  const readers = Array.from({ length: 40 }, (_, index) => 1000 + index)
  for (const id of readers) {
    const from = { ...FROM, id }
    scene.server.push(messageUpdate('/drin', { from, chat: { ...CHAT, id } }))
  }
  const answered = () => readers.filter(id => scene.server.taken.has(String(id)))
  await expect.poll(answered, { timeout: 8000 }).toEqual(readers)
})

test.for([
  ['cannot be drawn or is not there any more', async () => undefined],
  ['cannot be read', () => Promise.reject(new Error('The store is away.'))],
] satisfies [string, Pictures['read']][])(
  'cards stand in the place of a picture that %s',
  async ([, read]) => {
    await using scene = await open({ ...memoryPictures(), read })
    scene.server.push(messageUpdate('/both'))
    await expect.poll(() => shownBy(scene)).toHaveLength(3)
    expect(shownBy(scene)[0]).toMatch(/• River: <b>Drin<\/b>\nLevel: 4\.20 m$/)
    expect(photosOf(scene)).toEqual([])
  },
)

test('a pressed text becomes a picture in its place, and again', async () => {
  await using scene = await open()
  scene.server.push(press('/drin'))
  const { body } = await scene.server.next('editMessageMedia')
  expect(body).toMatchObject({
    chat_id: '700',
    media: { type: 'photo', parse_mode: 'HTML', show_caption_above_media: true },
    reply_markup: { inline_keyboard: expect.any(Array) },
  })
  expect(body.message_id).toBe(5)
  await expect.poll(() => shownBy(scene)).toEqual([expect.stringMatching(/^\[photo\].*Drin/s)])
  scene.server.push(press('/sava', { ...OWN, reply_markup: keyboardOf('/sava') }))
  await expect.poll(() => shownBy(scene)).toEqual([expect.stringMatching(/^\[photo\].*Sava/s)])
  scene.server.push(press('/drin', OWN))
  await expect.poll(() => shownBy(scene)).toEqual([expect.stringMatching(/^\[photo\].*Drin/s)])
  expect(scene.server.files.size).toBe(2)
  expect(scene.events()).not.toContain('reply.failed')
})

test('where a server adds no picture to a text, the answer is a new message', async () => {
  await using scene = await open()
  scene.server.addsMedia = false
  scene.server.push(press('/drin'))
  await expect.poll(() => shownBy(scene)).toEqual([expect.stringMatching(/^\[photo\].*Drin/s)])
  expect(scene.server.taken.get('700')?.has(5)).toBe(false)
  expect(scene.events()).not.toContain('reply.failed')
})

test('a group without the right to pictures gets cards in the place of the text', async () => {
  await using scene = await open()
  const fault = refuse(400, 'Bad Request: not enough rights to send photos to the chat')
  scene.server.weather = ({ method }) =>
    ['sendPhoto', 'editMessageMedia'].includes(method) ? { fault } : undefined
  scene.server.push(press('/drin'))
  const { body } = await scene.server.next('editMessageText')
  expect(body).toMatchObject({ message_id: 5, reply_markup: expect.any(Object) })
  expect(body.text).toMatch(/• River: <b>Drin<\/b>\nLevel: 4\.20 m$/)
})

test('a text takes the place of a pressed picture: it is sent, and the picture is deleted', async () => {
  await using scene = await open()
  scene.server.push(press('/drin'))
  await scene.server.next('editMessageMedia')
  scene.server.push(press('/words', OWN))
  const { body } = await scene.server.next('deleteMessage')
  expect(body).toEqual({ chat_id: '700', message_id: 5 })
  await expect.poll(() => shownBy(scene)).toEqual(['No table.'])
  expect(scene.server.calls.map(({ method }) => method)).not.toContain('editMessageText')
})

test('a picture that cannot be changed any more stays until its answer has arrived', async () => {
  await using scene = await open()
  scene.server.push(press('/drin'))
  await scene.server.next('editMessageMedia')
  const fault = refuse(400, 'Bad Request: IMAGE_PROCESS_FAILED')
  scene.server.weather = ({ method }) => (/Photo|Media/.test(method) ? { fault } : undefined)
  scene.server.push(press('/sava', { ...OWN, reply_markup: keyboardOf('/sava') }))
  await scene.server.next('deleteMessage')
  await expect
    .poll(() => shownBy(scene))
    .toEqual([expect.stringMatching(/^<b>Rivers<\/b>\n• River: <b>Sava/)])
  scene.server.weather = ({ method }) =>
    method === 'sendMessage' ? { fault: refuse(400, 'Bad Request: A_NEW_REASON') } : undefined
  scene.server.push(press('/words', { ...OWN, message_id: 6 }))
  await scene.server.next('answerCallbackQuery')
  await scene.platform.stop()
  const deleted = scene.server.calls.filter(({ method }) => method === 'deleteMessage')
  expect(deleted).toHaveLength(1)
})

test('an answer in several messages stays whole when its buttons are pressed', async () => {
  await using scene = await open()
  scene.server.push(messageUpdate('/pages'))
  await expect.poll(() => shownBy(scene)).toHaveLength(2)
  const pages = shownBy(scene)
  const [, last] = scene.server.taken.get('700')?.keys() ?? []
  for (const line of ['/drin', '/words']) {
    scene.server.push(press(line, { ...OWN, message_id: last }))
    await scene.server.next('answerCallbackQuery')
  }
  await expect.poll(() => shownBy(scene)).toHaveLength(4)
  expect(shownBy(scene).slice(0, 2)).toEqual(pages)
  expect(pages[1]).toMatch(/^\[photo\].*Sava/s)
})

test('the picture of an announcement stays, and its answer is a new message', async () => {
  await using scene = await open()
  for (const line of ['/drin', '/words']) {
    scene.server.push(press(line, { text: undefined, caption: 'Official', photo: [] }))
    await scene.server.next('answerCallbackQuery')
  }
  await expect.poll(() => shownBy(scene)).toHaveLength(2)
  const methods = scene.server.calls.map(({ method }) => method)
  expect(methods.filter(method => /^(edit|delete)M/.test(method))).toEqual([])
})
