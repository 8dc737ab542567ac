import { expect, test } from 'vitest'
import { readDiscord } from '../../discord-markdown.ts'
import { openKeepingBot } from '../../keeping.ts'
import { askBot } from '../../request.ts'
import { VIEW_AND_SEND } from './guild.ts'
import { messageOf } from './person.ts'
import { asker, openDiscord } from './scene.ts'
import { type Shown, snowflake } from './server.ts'

const MANAGE_GUILD = 1n << 5n
const CREATE_EVENTS = 1n << 44n
const SERVER = '300000000000000001'
const CHANNEL = '310000000000000001'
const key = { platform: 'discord', server: SERVER }

const words = ({ body }: Shown) => readDiscord(body).trim()

async function open() {
  const keeping = await openKeepingBot()
  const scene = await openDiscord({ bot: keeping.bot })
  const user = { id: snowflake(), username: 'ada', discriminator: '0', avatar: null }
  let own = VIEW_AND_SEND | CREATE_EVENTS
  let rights = MANAGE_GUILD
  let more: object = {}
  const where = () => ({
    ...{ guild_id: SERVER, channel_id: CHANNEL, channel: { id: CHANNEL, type: 0 }, context: 0 },
    ...{ app_permissions: String(own), user: undefined },
    member: { user, roles: [], permissions: String(rights) },
    ...more,
  })
  return {
    ...keeping,
    ...scene,
    async slash(name: string, value?: string): Promise<Shown> {
      const options = value === undefined ? [] : [{ type: 3, name: 'change', value }]
      return scene.server.shown(await scene.slash(name, options, where())).next()
    },
    async press(on: Shown, command: string): Promise<Shown> {
      const data = { component_type: 2, custom_id: command }
      const message = messageOf(on, user)
      const token = await scene.interact({ type: 3, data, message, ...where() })
      return scene.server.shown(token).next()
    },
    /** Sets the bot's rights, the person's, and further fields of the next interactions. */
    set(values: { own?: bigint; rights?: bigint; more?: object }) {
      own = values.own ?? own
      rights = values.rights ?? rights
      more = values.more ?? more
    },
    kept: () => keeping.store.scheduledEvents.find(key),
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

const buttons = ({ body }: Shown) => JSON.stringify(body).match(/\/settings scheduled \w+/g) ?? []

test('an admin turns the events of the server on and off by a button, and sees what follows', async () => {
  await using scene = await open()
  const page = await scene.slash('settings', 'what')
  expect(buttons(page)).toEqual(['/settings scheduled on'])
  const on = await scene.press(page, '/settings scheduled on')
  expect(words(on)).toContain(
    'Server events: on ✓ I add the exercises of the next 60 days to this server’s events.',
  )
  expect(words(on)).toContain('Whole days are those of Europe/Sarajevo.')
  expect(buttons(on)).toEqual(['/settings scheduled off'])
  expect(await scene.kept()).toMatchObject({ isOn: true, zone: 'Europe/Sarajevo', tries: 0 })
  expect(words(await scene.slash('settings'))).toContain('Server events: on')
  const off = await scene.press(on, '/settings scheduled off')
  expect(words(off)).toContain('I cancel the ones to come')
  expect(await scene.kept()).toMatchObject({ isOn: false })
  expect(words(await scene.slash('settings'))).not.toContain('Server events')
  expect(words(await scene.slash('settings', 'scheduled maybe'))).toContain('Add on or off')
})

test('without the permission Create Events the answer, the settings and /status say so', async () => {
  await using scene = await open()
  scene.set({ own: VIEW_AND_SEND })
  expect(words(await scene.slash('settings', 'scheduled on'))).toContain(
    'I need the permission Create Events in this server',
  )
  expect(await scene.kept()).toMatchObject({ isOn: true, refused: 'rights' })
  const due = () => scene.store.scheduledEvents.due('discord', 1, scene.clock.now())
  // A call now would fail.
  expect(await due()).toBeUndefined()
  expect(words(await scene.slash('settings'))).toContain(
    'Server events: on, but I need the permission Create Events',
  )
  scene.set({ own: VIEW_AND_SEND | CREATE_EVENTS })
  expect(words(await scene.slash('settings', 'scheduled on'))).not.toContain('need the permission')
  expect(await due()).toMatchObject(key)
})

test('a member without Manage Server changes nothing', async () => {
  await using scene = await open()
  scene.set({ rights: 0n })
  expect(words(await scene.slash('settings', 'scheduled on'))).toMatch(/Manage Server/)
  expect(await scene.kept()).toBeUndefined()
})

test('a direct chat, a user-installed app and another platform know no events of a server', async () => {
  await using scene = await open()
  scene.set({ more: { ...asker(), guild_id: undefined, member: undefined, context: 1 } })
  expect(words(await scene.slash('settings'))).not.toContain('Server events')
  scene.set({ more: { authorizing_integration_owners: { '1': '42' } } })
  expect(buttons(await scene.slash('settings', 'what'))).toEqual([])
  expect(words(await scene.slash('settings', 'scheduled on'))).toMatch(/don’t know that setting/)
  const place = { platform: 'telegram', address: '-42', kind: 'group' } as const
  const page = await askBot(scene.bot, '/settings what', { place })
  expect(JSON.stringify(page)).not.toMatch(/scheduled|Server events/)
  const typed = await askBot(scene.bot, '/settings scheduled on', { place })
  expect(JSON.stringify(typed)).toMatch(/don’t know that setting/)
  expect(await scene.kept()).toBeUndefined()
})

test('/export shows the events of the server, /forget erases them, and so does leaving the server', async () => {
  await using scene = await open()
  const { scheduledEvents, chats } = scene.store
  const place = { platform: 'discord', address: CHANNEL, within: SERVER, kind: 'channel' } as const
  const at = scene.clock.now()
  const event = { subject: 'june', id: '5', digest: 'x', state: 'open' } as const
  const fill = async () => {
    await scene.slash('settings', 'scheduled on')
    await scheduledEvents.record(key, { ...event, startsAt: at, endsAt: at })
  }
  await fill()
  expect(await chats.groups('discord')).toEqual([SERVER])
  expect(await chats.export(place)).toMatchObject({
    server: { server: SERVER, is_on: 1, zone: 'Europe/Sarajevo' },
    scheduledEvents: [{ subject: 'june', event_id: '5', starts_at: expect.stringMatching(/Z$/) }],
  })
  expect(words(await scene.slash('forget'))).toContain('This also turns off server events')
  expect(words(await scene.slash('settings', 'forget everything'))).toMatch(/^Deleted/)
  expect(await scene.kept()).toBeUndefined()
  expect(await scheduledEvents.events(key)).toEqual([])
  // A pass that was under way does not write the erased server again.
  await scheduledEvents.record(key, { ...event, startsAt: at, endsAt: at })
  expect(await scheduledEvents.events(key)).toEqual([])

  await fill()
  await scene.server.dispatch('GUILD_DELETE', { id: SERVER })
  await expect.poll(scene.kept).toBeUndefined()
  expect(await scheduledEvents.events(key)).toEqual([])
})
