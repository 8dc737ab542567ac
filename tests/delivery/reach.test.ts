import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { keyboardOf, messageUpdate } from '../platforms/telegram/person.ts'
import { ME, refuse } from '../platforms/telegram/server.ts'
import { fill } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { ADA, CHANNEL, GROUP, openReach, RIGHTS } from './reach-scene.ts'

const ADMIN = { status: 'administrator', can_post_messages: true }

async function openChannel() {
  const scene = await openReach()
  const { telegram } = scene
  telegram.channels.set('@newsroom', CHANNEL.id)
  telegram.statuses.set(`${CHANNEL.id}/${ADA.id}`, 'administrator')
  telegram.statuses.set(`${CHANNEL.id}/${ME.id}`, 'administrator')
  await scene.listen()
  await scene.start()
  expect(await scene.type('/settings @newsroom subscribe')).toMatch(/Subscribed\./)
  return { ...scene, channel: String(CHANNEL.id) }
}

describe('a channel that refuses one message', () => {
  test.for([
    RIGHTS,
    'Bad Request: chat not found',
    'Forbidden: bot is not a member of the channel chat',
  ])(
    'a refused chat is suspected, says why in its panel, and gets the next post: %s',
    async said => {
      const { type, announce, refused, texts, wish, channel, events } = await openChannel()
      refused(said)
      await announce('First.')
      expect(await wish(channel)).toMatchObject({ unreached: { tries: 0, said } })
      const panel = await type('/settings @newsroom')
      expect(panel).toMatch(/On Tue 1 Dec, 08:00 nothing arrived here: /)
      expect(panel).toContain('I post here again. I won’t send again what you missed.')
      await announce('Second.')
      expect(texts(channel)).toEqual(['Second.'])
      expect(events('chat.unreachable')).toMatchObject([
        { level: 'info', platform: 'telegram', chat: channel, state: 'suspected', said },
      ])
      expect(events('chat.back')).toMatchObject([{ level: 'info', chat: channel }])
    },
  )

  test('the panel says since when no post arrives, while the bot may not post', async () => {
    const { type, announce, refused, channel, telegram } = await openChannel()
    refused(RIGHTS)
    await announce('First.')
    telegram.statuses.set(`${channel}/${ME.id}`, 'member')
    expect(await type('/settings @newsroom')).toMatch(/Nothing has arrived here since .*: I lack/)
  })

  test('the panel is silent once the next post has arrived, and a healthy chat costs no query', async () => {
    const scene = await openChannel()
    const { type, announce, refused, texts, wish, channel, store, clock, until } = scene
    refused(RIGHTS)
    await announce('First.')
    await clock.advance({ hours: 1, minutes: 1 })
    // A check brings it back, and no post has arrived yet.
    await until(async () => !(await wish(channel))?.gone)
    expect(await type('/settings @newsroom')).toMatch(/nothing arrived here: /)
    await announce('Second.')
    expect(texts(channel)).toEqual(['Second.'])
    expect(await wish(channel)).not.toHaveProperty('missed')
    expect(await type('/settings @newsroom')).not.toMatch(/nothing arrived/i)
    const asked: unknown[] = []
    for (const method of ['find', 'findWithin', 'update'] as const) {
      Object.assign(store.chats, { [method]: async (key: unknown) => void asked.push(key) })
    }
    await announce('Third.')
    expect(texts(channel)).toEqual(['Second.', 'Third.'])
    expect(asked).toEqual([])
  })

  test('the panel is silent after a try that has arrived', async () => {
    const { type, announce, refused, wish, channel, telegram, clock } = await openChannel()
    refused(RIGHTS)
    await announce('First.')
    // The check cannot tell.
    telegram.statuses.set(`${channel}/${ME.id}`, 'unknown')
    await clock.advance({ hours: 1, minutes: 1 })
    await announce('Second.')
    expect(await wish(channel)).not.toHaveProperty('gone')
    expect(await wish(channel)).not.toHaveProperty('missed')
    telegram.statuses.set(`${channel}/${ME.id}`, 'administrator')
    expect(await type('/settings @newsroom')).not.toMatch(/nothing arrived/i)
  })

  test('a new subscription from another chat says that posts do not arrive', async () => {
    const { type, announce, refused, texts, channel } = await openChannel()
    refused(RIGHTS)
    await announce('First.')
    const said = await type('/settings @newsroom subscribe')
    expect(said).toContain('This chat is already subscribed.')
    expect(said).toMatch(/nothing arrived here: I lacked the permission “/)
    await announce('Second.')
    expect(texts(channel)).toEqual(['Second.'])
  })

  test('gets nothing for an hour, then is checked and gets the next post, without what it missed', async () => {
    const { announce, refused, texts, channel, clock, calls, until, rows } = await openChannel()
    refused(RIGHTS)
    await announce('First.')
    const missed = await announce('Within the hour.')
    expect(await rows(missed)).toEqual([])
    const before = calls('getChatMember').length
    await clock.advance({ minutes: 58 })
    expect(calls('getChatMember')).toHaveLength(before)
    await clock.advance({ minutes: 2 })
    await until(() => calls('getChatMember').length > before)
    await announce('Later.')
    expect(texts(channel)).toEqual(['Later.'])
  })

  test('a suspected chat is tried after 1 h, 6 h, a day, then weekly, and not in between', async () => {
    const { announce, telegram, refused, wish, channel, clock, calls, until } = await openChannel()
    refused(RIGHTS)
    await announce('First.')
    telegram.rights.set(`${CHANNEL.id}/${ME.id}`, { can_post_messages: false })
    for (const [tries, hours] of [1, 6, 24, 168, 168].entries()) {
      const before = calls('getChatMember').length
      await clock.advance({ minutes: hours * 60 - 2 })
      await clock.advance({ seconds: 1 })
      expect(calls('getChatMember')).toHaveLength(before)
      await clock.advance({ minutes: 2 })
      await until(async () => (await wish(channel))?.unreached?.tries === tries + 1)
      expect(calls('getChatMember')).toHaveLength(before + 1)
    }
    expect(await wish(channel)).toMatchObject({ unreached: { right: 'Post Messages' } })
    telegram.rights.delete(`${CHANNEL.id}/${ME.id}`)
    await clock.advance({ hours: 168, minutes: 1 })
    await until(async () => !(await wish(channel))?.gone)
  })

  test('a try that came due while the bot was down is made at once after the start', async () => {
    const scene = await openChannel()
    const { announce, refused, texts, channel, clock, wish, until } = scene
    refused(RIGHTS)
    await announce('First.')
    scene.kill()
    await clock.advance({ hours: 30 })
    await scene.start()
    await until(async () => !(await wish(channel))?.gone)
    await announce('Second.')
    expect(texts(channel)).toEqual(['Second.'])
  })
})

