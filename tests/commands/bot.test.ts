import fc from 'fast-check'
import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { createBot } from '../../src/commands/bot.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import { createLimit } from '../../src/commands/request-limit.ts'
import type { Edition } from '../../src/content/edition.ts'
import { sentences } from '../../src/log.ts'
import { message, paragraph } from '../../src/message.ts'
import { createAsk } from '../../src/platforms/answer-queue.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { texts } from '../../src/texts.ts'
import { edition } from '../content/fixture.ts'
import { testClock } from '../platforms/pauses.ts'
import { askBot, type Facts, requestOf } from '../request.ts'
import { registry, shippedBot } from '../shipped.ts'
import { newDatabase, openTestStore } from '../store/stores.ts'

const noon = Temporal.Instant.from('2026-11-23T12:00:00Z')

function open() {
  let now = noon
  const bot = createBot({
    registry: () => registry,
    clock: testClock(() => now),
    timeZone: 'Europe/Sarajevo',
    moderators: { users: ['telegram:42'], roles: [] },
  })
  return {
    ask: async (line: string, more: Facts = {}) => {
      const reply = await askBot(bot, line, more)
      return reply && textOf(reply.message.body)
    },
    bot,
    wait: (duration: Temporal.DurationLike) => {
      now = now.add(duration)
    },
  }
}

test('a question of ten minutes ago is answered, an older one is not', async () => {
  const { ask } = open()
  expect(await ask('/threats', { asked: noon.subtract({ minutes: 10 }) })).toMatch(/^Threats/)
  expect(await ask('/threats', { asked: noon.subtract({ minutes: 10, seconds: 1 }) })).toBe(
    undefined,
  )
  // The other side's clock may be ahead.
  expect(await ask('/threats', { asked: noon.add({ minutes: 30 }) })).toMatch(/^Threats/)
})

test('a user who asks twelve times at once is told once, and may ask again after two seconds', async () => {
  const { bot, wait } = open()
  const ask = async () => (await askBot(bot, '/next', { user: 'a' }))?.rush
  for (let time = 0; time < 12; time++) expect(await ask()).toBeUndefined()
  expect(await ask()).toBe('told')
  expect(await ask()).toBe('again')
  expect((await askBot(bot, '/next', { user: 'b' }))?.rush).toBeUndefined()
  wait({ seconds: 2 })
  expect(await ask()).toBeUndefined()
  expect(await ask()).toBe('told')
})

test('a user who has to wait gets back the text of the form', async () => {
  const { bot } = open()
  const queue = createAsk(sentences(() => {}))
  const ask = (line: string, facts: Facts) =>
    queue(bot.parse(line), requestOf({ user: 'a', ...facts }))
  for (let time = 0; time < 12; time++) await ask('/next', {})
  const source = '**Come** to <the hall>.'
  const written = () => ({ body: message([]).body, lost: [], source })
  const filled = await ask('/announce', { written, by: 'form' })
  const [said, , back] = filled?.message.body.children ?? []
  expect(filled).toMatchObject({ understood: false, rush: 'told' })
  expect(said).toEqual(paragraph(texts.tooMany))
  expect(back).toEqual({ type: 'code', value: source })
  // The typed text is still shown.
  const typed = await ask('/announce', { written })
  expect(typed?.message.body.children).toEqual([said])
})

test('no user gets more than the burst and one answer each two seconds, at any time', () => {
  const waits = fc.array(fc.integer({ min: 0, max: 9000 }), { maxLength: 200 })
  fc.assert(
    fc.property(waits, pauses => {
      let now = noon
      const limit = createLimit(testClock(() => now))
      let granted = 0
      for (const milliseconds of pauses) {
        now = now.add({ milliseconds })
        if (limit.take('a') === 'granted') granted += 1
      }
      const passed = now.epochMilliseconds - noon.epochMilliseconds
      expect(granted).toBeLessThanOrEqual(12 + Math.floor(passed / 2000))
      // A person who waits long enough is always granted.
      now = now.add({ seconds: 2 })
      expect(limit.take('a')).toBe('granted')
    }),
  )
})

test('a clock that steps back neither locks a user out nor opens the gate', () => {
  let now = noon
  const limit = createLimit(testClock(() => now))
  for (let time = 0; time < 12; time++) limit.take('a')
  now = noon.subtract({ hours: 1 })
  expect(limit.take('a')).toBe('refused')
  now = now.add({ seconds: 2 })
  expect(limit.take('a')).toBe('granted')
})

