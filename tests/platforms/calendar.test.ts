import { expect, onTestFinished, test } from 'vitest'
import type { Bot } from '../../src/bot.ts'
import { withNextDigest } from '../../src/chats/subscription.ts'
import { systemClock } from '../../src/clock.ts'
import { createBot } from '../../src/commands/bot.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import type { ChatRef } from '../../src/platform.ts'
import type { Person } from '../platform-contract.ts'
import { answering, askBot } from '../request.ts'
import { editionOf, event } from '../schedule/scene.ts'
import { newDatabase, openTestStore, WISH } from '../store/stores.ts'
import { discordPerson } from './discord/person.ts'
import { openDiscord } from './discord/scene.ts'
import { fastClock, testClock } from './pauses.ts'
import { messageUpdate, telegramPerson } from './telegram/person.ts'
import { openTelegram } from './telegram/scene.ts'
import { webPerson } from './web-person.ts'
import { createWebServer } from './web-server.ts'

const DECEMBER = event('dec', '2026-12-05', '2026-12-08')

/** A bot in Sarajevo with one event, and a clock that is set by the test. */
async function open(start: string) {
  let now = Temporal.Instant.from(start)
  // A moment passes with every look, so that no person is asked to slow down.
  const clock = {
    ...testClock(() => now, systemClock.pause),
    now: () => {
      now = now.add({ seconds: 1 })
      return now
    },
  }
  const { store } = await openTestStore({ url: await newDatabase('sqlite'), clock })
  const content = editionOf([DECEMBER], {
    'sections/02-beta.md':
      '---\ncommand: beta\ntitle: Beta\nsummary: The second section.\nexercises: true\n---\n\nWords.\n',
  })
  const registry = createRegistry(content)
  const made = createBot({
    ...{ registry: () => registry, clock, timeZone: 'Europe/Sarajevo', store },
  })
  // The platforms date a message by their own clocks.
  const bot = answering(made, (line, _, request) => {
    const { asked: _asked, ...origin } = request.origin
    return made.parse(line).answer({ ...request, origin })
  })
  return {
    ...{ bot, store, clock },
    set(instant: string) {
      now = Temporal.Instant.from(instant)
    },
  }
}

/** Types lines, and returns what the person reads after each. */
async function readAll(person: Person, lines: readonly string[]): Promise<string[]> {
  const read: string[] = []
  for (const line of lines) {
    await person.type(line)
    read.push((await person.read()).join(' ').replaceAll(/\s+/g, ' '))
  }
  return read
}

const ALL = ['/digest', '/next', '/exercises', '/exercises dec', '/exercises upcoming', '/beta']

/** 23:30 on the 3rd in New York, and the morning of the 4th in Sarajevo. */
const EVENING = '2026-12-03T23:30:00-05:00'

const PEOPLE = {
  async telegram(bot: Bot) {
    const scene = await openTelegram({ bot, clock: fastClock(() => systemClock.now()) })
    onTestFinished(() => scene[Symbol.asyncDispose]())
    return telegramPerson(scene.server, 700)
  },
  async discord(bot: Bot) {
    const scene = await openDiscord({ bot })
    onTestFinished(() => scene[Symbol.asyncDispose]())
    return discordPerson(scene.server)
  },
  async web(bot: Bot) {
    const server = createWebServer(bot)
    await server.start()
    onTestFinished(() => server.stop())
    return webPerson(server.address())
  },
} as const

for (const [platform, join] of Object.entries(PEOPLE)) {
  test(`every answer on ${platform} counts days by the clock of its chat`, async () => {
    const { bot, store, set, clock } = await open(EVENING)
    const seen: ChatRef[] = []
    const person = await join(
      answering(bot, (_, ask, { chat }) => {
        if (chat) seen.push(chat.ref)
        return ask()
      }),
    )
    // In the zone of new chats the event begins tomorrow.
    for (const said of await readAll(person, ALL)) expect(said).toMatch(/tomorrow|in 1 day/)
    const [place] = seen
    if (!place) throw new Error('A person asks in a place.')
    const move = (zone: string) =>
      store.chats.update(place, (before = WISH) => withNextDigest({ ...before, zone }, clock.now()))
    await move('America/New_York')
    for (const said of await readAll(person, ALL)) expect(said).toMatch('in 2 days')
    await readAll(person, ['/next'])
    await person.press('Exercises')
    expect((await person.read()).join(' ')).toMatch('in 2 days')
    // The last evening there, when it is over in Sarajevo; and the first morning at the other end.
    set('2026-12-08T23:30:00-05:00')
    for (const said of await readAll(person, ['/next', '/exercises'])) {
      expect(said).toMatch(/under way \(day 4 of 4\)/)
    }
    set('2026-12-04T10:30:00Z')
    await move('Pacific/Kiritimati')
    for (const said of await readAll(person, ['/next', '/exercises dec'])) {
      expect(said).toMatch(/under way \(day 1 of 4\)/)
    }
    await move('Pacific/Pago_Pago')
    for (const said of await readAll(person, ALL)) expect(said).toMatch('in 2 days')
  })
}

test('an inline answer, which has no chat, counts days by TIMEZONE', async () => {
  const { bot, store } = await open(EVENING)
  await using scene = await openTelegram({ bot })
  const place = { platform: 'telegram', address: '700', kind: 'private' as const }
  await store.chats.update(place, () => ({ ...WISH, zone: 'America/New_York' }))
  const from = { id: 700, is_bot: false, first_name: 'Ada' }
  scene.server.push({ inline_query: { id: '1', from, query: 'beta', offset: '' } })
  const { body } = await scene.server.next('answerInlineQuery')
  expect(JSON.stringify(body)).toMatch('tomorrow')
  scene.server.push(messageUpdate('/exercises', { from }))
  expect((await scene.server.shown('700').next()).text).toMatch('in 2 days')
})

test('while the store is away an answer counts days by TIMEZONE', async () => {
  const { bot, store } = await open(EVENING)
  const place = { platform: 'telegram', address: '700', kind: 'private' as const }
  await store.chats.update(place, () => ({ ...WISH, zone: 'America/New_York' }))
  await store.close()
  const reply = await askBot(bot, '/next', { place })
  expect(JSON.stringify(reply?.message)).toMatch('tomorrow')
})