const message_ = (more: object) => messageUpdate('', { from: ADA, chat: GROUP, ...more }).message
const query = { id: 'press', from: ADA, chat_instance: '1', data: '/nothing' }
const shown = { date: 1, from: ME, text: 'x', reply_markup: keyboardOf('/nothing') }
const changed = { chat: GROUP, from: ADA, date: 1 }

describe('any sign of life brings a group back at once', () => {
  test.for<[string, object]>([
    ['words among people', { message: message_({ text: 'Good morning.' }) }],
    ['a service message', { message: message_({ new_chat_title: 'Desk' }) }],
    ['a picture', { message: message_({ photo: [], text: undefined }) }],
    [
      'words in one of its topics',
      {
        message: message_({ text: 'Hm.', message_thread_id: 7, is_topic_message: true }),
      },
    ],
    ['an edit', { edited_message: message_({ text: 'Better.' }) }],
    ['a post', { channel_post: message_({ text: 'News.', from: undefined }) }],
    ['an edited post', { edited_channel_post: message_({ text: 'Old.', from: undefined }) }],
    [
      'a press',
      { callback_query: { ...query, message: { message_id: 1, chat: GROUP, ...shown } } },
    ],
    [
      'another member',
      {
        chat_member: {
          ...changed,
          old_chat_member: { user: ADA, status: 'member' },
          new_chat_member: { user: ADA, status: 'administrator' },
        },
      },
    ],
    [
      'a promotion',
      {
        my_chat_member: {
          ...changed,
          old_chat_member: { user: ME, status: 'member' },
          new_chat_member: { user: ME, ...ADMIN },
        },
      },
    ],
  ])('%s', async ([, update]) => {
    const { subscribe, bot, listen, telegram, wish, until, texts, start, announce, calls } =
      await openReach()
    const group = await subscribe(String(GROUP.id))
    await subscribe(`${GROUP.id}/7`, { within: group.address })
    await bot.left(group, 'forbidden')
    await listen()
    await start()
    telegram.push(update)
    await until(async () => !(await wish(group.address))?.gone)
    await until(async () => !(await wish(`${group.address}/7`))?.gone)
    // Telegram sends only the kinds that are asked for.
    expect(calls('getUpdates')[0]?.body.allowed_updates).toContain(Object.keys(update)[0])
    await announce('News.')
    expect(texts(group.address).filter(text => text === 'News.')).toHaveLength(2)
  })

  test.for<[string, object]>([
    ['the bot leaves', { message: message_({ text: undefined, left_chat_member: ME }) }],
    [
      'the bot stays muted',
      {
        my_chat_member: {
          ...changed,
          old_chat_member: { user: ME, status: 'restricted', is_member: true },
          new_chat_member: { user: ME, status: 'restricted', is_member: true, until_date: 9 },
        },
      },
    ],
    ['another chat writes', { message: message_({ chat: { id: -1002, type: 'supergroup' } }) }],
  ])('but not that %s', async ([, update]) => {
    const { subscribe, bot, listen, telegram, wish, type } = await openReach()
    const group = await subscribe(String(GROUP.id))
    await bot.left(group, 'forbidden')
    await listen()
    telegram.push(update)
    await type('/next')
    expect(await wish(group.address)).toMatchObject({ gone: 'forbidden' })
  })

  test('costs no query where nothing is unreachable', async () => {
    const { subscribe, bot, store, clock } = await openReach()
    await subscribe(String(GROUP.id))
    await bot.seen('telegram', ['-1001'])
    const found: unknown[] = []
    const { chats, reach } = store
    Object.assign(chats, { findWithin: async (key: unknown) => void found.push(key) })
    Object.assign(reach, { unreachable: async (key: unknown) => void found.push(key) })
    for (let time = 0; time < 1000; time++) await bot.seen('telegram', ['-1001'])
    await clock.advance({ seconds: 1 })
    expect(found).toEqual([])
  })
})

