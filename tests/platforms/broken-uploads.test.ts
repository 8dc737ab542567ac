import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import { createDiscordPoster } from '../../src/platforms/discord/poster.ts'
import { createTelegramPoster } from '../../src/platforms/telegram/poster.ts'
import { memoryPictures } from '../pictures.ts'
import { TOKEN as DISCORD_TOKEN } from './discord/server.ts'
import { TOKEN as TELEGRAM_TOKEN } from './telegram/server.ts'

const PLATFORMS = {
  discord: { create: createDiscordPoster, token: DISCORD_TOKEN },
  telegram: { create: createTelegramPoster, token: TELEGRAM_TOKEN },
}
type Name = keyof typeof PLATFORMS

const TOO_LARGE = 'HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n'

const SERVERS: readonly [string, (socket: Socket) => void][] = [
  ['resets the connection', socket => void socket.once('data', () => socket.resetAndDestroy())],
  ['answers before the end', socket => void socket.once('data', () => socket.end(TOO_LARGE))],
  ['reads nothing', socket => void socket.pause()],
]

const CASES = (['discord', 'telegram'] satisfies Name[]).flatMap(platform =>
  SERVERS.map(([name, meet]) => [platform, name, meet] as const),
)

// A rejection that no code handles would end the process, and fails the tests.
test.for(CASES)(
  'an upload to %s is a failure, and nothing worse, if the server %s',
  async ([platform, , meet]) => {
    const { create, token } = PLATFORMS[platform]
    const sockets = new Set<Socket>()
    const server = createServer(socket => {
      sockets.add(socket)
      socket.on('error', () => {})
      meet(socket)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const term = { signal: new AbortController().signal, holds: () => true }
    const pictures = memoryPictures(randomBytes(1_000_000))
    const poster = create({ token, apiUrl, term, timeoutMs: 50, pictures })
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    const shown = { ...message([paragraph('Look.')]), picture: { id: 1, type: 'png' as const } }
    const [part = {}] = poster.render(shown, 'grid')
    const to = { platform, address: '1100000000000000000', kind: 'channel' } as const
    const send = (key: string) => poster.send(to, part, { key })
    for (let time = 0; time < 5; time++) expect(await send(`${time}`)).toMatchObject({ ok: false })
    const late = send('late')
    poster.close()
    for (const outcome of [await late, await send('closed')]) {
      expect(outcome).toMatchObject({ ok: false })
    }
  },
)
