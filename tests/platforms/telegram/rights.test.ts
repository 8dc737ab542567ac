import { expect, test } from 'vitest'
import { openModeratorScene } from '../../commands/moderator-scene.ts'
import { parseTelegramHtml } from '../../telegram-html.ts'
import { messageUpdate } from './person.ts'
import { openTelegram } from './scene.ts'
import { ME, refuse } from './server.ts'

const MODERATOR = 42
const GROUP = { id: -1001, type: 'supergroup', title: 'Desk' }
const CHANNEL = { id: -1_001_003_003, type: 'channel', title: 'News' }

const userOf = (id: number) => ({ id, is_bot: false, first_name: 'Ada' })

async function open() {
  const moderation = await openModeratorScene()
  const scene = await openTelegram({ bot: moderation.bot, clock: moderation.clock })
  const { server } = scene
  const date = moderation.now().epochMilliseconds / 1000
  return {
    ...{ ...scene, moderation },
    async say(chat: { id: number }, text: string, more: object) {
      server.push(messageUpdate(text, { date, chat, ...more }))
      const shown = await server.shown(String(chat.id)).next()
      return parseTelegramHtml(shown.text).text.replaceAll('\u2060', '')
    },
    state: async (address: string) =>
      (await moderation.store.chats.find({ platform: 'telegram', address }))?.subscription.state,
  }
}

/** Accounts that Telegram names beside the chat in whose name something is written. */
const ANONYMOUS = { ...userOf(1087968824), is_bot: true, username: 'GroupAnonymousBot' }
const CHANNEL_BOT = { ...userOf(136817688), is_bot: true, username: 'Channel_Bot' }

test.for([
  ['an anonymous administrator', { from: ANONYMOUS, sender_chat: GROUP }],
  [
    'a channel with the id of a moderator',
    { from: CHANNEL_BOT, sender_chat: { id: MODERATOR, type: 'channel' } },
  ],
  ['a channel beside a moderator', { from: userOf(MODERATOR), sender_chat: CHANNEL }],
  ['another member', { from: userOf(7) }],
] as const)('a person in a group who is %s is no moderator', async ([, more]) => {
  await using scene = await open()
  expect(await scene.say(GROUP, '/announce@sitrep_test_bot Hello.', more)).toMatch(
    /^Only this bot’s moderators/,
  )
  expect(await scene.moderation.store.announcements.drafts(10)).toEqual([])
})

test.for([
  ['with the id of a moderator', { ...CHANNEL, id: MODERATOR }, {}],
  ['that is signed by a moderator', CHANNEL, { from: userOf(MODERATOR), author_signature: 'Ada' }],
] as const)('the post of a channel %s is no moderator’s', async ([, chat, more]) => {
  await using scene = await open()
  const { message } = messageUpdate('/announce Hello.', {
    chat,
    sender_chat: chat,
    from: undefined,
    ...more,
  })
  const date = scene.moderation.now().epochMilliseconds / 1000
  scene.server.push({ channel_post: { ...message, date } })
  const { text } = await scene.server.shown(String(chat.id)).next()
  expect(text).toMatch(/^Only this bot’s moderators/)
  expect(await scene.moderation.store.announcements.drafts(10)).toEqual([])
})

test('a moderator is known by the id of their account', async () => {
  await using scene = await open()
  const more = { from: userOf(MODERATOR) }
  expect(await scene.say(GROUP, '/announce@sitrep_test_bot Hello.', more)).toMatch(/^Draft #1/)
})

test.for([
  ['may change its info', { can_post_messages: undefined }, 'active'],
  ['may not change its info', { can_change_info: false, can_post_messages: undefined }, undefined],
  ['may only pin and invite', { can_change_info: undefined, can_pin_messages: true }, undefined],
] as const)('a group is managed by an administrator who %s: %s', async ([, rights, state]) => {
  await using scene = await open()
  scene.server.statuses.set(`${GROUP.id}/7`, 'administrator')
  scene.server.rights.set(`${GROUP.id}/7`, rights)
  const told = await scene.say(GROUP, '/subscribe@sitrep_test_bot', { from: userOf(7) })
  expect(told).toMatch(
    state ? /^✅ Subscribed/ : /^Only admins of this chat with the right Change Group Info/,
  )
  expect(await scene.state(String(GROUP.id))).toBe(state)
})

test.for([
  ['who may post there', 'administrator', { can_change_info: false }, 'active'],
  ['who may not post there', 'administrator', { can_post_messages: false }, undefined],
  ['who may only change its info', 'administrator', { can_post_messages: undefined }, undefined],
  ['who has created it', 'creator', {}, 'active'],
  ['who follows it', 'member', {}, undefined],
] as const)('a channel is managed by an administrator %s', async ([, status, rights, state]) => {
  await using scene = await open()
  scene.server.channels.set('@desk_news', CHANNEL.id)
  scene.server.statuses.set(`${CHANNEL.id}/${ME.id}`, 'administrator')
  scene.server.statuses.set(`${CHANNEL.id}/7`, status)
  scene.server.rights.set(`${CHANNEL.id}/7`, rights)
  const own = { id: 7, type: 'private' }
  const told = await scene.say(own, '/settings @desk_news subscribe', { from: userOf(7) })
  expect(told).toMatch(
    state ? /✅ Subscribed/ : /^Only that channel’s admins with the right Post Messages/,
  )
  expect(await scene.state(String(CHANNEL.id))).toBe(state)
})

test('the history of a group is shown to its admins, and the history of a private chat to its person', async () => {
  await using scene = await open()
  const line = '/receipt@sitrep_test_bot'
  expect(await scene.say(GROUP, line, { from: userOf(7) })).toMatch(/^Only admins/)
  scene.server.changeStatus(GROUP, 7, 'creator')
  expect(await scene.say(GROUP, line, { from: userOf(7) })).toMatch(/^I haven’t posted here/)
  const own = { id: 8, type: 'private' }
  expect(await scene.say(own, '/receipt', { from: userOf(8) })).toMatch(/^I haven’t posted here/)
})

test.for([
  ['getChatMember', GROUP, '/subscribe@sitrep_test_bot'],
  ['getChat', { id: MODERATOR, type: 'private' }, '/settings @news subscribe'],
] as const)(
  '%s that answers 500 is Telegram’s fault, and a warning',
  async ([method, chat, line]) => {
    await using scene = await open()
    const fault = refuse(500, 'Internal Server Error')
    scene.server.meet(method, fault, fault)
    const said = await scene.say(chat, line, { from: userOf(MODERATOR) })
    expect(said).toMatch(/Telegram didn’t answer in time.*try again/)
    expect(await scene.seen('rights.unchecked')).toMatchObject({ level: 'warn', code: '500' })
    expect(scene.events()).not.toContain('answer.failed')
  },
)