test('a post that arrives in a group leaves its topic suspected, and an update of the group brings that back', async () => {
  const { subscribe, start, announce, texts, wish, bot, telegram } = await openReach()
  await subscribe('-1001', { kind: 'group' })
  await subscribe('-1001/7', { kind: 'group', within: '-1001' })
  await start()
  telegram.weather = ({ method, body }) =>
    method === 'sendMessage' && body.message_thread_id === 7
      ? { fault: refuse(400, 'Bad Request: TOPIC_CLOSED') }
      : undefined
  await announce('First.')
  expect(texts('-1001')).toEqual(['First.'])
  expect(await wish('-1001/7')).toMatchObject({ gone: 'forbidden', unreached: { tries: 0 } })
  await bot.seen('telegram', ['-1001'])
  expect(await wish('-1001/7')).not.toHaveProperty('gone')
})

test('a check that passes in a group leaves its topic left, and an update of the group brings that back', async () => {
  const { subscribe, start, wish, bot, clock, until, telegram } = await openReach()
  telegram.statuses.set(`-1001/${ME.id}`, 'administrator')
  const group = await subscribe('-1001')
  const topic = await subscribe('-1001/7', { within: '-1001' })
  await start()
  await bot.seen('telegram', ['-1001'])
  await bot.left(topic, 'removed', true, { isSure: true })
  await bot.left(group, 'forbidden', true)
  await clock.advance({ hours: 1, minutes: 1 })
  await until(async () => !(await wish('-1001'))?.gone)
  expect(await wish('-1001/7')).toMatchObject({ gone: 'removed' })
  await bot.seen('telegram', ['-1001'])
  expect(await wish('-1001/7')).not.toHaveProperty('gone')
})

test('a check that hears that the bot is out of a group tries none of its topics', async () => {
  const { subscribe, start, wish, bot, clock, until, telegram } = await openReach()
  const group = await subscribe('-1001')
  await subscribe('-1001/7', { within: '-1001' })
  await start()
  await bot.left(group, 'forbidden', true)
  telegram.statuses.set(`-1001/${ME.id}`, 'kicked')
  await clock.advance({ hours: 1, minutes: 1 })
  await until(async () => (await wish('-1001'))?.gone === 'removed')
  expect(await wish('-1001/7')).toMatchObject({ gone: 'removed' })
})

