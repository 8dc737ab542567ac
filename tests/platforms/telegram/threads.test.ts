import { expect, test } from 'vitest'
import { message, paragraph } from '../../../src/message.ts'
import { openKeepingBot } from '../../keeping.ts'
import { memoryPictures, png } from '../../pictures.ts'
import { answering } from '../../request.ts'
import { openBot } from '../../shipped.ts'
import { keyboardOf, messageUpdate } from './person.ts'
import { openTelegram } from './scene.ts'
import { ME, refuse, type TelegramServer } from './server.ts'

const GROUP = { id: -1001, type: 'supergroup', title: 'Comments' }
const THREAD = 900
const QUESTION = 950

/** A post of a channel as Telegram brings it into the channel's group. */
const POST = {
  message_id: THREAD,
  chat: GROUP,
  date: 1,
  is_automatic_forward: true,
  sender_chat: { id: -1003, type: 'channel', title: 'News' },
  text: 'Post',
}
const COMMENT = { ...POST, message_id: 910, is_automatic_forward: undefined, text: 'Yes' }

/** Answers every line with three messages and a button. */
const LONG = answering(openBot(), async () => {
  const parts = ['a', 'b', 'c'].map(letter => paragraph(letter.repeat(3000)))
  const actions = [{ label: 'More', command: '/next' }]
  return { message: { ...message(parts), actions }, understood: true }
})
const PICTURED = answering(openBot(), async () => {
  const picture = { id: 1, type: 'png' } as const
  return { message: { ...message([paragraph('a'.repeat(3000))]), picture }, understood: true }
})

const asking = (more: object) =>
  messageUpdate('/threats', { chat: GROUP, message_id: QUESTION, ...more })

let ids = 0
function pressing(data: string, more: object, button = data) {
  ids += 1
  const on = { message_id: 960, date: 1, chat: GROUP, from: ME, text: `c\n3/3` }
  const from = { id: 700, is_bot: false, first_name: 'Ada' }
  const pressed = { ...on, reply_markup: keyboardOf(button), ...more }
  return { callback_query: { id: `p${ids}`, from, chat_instance: '1', data, message: pressed } }
}

/** All that was sent to the group, once `count` messages were. */
async function sent({ calls, next }: TelegramServer, count: number) {
  const found = () => calls.filter(({ method }) => /^send/.test(method))
  while (found().length < count) await next(count > 1 ? 'sendMessage' : 'sendPhoto')
  return found().map(({ body }) => ({
    replyTo: body.reply_parameters?.message_id,
    thread: body.message_thread_id,
  }))
}

const inThread = (replyTo: number) => ({ replyTo, thread: undefined })

test.each<[string, object]>([
  ['the post’s thread', { message_thread_id: THREAD, reply_to_message: POST }],
  ['a server that tells no thread', { reply_to_message: POST }],
  ['a reply to a comment', { message_thread_id: THREAD, reply_to_message: COMMENT }],
  [
    'a comment whose thread is told of the one above',
    {
      reply_to_message: { ...COMMENT, message_thread_id: THREAD },
    },
  ],
  ['a thread that no message tells', { message_thread_id: THREAD }],
])('each part of an answer in comments replies to the question: %s', async (_, more) => {
  await using scene = await openTelegram({ bot: LONG })
  scene.server.push(asking(more))
  expect(await sent(scene.server, 3)).toEqual([1, 2, 3].map(() => inThread(QUESTION)))
})

test('each answer to a press in comments replies to the message that has the button', async () => {
  await using scene = await openTelegram({ bot: LONG })
  scene.server.push(pressing('/next', { message_thread_id: THREAD, reply_to_message: POST }))
  expect(await sent(scene.server, 3)).toEqual([1, 2, 3].map(() => inThread(960)))
})

