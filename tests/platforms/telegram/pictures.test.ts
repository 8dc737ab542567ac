import { expect, onTestFinished, test } from 'vitest'
import { type Message, message, paragraph } from '../../../src/message.ts'
import { pictureOf } from '../../../src/picture-check.ts'
import { ATTACHED } from '../../../src/platforms/telegram/multipart.ts'
import { createTelegramPoster } from '../../../src/platforms/telegram/poster.ts'
import type { Pictures } from '../../../src/poster.ts'
import { memoryPictures, png } from '../../pictures.ts'
import {
  answerWith,
  half,
  hang,
  openTelegramServer,
  refuse,
  reset,
  type TelegramServer,
  TOKEN,
  UPLOADED,
} from './server.ts'

const PICTURE = { id: 1, type: 'png' } as const
const bytes = png(40, 30, 7)

const saying = (text: string): Message => message([paragraph(text)])
const pictured = (text: string): Message => ({ ...saying(text), picture: PICTURE })
const place = (address: string) => ({ platform: 'telegram', address, kind: 'private' }) as const

async function open(pictures: Pictures = memoryPictures(bytes)) {
  const server = await openTelegramServer()
  onTestFinished(() => server.close().catch(() => {}))
  const start = () => {
    const over = new AbortController()
    const term = { signal: over.signal, holds: () => !over.signal.aborted }
    const options = { token: TOKEN, apiUrl: server.url, timeoutMs: 300, term, pictures }
    const poster = createTelegramPoster(options)
    onTestFinished(poster.close)
    const parts = (given: Message) => poster.render(given, 'grid')
    return {
      poster,
      send: (chat: string, given: Message, replyTo?: string) =>
        poster.send(place(chat), parts(given)[0] ?? {}, { key: chat, ...(replyTo && { replyTo }) }),
      edit: (chat: string, id: string, given: Message) =>
        poster.edit(place(chat), id, parts(given)[0] ?? {}),
      over: () => over.abort(),
    }
  }
  const sent = () => server.calls.filter(({ method }) => method === 'sendPhoto')
  const uploads = () => server.calls.filter(({ body }) => body.photo === UPLOADED)
  return { server, start, sent, uploads, ...start() }
}

/** Returns the id of the sent message; fails if sending failed. */
function idOf(outcome: { ok: boolean; value?: unknown }): string {
  expect(outcome).toMatchObject({ ok: true })
  return String(outcome.value)
}

test('thirty sends at once are one upload, and from then on it is known by its id', async () => {
  const pictures = memoryPictures(bytes)
  const { server, send, sent, uploads } = await open(pictures)
  const chats = Array.from({ length: 30 }, (_, index) => String(700 + index))
  const outcomes = await Promise.all(chats.map(chat => send(chat, pictured('Look.'))))
  expect(outcomes.every(({ ok }) => ok)).toBe(true)
  expect(uploads()).toHaveLength(1)
  expect(Buffer.compare(server.files.get('photo-1') ?? Buffer.alloc(0), bytes)).toBe(0)
  expect(sent()).toHaveLength(30)
  expect(sent().slice(1)).toMatchObject(Array(29).fill({ body: { photo: 'photo-1' } }))
  for (const chat of chats) expect([...(server.taken.get(chat) ?? [])]).toHaveLength(1)
  expect(pictures.files.get('1')).toBe('photo-1')
  // Read for the one who has uploaded it alone.
  expect(pictures.reads).toEqual(['1'])
  idOf(await send('800', pictured('Again.')))
  expect(uploads()).toHaveLength(1)
})

test('those who have waited for an upload leave one after another', async () => {
  const { send } = await open()
  const chats = Array.from({ length: 16 }, (_, index) => String(700 + index))
  const before = performance.now()
  await Promise.all(chats.map(chat => send(chat, pictured('Look.'))))
  // Thirty a second: the last of fifteen leaves 14 gaps after the first.
  expect(performance.now() - before).toBeGreaterThan((14 * 1000) / 30 - 1)
})

