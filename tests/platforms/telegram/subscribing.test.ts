import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { openKeepingBot } from '../../keeping.ts'
import { parseTelegramHtml } from '../../telegram-html.ts'

import { fastClock } from '../pauses.ts'
import { keyboardOf, messageUpdate } from './person.ts'

import { openTelegram } from './scene.ts'
import { ME, refuse } from './server.ts'

const words = (text: string) => parseTelegramHtml(text).text.replaceAll('\u2060', '')

let ids = 0

/** People in chats with a bot that keeps what they want. */
async function open() {
  const keeping = await openKeepingBot()
  let passed = Temporal.Duration.from({ seconds: 0 })
  const clock = fastClock(() => systemClock.now().add(passed))
  const scene = await openTelegram({ bot: keeping.bot, clock })
  const { server } = scene
  const now = () => Math.floor(keeping.clock.now().epochMilliseconds / 1000)

  function in_(chat: { id: number; type: string }, more: object = {}) {
    const shown = server.shown(String(chat.id))
    const read = async () => words((await shown.next()).text)
    const say = (user: number, text: string, other: object = {}) => {
      const from = { id: user, is_bot: false, first_name: 'Ada' }
      server.push(messageUpdate(text, { from, chat, date: now(), ...more, ...other }))
    }
    return {
      read,
      shown,
      say,
      async type(user: number, text: string, other: object = {}): Promise<string> {
        say(user, text, other)
        return read()
      },
      /** Presses a button, and returns the note that only the presser sees. */
      async press(user: number, data: string): Promise<{ note: string | undefined }> {
        ids += 1
        const from = { id: user, is_bot: false, first_name: 'Ada' }
        const on = { date: now(), chat, from: ME, text: 'x', reply_markup: keyboardOf(data) }
        const message = { message_id: 9000 + ids, ...on, ...more }
        const id = `press-${ids}`
        server.push({ callback_query: { id, from, chat_instance: '1', data, message } })
        for (;;) {
          const { body } = await server.next('answerCallbackQuery')
          if (body.callback_query_id === id) return { note: body.text }
        }
      },
    }
  }

  /** The bot is let in or shown out. */
  function membership(chat: object, was: string, is: string): void {
    const member = (status: string) => ({
      user: ME,
      status,
      ...(status === 'kicked' && { until_date: 0 }),
    })
    server.push({
      my_chat_member: {
        ...{ chat, from: { id: 700, is_bot: false, first_name: 'Ada' }, date: now() },
        ...{ old_chat_member: member(was), new_chat_member: member(is) },
      },
    })
  }

  return {
    ...keeping,
    ...scene,
    in: in_,
    membership,
    /** Lets time pass for the platform. */
    later(duration: Temporal.DurationLike) {
      passed = passed.add(duration)
    },
    wish: (address: string) => keeping.wish('telegram', address),
    async [Symbol.asyncDispose]() {
      await scene[Symbol.asyncDispose]()
    },
  }
}

const PRIVATE = { id: 700, type: 'private' }
const GROUP = { id: -1001, type: 'supergroup' }

test('a user subscribes, changes zone and quiet hours, pauses, blocks the bot and comes back', async () => {
  await using scene = await open()
  const ada = scene.in(PRIVATE)
  expect(await ada.type(700, '/subscribe')).toMatch(
    /^✅ Subscribed\. [\s\S]*Next digest: Mon 30 Nov, 09:00\. Your time: 12:00 \(Europe\/Sarajevo\)/,
  )
  expect(await ada.type(700, '/settings zone pristina')).toMatch(/Pristina → Europe\/Belgrade ✓/)
  await ada.press(700, '/settings quiet 22-7')
  expect(await ada.read()).toMatch(/Quiet hours: 22:00–07:00/)
  expect(await ada.type(700, '/pause 1d')).toMatch(/^Paused\.[\s\S]*until Tue 24 Nov/)

  scene.membership(PRIVATE, 'member', 'kicked')
  await expect
    .poll(() => scene.wish('700'))
    .toMatchObject({ gone: 'blocked', zone: 'Europe/Belgrade' })
  expect(await scene.wish('700')).not.toHaveProperty('nextDigestAt')
  scene.pass({ hours: 24 * 30 })
  scene.membership(PRIVATE, 'kicked', 'member')
  expect(await ada.read()).toMatch(
    /^I’m back\. Your settings are unchanged\.[\s\S]*Subscribed[\s\S]*Europe\/Belgrade[\s\S]*22:00–07:00/,
  )
  // Digests missed in the meantime are not sent later: the next digest lies ahead.
  const wish = await scene.wish('700')
  expect(wish).not.toHaveProperty('gone')
  expect(wish?.nextDigestAt?.toString()).toBe('2026-12-28T08:00:00Z')
})

