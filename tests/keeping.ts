import { systemClock } from '../src/clock.ts'
import { createBot } from '../src/commands/bot.ts'
import { message, table } from '../src/message.ts'
import type { ChatRef } from '../src/platform.ts'
import { testClock } from './platforms/pauses.ts'
import { answering } from './request.ts'
import { registry } from './shipped.ts'
import { type Dialect, newDatabase, openTestStore } from './store/stores.ts'

/** Noon of a Monday in winter. */
const NOON = Temporal.Instant.from('2026-11-23T11:00:00Z')

const NARROW = table([
  ['Name', 'Year'],
  ['Defender', '2023'],
])

/** A bot with a store of its own, and a clock that goes on by hand; closed with the end of the test. */
export async function openKeepingBot(dialect: Dialect = 'sqlite') {
  let now = NOON
  // Each reading moves the clock, so that no person is refused for their rate.
  const clock = {
    ...testClock(() => now, systemClock.pause),
    now: () => {
      now = now.add({ milliseconds: 400 })
      return now
    },
  }
  const url = await newDatabase(dialect)
  const memory = await openTestStore({ url, clock })
  const { store } = memory
  const shipped = createBot({
    registry: () => registry,
    clock,
    timeZone: 'Europe/Sarajevo',
    store,
  })
  const bot = answering(shipped, async (line, ask) => {
    const reply = await ask()
    // The shipped tables are too wide for a grid.
    return reply && line === '/tables' ? { ...reply, message: message([NARROW]) } : reply
  })
  return {
    ...memory,
    url,
    bot,
    clock,
    pass(duration: Temporal.DurationLike) {
      now = now.add(duration)
    },
    /** Returns the stored subscription of a chat. */
    async wish(platform: ChatRef['platform'], address: string) {
      return (await store.chats.find({ platform, address }))?.subscription
    },
  }
}
