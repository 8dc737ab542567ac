import type { Bot } from '../../../src/bot.ts'
import type { Clock } from '../../../src/clock.ts'
import {
  createTelegramPlatform,
  type TelegramOptions,
} from '../../../src/platforms/telegram/telegram.ts'
import { memoryPictures } from '../../pictures.ts'
import { openBot } from '../../shipped.ts'
import { openMemoryLog } from '../memory-log.ts'
import { fastClock } from '../pauses.ts'
import { openTelegramServer, TOKEN } from './server.ts'

type Options = Partial<Omit<TelegramOptions, 'bot' | 'clock'>>

/** Starts the platform before a server of its own, until the end of the block (`await using`). */
export async function openTelegram(
  options: Options & { bot?: Bot; clock?: Clock; before?: (server: Server) => void } = {},
) {
  const { before, ...more } = options
  const server = await openTelegramServer()
  before?.(server)
  const memory = await openMemoryLog([TOKEN])
  const clock = fastClock()
  const platform = createTelegramPlatform({
    bot: openBot(),
    clock,
    log: memory.log,
    token: TOKEN,
    pictures: memoryPictures(),
    apiUrl: server.url,
    // A short time-out, because some servers of these tests never answer.
    timeoutMs: 300,
    ...more,
  })
  const running = platform.run()
  // Tests in which the platform ends early await `running`.
  running.catch(() => {})
  return {
    ...memory,
    server,
    platform,
    running,
    pauses: clock.pauses,
    async [Symbol.asyncDispose]() {
      await platform.stop()
      await server.close()
    },
  }
}

type Server = Awaited<ReturnType<typeof openTelegramServer>>