test('moderators find their commands behind a button of /help in a private chat', async () => {
  const { ask, bot } = open()
  const place = (kind: 'private' | 'group') => ({ platform: 'telegram', address: '1', kind })
  const help = async (user: string, kind: 'private' | 'group') => {
    const reply = await askBot(bot, '/help', { user, place: place(kind) })
    return (reply?.message.actions ?? []).map(action => action.label).join()
  }
  // In turns: an answer is remembered for whom it is meant.
  expect(await help('telegram:1', 'private')).not.toContain('Moderator tools')
  expect(await help('telegram:42', 'private')).toContain('Moderator tools')
  expect(await help('telegram:42', 'group')).not.toContain('Moderator tools')
  expect(await help('telegram:1', 'private')).not.toContain('Moderator tools')
  const moderator = { user: 'telegram:42', place: place('private') }
  expect(await ask('/moderate', moderator)).toMatch(/\/announce.*\/retract.*\/audit/)
  expect(await ask('/moderate', { user: 'telegram:1', place: place('private') })).toMatch(/^Only/)
})

test('an admin of a server finds the commands for that server alone behind /moderate', async () => {
  const { ask } = open()
  const place = { platform: 'discord', address: '1', kind: 'channel', within: '9' } as const
  const admin = { user: 'discord:5', place, mayManage: async () => true }
  const said = await ask('/moderate', admin)
  expect(said).toMatch(/\/announce.*\/correct.*\/retract.*\/announcements/)
  expect(said).not.toMatch(/\/status|\/audit/)
  expect(await ask('/moderate', { ...admin, mayManage: async () => false })).toMatch(/^Only/)
})

test('the first message offers posts only where they can arrive, and says how to ask there', async () => {
  const { ask, bot } = open()
  const channel = { platform: 'discord', address: '1', kind: 'channel', within: '9' } as const
  const own = { platform: 'discord', address: '2', kind: 'private' } as const
  const start = async (facts: Facts) => {
    const reply = await askBot(bot, '/start', facts)
    const labels = (reply?.message.actions ?? []).map(({ label }) => label)
    return `${await ask('/start', facts)} [${labels.join()}]`
  }
  expect(await start({ place: channel })).toMatch(/Subscribe this chat.*Mention me.*\[.*Subscribe/s)
  for (const facts of [
    { place: own, barred: 'direct' },
    { place: channel, barred: 'member' },
  ] as const)
    expect(await start(facts)).not.toContain('Subscribe')
  expect(await start({ place: { ...own, platform: 'telegram' } })).toMatch(
    /Ask in your own words.*Subscribe/s,
  )
})

test('a picture without a word that answers nothing that was asked is let be', async () => {
  const { ask } = open()
  const answers = { lines: ['/threats details'], written: () => undefined }
  expect(await ask('', { answers: { ...answers, isWordless: true } })).toBeUndefined()
  expect(await ask('', { answers })).toBeDefined()
})

test('the answer of a day is made once, and anew the next day', async () => {
  const { bot, wait } = open()
  const answer = async () => (await askBot(bot, '/threats'))?.message
  const first = await answer()
  wait({ hours: 10, minutes: 59 })
  expect(await answer()).toBe(first)
  wait({ minutes: 1 })
  expect(await answer()).not.toBe(first)
})

test('the places are the sections and tables, found by what stands in them', () => {
  expect(shippedBot.find('', 3).map(({ line }) => line)).toEqual([
    ...['/objectives', '/threats', '/partnerships'],
  ])
  const lines = shippedBot.find('cybersecurity', 10).map(({ line }) => line)
  expect(lines).toContain('/tables regional-challenges')
  expect(lines).toContain('/threats')
  expect(shippedBot.find('kosovo', 1)).toHaveLength(1)
  expect(shippedBot.find('xyzzyx', 10)).toEqual([])
})

test('the greeting says what to type, and both platforms take it', async () => {
  const greeting = await shippedBot.joined({ platform: 'discord', address: '1', kind: 'group' })
  if (!greeting) throw new Error('There is no greeting.')
  expect(textOf(greeting.body)).toMatch(/Hi! .*Mention me with a question/)
  expect(renderTelegram(greeting)).toHaveLength(1)
  expect(renderDiscord(greeting)).toHaveLength(1)
})

test('a new chat has the time zone of the edition, or else that of the bot', async () => {
  const clock = testClock(() => noon)
  const { store } = await openTestStore({ url: await newDatabase('sqlite'), clock })
  const zoneOf = async (of: Edition, address: string) => {
    const open = () => createRegistry(of)
    const bot = createBot({ registry: open, clock, timeZone: 'Europe/Sarajevo', store })
    const place = { platform: 'telegram', address, kind: 'private' } as const
    await askBot(bot, '/subscribe', { place })
    return (await store.chats.find(place))?.subscription.zone
  }
  expect(await zoneOf(edition(), '1')).toBe('Europe/Sarajevo')
  expect(await zoneOf({ ...edition(), timezone: 'Asia/Tokyo' }, '2')).toBe('Asia/Tokyo')
})
