import { expect, test } from 'vitest'
import type { Bot } from '../../../src/bot.ts'
import type { ChatRef } from '../../../src/platform.ts'
import { openKeepingBot } from '../../keeping.ts'
import { guild, textChannel, VIEW_AND_SEND } from './guild.ts'
import { openDiscord } from './scene.ts'
import { BOT, type DiscordServer, refuse, snowflake } from './server.ts'

const SERVER = '300000000000000001'
const OTHER = '300000000000000002'
const CHANNEL = '310000000000000001'
const THREAD = '320000000000000001'
const VIEW = 1n << 10n
const SEND = 1n << 11n

const here = (address = CHANNEL, within = SERVER): ChatRef => ({
  ...{ platform: 'discord', address, within, kind: 'channel' },
})

interface Options {
  readonly before?: (server: DiscordServer) => void
  readonly places?: readonly ChatRef[]
}

/** The platform with a store in which these places have subscribed. */
async function open({ before, places = [here(), here(THREAD)] }: Options = {}) {
  const keeping = await openKeepingBot()
  for (const place of places) {
    await keeping.store.chats.update(place, () => ({
      ...{ state: 'active', topics: ['announcements', 'digest'], zone: 'UTC', cadence: 'weekly' },
      ...{ hour: 9, weekday: 1, tableStyle: 'grid', onlyNew: false },
    }))
  }
  const begin = async (more: Partial<Bot> = {}) => {
    const compared = Promise.withResolvers<void>()
    let passes = 0
    const scene = await openDiscord({
      bot: {
        ...keeping.bot,
        async seen(...signs) {
          await keeping.bot.seen(...signs)
          // Channels first, then servers: the first are those of the comparison at the start.
          passes += 1
          if (passes === 2) compared.resolve()
        },
        ...more,
      },
      before:
        before ??
        (({ gateway }) => {
          gateway.guilds = [guild(SERVER, VIEW_AND_SEND, [textChannel(CHANNEL, 0)])]
        }),
    })
    await scene.seen('discord.started')
    if (!more.seen) await compared.promise
    return scene
  }
  const gone = async (address = CHANNEL) => (await keeping.wish('discord', address))?.gone
  return { ...keeping, begin, gone }
}

type Scene = Awaited<ReturnType<typeof openDiscord>>

/** Asks in a place, whose server refuses the answer. */
async function beRefused({ server }: Scene, address: string, code = 50001): Promise<void> {
  server.meet(/^POST \/channels/, refuse(403, code))
  await server.dispatch('MESSAGE_CREATE', {
    ...{ id: snowflake(), channel_id: address, guild_id: SERVER, type: 0 },
    ...{ content: `<@${BOT}> /next`, mentions: [{ id: BOT }] },
    author: { id: snowflake(), username: 'ada' },
  })
}

/** Waits until everything that was dispatched before is done. */
async function settle(scene: Scene): Promise<void> {
  await scene.server.shown(await scene.slash('next')).next()
}

const thread = (more: object = {}) => ({ id: THREAD, guild_id: SERVER, type: 11, ...more })
const message = (address: string) => ({
  ...{ id: snowflake(), channel_id: address, guild_id: SERVER, type: 0, content: '', mentions: [] },
  author: { id: snowflake(), username: 'bo' },
})
const role = { id: SERVER, name: '@everyone', permissions: String(VIEW_AND_SEND), position: 0 }

