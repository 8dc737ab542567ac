import { expect, onTestFinished, test } from 'vitest'
import { type PlatformTime, systemClock } from '../../src/clock.ts'
import { message, paragraph } from '../../src/message.ts'
import { createDiscordPoster } from '../../src/platforms/discord/poster.ts'
import { createTelegramPoster } from '../../src/platforms/telegram/poster.ts'
import { createSchedule } from '../../src/schedule/schedule.ts'
import { edition } from '../content/fixture.ts'
import { memoryPictures, png } from '../pictures.ts'
import { TOKEN as DISCORD_TOKEN, openDiscordServer } from '../platforms/discord/server.ts'
import { manualClock } from '../platforms/pauses.ts'
import { openTelegramServer, TOKEN as TELEGRAM_TOKEN } from '../platforms/telegram/server.ts'
import { fill } from '../store/raw.ts'
import { newDatabase, openTestStore } from '../store/stores.ts'
import { announcement, openScene, until } from './scene.ts'

test('while the clock is far off, planned posts wait, the others go out, and nothing expires', async () => {
  const clock = manualClock('2027-05-01T12:00:00Z')
  let isRight = false
  const trust = { mayErase: () => isRight, mayPost: () => isRight }
  const { store, url, begin, rows } = await openScene({ clock, trust })
  await fill(url, 'telegram', 1)
  const inHours = (hours: number) => clock.now().add({ minutes: hours * 60 })
  const planned = announcement({ startsAt: inHours(2), expiresAt: inHours(200) })
  const { id: later } = await store.broadcasts.create(planned)
  // An undo window of 30 s, and an end that this clock has left behind.
  const direct = announcement({ startsAt: clock.now().add({ seconds: 30 }), expiresAt: inHours(1) })
  const { id: now } = await store.broadcasts.create(direct)
  await clock.advance({ hours: 3 })
  await begin()
  const isFinished = async (id: number) => (await store.broadcasts.find(id))?.isFinished === true
  await until(() => isFinished(now), clock)
  expect(await rows(now)).toMatchObject([{ state: 'sent', error: null }])
  await clock.advance({ minutes: 5 })
  expect(await store.broadcasts.find(later)).toMatchObject({ isBegun: false, isFinished: false })
  isRight = true
  await until(() => isFinished(later), clock)
  expect(await rows(later)).toMatchObject([{ state: 'sent', error: null }])
})

test('posts and uploads of both platforms show the platform’s clock', async () => {
  const [telegram, discord] = [await openTelegramServer(), await openDiscordServer()]
  onTestFinished(() => Promise.all([telegram.close(), discord.close()]).then(() => {}))
  const dates: unknown[] = []
  const time: PlatformTime = {
    answered: ({ date }, askedAt) => {
      expect(askedAt).toBeLessThanOrEqual(performance.now())
      dates.push(date)
    },
    toOwn: instant => instant,
    isUnsure: () => false,
  }
  const over = new AbortController()
  const term = { signal: over.signal, holds: () => true }
  const common = { term, time, pictures: memoryPictures(png(64, 48)) }
  const text = message([paragraph('Hello.')])
  const posters = [
    createTelegramPoster({ ...common, token: TELEGRAM_TOKEN, apiUrl: telegram.url }),
    createDiscordPoster({ ...common, token: DISCORD_TOKEN, apiUrl: discord.url }),
  ]
  for (const poster of posters) {
    for (const given of [text, { ...text, picture: { id: 1, type: 'png' as const } }]) {
      const [part] = poster.render(given, 'grid')
      const place = { platform: poster.platform, address: '42', kind: 'private' as const }
      if (part) await poster.send(place, part, { key: 'k' })
    }
    poster.close()
  }
  expect(dates).toHaveLength(4)
  for (const date of dates) expect(date).toMatch(/ GMT$/)
})

test('nothing is due for a schedule whose clock is far off, and what is due comes when it is right', async () => {
  const clock = manualClock('2027-05-01T12:00:00Z')
  let isRight = false
  const trust = { mayErase: () => isRight, mayPost: () => isRight }
  const { store, log } = await openTestStore({ url: await newDatabase('sqlite'), clock })
  const over = new AbortController()
  const schedule = createSchedule({
    ...{ store, clock, log, trust, platforms: ['telegram'], timeZone: 'UTC', debounceMs: 600_000 },
    mayPost: async () => true,
    ...{ edition: () => edition(), onPosted: () => {} },
    reminders: { moments: [1], time: Temporal.PlainTime.from('09:00') },
    term: { signal: over.signal, holds: () => !over.signal.aborted },
  })
  const running = schedule.run()
  onTestFinished(async () => {
    over.abort()
    await running
  })
  for (let second = 0; second < 5; second++) await clock.advance({ seconds: 1 })
  expect(await store.editions.published()).toBeUndefined()
  isRight = true
  await until(async () => (await store.editions.published()) !== undefined, clock)
})

test('a wait that a clock 400 days ahead has kept stops nothing once the clock is right', async () => {
  const { store, url, begin, finished, rows } = await openScene()
  await fill(url, 'telegram', 1)
  await store.floods.keep('telegram', systemClock.now().add({ hours: 400 * 24 }))
  const { id } = await store.broadcasts.create(announcement())
  await begin()
  await finished(id)
  expect(await rows(id)).toMatchObject([{ state: 'sent' }])
})
