import { expect, test } from 'vitest'
import { readDiscord } from '../../discord-markdown.ts'
import { openKeepingBot } from '../../keeping.ts'
import { guild, textChannel, VIEW_AND_SEND } from './guild.ts'
import { messageOf } from './person.ts'
import { asker, openDiscord } from './scene.ts'
import { BOT, refuse, type Shown, snowflake } from './server.ts'

const EPHEMERAL = 64
const MANAGE_GUILD = 1n << 5n
const SERVER = '300000000000000001'
const CHANNEL = '310000000000000001'

const words = ({ body }: Shown) => readDiscord(body).trim()

async function open() {
  const keeping = await openKeepingBot()
  const scene = await openDiscord({ bot: keeping.bot })
  const { server } = scene

  /** Returns a person with rights of their own in a channel of a server, where the bot has its own. */
  function member(rights: bigint, own = VIEW_AND_SEND) {
    const user = { id: snowflake(), username: 'ada', discriminator: '0', avatar: null }
    const where = {
      ...{ guild_id: SERVER, channel_id: CHANNEL, channel: { id: CHANNEL, type: 0 }, context: 0 },
      ...{ app_permissions: String(own), user: undefined },
    }
    const now = { permissions: rights }
    const as = () => ({
      ...where,
      member: { user, roles: [], permissions: String(now.permissions) },
    })
    return {
      user,
      /** Sets the rights that Discord sends with the person's next interaction. */
      grant(granted: bigint) {
        now.permissions = granted
      },
      async slash(name: string, value?: string): Promise<Shown> {
        const options = value === undefined ? [] : [{ type: 3, name: 'change', value }]
        return server.shown(await scene.slash(name, options, as())).next()
      },
      async press(on: Shown, command: string): Promise<Shown> {
        const data = { component_type: 2, custom_id: command }
        const token = await scene.interact({ type: 3, data, message: messageOf(on, user), ...as() })
        return server.shown(token).next()
      },
    }
  }

  return {
    ...keeping,
    ...scene,
    member,
    wish: (address = CHANNEL) => keeping.wish('discord', address),
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

test('a manager of the server subscribes a channel and changes its settings; only they see the answers', async () => {
  await using scene = await open()
  const ada = scene.member(MANAGE_GUILD)
  const said = await ada.slash('subscribe')
  expect(words(said)).toMatch(/^✅ Subscribed\. [\s\S]*Next digest: [\s\S]*Europe\/Sarajevo/)
  expect(said.body.flags & EPHEMERAL).toBe(EPHEMERAL)
  // By the chat's clock, not by each reader's own.
  expect(words(said)).toMatch(/Next digest: Mon 30 Nov, 09:00\./)
  const panel = await ada.slash('settings')
  expect(words(panel)).toMatch(/^Settings/)
  expect(words(await ada.press(panel, '/settings zone Europe/London'))).toMatch(
    /Time zone: Europe\/London/,
  )
  expect(words(await ada.slash('settings', 'quiet 22-7'))).toMatch(/Quiet hours: 22:00–07:00/)
  expect(words(await ada.slash('pause'))).toMatch(/^Paused\./)
  expect(await scene.wish()).toMatchObject({
    state: 'paused',
    zone: 'Europe/London',
    quiet: { from: 22, to: 7 },
  })
  expect(words(await ada.slash('resume'))).toMatch(/^Resumed\./)
  expect(words(await ada.slash('stop'))).toMatch(/^Unsubscribed/)
})

test('a city and hours are typed as people type them', async () => {
  await using scene = await open()
  const ada = scene.member(MANAGE_GUILD)
  await ada.slash('subscribe')
  expect(words(await ada.slash('settings', 'zone Coyhaique'))).toMatch(
    /Coyhaique → America\/Coyhaique ✓/,
  )
  expect(words(await ada.slash('settings', 'zone EST'))).toMatch(
    /“EST” isn’t a place, or doesn’t say/,
  )
  await ada.slash('settings', 'quiet 10 pm until 7 am')
  await ada.slash('settings', 'hour noon')
  expect(await scene.wish()).toMatchObject({
    ...{ zone: 'America/Coyhaique', hour: 12, quiet: { from: 22, to: 7 } },
  })
})

test('a member without the right, or one who has lost it, is refused, and only they see it', async () => {
  await using scene = await open()
  const [ada, bo] = [scene.member(MANAGE_GUILD), scene.member(0n)]
  await ada.slash('subscribe')
  const panel = await ada.slash('settings', 'topics')
  const refused = await bo.press(panel, '/settings -digest')
  expect(words(refused)).toMatch(/^You need the permission Manage Server/)
  expect(refused.body.flags & EPHEMERAL).toBe(EPHEMERAL)
  // A new message of their own: the one that was pressed stays as it was.
  expect(refused.call.body.type).toBe(4)
  expect(words(await bo.slash('stop'))).toMatch(/^You need the permission Manage Server/)
  expect((await scene.wish())?.topics).toContain('digest')
  ada.grant(0n)
  expect(words(await ada.press(panel, '/settings -digest'))).toMatch(
    /^You need the permission Manage Server/,
  )
  expect((await scene.wish())?.topics).toContain('digest')
  // Administrators may everything.
  ada.grant(1n << 3n)
  await ada.press(panel, '/settings -digest')
  expect((await scene.wish())?.topics).not.toContain('digest')
})

test('a subscription that cannot work says why: no right to post, a direct message, a user-installed app', async () => {
  await using scene = await open()
  const mute = scene.member(MANAGE_GUILD, 1n << 10n)
  expect(words(await mute.slash('subscribe'))).toMatch(/^I can’t post in this channel\./)
  const direct = await scene.server.shown(await scene.slash('subscribe')).next()
  expect(words(direct)).toMatch(/^On Discord I can post only in channels of servers/)
  const brought = { authorizing_integration_owners: { '1': '7' }, context: 2, ...asker() }
  const along = await scene.server.shown(await scene.slash('subscribe', [], brought)).next()
  expect(words(along)).toMatch(/^You installed me for yourself/)
  expect(await scene.wish()).toBeUndefined()
})

test('a mention does not tell what its author may do: changes are made by slash commands', async () => {
  await using scene = await open()
  await scene.server.dispatch('MESSAGE_CREATE', {
    ...{ id: snowflake(), channel_id: CHANNEL, guild_id: SERVER, type: 0 },
    ...{ content: `<@${BOT}> /subscribe`, mentions: [{ id: BOT }] },
    author: { id: snowflake(), username: 'ada' },
  })
  expect(words(await scene.server.shown(CHANNEL).next())).toMatch(/Use the slash command instead/)
  expect(await scene.wish()).toBeUndefined()
})

test('a server that shows the bot out and lets it in again finds everything as it was', async () => {
  await using scene = await open()
  await scene.seen('discord.started')
  const channels = [textChannel(CHANNEL, 0)]
  await scene.server.dispatch('GUILD_CREATE', guild(SERVER, VIEW_AND_SEND, channels))
  expect(words(await scene.server.shown(CHANNEL).next())).toMatch(/Mention me with a question/)
  await scene.member(MANAGE_GUILD).slash('subscribe')
  // An outage of Discord's is no farewell.
  await scene.server.dispatch('GUILD_DELETE', { id: SERVER, unavailable: true })
  await scene.server.dispatch('GUILD_CREATE', guild(SERVER, VIEW_AND_SEND, channels))
  await scene.member(0n).slash('next')
  expect(await scene.wish()).not.toHaveProperty('gone')
  await scene.server.dispatch('GUILD_DELETE', { id: SERVER })
  await expect.poll(() => scene.wish()).toMatchObject({ gone: 'removed', state: 'active' })
  expect(await scene.wish()).not.toHaveProperty('nextDigestAt')
  await scene.server.dispatch('GUILD_CREATE', guild(SERVER, VIEW_AND_SEND, channels))
  expect(words(await scene.server.shown(CHANNEL).next())).toMatch(/^I’m back/)
  expect(await scene.wish()).not.toHaveProperty('gone')
  expect((await scene.wish())?.nextDigestAt).toBeDefined()
})

test('a channel that is deleted, or closed to the bot, is left; its settings stay', async () => {
  await using scene = await open()
  await scene.seen('discord.started')
  await scene.server.dispatch(
    'GUILD_CREATE',
    guild(SERVER, VIEW_AND_SEND, [textChannel(CHANNEL, 0)]),
  )
  await scene.server.shown(CHANNEL).next()
  await scene.member(MANAGE_GUILD).slash('subscribe')
  scene.server.meet(/^POST \/channels/, refuse(403, 50013))
  await scene.server.dispatch('MESSAGE_CREATE', {
    ...{ id: snowflake(), channel_id: CHANNEL, guild_id: SERVER, type: 0 },
    ...{ content: `<@${BOT}> /next`, mentions: [{ id: BOT }] },
    author: { id: snowflake(), username: 'ada' },
  })
  await expect.poll(() => scene.wish()).toMatchObject({ gone: 'forbidden', state: 'active' })
  await scene.member(MANAGE_GUILD).slash('settings', 'hour 18')
  expect(await scene.wish()).not.toHaveProperty('gone')
  await scene.server.dispatch('CHANNEL_DELETE', { id: CHANNEL, guild_id: SERVER, type: 0 })
  await expect.poll(() => scene.wish()).toMatchObject({ gone: 'deleted', hour: 18 })
})

test('a channel that wants cards is shown cards', async () => {
  await using scene = await open()
  const ada = scene.member(MANAGE_GUILD)
  const grid = await ada.slash('tables')
  expect(JSON.stringify(grid.body)).toMatch(/```/)
  await ada.slash('settings', 'tables cards')
  expect(JSON.stringify((await ada.slash('tables')).body)).not.toMatch(/```/)
})