test('an edited line runs nothing, be it a command, a wish or a mention', async () => {
  await using scene = await open()
  const { server } = scene
  const ada = scene.in(PRIVATE)
  const group = scene.in(GROUP)
  server.statuses.set(`${GROUP.id}/700`, 'administrator')
  expect(await ada.type(700, '/subscribe')).toMatch(/^✅ Subscribed/)
  expect(await group.type(700, `/subscribe@${ME.username}`)).toMatch(/^✅ Subscribed/)
  const wishes = [await scene.wish('700'), await scene.wish(String(GROUP.id))]
  const sent = server.calls.filter(({ method }) => /^(send|edit)/.test(method)).length
  for (const line of ['/stop', '/subscribe', 'hour 5', `@${ME.username} /stop`, '/threats']) {
    for (const chat of [PRIVATE, GROUP]) {
      const { message } = messageUpdate(line, { chat })
      server.push({ edited_message: { ...message, edit_date: message.date } })
      server.push({ edited_channel_post: { ...message, sender_chat: chat, from: undefined } })
    }
  }
  expect(await group.type(700, `/next@${ME.username}`)).toMatch(/./)
  expect(await ada.type(700, '/about')).toMatch(/./)
  expect(server.calls.filter(({ method }) => /^(send|edit)/.test(method))).toHaveLength(sent + 2)
  expect([await scene.wish('700'), await scene.wish(String(GROUP.id))]).toEqual(wishes)
})

test('a city, hours and a pause are typed in plain words', async () => {
  await using scene = await open()
  const ada = scene.in(PRIVATE)
  await ada.type(700, '/subscribe')
  expect(await ada.type(700, 'zone Ciudad Juarez')).toMatch(
    /Ciudad Juárez, Chihuahua, Mexico → America\/Ciudad_Juarez ✓/,
  )
  expect(await ada.type(700, '/settings zone UTC+2')).toMatch(
    /“UTC\+2” isn’t a place, or doesn’t say/,
  )
  expect(await ada.type(700, 'quiet 22:00 to 7:00')).toMatch(/Quiet hours: 22:00–07:00/)
  expect(await ada.type(700, '/settings hour 7:30')).toMatch(/I offer full hours only/)
  expect(await ada.type(700, 'settings hour noon')).toMatch(/Time of day: 12:00/)
  expect(await ada.type(700, 'pause 1 week')).toMatch(/until Mon 30 Nov/)
  expect(await scene.wish('700')).toMatchObject({
    ...{ state: 'paused', zone: 'America/Ciudad_Juarez', hour: 12, quiet: { from: 22, to: 7 } },
  })
})

