import type { ServerResponse } from 'node:http'
import type { Clock } from '../../../src/clock.ts'
import type { TelegramOptions } from '../../../src/platforms/telegram/telegram.ts'
import { openKeepingBot } from '../../keeping.ts'
import type { Dialect } from '../../store/stores.ts'
import { messageUpdate } from './person.ts'
import { openTelegram } from './scene.ts'

export const GROUP = { id: -1001, type: 'supergroup' }

/** A group in which many accounts write at once, beside chats of other people. */
export async function openCrowd(
  options: Partial<TelegramOptions> & { clock?: Clock; dialect?: Dialect } = {},
) {
  const { dialect = 'sqlite', ...more } = options
  const keeping = await openKeepingBot(dialect)
  const scene = await openTelegram({
    ...{ bot: keeping.bot, timeoutMs: 60_000, checkMs: 60_000 },
    ...more,
  })
  const { server } = scene
  const shown = server.shown('900')

  function say(user: number, text: string, chat: object = { id: user, type: 'private' }) {
    const date = Math.floor(keeping.clock.now().epochMilliseconds / 1000)
    server.push(messageUpdate(text, { from: { id: user, is_bot: false }, chat, date }))
  }

  return {
    ...keeping,
    ...scene,
    say,
    /** Every account writes so often. The first is 1. */
    flood(accounts: number, times: number, text: string, chat?: object) {
      for (let user = 1; user <= accounts; user++) {
        for (let time = 0; time < times; time++) say(user, text, chat)
      }
    },
    /** Another person asks in a private chat, and reads the answer. */
    async stranger(): Promise<string> {
      say(900, '/about')
      return (await shown.next()).text
    },
    count: (method: string) => server.calls.filter(each => each.method === method).length,
    wish: (address: string) => keeping.wish('telegram', address),
    async [Symbol.asyncDispose]() {
      await scene[Symbol.asyncDispose]()
    },
  }
}

/**
 * Makes a server keep the answers of a method back until the test lets them go. `givenUp` counts the calls that
 * the bot has ended before that.
 */
export function holdBack(
  server: Server,
  method: string,
  result: (call: Call) => unknown,
  isHeld: (call: Call) => boolean = () => true,
) {
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  let held = 0
  let givenUp = 0
  let isFree = false

  async function keep(response: ServerResponse, call: Call): Promise<void> {
    held += 1
    response.once('close', () => {
      if (!isFree) givenUp += 1
    })
    await free
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ ok: true, result: result(call) }))
  }

  server.weather = call =>
    !isFree && call.method === method && isHeld(call)
      ? { fault: response => void keep(response, call) }
      : undefined
  return {
    held: () => held,
    givenUp: () => givenUp,
    go() {
      isFree = true
      go()
    },
  }
}

type Server = Awaited<ReturnType<typeof openTelegram>>['server']
type Call = Server['calls'][number]
