import { expect, onTestFinished, test } from 'vitest'
import { systemClock, TRUSTED } from '../../src/clock.ts'
import { createBot } from '../../src/commands/bot.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import { createTelegramPlatform } from '../../src/platforms/telegram/telegram.ts'
import { createSchedule } from '../../src/schedule/schedule.ts'
import { memoryPictures } from '../pictures.ts'
import { fastClock, manualClock } from '../platforms/pauses.ts'
import { telegramPerson } from '../platforms/telegram/person.ts'
import { TOKEN } from '../platforms/telegram/server.ts'
import { editionOf, event } from '../schedule/scene.ts'
import { openScene, until } from './scene.ts'

const JUNE = event('june', '2026-06-01', '2026-06-10', { name: 'June' })
const JULY = event('july', '2026-07-01', '2026-07-02', { name: 'July' })
const REMINDERS = { moments: [3, 1], time: Temporal.PlainTime.from('09:00') }

/** Two readers on Telegram, the bot that answers them, and the schedule that posts to them. */
async function open() {
  // The messages of readers are dated by the system's clock, and an old question gets no answer.
  const clock = manualClock('2026-05-20T00:00:00Z')
  const { store, log, telegram, begin } = await openScene({ clock })
  let content = editionOf([JUNE, JULY])
  const { delivery } = await begin()
  const over = new AbortController()
  const schedule = createSchedule({
    ...{ trust: TRUSTED, mayPost: async () => true },
    ...{ store, clock, log, platforms: ['telegram'], timeZone: 'UTC', debounceMs: 600_000 },
    ...{ edition: () => content, onPosted: delivery.wake, reminders: REMINDERS },
    term: { signal: over.signal, holds: () => !over.signal.aborted },
  })
  const bot = createBot({
    ...{ registry: () => createRegistry(content), timeZone: 'UTC', store, reminders: REMINDERS },
    clock: { ...clock, pause: systemClock.pause },
  })
  const platform = createTelegramPlatform({
    ...{ bot, clock: fastClock(), log, token: TOKEN, apiUrl: telegram.url },
    pictures: memoryPictures(),
  })
  const running = platform.run()
  onTestFinished(async () => {
    over.abort()
    await platform.stop()
    await running
  })
  /** Advances the clock to an instant, and waits until all posts are sent. */
  async function beat(at: string) {
    await clock.advance(clock.now().until(at))
    await schedule.tick()
    await until(async () => (await store.broadcasts.open()).length === 0, clock)
  }
  await schedule.tick()
  return {
    beat,
    people: [701, 702].map(user => telegramPerson(telegram, user)),
    edit(...events: Parameters<typeof editionOf>[0]) {
      content = editionOf(events)
    },
  }
}

test('a reader follows an event by its page, is reminded of it alone, and mutes it', async () => {
  const { beat, people, edit } = await open()
  const [ada, ben] = people
  if (!ada || !ben) throw new Error('There are two readers.')
  await ada.type('/exercises june')
  expect((await ada.read())[0]).toMatch(/^June\n/)
  await ada.press('Remind me of this one')
  expect(await ada.read()).toEqual(['I’ll remind this chat of June: 3 days and 1 day before.'])
  await ben.type('/subscribe')
  expect((await ben.read())[0]).toMatch(/^✅ Subscribed/)

  await beat('2026-05-29T09:00:05Z')
  expect((await ada.read())[0]).toMatch(/^June starts in 3 days/)
  expect((await ben.read())[0]).toMatch(/^June starts in 3 days/)
  await ben.press('Mute this one')
  expect((await ben.read())[0]).toBe(
    'Muted. I won’t post reminders of June here, or updates about it alone.',
  )

  // Ada gets the update and the correction, Ben the correction of the reminder that he got.
  edit({ ...JUNE, start: '2026-06-03', end: '2026-06-12' }, JULY)
  await beat('2026-05-29T10:00:00Z')
  await beat('2026-05-29T10:10:05Z')
  const [update, corrected] = [...(await ada.read()), ...(await ada.read())].sort()
  expect([update, corrected]).toEqual([
    expect.stringMatching(/June moved to 3–12 June 2026/),
    expect.stringMatching(/June moved to 3–12 June 2026/),
  ])
  expect((await ben.read())[0]).toMatch(/Corrected/)

  // The next reminder of June is for Ada alone, that of July for Ben alone.
  await beat('2026-06-02T09:00:05Z')
  expect((await ada.read())[0]).toMatch(/^June starts tomorrow/)
  await ada.press('Mute this one')
  expect((await ada.read())[0]).toBe(
    'Muted. I won’t post reminders of June here, or updates about it alone.',
  )
  await beat('2026-06-30T09:00:05Z')
  expect((await ben.read())[0]).toMatch(/^July starts tomorrow/)
  await ada.type('/remind july')
  expect((await ada.read())[0]).toMatch(/^All reminders of July are over/)
  await ben.press('Settings')
  expect((await ben.read())[0]).toMatch(/Muted: June/)
})