test('only a present admin of a group can change its settings', async () => {
  await using scene = await open()
  const desk = scene.in(GROUP)
  scene.server.statuses.set('-1001/701', 'administrator')
  expect(await desk.type(702, '/subscribe@sitrep_test_bot')).toMatch(/^Only admins/)
  expect(await scene.wish('-1001')).toBeUndefined()
  expect(await desk.type(701, '/subscribe@sitrep_test_bot')).toMatch(/^✅ Subscribed/)
  // A stranger presses a button under it: told alone, and nothing changes for the others.
  const edits = () => scene.server.calls.filter(({ method }) => /^(edit|send)/.test(method)).length
  const before = edits()
  expect((await desk.press(702, '/settings -digest')).note).toMatch(/^Only admins/)
  expect((await desk.press(702, '/stop')).note).toMatch(/^Only admins/)
  expect(await scene.wish('-1001')).toMatchObject({
    state: 'active',
    topics: ['announcements', 'digest', 'events'],
  })
  expect((await desk.press(701, '/settings -digest')).note).toBeUndefined()
  expect(await desk.read()).toMatch(/^What/)
  expect((await scene.wish('-1001'))?.topics).toEqual(['announcements', 'events'])
  expect(edits()).toBe(before + 1)
  // Telegram is asked once for a burst.
  const asked = () => scene.server.calls.filter(({ method }) => method === 'getChatMember').length
  scene.later({ seconds: 5 })
  const askedBefore = asked()
  await desk.press(701, '/settings hour 9')
  await desk.press(701, '/settings hour 18')
  expect(asked()).toBe(askedBefore + 1)
  // Demoted meanwhile, the same button does nothing any more, five seconds after the last answer of Telegram.
  scene.server.statuses.set('-1001/701', 'member')
  scene.later({ seconds: 5 })
  expect((await desk.press(701, '/settings +digest')).note).toMatch(/^Only admins/)
  expect((await scene.wish('-1001'))?.topics).toEqual(['announcements', 'events'])
})

test('if Telegram does not say who is an admin, the answer says what to do; a passing failure is retried', async () => {
  await using scene = await open()
  const desk = scene.in(GROUP)
  scene.server.statuses.set('-1001/701', 'administrator')
  scene.server.meet('getChatMember', refuse(400, 'Bad Request: CHAT_ADMIN_REQUIRED'))
  expect(await desk.type(701, '/subscribe@sitrep_test_bot')).toMatch(/Make me an admin/)
  scene.server.meet('getChatMember', refuse(500, 'Internal Server Error'))
  expect(await desk.type(701, '/subscribe@sitrep_test_bot')).toMatch(/^✅ Subscribed/)
})

test('an administrator who stays anonymous may, a channel that only writes in the group may not', async () => {
  await using scene = await open()
  const desk = scene.in(GROUP)
  const bot = { id: 1087968824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' }
  const as = (id: number) => ({ from: bot, sender_chat: { id, type: 'supergroup' } })
  expect(await desk.type(0, '/subscribe@sitrep_test_bot', as(-1009))).toMatch(/^Only admins/)
  expect(await desk.type(0, '/subscribe@sitrep_test_bot', as(-1001))).toMatch(/^✅ Subscribed/)
  expect((await scene.wish('-1001'))?.state).toBe('active')
})

test('topics of a forum are chats of their own, and are left one by one', async () => {
  await using scene = await open()
  const forum = { ...GROUP, is_forum: true }
  const topic = (id: number) => scene.in(forum, { message_thread_id: id, is_topic_message: true })
  scene.server.statuses.set('-1001/700', 'creator')
  await topic(7).type(700, '/subscribe@sitrep_test_bot')
  await topic(8).type(700, '/subscribe@sitrep_test_bot')
  await topic(8).type(700, '/settings@sitrep_test_bot hour 18')
  expect((await scene.wish('-1001/7'))?.hour).toBe(9)
  expect((await scene.wish('-1001/8'))?.hour).toBe(18)
  expect(await scene.wish('-1001')).toBeUndefined()
  // A topic that is closed takes no answer; the others do.
  scene.server.meet('sendMessage', refuse(400, 'Bad Request: TOPIC_CLOSED'))
  scene.in(forum).say(700, '/next@sitrep_test_bot')
  await scene.seen('reply.failed')
  expect(await scene.wish('-1001/7')).not.toHaveProperty('gone')
  scene.server.meet('sendMessage', refuse(400, 'Bad Request: TOPIC_CLOSED'))
  topic(7).say(700, '/next@sitrep_test_bot')
  await expect.poll(() => scene.wish('-1001/7')).toMatchObject({ gone: 'forbidden' })
  expect(await scene.wish('-1001/8')).not.toHaveProperty('gone')
  // Removed from the group, the bot has lost them all; back, it has them again.
  scene.membership(forum, 'member', 'kicked')
  await expect.poll(() => scene.wish('-1001/8')).toMatchObject({ gone: 'removed' })
  scene.membership(forum, 'kicked', 'member')
  await expect.poll(() => scene.wish('-1001/8')).not.toHaveProperty('gone')
  expect((await scene.wish('-1001/7'))?.nextDigestAt).toBeDefined()
})

test('lines sent at once act in their order, however long the check of the rights takes', async () => {
  await using scene = await open()
  scene.server.statuses.set('-1001/700', 'creator')
  const desk = scene.in(GROUP)
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  scene.server.meet('getChatMember', async response => {
    await free
    const result = { status: 'creator', user: { id: 700, is_bot: false, first_name: 'A' } }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ ok: true, result }))
  })
  for (const line of ['/subscribe', '/pause 1w', '/stop', '/subscribe', '/settings hour 18']) {
    desk.say(700, `${line.split(' ')[0]}@sitrep_test_bot ${line.split(' ').slice(1).join(' ')}`)
  }
  await scene.server.next('getChatMember')
  go()
  const said = []
  for (let time = 0; time < 5; time++) said.push((await desk.read()).split(/[.:\n]/)[0])
  expect(said).toEqual(['✅ Subscribed', 'Paused', 'Unsubscribed', '✅ Subscribed', 'Time of day'])
  expect(await scene.wish('-1001')).toMatchObject({ state: 'active', hour: 18 })
})

