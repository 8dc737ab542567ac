import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { webhookSecret } from '../../../src/platforms/telegram/webhook.ts'
import { DIALECTS } from '../../store/stores.ts'
import { fastClock } from '../pauses.ts'
import { GROUP, holdBack, openCrowd } from './crowd.ts'
import { messageUpdate } from './person.ts'
import { openTelegram } from './scene.ts'
import { ALL_RIGHTS, answerWith, ME, TOKEN } from './server.ts'

/** Time for a busy machine. */
const POLL = { timeout: 40_000 }

const member = (status: string) => ({
  user: { id: 1, is_bot: false, first_name: 'A' },
  status,
  ...(status === 'administrator' && ALL_RIGHTS),
})

for (const dialect of DIALECTS) {
  test(`${dialect}: a stranger is answered while 20 accounts wait for getChatMember, and no request of theirs is lost`, async () => {
    await using crowd = await openCrowd({ dialect })
    const { server } = crowd
    const ofThem = holdBack(server, 'getChatMember', ({ body }) =>
      member(body.user_id === 17 ? 'creator' : 'member'),
    )
    // A decision more than five seconds later asks again.
    server.statuses.set('-1001/17', 'administrator')
    // More than Telegram hands over at once.
    crowd.flood(20, 6, '/stop@sitrep_test_bot', GROUP)
    crowd.say(17, '/subscribe@sitrep_test_bot', GROUP)
    expect(await crowd.stranger()).toMatch(/briefing/i)
    // The answer waited for none of them, and for no time-out.
    expect(ofThem.givenUp()).toBe(0)
    ofThem.go()
    await expect
      .poll(() => crowd.wish('-1001'), POLL)
      .toMatchObject({
        state: 'active',
      })
    expect(ofThem.held()).toBe(20)
  }, 60_000)
}

test('a stranger is answered while 20 private chats wait for getChat', async () => {
  await using crowd = await openCrowd()
  const { server } = crowd
  const held = holdBack(server, 'getChat', () => ({ id: -1009, type: 'channel', title: 'News' }))
  crowd.flood(20, 12, '/settings @desk_news')
  await crowd.stranger()
  expect(held.held()).toBeGreaterThan(0)
  expect(held.givenUp()).toBe(0)
  held.go()
})

test('a stranger is answered while the answers to a busy group never arrive', async () => {
  await using crowd = await openCrowd()
  const { server } = crowd
  const held = holdBack(
    server,
    'sendMessage',
    () => ({ message_id: 1, date: 0, chat: GROUP }),
    ({ body }) => body.chat_id !== '900',
  )
  crowd.flood(40, 12, '/next@sitrep_test_bot', GROUP)
  crowd.flood(40, 12, '/next')
  await crowd.stranger()
  expect(held.held()).toBeGreaterThan(0)
  expect(held.givenUp()).toBe(0)
  held.go()
})

test.each([
  [20, 12, GROUP],
  // The number of entries that all lanes together hold.
  [400, 1, GROUP],
  [400, 1, { id: -1009, type: 'channel' }],
])(
  'a stranger is answered while the presses of %i accounts are never acknowledged',
  async (accounts, times, chat) => {
    await using crowd = await openCrowd()
    const { server } = crowd
    const held = holdBack(server, 'answerCallbackQuery', () => true)
    for (let user = 1; user <= accounts; user++) {
      for (let time = 0; time < times; time++) {
        const from = { id: user, is_bot: false, first_name: 'A' }
        const message = { message_id: 5, date: 1, chat, from: ME, text: 'x' }
        const id = `p${user}-${time}`
        server.push({ callback_query: { id, from, chat_instance: '1', data: '/next', message } })
      }
    }
    await crowd.stranger()
    expect(held.held()).toBeGreaterThan(0)
    expect(held.givenUp()).toBe(0)
    held.go()
  },
)

test('a stranger is answered while the inline answers to 400 people never arrive', async () => {
  await using crowd = await openCrowd()
  const held = holdBack(crowd.server, 'answerInlineQuery', () => true)
  for (let user = 1; user <= 400; user++) {
    const from = { id: user, is_bot: false, first_name: 'A' }
    for (const query of ['a', 'ab'])
      crowd.server.push({ inline_query: { id: `${query}${user}`, from, query, offset: '' } })
  }
  await crowd.stranger()
  expect(held.held()).toBeGreaterThan(0)
  expect(held.givenUp()).toBe(0)
  held.go()
})

test('a stranger is answered while the answers to 400 people never arrive', async () => {
  await using crowd = await openCrowd()
  const held = holdBack(
    crowd.server,
    'sendMessage',
    () => true,
    ({ body }) => Number(body.chat_id) !== 900,
  )
  for (let user = 1001; user <= 1400; user++) crowd.say(user, '/about')
  await crowd.stranger()
  expect(held.held()).toBeGreaterThan(0)
  expect(held.givenUp()).toBe(0)
  held.go()
})

test('a stranger is answered while the database takes no write', async () => {
  await using crowd = await openCrowd()
  using other = new DatabaseSync(crowd.url.slice('file:'.length))
  other.exec('begin immediate')
  crowd.flood(20, 12, '/subscribe')
  await crowd.stranger()
  expect(crowd.count('sendMessage')).toBe(1)
  other.exec('commit')
  await expect.poll(() => crowd.wish('20'), POLL).toMatchObject({ state: 'active' })
}, 30_000)

