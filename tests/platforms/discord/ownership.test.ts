import { expect, test } from 'vitest'
import { message, paragraph } from '../../../src/message.ts'
import { readDiscord } from '../../discord-markdown.ts'
import { answering } from '../../request.ts'
import { openBot } from '../../shipped.ts'
import { guild, textChannel, VIEW_AND_SEND } from './guild.ts'
import { buttonOf, row } from './person.ts'
import { openDiscord, slowBot } from './scene.ts'
import { APPLICATION, BOT, type Shown, snowflake } from './server.ts'

const EPHEMERAL = 64
const SERVER = '300000000000000001'
const CHANNEL = '310000000000000001'

const user = (id = snowflake()) => ({ id, username: 'ada', discriminator: '0', avatar: null })
type User = ReturnType<typeof user>

/** A message of the bot's in a channel, as it comes back with a press: no interaction has asked for it. */
const standing = (components: readonly object[], id = snowflake(), more: object = {}) => ({
  ...{ id, type: 0, flags: 32_768, content: '', channel_id: CHANNEL, components },
  author: { id: APPLICATION, username: 'sitrep', bot: true },
  ...more,
})

/** A person in the channel. */
const within = (presser: User) => ({
  ...{ guild_id: SERVER, channel_id: CHANNEL, channel: { id: CHANNEL, type: 0 }, context: 0 },
  ...{ app_permissions: String(VIEW_AND_SEND), user: undefined },
  member: { user: presser, roles: [], permissions: '0' },
})

type Scene = Awaited<ReturnType<typeof openDiscord>>

async function press(scene: Scene, custom_id: string, message: object, presser: User) {
  const data = { component_type: 2, custom_id }
  const token = await scene.interact({ type: 3, data, message, ...within(presser) })
  return scene.server.shown(token).next()
}

/** A form that was opened from a message, as it comes back filled in. */
async function submit(scene: Scene, custom_id: string, message: object, presser: User) {
  const field = { type: 4, custom_id: 'text', id: 2, value: 'At noon.' }
  const data = { custom_id, components: [{ type: 18, id: 1, component: field }] }
  const token = await scene.interact({ type: 5, data, message, ...within(presser) })
  return scene.server.shown(token).next()
}

/** Asks the bot in the channel; what it answers there. */
async function mention(scene: Scene, author: User, line: string): Promise<Shown> {
  await scene.server.dispatch('MESSAGE_CREATE', {
    ...{ id: snowflake(), channel_id: CHANNEL, guild_id: SERVER, type: 0, author },
    ...{ content: `<@${BOT}> ${line}`, mentions: [{ id: BOT }] },
  })
  return scene.server.shown(CHANNEL).next()
}

const isCopy = ({ call, body }: Shown) => call.body.type === 4 && (body.flags & EPHEMERAL) > 0

test.for(['/threats details', '/threats', '/next'])(
  'another person who presses %s under an answer to a mention gets a copy',
  async line => {
    await using scene = await openDiscord()
    const [ada, bo] = [user(), user()]
    const answer = await mention(scene, ada, '/threats')
    const message = standing([...answer.body.components, row(buttonOf(line))], answer.message)
    expect(isCopy(await press(scene, line, message, bo))).toBe(true)
    // The asker goes on in their own answer, once the bot knows the id that Discord gave it.
    await expect.poll(async () => (await press(scene, line, message, ada)).call.body.type).toBe(7)
  },
)

test('a reply whose asker is not remembered stays after any press', async () => {
  await using scene = await openDiscord()
  const reference = { message_reference: { message_id: snowflake(), channel_id: CHANNEL } }
  const message = standing([row(buttonOf('/next'))], snowflake(), { type: 19, ...reference })
  for (const presser of [user(), user()]) {
    expect(isCopy(await press(scene, '/next', message, presser))).toBe(true)
  }
})

test('a press under the greeting of a server gets a copy', async () => {
  await using scene = await openDiscord()
  await scene.seen('discord.started')
  await scene.server.dispatch(
    'GUILD_CREATE',
    guild(SERVER, VIEW_AND_SEND, [textChannel(CHANNEL, 0)]),
  )
  const greeting = await scene.server.shown(CHANNEL).next()
  expect(readDiscord(greeting.body).trim()).toMatch(/Mention me with a question/)
  const message = standing(greeting.body.components, greeting.message)
  const first = JSON.stringify(greeting.body).match(/"custom_id":"([^"]+)"/)?.[1] ?? ''
  expect(first).toMatch(/^\//)
  expect(isCopy(await press(scene, first, message, user()))).toBe(true)
})

test.for([
  [
    'the card that it corrects',
    [row(buttonOf('+/announcements 1 pause'), buttonOf('+/correct 1'))],
  ],
  ['a card without buttons', []],
  ['a card of an older version', [row(buttonOf('/correct 1'))]],
  ['an answer to another person', [row(buttonOf('/correct 1'), buttonOf('/announce'))]],
] as const)('a form that was opened from %s leaves it as it is', async ([, components]) => {
  const draft = { message: message([paragraph('Draft 11.')]), understood: true }
  await using scene = await openDiscord({ bot: answering(openBot(), async () => draft) })
  const card = standing(components)
  for (const line of ['/correct 1', '/announce']) {
    expect(isCopy(await submit(scene, line, card, user()))).toBe(true)
  }
})

test('an answer that is slow to come leaves the answer of another person as well', async () => {
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  await using scene = await openDiscord({ bot: slowBot(free) })
  const promised = scene.server.next(/^POST \/interactions/)
  const shown = press(scene, '/tables', standing([row(buttonOf('/tables'))]), user())
  expect((await promised).body).toEqual({ type: 5, data: { flags: EPHEMERAL } })
  go()
  expect((await shown).call.route).toMatch(/@original$/)
})