test('a store that fails loses no membership update', async () => {
  await using scene = await open()
  const ada = scene.in(PRIVATE)
  await ada.type(700, '/subscribe')
  using other = new DatabaseSync(scene.url.slice('file:'.length))
  // Held for as long as the bot has patience, and a little more.
  other.exec('begin immediate')
  scene.membership(PRIVATE, 'member', 'kicked')
  await scene.seen('platform.unkept')
  other.exec('commit')
  await expect.poll(() => scene.wish('700'), { timeout: 10_000 }).toMatchObject({ gone: 'blocked' })
}, 30_000)

test('a button too old to tell its topic changes nothing', async () => {
  await using scene = await open()
  scene.server.statuses.set('-1001/700', 'creator')
  const forum = { ...GROUP, is_forum: true }
  const topic = scene.in(forum, { message_thread_id: 7, is_topic_message: true })
  await topic.type(700, '/subscribe@sitrep_test_bot')
  const old = scene.in(forum, {
    date: 0,
    message_thread_id: undefined,
    is_topic_message: undefined,
    reply_markup: undefined,
  })
  await old.press(700, '/stop')
  expect(await old.read()).toMatch(/^That button has expired/)
  expect(await scene.wish('-1001')).toBeUndefined()
  expect(await scene.wish('-1001/7')).toMatchObject({ state: 'active' })
})

test('a group that becomes a supergroup is followed, be it by a message or by a refusal', async () => {
  await using scene = await open()
  scene.server.statuses.set('-55/700', 'creator')
  const group = scene.in({ id: -55, type: 'group' })
  await group.type(700, '/subscribe@sitrep_test_bot')
  const text = undefined
  scene.server.push(
    messageUpdate('', { chat: { id: -55, type: 'group' }, text, migrate_to_chat_id: -10055 }),
  )
  scene.server.push(
    messageUpdate('', {
      chat: { id: -10055, type: 'supergroup' },
      text,
      migrate_from_chat_id: -55,
    }),
  )
  await expect.poll(() => scene.wish('-10055')).toMatchObject({ state: 'active' })
  expect(await scene.wish('-55')).toBeUndefined()
  scene.server.meet(
    'sendMessage',
    refuse(400, 'Bad Request: group chat was upgraded', { migrate_to_chat_id: -10077 }),
  )
  const old = scene.in({ id: -10055, type: 'supergroup' })
  old.say(700, '/next@sitrep_test_bot')
  await scene.server.shown('-10077').next()
  await expect.poll(() => scene.wish('-10077')).toMatchObject({ state: 'active' })
})