test('an upload carries what a call by id does: the keyboard, the topic, what it follows', async () => {
  const { server, poster } = await open()
  const [part = {}] = poster.render(
    { ...pictured('Bread & salt'), actions: [{ label: 'More', command: '/more' }] },
    'grid',
  )
  const to = { platform: 'telegram', address: '-1001/77', kind: 'group' } as const
  for (let time = 0; time < 2; time++) idOf(await poster.send(to, part, { key: 'k', replyTo: '5' }))
  const [upload, known] = server.calls
  const common = {
    chat_id: '-1001',
    message_thread_id: 77,
    caption: 'Bread &amp; salt',
    parse_mode: 'HTML',
    reply_markup: { inline_keyboard: [[{ text: 'More', callback_data: '+/more' }]] },
    reply_parameters: { message_id: 5, allow_sending_without_reply: true },
  }
  expect(upload?.body).toEqual({ ...common, photo: UPLOADED })
  expect(known?.body).toEqual({ ...common, photo: 'photo-1' })
})

test('if the first upload is lost, the next send uploads again, and every other chat gets the picture', async () => {
  const { server, send, uploads } = await open()
  server.meet('sendPhoto', hang, refuse(429, 'Too Many Requests', { retry_after: 2 }))
  const chats = ['700', '701', '702', '703', '704']
  const outcomes = await Promise.all(chats.map(chat => send(chat, pictured('Look.'))))
  expect(outcomes.slice(0, 2)).toMatchObject([
    { ok: false, failure: { next: 'uncertain' } },
    { ok: false, failure: { next: 'retry', afterMs: 2000 } },
  ])
  expect(outcomes.slice(2).every(({ ok }) => ok)).toBe(true)
  expect(uploads()).toHaveLength(3)
  expect(server.taken.size).toBe(3)
})

test('at the end of a term, waiting chats were sent nothing, and only the running upload is uncertain', async () => {
  const { server, send, poster } = await open()
  server.meet('sendPhoto', hang)
  const sending = Promise.all(['700', '701', '702'].map(chat => send(chat, pictured('Look.'))))
  await server.next('sendPhoto')
  poster.close()
  const over = { ok: false, failure: { next: 'retry', code: 'over' } }
  expect(await sending).toEqual([expect.objectContaining({ ok: false }), over, over])
  expect((await sending)[0]).toMatchObject({ failure: { next: 'uncertain' } })
  expect(server.calls).toHaveLength(1)
})

/** Faults of an upload, and the failure that each is classified as. */
const MET: [string, Parameters<TelegramServer['meet']>[1], object][] = [
  ['429 with its wait in the body', refuse(429, 'Slow', { retry_after: 7 }), wait(7000)],
  [
    '429 with a page, and its wait in the header',
    answerWith(429, '<html>slow</html>', { 'retry-after': '3' }),
    wait(3000),
  ],
  ['403', refuse(403, 'Forbidden: bot was blocked by the user'), { next: 'gone', why: 'blocked' }],
  ['401', refuse(401, 'Unauthorized'), { next: 'stop' }],
  ['another id', refuse(400, 'Upgraded', { migrate_to_chat_id: -9 }), { next: 'moved', to: '-9' }],
  ['502 with a page', answerWith(502, '<html>Bad Gateway</html>'), uncertain('502')],
  ['200 with a page', answerWith(200, '<html>Welcome</html>'), uncertain('SyntaxError')],
  ['an answer that stops half way', half, uncertain('AbortError')],
  ['a reset connection', reset, uncertain('ECONNRESET')],
  ['an answer without a message', answerWith(200, '{"ok":true,"result":{}}'), uncertain('strange')],
]

function wait(afterMs: number) {
  return { next: 'retry', code: '429', afterMs }
}

function uncertain(code: string) {
  return { next: 'uncertain', code: expect.stringMatching(code) }
}