test('a mark that another process has made is seen within ten seconds', async () => {
  const { subscribe, bot, store, wish } = await openReach()
  const group = await subscribe(String(GROUP.id))
  await bot.seen('telegram', ['-1001'])
  await store.chats.update(group, before => before && { ...before, gone: 'forbidden' })
  const later = performance.now() + 10_000
  const passed = vi.spyOn(performance, 'now').mockReturnValue(later)
  onTestFinished(() => passed.mockRestore())
  await bot.seen('telegram', ['-1001'])
  expect(await wish(group.address)).not.toHaveProperty('gone')
})

describe('the bot’s own rights on Telegram', () => {
  test('a group that mutes it is suspected with the name of the right, and back when it may write', async () => {
    const { subscribe, listen, membership, wish, until, ask } = await openReach()
    await subscribe(String(GROUP.id))
    await listen()
    const muted = { status: 'restricted', is_member: true, can_send_messages: false }
    membership(GROUP, { status: 'member' }, muted)
    await until(async () => (await wish('-1001'))?.gone !== undefined)
    expect(await wish('-1001')).toMatchObject({
      gone: 'forbidden',
      unreached: { right: 'Send Messages', tries: 0, retryAt: expect.anything() },
    })
    const place = { platform: 'telegram', address: '-1001', kind: 'group' } as const
    expect((await ask('/settings', { place, barred: 'rights' })).replaceAll('\n', ' ')).toContain(
      'Nothing has arrived here since Tue 1 Dec, 09:00: I lack the permission “Send ' +
        'Messages”. Give me the permission “Send Messages”. I try again on Tue 1 Dec, 10:00',
    )
    membership(GROUP, muted, { status: 'member' })
    await until(async () => !(await wish('-1001'))?.gone)
  })

  const muted = { status: 'restricted', is_member: true, can_send_messages: false }
  const powerless = { status: 'administrator', can_post_messages: false }

  test.for([
    ['a group that lets it write again', GROUP, muted, { status: 'member' }],
    ['a group that makes it an administrator', GROUP, muted, ADMIN],
    ['a channel that lets it post again', CHANNEL, powerless, ADMIN],
  ] as const)('%s is back, and nothing is said in it', async ([, chat, lacking, having]) => {
    const { subscribe, listen, membership, wish, until, type, telegram } = await openReach()
    const { address } = await subscribe(String(chat.id))
    await listen()
    membership(chat, having, lacking)
    await until(async () => (await wish(address))?.gone === 'forbidden')
    membership(chat, lacking, having)
    await until(async () => !(await wish(address))?.gone)
    for (let line = 0; line < 3; line++) await type('/next')
    expect(telegram.taken.has(address)).toBe(false)
  })

  test.for<[string, object]>([
    ['the bot was removed', { status: 'kicked' }],
    ['the bot had left while it was muted', { ...muted, is_member: false }],
  ])('a group that adds the bot again after %s is greeted', async ([, out]) => {
    const { subscribe, listen, membership, wish, until, texts } = await openReach()
    await subscribe('-1001')
    await listen()
    membership(GROUP, { status: 'member' }, out)
    await until(async () => (await wish('-1001'))?.gone === 'removed')
    membership(GROUP, out, { status: 'member' })
    await until(() => texts('-1001').length > 0)
    expect(texts('-1001')).toEqual([expect.stringContaining('I’m back')])
    expect(await wish('-1001')).not.toHaveProperty('gone')
  })

  test.for([
    ['a user blocks it', { id: 701, type: 'private' }, 'member', 'kicked', 'blocked'],
    ['a group removes it', GROUP, 'member', 'kicked', 'removed'],
    ['it leaves a channel', CHANNEL, 'administrator', 'left', 'removed'],
    ['a group removes it while it is muted', GROUP, 'restricted', 'left', 'removed'],
  ] as const)('%s: the chat is left, and not tried', async ([, chat, was, is, why]) => {
    const { subscribe, listen, membership, wish, until, announce, start, texts, clock } =
      await openReach()
    const { address } = await subscribe(String(chat.id))
    await listen()
    await start()
    membership(chat, { status: was, is_member: true }, { status: is })
    await until(async () => (await wish(address))?.gone === why)
    expect((await wish(address))?.unreached).not.toHaveProperty('retryAt')
    expect(await wish(address)).not.toHaveProperty('nextDigestAt')
    await clock.advance({ hours: 24 * 30 })
    await announce('News.')
    expect(texts(address)).toEqual([])
  })
})

