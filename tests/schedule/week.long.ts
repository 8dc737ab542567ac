import { expect, onTestFinished, test } from 'vitest'
import { createDiscordPoster } from '../../src/platforms/discord/poster.ts'
import { createTelegramPoster } from '../../src/platforms/telegram/poster.ts'
import type { Part, Poster } from '../../src/poster.ts'
import { memoryPictures } from '../pictures.ts'
import { TOKEN as DISCORD_TOKEN, openDiscordServer } from '../platforms/discord/server.ts'
import { openTelegramServer, TOKEN as TELEGRAM_TOKEN } from '../platforms/telegram/server.ts'
import { DIALECTS } from '../store/stores.ts'
import { event, textOf } from './scene.ts'
import { rehearse } from './year-contract.ts'

/** Tells of each post that its platform has taken. */
function overheard(poster: Poster, onSent: (chat: string, text: string) => void): Poster {
  const said = new WeakMap<Part, string>()
  return {
    ...poster,
    render(message, style) {
      const parts = poster.render(message, style)
      for (const part of parts) said.set(part, textOf(JSON.stringify(message)))
      return parts
    },
    async send(to, part, options) {
      const outcome = await poster.send(to, part, options)
      if (outcome.ok) onSent(to.address, said.get(part) ?? '')
      return outcome
    },
  }
}

test.for(DIALECTS)(
  'a week of 1,000 chats on %s, through the real clients, in which clocks change: all is as planned',
  { timeout: 600_000 },
  async dialect => {
    const pictures = memoryPictures()
    const [telegram, discord] = [await openTelegramServer(), await openDiscordServer()]
    onTestFinished(() => Promise.all([telegram.close(), discord.close()]).then(() => {}))
    const term = { signal: new AbortController().signal, holds: () => true }
    const { sent } = await rehearse({
      ...{ dialect, start: '2028-03-24T00:00:30Z', days: 7, chats: 1000 },
      events: [event('a', '2028-03-26', '2028-03-30'), event('b', '2028-04-10', '2028-04-11')],
      posters: async onSent => [
        overheard(
          createTelegramPoster({ token: TELEGRAM_TOKEN, apiUrl: telegram.url, term, pictures }),
          onSent,
        ),
        overheard(
          createDiscordPoster({ token: DISCORD_TOKEN, apiUrl: discord.url, term, pictures }),
          onSent,
        ),
      ],
    })
    const messages = [...telegram.taken.values()].reduce((sum, each) => sum + each.size, 0)
    const others = [...discord.taken.values()].reduce((sum, each) => sum + each.size, 0)
    expect(messages + others).toBe(sent)
  },
)