test('a channel is managed from the private chat of its admin', async () => {
  await using scene = await open()
  const ada = scene.in(PRIVATE)
  scene.server.channels.set('@desk_news', -1001003003)
  expect(await ada.type(700, '/settings @nowhere_at_all')).toMatch(/^I can’t find that channel/)
  expect(await ada.type(700, '/settings @desk_news')).toMatch(/^Only that channel’s admins/)
  scene.server.statuses.set('-1001003003/700', 'administrator')
  expect(await ada.type(700, '/settings @desk_news')).toMatch(/^I can’t post in that channel/)
  scene.server.statuses.set(`-1001003003/${ME.id}`, 'administrator')
  expect(await ada.type(700, '/settings @desk_news')).toMatch(
    /^Settings for @desk_news\n[\s\S]*isn’t subscribed/,
  )
  await ada.press(700, '/settings -1001003003 subscribe')
  // Every answer about the channel names it, and shows how to type its name.
  expect(await ada.read()).toMatch(
    /^Settings for @desk_news\n+✅ Subscribed\. [\s\S]*\/settings -1001003003 stop unsubscribes/,
  )
  await ada.press(700, '/settings -1001003003 hour 18')
  expect(await ada.read()).toMatch(/^Time of day for @desk_news/)
  expect(await scene.wish('-1001003003')).toMatchObject({ state: 'active', hour: 18 })
  expect(await scene.wish('700')).toBeUndefined()
  // A person who is no administrator any more presses a button in their private chat.
  scene.server.statuses.set('-1001003003/700', 'member')
  await ada.press(700, '/settings -1001003003 stop')
  expect(await ada.read()).toMatch(/^Only that channel’s admins/)
  expect(await scene.wish('-1001003003')).toMatchObject({ state: 'active' })
  // Nor from a group, where everybody could press it.
  scene.server.statuses.set('-1001003003/700', 'administrator')
  expect(await scene.in(GROUP).type(700, '/settings@sitrep_test_bot @desk_news')).toMatch(
    /^You can manage another chat only if it’s a Telegram channel/,
  )
  // By its link as well, and with all that can be done elsewhere.
  await ada.type(700, '/settings https://t.me/desk_news export')
  expect(String([...scene.server.documents.values()][0]?.bytes)).toMatch(/-1001003003/)
  expect(await ada.type(700, '/settings @desk_news forget')).toMatch(/^Delete this chat’s data/)
  await ada.press(700, '/settings -1001003003 forget everything')
  expect(await ada.read()).toMatch(/^Deleted/)
  expect(await scene.wish('-1001003003')).toBeUndefined()
})

test('a failed answer marks the chat of a user who has blocked the bot as well', async () => {
  await using scene = await open()
  const ada = scene.in(PRIVATE)
  await ada.type(700, '/subscribe')
  scene.server.meet('sendMessage', refuse(403, 'Forbidden: bot was blocked by the user'))
  ada.say(700, '/next')
  await expect.poll(() => scene.wish('700')).toMatchObject({ gone: 'blocked' })
  // An answer that arrives shows that the chat can be reached.
  await ada.type(700, '/next')
  expect(await scene.wish('700')).not.toHaveProperty('gone')
})

test('everything that is kept is shown and forgotten on demand', async () => {
  await using scene = await open()
  const ada = scene.in(PRIVATE)
  await ada.type(700, '/subscribe')
  expect(await ada.type(700, '/export')).toBe('Everything I store about this chat.')
  const [file] = [...scene.server.documents.values()]
  expect(file).toMatchObject({ name: 'sitrep-export.json' })
  expect(JSON.parse(String(file?.bytes))).toMatchObject({ chat: { address: '700' } })
  expect(await ada.type(700, '/forget')).toMatch(/^Delete this chat’s data\?/)
  await ada.press(700, '/forget everything')
  expect(await ada.read()).toMatch(/^Deleted\./)
  expect(await scene.wish('700')).toBeUndefined()
})

test('a chat that wants cards is shown cards', async () => {
  await using scene = await open()
  const ada = scene.in(PRIVATE)
  ada.say(700, '/tables')
  expect((await ada.shown.next()).text).toMatch(/<pre>/)
  await ada.type(700, '/settings tables cards')
  ada.say(700, '/tables')
  expect((await ada.shown.next()).text).not.toMatch(/<pre>/)
})
