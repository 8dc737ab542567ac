import { expect, test } from 'vitest'
import { message, paragraph } from '../../../src/message.ts'
import { expectDiscordTakes, readDiscord } from '../../discord-markdown.ts'
import { memoryPictures, png } from '../../pictures.ts'
import { answering } from '../../request.ts'
import { openBot } from '../../shipped.ts'
import { guild, textChannel, VIEW_AND_SEND } from './guild.ts'
import { buttonOf, menuOf, messageOf, row } from './person.ts'
import { asker, openDiscord, slowBot } from './scene.ts'
import { APPLICATION, BOT, type Fault, refuse, reset, type Shown, snowflake } from './server.ts'

const EPHEMERAL = 64
const words = ({ body }: Shown) => readDiscord(body).trim()

const never = new Promise<void>(() => {})

test('a slash command is answered with components that Discord takes', async () => {
  await using scene = await openDiscord()
  const option = { type: 3, name: 'filter', value: 'past' }
  const shown = await scene.server.shown(await scene.slash('exercises', [option])).next()
  expect(shown.call.body.type).toBe(4)
  expectDiscordTakes(shown.body)
  expect(words(shown)).toMatch(/^Past exercises/)
  // The interaction's token is its right to be answered; the bot's own stays at home.
  expect(shown.call.authorization).toBeUndefined()
})

test('private answers and answers to lines that were not understood are visible to the asker alone', async () => {
  await using scene = await openDiscord({ bot: slowBot(never) })
  for (const [name, flags] of [
    ['about', 32768 | EPHEMERAL],
    ['thretas', 32768 | EPHEMERAL],
    ['threats', 32768],
  ] as const) {
    const shown = await scene.server.shown(await scene.slash(name)).next()
    expect(shown.body.flags).toBe(flags)
  }
})

test('an answer with a picture is promised first; one that Discord does not take leaves its words', async () => {
  const shown = { ...message([paragraph('The map.')]), picture: { id: 1, type: 'png' as const } }
  const bot = answering(openBot(), async () => ({ message: shown, understood: true }))
  await using scene = await openDiscord({ bot, pictures: memoryPictures(png(40, 30)) })
  const first = await scene.server.shown(await scene.slash('about')).next()
  expect(first.call.route).toMatch(/^PATCH .*@original$/)
  expect(words(first)).toBe('The map.')
  expect([...scene.server.attached.values()].map(({ bytes }) => bytes)).toEqual([png(40, 30)])
  scene.server.meet(/^PATCH .*@original$/, refuse(400, 50035))
  const second = await scene.server.shown(await scene.slash('about')).next()
  expect(words(second)).toBe('[Image]\nThe map.')
})

test('a picture that cannot be read, or whose uploads all fail, leaves its words', async () => {
  const shown = { ...message([paragraph('The map.')]), picture: { id: 1, type: 'png' as const } }
  const bot = answering(openBot(), async () => ({ message: shown, understood: true }))
  const unread = { ...memoryPictures(), read: () => Promise.reject(new Error('away')) }
  await using closed = await openDiscord({ bot, pictures: unread })
  const told = await closed.server.shown(await closed.slash('about')).next()
  expect(words(told)).toBe('[Image]\nThe map.')
  await using scene = await openDiscord({ bot, pictures: memoryPictures(png(40, 30)) })
  scene.server.meet(/^PATCH .*@original$/, reset, reset, reset)
  const late = await scene.server.shown(await scene.slash('about')).next()
  expect(words(late)).toBe('[Image]\nThe map.')
  const sent = scene.server.calls.filter(({ route }) => /^PATCH .*@original$/.test(route))
  expect(sent).toHaveLength(4)
})

