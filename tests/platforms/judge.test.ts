import { DiscordAPIError } from 'discord.js'
import { TelegramError } from 'telegraf'
import { expect, test } from 'vitest'
import { classifyError as judgeDiscord } from '../../src/platforms/discord/failure.ts'
import { classifyError as judgeTelegram } from '../../src/platforms/telegram/failure.ts'

const telegram = (error_code: number, description: string) =>
  judgeTelegram(new TelegramError({ error_code, description }))

function discord(status: number, code: number) {
  const request = { files: [], body: {} }
  return judgeDiscord(
    new DiscordAPIError({ code, message: 'Said' }, code, status, 'POST', 'x', request),
  )
}

test.for([
  [403, 'Forbidden: bot was blocked by the user', 'blocked'],
  [403, 'Forbidden: user is deactivated', 'blocked'],
  [400, 'Bad Request: USER_IS_BLOCKED', 'blocked'],
  [403, 'Forbidden: bot was kicked from the group chat', 'removed'],
  [403, 'Forbidden: bot was kicked from the supergroup chat', 'removed'],
  [403, 'Forbidden: bot was kicked from the channel chat', 'removed'],
  [403, 'Forbidden: the group chat was deleted', 'deleted'],
] as const)('%d %s leaves no doubt', ([status, said, why]) => {
  expect(telegram(status, said)).toMatchObject({ next: 'gone', why, isSure: true, said })
})

test.for([
  [400, 'Bad Request: chat not found', 'deleted', undefined],
  [400, 'Bad Request: PEER_ID_INVALID', 'deleted', undefined],
  [403, 'Forbidden: bot is not a member of the channel chat', 'removed', undefined],
  [400, 'Bad Request: CHANNEL_PRIVATE', 'removed', undefined],
  [403, "Forbidden: bot can't initiate conversation with a user", 'forbidden', undefined],
  [403, 'Forbidden: something new', 'forbidden', undefined],
  [400, 'Bad Request: CHAT_RESTRICTED', 'forbidden', 'Send Messages'],
  [400, 'Bad Request: CHAT_WRITE_FORBIDDEN', 'forbidden', 'Send Messages'],
  [400, 'Bad Request: CHAT_SEND_PLAIN_FORBIDDEN', 'forbidden', 'Send Messages'],
  [400, 'Bad Request: have no rights to send a message', 'forbidden', 'Send Messages'],
  [
    ...[400, 'Bad Request: not enough rights to send text messages to the chat', 'forbidden'],
    'Send Messages',
  ],
  [
    ...[400, 'Bad Request: need administrator rights in the channel chat', 'forbidden'],
    'Post Messages',
  ],
  [400, 'Bad Request: CHAT_ADMIN_REQUIRED', 'forbidden', 'Post Messages'],
] as const)('%d %s leaves doubt about the place', ([status, said, why, right]) => {
  const failure = telegram(Number(status), String(said))
  expect(failure).toMatchObject({ next: 'gone', why, said, ...(right && { right }) })
  expect(failure).not.toHaveProperty('isSure')
  expect(failure).not.toHaveProperty('topic')
})

test.for(['TOPIC_CLOSED', 'message thread not found', 'TOPIC_DELETED'])(
  '%s concerns the topic alone',
  said => {
    expect(telegram(400, `Bad Request: ${said}`)).toMatchObject({ next: 'gone', topic: true })
  },
)

test.for([
  ...['photos', 'videos', 'documents', 'audios', 'polls', 'stickers', 'voice messages'].map(
    kind => `not enough rights to send ${kind} to the chat`,
  ),
  'not enough rights to send media messages to the chat',
  'CHAT_SEND_PHOTOS_FORBIDDEN',
  'CHAT_SEND_MEDIA_FORBIDDEN',
])('%s concerns one kind of content at one place', said => {
  expect(telegram(400, `Bad Request: ${said}`)).toMatchObject({
    ...{ next: 'rejected', of: 'place', isPicture: true },
  })
})

test.for([
  ["can't parse entities: Unsupported start tag", undefined],
  ['BUTTON_DATA_INVALID', undefined],
  ['message is too long', 'length'],
  ['message caption is too long', 'length'],
  ['message text is empty', 'length'],
  ['IMAGE_PROCESS_FAILED', 'picture'],
  ['PHOTO_INVALID_DIMENSIONS', 'picture'],
  ['wrong file identifier/HTTP URL specified', 'picture'],
] as const)('%s concerns the content', ([said, reason]) => {
  const failure = telegram(400, `Bad Request: ${said}`)
  expect(failure).toMatchObject({ next: 'rejected', of: 'content', ...(reason && { reason }) })
})

test('an unknown sentence counts for the place', () => {
  for (const said of ['', 'Bad Request: SOMETHING_NEW', 'Bad Request: strange times']) {
    expect(telegram(400, said)).toMatchObject({ next: 'rejected', of: 'place' })
  }
})

test.for([
  [404, 10003, 'deleted', undefined],
  [404, 10004, 'deleted', undefined],
  [403, 50001, 'forbidden', undefined],
  [403, 50007, 'forbidden', undefined],
  [403, 50013, 'forbidden', undefined],
  [400, 160002, 'forbidden', 'Read Message History'],
  [400, 160005, 'forbidden', 'Manage Threads'],
  [403, 999_999, 'forbidden', undefined],
] as const)('%d %d leaves doubt about the channel', ([status, code, why, right]) => {
  const failure = discord(status, code)
  expect(failure).toMatchObject({ next: 'gone', why, said: 'Said', ...(right && { right }) })
  if (!right) expect(failure).not.toHaveProperty('right')
  expect(failure).not.toHaveProperty('isSure')
})

test('Discord refuses contents, places, or nothing for long', () => {
  for (const code of [50035, 50006, 240000]) {
    expect(discord(400, code)).toMatchObject({ next: 'rejected', of: 'content' })
  }
  expect(discord(413, 40005)).toMatchObject({ next: 'rejected', of: 'content' })
  expect(discord(400, 50045)).toMatchObject({ of: 'content', isPicture: true })
  expect(discord(400, 50083)).toMatchObject({ of: 'place', reason: 'archived' })
  for (const code of [999_999, 20009, 200000]) {
    expect(discord(400, code)).toMatchObject({ next: 'rejected', of: 'place' })
  }
  expect(discord(400, 40006)).toMatchObject({ next: 'retry' })
})