test.each(MET)('an upload met with %s fails as every call does', async (_, fault, failure) => {
  const { server, send } = await open()
  server.meet('sendPhoto', fault)
  expect(await send('700', pictured('Look.'))).toMatchObject({ ok: false, failure })
  idOf(await send('700', pictured('Look.')))
})

test('an upload that cannot leave can be tried again', async () => {
  const { server, send } = await open()
  await server.close()
  expect(await send('700', pictured('Look.'))).toMatchObject({
    failure: { next: 'retry', code: 'ECONNREFUSED' },
  })
})

test.each(['photo', {}, null, [], [null], [{ file_id: 7 }]])(
  'a picture that has arrived counts as sent, whatever the answer says of its sizes (%#)',
  async photo => {
    const pictures = memoryPictures(bytes)
    const { server, send } = await open(pictures)
    const fault = answerWith(200, JSON.stringify({ ok: true, result: { message_id: 9, photo } }))
    server.weather = ({ method }) => (method === 'sendPhoto' ? { fault } : undefined)
    expect(idOf(await send('700', pictured('Look.')))).toBe('9')
    expect(pictures.files.size).toBe(0)
  },
)

test('the next process sends the file by the stored id', async () => {
  const pictures = memoryPictures(bytes)
  const { start, send, uploads, over } = await open(pictures)
  idOf(await send('700', pictured('Look.')))
  over()
  idOf(await start().send('701', pictured('Look.')))
  expect(uploads()).toHaveLength(1)
  expect(pictures.reads).toEqual(['1'])
})

test('an id that Telegram does not know any more is forgotten, and the picture uploaded anew, once', async () => {
  const pictures = memoryPictures(bytes)
  pictures.files.set('1', 'of another bot')
  const { send, uploads, sent } = await open(pictures)
  const chats = ['700', '701', '702', '703']
  for (const outcome of await Promise.all(chats.map(chat => send(chat, pictured('Look.'))))) {
    idOf(outcome)
  }
  expect(uploads()).toHaveLength(1)
  expect(sent().filter(({ body }) => body.photo === 'of another bot')).toHaveLength(4)
  expect(pictures.files.get('1')).toBe('photo-1')
})

test('an id that is refused again and again is not tried for ever', async () => {
  const { server, send, sent } = await open()
  const wrong = refuse(400, 'Bad Request: wrong file identifier/HTTP URL specified')
  idOf(await send('700', pictured('Look.')))
  server.weather = ({ body }) => (body.photo === 'photo-1' ? { fault: wrong } : undefined)
  idOf(await send('701', pictured('Look.')))
  server.weather = ({ method }) => (method === 'sendPhoto' ? { fault: wrong } : undefined)
  const before = sent().length
  const id = idOf(await send('702', pictured('Look.')))
  expect(sent().length - before).toBe(2)
  expect(server.taken.get('702')?.get(Number(id))).toBe('[Image]\n\nLook.')
})

test('a store that fails has let nothing leave; without a picture that is gone the words arrive', async () => {
  const failing = { ...memoryPictures(bytes), read: () => Promise.reject(new Error('down')) }
  const down = await open(failing)
  const retry = { ok: false, failure: { next: 'retry', code: 'picture' } }
  expect(await down.send('700', pictured('Look.'))).toEqual(retry)
  failing.read = memoryPictures(bytes).read as never
  idOf(await down.send('700', pictured('Look.')))
  const unknown = memoryPictures(bytes)
  const { telegramFile } = unknown
  unknown.telegramFile = () => Promise.reject(new Error('down'))
  const blind = await open(unknown)
  expect(await blind.send('700', pictured('Look.'))).toEqual(retry)
  unknown.telegramFile = telegramFile
  idOf(await blind.send('700', pictured('Look.')))
  const gone = await open(memoryPictures())
  idOf(await gone.send('700', pictured('Look.')))
  expect([...(gone.server.taken.get('700')?.values() ?? [])]).toEqual(['[Image]\n\nLook.'])
})