test('a pressed button changes its message; a choice of a menu does as well', async () => {
  await using scene = await openDiscord()
  const me = asker()
  const first = await scene.server.shown(await scene.slash('threats', [], me)).next()
  const on = messageOf(first, me.user)
  const press = { component_type: 2, custom_id: '/threats details' }
  const token = await scene.interact({ type: 3, data: press, message: on, ...me })
  const second = await scene.server.shown(token).next()
  expect(second.call.body.type).toBe(7)
  expect(words(second)).toMatch('External Influences')
  const choice = { component_type: 3, custom_id: 'menu 1', values: ['/next'] }
  const menu = { ...on, components: [row(menuOf('/about', '/next'))] }
  const third = await scene.server
    .shown(await scene.interact({ type: 3, data: choice, message: menu, ...me }))
    .next()
  expect(third.call.body.type).toBe(7)
  expect(words(third)).toMatch(/^Next exercise/)
})

test('a press under another user’s answer gets a copy of its own', async () => {
  await using scene = await openDiscord()
  const me = asker()
  const first = await scene.server.shown(await scene.slash('threats', [], me)).next()
  const press = { component_type: 2, custom_id: '/next' }
  const token = await scene.interact({ type: 3, data: press, message: messageOf(first, me.user) })
  const shown = await scene.server.shown(token).next()
  expect(shown.call.body.type).toBe(4)
  expect(shown.body.flags & EPHEMERAL).toBe(EPHEMERAL)
})

test('an answer that takes more than a second is promised at once and comes later', async () => {
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  await using scene = await openDiscord({ bot: slowBot(free) })
  const promised = scene.server.next(/^POST \/interactions/)
  const token = await scene.slash('tables')
  expect((await promised).body).toEqual({ type: 5, data: {} })
  expect(scene.pauses).toContain(1000)
  go()
  const shown = await scene.server.shown(token).next()
  expect(shown.call.route).toBe(`PATCH /webhooks/${APPLICATION}/${token}/messages/@original`)
  expect(words(shown)).toMatch(/^Tables/)
  expectDiscordTakes(shown.body)
})

test('a button whose answer takes long is promised without touching its message', async () => {
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  await using scene = await openDiscord({ bot: slowBot(free) })
  const me = asker()
  const first = await scene.server.shown(await scene.slash('threats', [], me)).next()
  const promised = scene.server.next(/^POST \/interactions/)
  const data = { component_type: 2, custom_id: '/tables' }
  const message = { ...messageOf(first, me.user), components: [row(buttonOf('/tables'))] }
  const token = await scene.interact({ type: 3, data, message, ...me })
  expect((await promised).body).toEqual({ type: 6 })
  go()
  const shown = await scene.server.shown(token).next()
  expect(shown.call.route).toMatch(/@original$/)
})