test('an answer that replaces its message, and cannot, stays in the comments', async () => {
  await using scene = await openTelegram()
  scene.server.meet('editMessageText', refuse(400, 'Bad Request: message to edit not found'))
  const alone = { message_thread_id: THREAD, text: 'x' }
  scene.server.push(pressing('/next', alone))
  await scene.server.next('sendMessage')
  expect(await sent(scene.server, 0)).toEqual([inThread(960)])
})

test('a picture in comments, and the words in its place if it is refused, reply to the question', async () => {
  await using scene = await openTelegram({ bot: PICTURED, pictures: memoryPictures(png(40, 30)) })
  scene.server.push(asking({ message_thread_id: THREAD, reply_to_message: POST }))
  expect(await sent(scene.server, 2)).toEqual([inThread(QUESTION), inThread(QUESTION)])
  scene.server.meet('sendPhoto', refuse(400, 'Bad Request: IMAGE_PROCESS_FAILED'))
  scene.server.push(asking({ message_thread_id: THREAD, reply_to_message: POST }))
  const all = await sent(scene.server, 5)
  expect(all).toEqual(all.map(() => inThread(QUESTION)))
})

test('an error, and markup that is refused, reply to the question in comments', async () => {
  const broken = answering(openBot(), () => Promise.reject(new TypeError('x')))
  await using scene = await openTelegram({ bot: broken })
  scene.server.meet('sendMessage', refuse(400, "Bad Request: can't parse entities: …"))
  scene.server.push(asking({ message_thread_id: THREAD, reply_to_message: POST }))
  expect(await sent(scene.server, 2)).toEqual([inThread(QUESTION), inThread(QUESTION)])
})

test.each<[string, object, object[]]>([
  [
    'a topic',
    { message_thread_id: 77, is_topic_message: true, reply_to_message: POST },
    [
      { replyTo: QUESTION, thread: 77 },
      { replyTo: undefined, thread: 77 },
    ],
  ],
  ['a group’s main stream', {}, [inThread(QUESTION), { replyTo: undefined, thread: undefined }]],
])('outside of comments only the first part replies: %s', async (_, more, [first, other]) => {
  await using scene = await openTelegram({ bot: LONG })
  scene.server.push(asking(more))
  expect(await sent(scene.server, 3)).toEqual([first, other, other])
})

const WAY_OUT = /If you’re an anonymous admin, send the command as the group\./

test.each<[string, (server: TelegramServer) => void]>([
  ['a member', () => {}],
  [
    'unknown to Telegram',
    server => server.meet('getChatMember', refuse(400, 'Bad Request: member list is inaccessible')),
  ],
])(
  'an anonymous administrator who presses a button and is %s gets the way out',
  async (_, before) => {
    const keeping = await openKeepingBot()
    await using scene = await openTelegram({ bot: keeping.bot, before })
    const date = Math.floor(keeping.clock.now().epochMilliseconds / 1000)
    scene.server.push(pressing('/subscribe', { text: 'x', date }))
    const { body } = await scene.server.next('answerCallbackQuery')
    expect(body.text).toMatch(WAY_OUT)
    expect(body.text.length).toBeLessThanOrEqual(200)
    expect(await keeping.wish('telegram', '-1001')).toBeUndefined()
    // The way that it names works; a member who types it as a person changes nothing.
    const typed = (more: object) =>
      messageUpdate('/subscribe@sitrep_test_bot', { chat: GROUP, date, ...more })
    scene.server.push(typed({}))
    expect((await scene.server.shown('-1001').next()).text).not.toMatch(WAY_OUT)
    expect(await keeping.wish('telegram', '-1001')).toBeUndefined()
    const anonymous = {
      id: 1087968824,
      is_bot: true,
      username: 'GroupAnonymousBot',
      first_name: 'Group',
    }
    scene.server.push(typed({ from: anonymous, sender_chat: GROUP }))
    await scene.server.shown('-1001').next()
    expect(await keeping.wish('telegram', '-1001')).toMatchObject({ state: 'active' })
  },
)