test('an id that cannot be kept is known all the same until the end', async () => {
  const pictures = memoryPictures(bytes)
  pictures.keepTelegramFile = () => Promise.reject(new Error('down'))
  const { send, uploads } = await open(pictures)
  idOf(await send('700', pictured('Look.')))
  idOf(await send('701', pictured('Look.')))
  expect(uploads()).toHaveLength(1)
})

test('a correction changes the words and keeps the picture', async () => {
  const { server, send, edit } = await open()
  const id = idOf(await send('700', pictured('Wrong.')))
  expect(await edit('700', id, pictured('Right.'))).toMatchObject({ ok: true })
  expect([...(server.taken.get('700') ?? [])]).toEqual([[Number(id), 'Right.']])
  expect(server.photos.get(`700/${id}`)).toBe('photo-1')
  expect(server.calls.at(-1)).toMatchObject({
    method: 'editMessageCaption',
    body: { chat_id: '700', message_id: Number(id), caption: 'Right.', parse_mode: 'HTML' },
  })
  expect(await edit('700', id, pictured('Right.'))).toMatchObject({ failure: { next: 'done' } })
  // Too long for a caption: the words follow, the picture stands alone.
  expect(await edit('700', id, pictured('Long. '.repeat(400)))).toMatchObject({ ok: true })
  expect(server.taken.get('700')?.get(Number(id))).toBe('')
})

test('a text to which a picture is added stays one, and a line names the picture', async () => {
  const { server, send, edit } = await open()
  const id = idOf(await send('700', saying('Old.')))
  expect(await edit('700', id, pictured('New.'))).toMatchObject({ ok: true })
  expect([...(server.taken.get('700') ?? [])]).toEqual([[Number(id), '[Image]\n\nNew.']])
  expect(server.photos.size).toBe(0)
  const alone = await edit('700', id, { ...message([]), picture: PICTURE })
  expect(alone).toMatchObject({ ok: true })
  expect(server.taken.get('700')?.get(Number(id))).toBe('[Image]')
})

test('the image of a retracted message becomes a plain one, with the notice below', async () => {
  const { server, send, edit, uploads } = await open()
  const ids = [
    idOf(await send('700', pictured('Wrong.'))),
    idOf(await send('701', pictured('Wrong.'))),
  ]
  for (const [index, id] of ids.entries()) {
    expect(await edit(`70${index}`, id, saying('Taken back.'))).toMatchObject({ ok: true })
    expect(server.photos.get(`70${index}/${id}`)).toBe('photo-2')
    expect(server.taken.get(`70${index}`)?.get(Number(id))).toBe('Taken back.')
  }
  const blank = server.files.get('photo-2') ?? Buffer.alloc(0)
  expect(pictureOf(blank)).toEqual({ type: 'png' })
  expect(blank.length).toBeLessThan(2000)
  expect(Buffer.compare(blank, bytes)).not.toBe(0)
  // Uploaded once, as every picture.
  const media = server.calls.filter(({ method }) => method === 'editMessageMedia')
  expect(media.map(({ body }) => body.media)).toEqual([
    {
      type: 'photo',
      media: ATTACHED,
      caption: 'Taken back.',
      parse_mode: 'HTML',
    },
    { type: 'photo', media: 'photo-2', caption: 'Taken back.', parse_mode: 'HTML' },
  ])
  expect(uploads()).toHaveLength(1)
  // Its buttons as well.
  const asking = { ...saying('Ask us.'), actions: [{ label: 'Help', command: '/help' }] }
  expect(await edit('701', ids[1] ?? '', asking)).toMatchObject({ ok: true })
  expect(server.calls.at(-1)?.body.reply_markup).toEqual({
    inline_keyboard: [[{ text: 'Help', callback_data: '+/help' }]],
  })
  // Met again after its answer was lost, it is so already.
  expect(await edit('700', ids[0] ?? '', saying('Taken back.'))).toMatchObject({
    failure: { next: 'done' },
  })
})