test('further parts follow in order; a user-installed app sends at most six', async () => {
  await using scene = await openDiscord({ bot: slowBot(never) })
  const stream = scene.server.shown(await scene.slash('outlook'))
  const parts = [await stream.next()]
  const count = Number(/-# 1\/(\d+)/.exec(JSON.stringify(parts[0]?.body))?.[1])
  expect(count).toBeGreaterThan(6)
  while (parts.length < count) parts.push(await stream.next())
  expect(parts.slice(1).every(({ call }) => call.route.startsWith('POST /webhooks/'))).toBe(true)
  const numbers = parts.flatMap(part => words(part).match(/Paragraph \d+/g) ?? [])
  expect(new Set(numbers).size).toBe(40)

  const along = { context: 2, authorizing_integration_owners: { '1': '5' } }
  const shown = await scene.server.shown(await scene.slash('outlook', [], along)).next()
  expect(words(shown)).toBe(
    `This answer takes ${count} messages and I can send only 6 here. Ask me in a direct message.`,
  )
  expect(shown.body.flags & EPHEMERAL).toBe(EPHEMERAL)
})

test('a server without the bot as a member gets answers, and /help says why it cannot subscribe', async () => {
  await using scene = await openDiscord()
  const along = { context: 0, guild_id: '3', authorizing_integration_owners: { '1': '5' } }
  const threats = await scene.server.shown(await scene.slash('threats', [], along)).next()
  expect(words(threats)).toMatch(/^Threats/)
  const help = await scene.server.shown(await scene.slash('help', [], along)).next()
  expect(words(help)).toMatch('You installed me for yourself')
  const inside = await scene.server.shown(await scene.slash('help')).next()
  expect(words(inside)).not.toMatch('You installed me for yourself')
})

test('choices are offered while something is typed, out of the search index', async () => {
  await using scene = await openDiscord()
  const complete = (name: string, option: string, value: string) =>
    scene.interact({
      type: 4,
      data: { id: '1', type: 1, name, options: [{ type: 3, name: option, value, focused: true }] },
    })
  const found = await scene.server.shown(await complete('search', 'words', 'cyber')).next()
  expect(found.call.body.type).toBe(8)
  expect(found.body.choices).toContainEqual({
    name: 'Regional challenges',
    value: 'Regional challenges',
  })
  expect(found.body.choices.length).toBeLessThanOrEqual(25)
  const all = await scene.server.shown(await complete('search', 'words', '')).next()
  expect(all.body.choices).toHaveLength(7)
  const tables = await scene.server.shown(await complete('tables', 'table', 'EXERC')).next()
  expect(tables.body.choices).toEqual([{ name: 'Exercises', value: 'capabilities-exercises' }])
})

test('a mention and a direct message are answered in words of any kind', async () => {
  await using scene = await openDiscord()
  const base = { type: 0, mentions: [{ id: BOT }], author: { id: snowflake(), username: 'ada' } }
  const asked = { ...base, id: snowflake(), channel_id: '77', guild_id: '3' }
  await scene.server.dispatch('MESSAGE_CREATE', { ...asked, content: `<@${BOT}> kosovo` })
  const { body, ...shown } = await scene.server.shown('77').next()
  expect(words({ body, ...shown })).toMatch(/^\d+ results for “kosovo”/)
  expect(body).toMatchObject({
    message_reference: { message_id: asked.id, fail_if_not_exists: false },
    nonce: `${asked.id}-0`,
    enforce_nonce: true,
    allowed_mentions: { parse: [] },
  })
  expect(body.nonce.length).toBeLessThanOrEqual(25)
  await scene.server.dispatch('MESSAGE_CREATE', {
    ...base,
    id: snowflake(),
    channel_id: '78',
    content: 'what are the threats?',
  })
  expect(words(await scene.server.shown('78').next())).toMatch(/^Threats/)
})

test('choices that are called alike, or at length, are told apart', async () => {
  const shipped = openBot()
  const long = 'L'.repeat(120)
  const titles = ['Spring', 'Spring', long, long]
  const choices = titles.map((title, index) => ({ title, value: `value-${index}` }))
  const parameters = [{ name: 'which', description: 'Which', required: false, choices }]
  const menu = shipped
    .menu()
    .map(each => (each.name === 'exercises' ? { ...each, parameters } : each))
  await using scene = await openDiscord({ bot: { ...shipped, menu: () => menu } })
  const put = await scene.server.next(/^PUT/)
  const { options } = put.body.find(({ name }: { name: string }) => name === 'exercises')
  expect(options[0].choices).toEqual([
    { name: 'Spring', value: 'value-0' },
    { name: 'Spring (value-1)', value: 'value-1' },
    { name: 'L'.repeat(100), value: 'value-2' },
    { name: `${'L'.repeat(90)} (value-3)`, value: 'value-3' },
  ])
})

test('commands are overwritten where they differ from what Discord holds, and only there', async () => {
  const shipped = openBot()
  let entries = shipped.menu()
  await using scene = await openDiscord({ bot: { ...shipped, menu: () => entries } })
  const put = await scene.server.next(/^PUT/)
  expect(put.route).toBe(`PUT /applications/${APPLICATION}/commands`)
  // And three in the menu of messages.
  const inMenu = ['Announce this', 'Correct announcement', 'Retract announcement']
  expect(put.body).toHaveLength(entries.length + inMenu.length)
  expect(put.body.slice(-inMenu.length)).toEqual(
    inMenu.map(name => ({
      ...{ type: 3, name, description: '', default_member_permissions: '32' },
      ...{ integration_types: [0, 1], contexts: [0, 1, 2] },
    })),
  )
  const [threats] = put.body.filter(({ name }: { name: string }) => name === 'threats')
  expect(threats).toEqual({
    type: 1,
    name: 'threats',
    description: 'Threats and challenges',
    integration_types: [0, 1],
    contexts: [0, 1, 2],
    options: [
      {
        type: 3,
        name: 'part',
        description: 'details: the full text',
        required: false,
        choices: [{ name: 'Details', value: 'details' }],
      },
    ],
  })
  const puts = () => scene.server.calls.filter(({ route }) => route.startsWith('PUT')).length
  const looked = () => scene.server.next(/^GET \/applications/)
  let look = looked()
  scene.platform.refresh?.()
  await look
  look = looked()
  scene.platform.refresh?.()
  await look
  expect(puts()).toBe(1)
  entries = entries.slice(1)
  const again = scene.server.next(/^PUT/)
  scene.platform.refresh?.()
  expect((await again).body).toHaveLength(entries.length + inMenu.length)
})

/** A server as it comes in, with what its everyone may do, and the channels. */
test('a server that adds the bot is greeted where it may write, one that has it already is not', async () => {
  const known = guild('300000000000000001', VIEW_AND_SEND, [textChannel('41', 0)])
  await using scene = await openDiscord({ before: server => server.gateway.guilds.push(known) })
  await scene.seen('discord.started')
  const closed = [{ id: '300000000000000002', type: 0, allow: '0', deny: '2048' }]
  const channels = [textChannel('52', 2), textChannel('51', 1, closed), textChannel('53', 3)]
  await scene.server.dispatch('GUILD_CREATE', guild('300000000000000002', VIEW_AND_SEND, channels))
  const shown = await scene.server.shown('52').next()
  expect(words(shown)).toMatch(/^NATO in the Western Balkans/)
  expect(shown.body.allowed_mentions).toEqual({ parse: [] })
  const system = { system_channel_id: '53' }
  const other = guild(
    '300000000000000003',
    VIEW_AND_SEND,
    [textChannel('62', 2), textChannel('53', 9)],
    system,
  )
  await scene.server.dispatch('GUILD_CREATE', other)
  expect(words(await scene.server.shown('53').next())).toMatch(/Mention me with a question/)
  expect(scene.server.shown('41').waiting).toEqual([])
})

test('a greeting whose answer is lost is there once, in one channel', async () => {
  await using scene = await openDiscord()
  await scene.seen('discord.started')
  const arrived: Fault = async (response, call) => {
    scene.server.shown('51').push({ body: call.body, call, message: '1' })
    reset(response, call)
  }
  const lost = refuse(500, 0)
  scene.server.meet(/^POST \/channels/, arrived, lost, lost)
  const channels = [textChannel('51', 1), textChannel('52', 2)]
  await scene.server.dispatch('GUILD_CREATE', guild('300000000000000002', VIEW_AND_SEND, channels))
  expect(words(await scene.server.shown('51').next())).toMatch(/Mention me with a question/)
  await scene.seen('reply.failed')
  await scene.server.shown(await scene.slash('next')).next()
  const posts = scene.server.calls.filter(({ route }) => /^POST \/channels/.test(route))
  expect(posts.map(({ route }) => route)).toEqual(Array(3).fill('POST /channels/51/messages'))
  expect(new Set(posts.map(({ body }) => body.nonce)).size).toBe(1)
  for (const { body } of posts) expect(body).toMatchObject({ enforce_nonce: true })
})

test('the parts of two answers in one channel do not mix', async () => {
  await using scene = await openDiscord({ bot: slowBot(never) })
  const channel = { channel_id: '77', channel: { id: '77', type: 0 } }
  const tokens = [
    await scene.slash('outlook', [], channel),
    await scene.slash('outlook', [], channel),
  ]
  for (const token of tokens) {
    let shown = await scene.server.shown(token).next()
    while (!/-# (\d+)\/\1"/.test(JSON.stringify(shown.body))) {
      shown = await scene.server.shown(token).next()
    }
  }
  const followed = scene.server.calls
    .map(({ route }) => /^POST \/webhooks\/\d+\/([^/?]+)/.exec(route)?.[1])
    .filter(token => token !== undefined)
  expect(followed.length).toBeGreaterThanOrEqual(4)
  const first = followed.filter(token => token === followed[0])
  expect(followed.slice(0, first.length)).toEqual(first)
})

test('a public deferred reply is deleted if the answer is for the asker alone', async () => {
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  const bot = answering(openBot(), async () => {
    await free
    return { message: message([paragraph('There is no such thing.')]), understood: false }
  })
  await using scene = await openDiscord({ bot })
  const token = await scene.slash('threats')
  const deferred = await scene.server.next(/^POST \/interactions/)
  expect(deferred.body).toEqual({ type: 5, data: {} })
  go()
  await scene.server.next(/^DELETE \/webhooks\/.*\/messages\/@original/)
  const shown = await scene.server.shown(token).next()
  expect(shown.call.route).toMatch(/^POST \/webhooks/)
  expect(shown.body.flags & EPHEMERAL).toBe(EPHEMERAL)
})

test('a promise whose question turns out to be too old is taken back', async () => {
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  const bot = answering(openBot(), () => free.then(() => undefined))
  await using scene = await openDiscord({ bot })
  await scene.slash('threats')
  await scene.server.next(/^POST \/interactions/)
  go()
  await scene.server.next(/^DELETE \/webhooks\/.*\/messages\/@original/)
})

test('while choices are looked up, only the latest of the typed texts waits', async () => {
  await using scene = await openDiscord()
  const me = asker()
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  scene.server.meet(/^POST \/interactions/, async (response, call) => {
    await free
    refuse(404, 10062)(response, call)
  })
  const complete = (value: string) =>
    scene.interact({
      type: 4,
      data: {
        id: '1',
        type: 1,
        name: 'search',
        options: [{ type: 3, name: 'words', value, focused: true }],
      },
      ...me,
    })
  const met = scene.server.next(/^POST \/interactions/)
  await complete('k')
  await met
  for (const typed of ['ko', 'kos', 'koso']) await complete(typed)
  const last = await complete('kosovo')
  await scene.server.shown(await scene.slash('next')).next()
  go()
  await scene.server.shown(last).next()
  const asked = scene.server.calls.filter(({ route }) => /^POST \/interactions/.test(route))
  expect(asked.length).toBe(3)
})

test('the start says how to add the bot, and which rights it lacks where', async () => {
  const poor = guild('300000000000000001', 1n << 10n, [textChannel('41', 0)])
  await using scene = await openDiscord({ before: server => server.gateway.guilds.push(poor) })
  expect(await scene.seen('discord.started')).toMatchObject({
    invite: `https://discord.com/oauth2/authorize?client_id=${APPLICATION}&scope=bot+applications.commands&permissions=17867064052736`,
    servers: 1,
  })
  expect(await scene.seen('discord.missing')).toMatchObject({
    server: '300000000000000001',
    missing: ['SendMessages', 'SendMessagesInThreads', 'AttachFiles', 'ReadMessageHistory'],
  })
  expect(scene.written()).not.toMatch('Desk')
})

test('the gateway asks for no privileged intent, caches no message, and uses the recommended shards', async () => {
  await using scene = await openDiscord()
  const { d } = await scene.server.gateway.payloads.next()
  // GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES.
  expect(d.intents).toBe((1 << 0) | (1 << 9) | (1 << 12))
  expect(d.shard).toEqual([0, 1])
})

test('a user over the rate limit is told so each time, in an ephemeral reply', async () => {
  await using scene = await openDiscord()
  const me = asker()
  const said: string[] = []
  for (let time = 0; time < 15; time++) {
    const shown = await scene.server.shown(await scene.slash('next', [], me)).next()
    said.push(words(shown).slice(0, 10))
    if (time >= 12) expect(shown.body.flags & EPHEMERAL).toBe(EPHEMERAL)
  }
  expect(said.slice(11)).toEqual(['Next exerc', ...Array(3).fill('You’re goi')])
})

test('an interaction that has just come in is answered, whatever its date is by the own clock', async () => {
  await using scene = await openDiscord()
  for (const minutes of [-400 * 24 * 60, -20, 20]) {
    const id = snowflake(Date.now() + minutes * 60_000)
    const token = await scene.slash('about', [], { id })
    expect(readDiscord((await scene.server.shown(token).next()).body)).toContain('Licence')
  }
})
