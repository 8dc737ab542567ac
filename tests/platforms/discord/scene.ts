import type { Bot } from '../../../src/bot.ts'
import type { Clock } from '../../../src/clock.ts'
import { message, paragraph } from '../../../src/message.ts'
import { createDiscordPlatform } from '../../../src/platforms/discord/discord.ts'
import type { PlatformOptions } from '../../../src/platforms/platform-options.ts'
import { memoryPictures } from '../../pictures.ts'
import { answering } from '../../request.ts'
import { openBot } from '../../shipped.ts'
import { openMemoryLog } from '../memory-log.ts'
import { fastClock } from '../pauses.ts'
import { interactionBase } from './person.ts'
import { type DiscordServer, openDiscordServer, snowflake, TOKEN } from './server.ts'

type Options = Partial<Omit<PlatformOptions, 'bot' | 'clock'>>

/** Starts the platform before a server of its own, until the end of the block (`await using`). */
export async function openDiscord(
  options: Options & { bot?: Bot; clock?: Clock; before?: (server: DiscordServer) => void } = {},
) {
  const { before, ...more } = options
  const server = await openDiscordServer()
  before?.(server)
  const memory = await openMemoryLog([TOKEN])
  const clock = fastClock()
  const platform = createDiscordPlatform({
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

  /** Sends an interaction; the token by which its answers are found. */
  async function interact(more: object): Promise<string> {
    const token = `token-${snowflake()}`
    await server.dispatch('INTERACTION_CREATE', { ...interactionBase(token), ...asker(), ...more })
    return token
  }

  return {
    ...memory,
    server,
    platform,
    running,
    pauses: clock.pauses,
    interact,
    /** A slash command. */
    slash: (name: string, options: object[] = [], more: object = {}) =>
      interact({ type: 2, data: { id: snowflake(), type: 1, name, options }, ...more }),
    async [Symbol.asyncDispose]() {
      await platform.stop()
      await server.close()
    },
  }
}

/** Returns a person in a direct message with the bot. */
export function asker(id = snowflake()) {
  const channel = snowflake()
  return {
    user: { id, username: 'ada', discriminator: '0', avatar: null },
    channel_id: channel,
    channel: { id: channel, type: 1 },
  }
}

const many = (count: number) =>
  message(Array.from({ length: count }, (_, index) => paragraph(`Paragraph ${index}. `.repeat(60))))

/** Lines that take their time, or have much to say. */
export function slowBot(free: Promise<void>): Bot {
  const shipped = openBot()
  const parse = (text: string) => ({ ...shipped.parse(text), isPrivate: text === '/about' })
  return answering({ ...shipped, parse }, async (line, ask) => {
    if (line === '/tables') await free
    return line === '/outlook' ? { message: many(40), understood: true } : ask()
  })
}
