import { createBot } from '../src/commands/bot.ts'
import type { ChatPlace } from '../src/platform.ts'
import { registry } from './shipped.ts'
import { type Dialect, emptyDatabase, openTestStore } from './store/stores.ts'

/** Noon of a Monday in winter. */
export const NOON = Temporal.Instant.from('2026-11-23T11:00:00Z')

/** A bot with a store of its own, and a clock that goes on by hand; closed with the end of the test. */
export async function openKeepingBot(dialect: Dialect = 'sqlite') {
  let now = NOON
  const clock = {
    // A moment passes with every look: nobody is asked to slow down.
    now: () => {
      now = now.add({ milliseconds: 400 })
      return now
    },
    pause: async () => {},
  }
  const url = await emptyDatabase(dialect)
  const memory = await openTestStore({ url })
  const { store } = memory
  const bot = createBot({
    registry: () => registry,
    clock,
    timeZone: 'Europe/Sarajevo',
    store: () => store,
  })
  return {
    ...memory,
    bot,
    clock,
    pass(duration: Temporal.DurationLike) {
      now = now.add(duration)
    },
    /** What a chat wants, as it is kept. */
    async wish(platform: ChatPlace['platform'], address: string) {
      return (await store.chats.find({ platform, address }))?.subscription
    },
  }
}