test.for([
  [CHANNEL, 'CHANNEL_UPDATE', { ...textChannel(CHANNEL, 0), guild_id: SERVER }],
  [CHANNEL, 'CHANNEL_UPDATE', { ...textChannel(snowflake(), 1), guild_id: SERVER }],
  [CHANNEL, 'GUILD_UPDATE', { id: SERVER, name: 'New desk', owner_id: '1', roles: [role] }],
  [CHANNEL, 'GUILD_ROLE_CREATE', { guild_id: SERVER, role: { ...role, id: snowflake() } }],
  [CHANNEL, 'GUILD_ROLE_UPDATE', { guild_id: SERVER, role }],
  [CHANNEL, 'GUILD_ROLE_DELETE', { guild_id: SERVER, role_id: snowflake() }],
  [CHANNEL, 'GUILD_MEMBER_UPDATE', { guild_id: SERVER, user: { id: BOT }, roles: [] }],
  [CHANNEL, 'MESSAGE_CREATE', message(CHANNEL)],
  [THREAD, 'GUILD_ROLE_UPDATE', { guild_id: SERVER, role }],
  [THREAD, 'CHANNEL_UPDATE', { ...textChannel(CHANNEL, 0), guild_id: SERVER }],
  [THREAD, 'THREAD_UPDATE', thread({ thread_metadata: { archived: false, locked: false } })],
  [THREAD, 'THREAD_CREATE', thread({ newly_created: false })],
  [THREAD, 'THREAD_MEMBER_UPDATE', { id: THREAD, guild_id: SERVER, user_id: BOT }],
  [THREAD, 'THREAD_LIST_SYNC', { guild_id: SERVER, threads: [], members: [] }],
  [THREAD, 'MESSAGE_CREATE', message(THREAD)],
] as const)('%s was refused and is back after %s', async ([address, name, event]) => {
  const room = await open()
  await using scene = await room.begin()
  await beRefused(scene, address)
  await expect.poll(() => room.gone(address)).toBe('forbidden')
  await scene.server.dispatch(name, event)
  await expect.poll(() => room.gone(address)).toBeUndefined()
  expect(scene.events()).not.toContain('update.unread')
})

test.for([
  ['an outage', { id: SERVER, unavailable: true }],
  ['an outage that names more', { id: SERVER, unavailable: true, name: 'Desk' }],
] as const)('%s marks nothing; what was refused meanwhile is back after it', async ([, event]) => {
  const room = await open()
  const left: string[] = []
  await using scene = await room.begin({
    async left(place, ...more) {
      left.push(place.address)
      await room.bot.left(place, ...more)
    },
  })
  await scene.server.dispatch('GUILD_DELETE', event)
  await beRefused(scene, CHANNEL)
  await expect.poll(() => room.gone()).toBe('forbidden')
  expect(left).toEqual([CHANNEL])
  const channels = [textChannel(CHANNEL, 0)]
  await scene.server.dispatch('GUILD_CREATE', guild(SERVER, VIEW_AND_SEND, channels))
  await expect.poll(() => room.gone()).toBeUndefined()
  // The server is not new, so the bot posts no greeting.
  await settle(scene)
  expect(scene.server.shown(CHANNEL).waiting).toEqual([])
})

test.for([
  ['GUILD_DELETE', { id: SERVER }, 'removed', [CHANNEL, THREAD]],
  ['GUILD_DELETE', { id: SERVER, unavailable: false }, 'removed', [CHANNEL, THREAD]],
  ['CHANNEL_DELETE', { id: CHANNEL, guild_id: SERVER, type: 0 }, 'deleted', [CHANNEL]],
  ['CHANNEL_DELETE', { id: THREAD, guild_id: SERVER, type: 2 }, 'deleted', [THREAD]],
  [
    'THREAD_DELETE',
    { id: THREAD, guild_id: SERVER, parent_id: CHANNEL, type: 11 },
    'deleted',
    [THREAD],
  ],
  [
    'THREAD_DELETE',
    { id: THREAD, guild_id: SERVER, parent_id: '9', type: 12 },
    'deleted',
    [THREAD],
  ],
] as const)('%s %j is a sure end', async ([name, event, why, ended]) => {
  const room = await open()
  const sure: unknown[] = []
  await using scene = await room.begin({
    async left(place, reason, alone, more) {
      sure.push(more?.isSure)
      await room.bot.left(place, reason, alone, more)
    },
  })
  await scene.server.dispatch(name, event)
  for (const address of ended) await expect.poll(() => room.gone(address)).toBe(why)
  const others = [CHANNEL, THREAD].filter(each => !ended.some(address => address === each))
  for (const address of others) expect(await room.gone(address)).toBeUndefined()
  expect(sure).toEqual([true])
})

