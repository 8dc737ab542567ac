import { expect, test } from 'vitest'
import { answerWith, refuse } from '../platforms/discord/server.ts'
import { openReach } from './reach-scene.ts'

const CHANNEL = '400000000000000001'
const SERVER = '300000000000000001'
const FETCH = new RegExp(`^GET /channels/${CHANNEL}$`)
const POST = new RegExp(`^POST /channels/${CHANNEL}/messages$`)

const found = answerWith(200, JSON.stringify({ id: CHANNEL, type: 0 }), {
  'content-type': 'application/json',
})

async function openChannel() {
  const scene = await openReach()
  await scene.subscribe(CHANNEL, { platform: 'discord', within: SERVER, kind: 'channel' })
  await scene.start()
  const { discord } = scene
  return {
    ...scene,
    fetches: () => discord.calls.filter(({ route }) => FETCH.test(route)).length,
    got: () => discord.taken.get(CHANNEL)?.size ?? 0,
    wanted: () => scene.wish(CHANNEL, 'discord'),
  }
}

test.for([50001, 50013, 59999])(
  'a channel that refuses a post with 403 %i is fetched after an hour, and gets the next post',
  async code => {
    const { discord, announce, wanted, got, fetches, clock, until } = await openChannel()
    discord.meet(POST, refuse(403, code))
    await announce('First.')
    expect(await wanted()).toMatchObject({ gone: 'forbidden', unreached: { tries: 0 } })
    expect(got()).toBe(0)
    discord.meet(FETCH, found)
    await clock.advance({ minutes: 61 })
    await until(() => fetches() === 1)
    await announce('Second.')
    expect(got()).toBe(1)
    expect(await wanted()).not.toHaveProperty('gone')
  },
)

test('a channel that stays closed is fetched after 1 h and 6 h more', async () => {
  const { discord, announce, wanted, fetches, clock, until } = await openChannel()
  discord.meet(POST, refuse(403, 50001))
  await announce('First.')
  discord.meet(FETCH, refuse(403, 50001), refuse(403, 50001))
  await clock.advance({ minutes: 61 })
  await until(async () => (await wanted())?.unreached?.tries === 1)
  await clock.advance({ hours: 5 })
  expect(fetches()).toBe(1)
  await clock.advance({ minutes: 61 })
  await until(async () => (await wanted())?.unreached?.tries === 2)
})

test('a channel that a post does not find is fetched at once: deleted, it is left', async () => {
  const { discord, announce, wanted, fetches } = await openChannel()
  discord.meet(POST, refuse(404, 10003))
  discord.meet(FETCH, refuse(404, 10003))
  await announce('First.')
  expect(fetches()).toBe(1)
  expect(await wanted()).toMatchObject({ gone: 'deleted' })
  expect((await wanted())?.unreached).not.toHaveProperty('retryAt')
})

test('a channel that a post does not find, and a fetch does, is suspected', async () => {
  const { discord, announce, wanted, got, clock } = await openChannel()
  discord.meet(POST, refuse(404, 10003))
  discord.meet(FETCH, found)
  await announce('First.')
  expect(await wanted()).toMatchObject({ unreached: { retryAt: expect.anything() } })
  await clock.advance({ minutes: 61 })
  await announce('Second.')
  expect(got()).toBe(1)
})

test('a sign of life of the server brings its channel back at once', async () => {
  const { discord, announce, bot, got } = await openChannel()
  discord.meet(POST, refuse(403, 50013))
  await announce('First.')
  await bot.seen('discord', [SERVER])
  await announce('Second.')
  expect(got()).toBe(1)
})

test.for([50001, 50013])(
  'a channel that refuses with %i for a reason that is not known is told without a right',
  async code => {
    const { discord, announce, wanted, ask } = await openChannel()
    discord.meet(POST, refuse(403, code))
    await announce('First.')
    expect((await wanted())?.unreached).not.toHaveProperty('right')
    const place = {
      platform: 'discord',
      address: CHANNEL,
      within: SERVER,
      kind: 'channel',
    } as const
    const panel = await ask('/settings', { place, barred: 'rights' })
    expect(panel).toMatch(/I’m not allowed to post\. Let me send messages here\./)
    expect(panel).not.toContain('right “')
  },
)

test('a check that does not find the channel fetches it once, and it was deleted', async () => {
  const { discord, announce, wanted, fetches, clock, until } = await openChannel()
  discord.meet(POST, refuse(403, 50001))
  await announce('First.')
  discord.meet(FETCH, refuse(404, 10003))
  await clock.advance({ minutes: 61 })
  await until(async () => (await wanted())?.gone === 'deleted')
  expect((await wanted())?.unreached).not.toHaveProperty('retryAt')
  expect(fetches()).toBe(1)
})