test.for([
  'not enough rights to send photos to the chat',
  'not enough rights to send media messages to the chat',
  'CHAT_SEND_PHOTOS_FORBIDDEN',
  'CHAT_SEND_MEDIA_FORBIDDEN',
  'IMAGE_PROCESS_FAILED',
  'A_NEW_REASON',
])('a picture refused with %s becomes words, and is corrected as words', async said => {
  const { server, send, edit } = await open()
  const isPhoto = (method: string) => method === 'sendPhoto' || method === 'editMessageMedia'
  server.weather = ({ method }) =>
    isPhoto(method) ? { fault: refuse(400, `Bad Request: ${said}`) } : undefined
  const id = idOf(await send('-700', pictured('Bread & salt')))
  const shown = () => server.taken.get('-700')?.get(Number(id))
  expect(shown()).toBe('[Image]\n\nBread &amp; salt')
  expect(await edit('-700', id, pictured('Right.'))).toMatchObject({ ok: true })
  expect(shown()).toBe('[Image]\n\nRight.')
})

test('a picture and then its words are refused: the place is suspected, with the right', async () => {
  const { server, send } = await open()
  const no = (what: string) => refuse(400, `Bad Request: not enough rights to send ${what}`)
  server.meet('sendPhoto', no('photos to the chat'))
  server.meet('sendMessage', no('text messages to the chat'))
  expect(await send('-700', pictured('Look.'))).toMatchObject({
    failure: { next: 'gone', why: 'forbidden', right: 'Send Messages' },
  })
  server.meet('sendMessage', refuse(400, 'Bad Request: A_NEW_REASON'))
  server.meet('sendMessage', refuse(400, 'Bad Request: A_NEW_REASON'))
  const unknown = await send('-700', saying('Look.'))
  expect(unknown).toMatchObject({ failure: { next: 'gone', why: 'forbidden' } })
  expect(unknown).not.toHaveProperty('failure.isSure')
})

test('a chat that has blocked the bot is not asked to take the words', async () => {
  const { server, send } = await open()
  server.meet('sendPhoto', refuse(403, 'Forbidden: bot was blocked by the user'))
  expect(await send('700', pictured('Look.'))).toMatchObject({ failure: { isSure: true } })
  expect(server.calls).toHaveLength(1)
})

test('a server that knows no time tag gets plain words, of texts, captions and corrections', async () => {
  const { server, poster } = await open()
  server.weather = ({ body }) =>
    /<tg-time/.test(body.text ?? body.caption ?? '')
      ? {
          fault: refuse(400, 'Bad Request: can\'t parse entities: Unsupported start tag "tg-time"'),
        }
      : undefined
  const timed = (text: string): Message => ({
    ...message([
      {
        type: 'paragraph',
        children: [
          { type: 'text', value: text },
          { type: 'time', value: '4 December, 09:00', at: '2026-12-04T09:00:00Z' },
        ],
      },
    ]),
  })
  const [part = {}, other = {}, photo = {}] = [
    timed('Meet '),
    timed('Meet us '),
    { ...timed('Look '), picture: PICTURE },
  ].flatMap(each => poster.render(each, 'grid'))
  const id = idOf(await poster.send(place('700'), part, { key: 'a' }))
  const shown = (sent: string) => server.taken.get('700')?.get(Number(sent))
  expect(shown(id)).toMatch(/^Meet [^<]+$/)
  expect(await poster.edit(place('700'), id, other)).toMatchObject({ ok: true })
  expect(shown(id)).toMatch(/^Meet us [^<]+$/)
  const pictured = idOf(await poster.send(place('700'), photo, { key: 'b' }))
  expect(shown(pictured)).toMatch(/^Look [^<]+$/)
  expect(server.photos.has(`700/${pictured}`)).toBe(true)
})