test('a deleted thread stays deleted when roles change, and another place of its server is back', async () => {
  const room = await open()
  await using scene = await room.begin()
  await scene.server.dispatch('THREAD_DELETE', thread({ parent_id: CHANNEL }))
  await expect.poll(() => room.gone(THREAD)).toBe('deleted')
  await beRefused(scene, CHANNEL)
  await expect.poll(() => room.gone()).toBe('forbidden')
  await scene.server.dispatch('GUILD_ROLE_UPDATE', { guild_id: SERVER, role })
  await expect.poll(() => room.gone()).toBeUndefined()
  expect(await room.gone(THREAD)).toBe('deleted')
})

test.for([
  ['a text channel', 0, 11],
  ['a forum', 15, 11],
  ['a news channel', 5, 10],
] as const)('the threads of %s that is deleted are deleted too', async ([, type, kind]) => {
  const [started, elsewhere] = ['320000000000000002', '320000000000000003']
  const channel = { ...textChannel(CHANNEL, 0), type, guild_id: SERVER }
  const part = (id: string, parent_id = CHANNEL) => ({ ...thread({ type: kind }), id, parent_id })
  const room = await open({
    places: [CHANNEL, THREAD, started, elsewhere].map(id => here(id)),
    before({ gateway }) {
      const threads = [part(THREAD)]
      gateway.guilds = [guild(SERVER, VIEW_AND_SEND, [channel], { threads })]
    },
  })
  await using scene = await room.begin()
  await scene.server.dispatch('THREAD_CREATE', part(started))
  await scene.server.dispatch('THREAD_CREATE', part(elsewhere, snowflake()))
  await scene.server.dispatch('CHANNEL_DELETE', channel)
  for (const address of [CHANNEL, THREAD, started]) {
    await expect.poll(() => room.gone(address)).toBe('deleted')
    const { unreached } = (await room.wish('discord', address)) ?? {}
    expect(unreached).not.toHaveProperty('retryAt')
  }
  expect(await room.gone(elsewhere)).toBeUndefined()
})

test('a deleted channel stays deleted when the bot is removed and added again', async () => {
  const lost = '310000000000000005'
  const room = await open({ places: [here(), here(THREAD), here(lost)] })
  await using scene = await room.begin()
  await scene.server.dispatch('THREAD_DELETE', thread({ parent_id: CHANNEL }))
  await scene.server.dispatch('CHANNEL_DELETE', { id: lost, guild_id: SERVER, type: 15 })
  await expect.poll(() => room.gone(THREAD)).toBe('deleted')
  await expect.poll(() => room.gone(lost)).toBe('deleted')
  await scene.server.dispatch('GUILD_DELETE', { id: SERVER })
  await expect.poll(() => room.gone()).toBe('removed')
  for (const address of [THREAD, lost]) expect(await room.gone(address)).toBe('deleted')
  const channels = [textChannel(CHANNEL, 0)]
  await scene.server.dispatch('GUILD_CREATE', guild(SERVER, VIEW_AND_SEND, channels))
  await expect.poll(() => room.gone()).toBeUndefined()
  await scene.server.dispatch('GUILD_ROLE_UPDATE', { guild_id: SERVER, role })
  await settle(scene)
  for (const address of [THREAD, lost]) expect(await room.gone(address)).toBe('deleted')
})

test('a channel that was deleted during an outage of the gateway stays so after it', async () => {
  const lost = '310000000000000005'
  const kept = textChannel(CHANNEL, 0)
  const room = await open({
    places: [here(), here(lost)],
    before({ gateway }) {
      gateway.guilds = [guild(SERVER, VIEW_AND_SEND, [kept, textChannel(lost, 1)])]
    },
  })
  await using scene = await room.begin()
  // A post has heard that it is not there.
  await room.bot.left(here(lost), 'deleted', true, { isSure: true })
  await room.bot.left(here(), 'forbidden', true)
  scene.server.gateway.guilds = [guild(SERVER, VIEW_AND_SEND, [kept])]
  // An invalid session: op 9.
  scene.server.gateway.send('{"op":9,"d":false}')
  await expect.poll(() => room.gone(), { timeout: 10_000 }).toBeUndefined()
  await settle(scene)
  expect(await room.gone(lost)).toBe('deleted')
}, 20_000)