test('behind one request that waits a hundred others are answered, and more', async () => {
  await using crowd = await openCrowd()
  const held = holdBack(crowd.server, 'getChatMember', () => member('creator'))
  crowd.say(1, '/subscribe@sitrep_test_bot', GROUP)
  for (let user = 1001; user <= 1250; user++) crowd.say(user, '/next')
  await crowd.stranger()
  expect(held.givenUp()).toBe(0)
  held.go()
  await expect.poll(() => crowd.wish('-1001'), POLL).toMatchObject({ state: 'active' })
})

test('a check that Telegram does not answer in time changes nothing and says so, with one line in the log', async () => {
  await using crowd = await openCrowd({ checkMs: 100 })
  const held = holdBack(crowd.server, 'getChatMember', () => member('creator'))
  const shown = crowd.server.shown('-1001')
  for (let user = 1; user <= 5; user++) crowd.say(user, '/subscribe@sitrep_test_bot', GROUP)
  for (let time = 0; time < 5; time++) {
    expect((await shown.next()).text).toMatch(/^I couldn’t check your rights/)
  }
  held.go()
  expect(await crowd.wish('-1001')).toBeUndefined()
  expect(crowd.events().filter(event => event === 'rights.unchecked')).toHaveLength(1)
})

test('the admins of a chat are fetched once in five seconds, and again when rights change', async () => {
  let passed = 0
  const clock = fastClock(() => systemClock.now().add({ milliseconds: passed }))
  await using crowd = await openCrowd({ clock })
  const { server } = crowd
  const shown = server.shown('-1001')
  const settle = async (hour: number) => {
    crowd.say(1, `/settings@sitrep_test_bot hour ${hour}`, GROUP)
    return (await shown.next()).text
  }
  server.statuses.set('-1001/1', 'administrator')
  for (const hour of [1, 2, 3]) expect(await settle(hour)).toMatch(/Time of day/)
  expect(crowd.count('getChatMember')).toBe(1)
  // Five seconds later.
  server.statuses.set('-1001/1', 'member')
  passed += 5000
  expect(await settle(4)).toMatch(/^Only admins/)
  // Telegram reports the change.
  for (const kind of ['chat_member', 'my_chat_member']) {
    for (const [status, answer] of [
      ['administrator', /Time of day/],
      ['member', /^Only admins/],
    ] as const) {
      server.statuses.set('-1001/1', status)
      const from = { id: 7, is_bot: false, first_name: 'A' }
      const change = { old_chat_member: member('member'), new_chat_member: member('member') }
      server.push({ [kind]: { chat: GROUP, from, date: 1, ...change } })
      expect(await settle(status.length)).toMatch(answer)
    }
  }
  expect((await server.next('getUpdates')).body.allowed_updates).toContain('chat_member')
})

test('a few hundred questions are taken in at once, and each is answered in the end', async () => {
  await using scene = await openTelegram({ timeoutMs: 60_000 })
  const { server } = scene
  const { promise: all, resolve: done } = Promise.withResolvers<void>()
  const questions = 1500
  let taken = 0
  let answered = 0
  let most = 0
  await server.next('getUpdates')
  server.weather = ({ method, body }) => {
    if (method === 'getUpdates') taken = body.offset - 500
    most = Math.max(most, taken - answered)
    if (method !== 'sendMessage') return undefined
    return {
      fault(response) {
        setTimeout(() => {
          answered += 1
          answerWith(200, '{"ok":true,"result":{}}')(response, { method, body, from: '' })
          if (answered === questions) done()
        }, 20)
      },
    }
  }
  for (let user = 1; user <= questions / 3; user++) {
    const from = { id: user, is_bot: false, first_name: 'A' }
    const chat = { id: user, type: 'private' }
    for (let time = 0; time < 3; time++) server.push(messageUpdate('/about', { from, chat }))
  }
  await all
  // 300, and what comes with one more answer of Telegram.
  expect(most).toBeGreaterThanOrEqual(100)
  expect(most).toBeLessThanOrEqual(400)
  expect(scene.events()).not.toContain('reply.dropped')
}, 60_000)

test('a webhook is answered soon while a check hangs, and what comes again is done once', async () => {
  await using crowd = await openCrowd({ webhookUrl: 'https://bot.example.org/t' })
  const { server, platform } = crowd
  await server.next('getWebhookInfo')
  const held = holdBack(server, 'getChatMember', () => member('creator'))
  const headers = { 'x-telegram-bot-api-secret-token': webhookSecret(TOKEN) }
  const post = async (update: object) => {
    const body = JSON.stringify(update)
    const init = { method: 'POST', headers, body }
    return (await platform.http?.handle(new Request('http://127.0.0.1/t', init)))?.status
  }
  const update = (update_id: number, user: number, text: string, chat: object) => ({
    ...{ update_id },
    ...messageUpdate(text, { from: { id: user, is_bot: false }, chat, date: 1_764_000_000 + 1e8 }),
  })
  const ofGroup = Array.from({ length: 40 }, (_, id) =>
    update(id, 1 + (id % 20), '/subscribe@sitrep_test_bot', GROUP),
  )
  const first = Promise.all(ofGroup.map(post))
  expect(await post(update(100, 900, '/about', { id: 900, type: 'private' }))).toBe(200)
  await server.shown('900').next()
  // Forty connections are all that Telegram has: each is free again soon.
  expect(new Set(await first)).toEqual(new Set([503]))
  expect(held.givenUp()).toBe(0)
  held.go()
  await expect
    .poll(async () => new Set(await Promise.all(ofGroup.map(post))), POLL)
    .toEqual(new Set([200]))
  expect(await crowd.wish('-1001')).toMatchObject({ state: 'active' })
  expect(crowd.count('getChatMember')).toBe(20)
})