test('a topic that was switched off and on again gets the next post after an hour by itself', async () => {
  const { subscribe, announce, refused, texts, clock, start, calls } = await openReach()
  await subscribe('-1001/7', { within: '-1001' })
  await start()
  refused('Bad Request: message thread not found')
  await announce('First.')
  await clock.advance({ hours: 1, minutes: 1 })
  await announce('Second.')
  expect(texts('-1001')).toEqual(['Second.'])
  expect(calls('sendMessage').at(-1)?.body.message_thread_id).toBe(7)
})

test('a post that arrives brings a suspected chat back, and one that is refused moves the next try on', async () => {
  const { subscribe, announce, refused, texts, clock, start, wish } = await openReach()
  await subscribe('42', { kind: 'private' })
  await start()
  refused('Bad Request: chat not found', 'Bad Request: PEER_ID_INVALID')
  await announce('First.')
  await clock.advance({ hours: 1, minutes: 1 })
  await announce('Second.')
  expect(await wish('42')).toMatchObject({ unreached: { tries: 1 } })
  await clock.advance({ hours: 5 })
  await announce('Third.')
  expect(texts('42')).toEqual([])
  await clock.advance({ hours: 1, minutes: 1 })
  await announce('Fourth.')
  expect(texts('42')).toEqual(['Fourth.'])
  expect(await wish('42')).not.toHaveProperty('gone')
})

test('the refused tries of suspected chats stop no broadcast', async () => {
  const { store, url, bot, start, announce, telegram, clock, events } = await openReach()
  await fill(url, 'telegram', 60)
  for (let index = 0; index < 40; index++) {
    await bot.left({ platform: 'telegram', address: String(1_000_000 + index) }, 'forbidden')
  }
  telegram.weather = ({ method, body }) =>
    method === 'sendMessage' && Number(body.chat_id) < 1_000_040
      ? { fault: refuse(400, RIGHTS) }
      : undefined
  await clock.advance({ hours: 2 })
  await start()
  await announce('News.')
  expect(events('delivery.tripped')).toEqual([])
  expect(telegram.taken.size).toBe(20)
  expect(await store.reach.count()).toEqual([{ platform: 'telegram', suspected: 40, left: 0 }])
})

describe.for(DIALECTS)('the chats that moderators see as unreachable, kept in %s', dialect => {
  test('the counts of the status and of the pre-flight tell suspected, tried and left chats apart', async () => {
    const { subscribe, bot, store, clock } = await openReach(dialect)
    for (const id of ['1', '2', '3', '4']) await subscribe(id, { kind: 'private' })
    const at = (address: string) => ({ platform: 'telegram', address })
    await bot.left(at('1'), 'forbidden')
    await bot.left(at('2'), 'blocked', false, { isSure: true })
    await clock.advance({ hours: 2 })
    await bot.left(at('3'), 'deleted')
    expect(await store.reach.count()).toEqual([{ platform: 'telegram', suspected: 2, left: 1 }])
    expect((await bot.unreachable('telegram')).map(({ address }) => address)).toEqual([
      '1',
      '2',
      '3',
    ])
    const survey = await store.broadcasts.survey({
      topic: 'announcements',
      platforms: ['telegram'],
    })
    const states = survey.map(({ state, count }) => [state, count]).sort()
    expect(states).toEqual([
      ['left', 1],
      ['reached', 1],
      ['suspected', 1],
      ['tried', 1],
    ])
  })
})

test('a message that is damaged is no sign of life, and does no harm', async () => {
  const { listen, telegram, type } = await openReach()
  await listen()
  for (const part of [null, 1, 'x', { chat: null }, { chat: { id: 'x' } }, { message: null }])
    telegram.push({ something: part })
  expect(await type('/next')).not.toBe('')
})