test('the deleted channel that has its server’s id is deleted alone', async () => {
  const room = await open({ places: [here(SERVER), here()] })
  await using scene = await room.begin()
  await scene.server.dispatch('CHANNEL_DELETE', { id: SERVER, guild_id: SERVER, type: 0 })
  await expect.poll(() => room.gone(SERVER)).toBe('deleted')
  expect(await room.gone()).toBeUndefined()
})

test('rights that are given back in a channel are no reason to say anything in it', async () => {
  const room = await open()
  await using scene = await room.begin()
  const channel = (deny: bigint) => ({
    ...{ ...textChannel(CHANNEL, 0, overwrites(0n, deny)), guild_id: SERVER },
  })
  await scene.server.dispatch('CHANNEL_UPDATE', channel(SEND))
  await beRefused(scene, CHANNEL, 50013)
  await expect.poll(() => room.gone()).toBe('forbidden')
  const before = scene.server.calls.length
  await scene.server.dispatch('CHANNEL_UPDATE', channel(0n))
  await expect.poll(() => room.gone()).toBeUndefined()
  await settle(scene)
  const posts = scene.server.calls.slice(before).filter(({ route }) => /^POST \/chan/.test(route))
  expect(posts).toEqual([])
})

/** Rights of everybody in a channel. */
const overwrites = (allow: bigint, deny: bigint) => [
  { id: SERVER, type: 0, allow: String(allow), deny: String(deny) },
]

test.for([
  ['Send Messages', SEND],
  ['View Channel', VIEW],
] as const)(
  'a channel without %s gives no sign of life; with it, it is reachable again',
  async ([right, bit]) => {
    const room = await open()
    const rights: unknown[] = []
    await using scene = await room.begin({
      async left(place, why, alone, more) {
        rights.push(more?.right)
        await room.bot.left(place, why, alone, more)
      },
    })
    const channel = (deny: bigint) => ({
      ...{ ...textChannel(CHANNEL, 0, overwrites(0n, deny)), guild_id: SERVER },
    })
    await scene.server.dispatch('CHANNEL_UPDATE', channel(bit))
    await beRefused(scene, CHANNEL, 50013)
    await expect.poll(() => room.gone()).toBe('forbidden')
    expect(rights).toEqual([right])
    await scene.server.dispatch('MESSAGE_CREATE', message(CHANNEL))
    await scene.server.dispatch('CHANNEL_UPDATE', { ...channel(bit), topic: 'News' })
    await scene.server.dispatch('GUILD_ROLE_UPDATE', { guild_id: SERVER, role })
    await settle(scene)
    expect(await room.gone()).toBe('forbidden')
    await scene.server.dispatch('CHANNEL_UPDATE', channel(0n))
    await expect.poll(() => room.gone()).toBeUndefined()
  },
)

test('a locked thread shows no sign of life', async () => {
  const room = await open()
  await using scene = await room.begin()
  await beRefused(scene, THREAD)
  await expect.poll(() => room.gone(THREAD)).toBe('forbidden')
  const locked = { archived: true, locked: true }
  await scene.server.dispatch('THREAD_UPDATE', thread({ thread_metadata: locked }))
  await settle(scene)
  expect(await room.gone(THREAD)).toBe('forbidden')
})

const ofOther = '310000000000000002'
const away = '310000000000000003'
const AWAY = '300000000000000003'

