import { expect, onTestFinished, test } from 'vitest'
import { startBot } from '../../bot-process.ts'
import { type Dialect, newDatabase, openTestStore } from '../../store/stores.ts'
import { GROUP, holdBack } from './crowd.ts'
import { messageUpdate } from './person.ts'
import { openTelegramServer } from './server.ts'

/** Life of a lease, in milliseconds: long enough for a busy machine. */
const TTL_MS = 3000
const PATIENT = { CHECK_MS: '120000' }
const POLL = { timeout: 60_000 }

const ADA = { is_bot: false, first_name: 'Ada', username: 'Ada' }
const DESK = { ...GROUP, title: 'Desk' }

/** Declares the tests of a bot that is killed while requests wait for a check of rights. */
export function killedContract(dialect: Dialect): void {
  for (const [crowd, count] of [
    ['few', 10],
    ['more than Telegram hands over at once', 110],
  ] as const) {
    test(`${dialect}: killed while ${crowd} requests wait for getChatMember, the bot does each after its start`, async () => {
      const server = await openTelegramServer()
      onTestFinished(() => server.close())
      server.isConfirming = true
      const url = await newDatabase(dialect)
      server.statuses.set('-1001/1', 'administrator')
      holdBack(server, 'getChatMember', () => ({}))
      const say = (user: number, text: string, chat: object = { id: user, type: 'private' }) =>
        server.push(messageUpdate(text, { from: { ...ADA, id: user }, chat }))
      say(1, '/subscribe@sitrep_test_bot', DESK)
      for (let time = 0; time < count; time++) {
        say(2 + (time % 20), '/stop@sitrep_test_bot', DESK)
      }
      say(1, '/settings@sitrep_test_bot hour 18', DESK)
      say(900, '/about')
      const first = startBot('first', server, url, TTL_MS, PATIENT)
      await server.shown('900').next()
      first.child.kill('SIGKILL')
      await first.exit
      server.weather = () => undefined
      const { store } = await openTestStore({ url })
      const inbox = (await store.slots.recall('telegram inbox')) ?? ''
      expect(inbox.includes('/stop')).toBe(count > 100)
      expect(inbox).not.toMatch(/Ada|Desk/)
      startBot('second', server, url, TTL_MS, PATIENT)
      await expect
        .poll(
          async () =>
            (await store.chats.find({ platform: 'telegram', address: '-1001' }))?.subscription,
          POLL,
        )
        .toMatchObject({ state: 'active', hour: 18 })
      // No stored update is left of work that is done.
      await expect
        .poll(async () => (await store.slots.recall('telegram inbox')) ?? '[]', POLL)
        .toBe('[]')
    }, 150_000)
  }
}
