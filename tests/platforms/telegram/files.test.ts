import { expect, test } from 'vitest'
import type { Message } from '../../../src/message.ts'
import { message, paragraph } from '../../../src/message.ts'
import { answering } from '../../request.ts'
import { openBot } from '../../shipped.ts'
import { messageUpdate } from './person.ts'
import { openTelegram } from './scene.ts'
import { refuse } from './server.ts'

const FILE = { name: 'copy.json', type: 'application/json', text: '{"ö": "🙂"}' } as const
const answerOf = (said: Message) =>
  openTelegram({ bot: answering(openBot(), async () => ({ message: said, understood: true })) })
const PERSON = { id: 42, is_bot: false, first_name: 'Ada' } as const
const question = () => messageUpdate('/about', { chat: { id: 700, type: 'private' } })

test('a file is uploaded with its name, and the text is its caption', async () => {
  const actions = [{ label: 'More', command: '/more' }]
  await using scene = await answerOf({
    ...message([paragraph('Salt & bread')], actions),
    file: FILE,
  })
  scene.server.push(question())
  const { body } = await scene.server.next('sendDocument')
  expect(body).toMatchObject({
    chat_id: '700',
    caption: 'Salt &amp; bread',
    parse_mode: 'HTML',
    reply_markup: { inline_keyboard: [[{ text: 'More', callback_data: '/more' }]] },
  })
  const [part] = [...scene.server.documents.values()]
  expect(part?.name).toBe('copy.json')
  expect(String(part?.bytes)).toBe(FILE.text)
  expect(scene.server.calls.some(({ method }) => method === 'sendMessage')).toBe(false)
})

test('a text that is too long for a caption stands above the file', async () => {
  await using scene = await answerOf({ ...message([paragraph('Word. '.repeat(300))]), file: FILE })
  scene.server.push(question())
  expect((await scene.server.next('sendMessage')).body.text).toMatch(/^Word\./)
  expect((await scene.server.next('sendDocument')).body).not.toHaveProperty('caption')
})

test('a shared message, which takes no file, has a link to it', async () => {
  await using scene = await answerOf({ ...message([paragraph('Here.')]), file: FILE })
  scene.server.push({
    callback_query: {
      ...{ id: 'press-1', from: PERSON, chat_instance: '1', data: '/about' },
      inline_message_id: 'shared-1',
    },
  })
  expect((await scene.server.next('editMessageText')).body).toMatchObject({
    text: 'Here.',
    reply_markup: {
      inline_keyboard: [[{ text: 'Read more', url: 'https://t.me/sitrep_test_bot?start=about' }]],
    },
  })
})

test('a chat that accepts no file is told so', async () => {
  await using scene = await answerOf({ ...message([paragraph('Here.')]), file: FILE })
  scene.server.meet('sendDocument', refuse(400, 'Bad Request: not enough rights to send documents'))
  scene.server.push(question())
  expect((await scene.server.next('sendMessage')).body.text).toBe(
    'Here.\n\nI can’t send files here. Allow that in this chat, then ask me again.',
  )
})