test.for([1, 2])(
  'after a start with %d shards, its servers are compared with the store',
  async shards => {
    const room = await open({
      places: [here(), here(THREAD), here(ofOther, OTHER), here(away, AWAY)],
      before({ gateway }) {
        gateway.shards = shards
        gateway.guilds = [
          { ...guild(SERVER, VIEW_AND_SEND, [textChannel(CHANNEL, 0)]), shard: 0 },
          { id: AWAY, unavailable: true, shard: shards - 1 },
        ]
      },
    })
    // While the bot was down, it was removed and added again, and a channel of another server was deleted.
    await room.bot.left({ platform: 'discord', address: SERVER }, 'removed', false, {
      isSure: true,
    })
    await room.bot.left({ platform: 'discord', address: away }, 'forbidden')
    await using scene = await room.begin()
    await expect.poll(() => room.gone(ofOther)).toBe('removed')
    for (const address of [CHANNEL, THREAD]) {
      await expect.poll(() => room.gone(address)).toBeUndefined()
    }
    await settle(scene)
    // An outage of Discord's tells nothing.
    expect(await room.gone(ofOther)).toBe('removed')
  },
)

test('a channel that is refused is back after the start of a process that finds its server', async () => {
  const room = await open()
  await room.bot.left(here(), 'forbidden')
  await using scene = await room.begin()
  await expect.poll(() => room.gone()).toBeUndefined()
  await settle(scene)
})

test('a session that is begun anew compares its servers again', async () => {
  const room = await open({ places: [here(), here(ofOther, OTHER)] })
  await using scene = await room.begin()
  await expect.poll(() => room.gone(ofOther)).toBe('removed')
  expect(await room.gone()).toBeUndefined()
  scene.server.gateway.guilds = [guild(OTHER, VIEW_AND_SEND, [textChannel(ofOther, 0)])]
  // An invalid session: op 9.
  scene.server.gateway.send('{"op":9,"d":false}')
  await expect.poll(() => room.gone(), { timeout: 10_000 }).toBe('removed')
  await expect.poll(() => room.gone(ofOther)).toBeUndefined()
}, 20_000)

test.for([
  ['no list of servers', { guilds: null }],
  ['a server without an id', { guilds: [{}] }],
  ['servers that are numbers', { guilds: [7] }],
])('a start that names %s ends nothing', async ([, more]) => {
  const room = await open({ places: [here(ofOther, OTHER)] })
  await using scene = await room.begin()
  await expect.poll(() => room.gone(ofOther)).toBe('removed')
  await room.bot.seen('discord', [ofOther])
  const user = { id: BOT, username: 'sitrep', discriminator: '0' }
  await scene.server.dispatch('READY', { session_id: 's', user, ...(more as object) })
  await settle(scene)
  expect(await room.gone(ofOther)).toBeUndefined()
})

test('signs of a thousand messages are passed on together while the store is slow', async () => {
  const room = await open()
  const calls: (readonly string[])[] = []
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  await using scene = await room.begin({
    async seen(_, addresses) {
      if (addresses.length === 0) return
      calls.push(addresses)
      await free
    },
  })
  for (let index = 0; index < 1000; index++) {
    await scene.server.dispatch('MESSAGE_CREATE', message(`33${index}`))
  }
  await settle(scene)
  expect(calls).toHaveLength(1)
  go()
  await expect.poll(() => calls.flat().length).toBe(1000)
  expect(calls).toHaveLength(2)
  expect(scene.events()).not.toContain('reply.dropped')
})

const ALL = {
  ...{ ViewChannel: VIEW, SendMessages: SEND, SendMessagesInThreads: 1n << 38n },
  ...{ AttachFiles: 1n << 15n, ReadMessageHistory: 1n << 16n },
}
const sum = Object.values(ALL).reduce((all, bit) => all | bit, 0n)

test.for(Object.entries(ALL))(
  'a server without %s is named, and the invite asks for it',
  async ([name, bit]) => {
    await using scene = await openDiscord({
      before: ({ gateway }) => gateway.guilds.push(guild(SERVER, sum & ~bit, [])),
    })
    const { invite } = await scene.seen('discord.started')
    expect(BigInt(new URL(String(invite)).searchParams.get('permissions') ?? 0) & bit).toBe(bit)
    expect(await scene.seen('discord.missing')).toMatchObject({ server: SERVER, missing: [name] })
  },
)
