import { expect, test } from 'vitest'
import { openDiscord } from './scene.ts'

type Socket = Parameters<Scene['server']['gateway']['faults'][number]>[0]
type Scene = Awaited<ReturnType<typeof openDiscord>>

/** Greets, and says nothing to a resume but what `answer` says. */
const greet = (answer: (socket: Socket) => void) => (socket: Socket) => {
  socket.removeAllListeners('message')
  socket.on('message', data => {
    if (JSON.parse(String(data)).op === 6) answer(socket)
  })
  socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 45_000 } }))
}

const event = (s: number) =>
  JSON.stringify({ op: 0, t: 'TYPING_START', s, d: { channel_id: '1', user_id: '2' } })

const answers: [string, (socket: Socket) => void][] = [
  ['not answered at all', () => {}],
  ['answered with one event alone', socket => socket.send(event(1000))],
]

test.for(answers)(
  'a resume that is %s is given up for a new session',
  { timeout: 15_000 },
  async ([, answer]) => {
    await using scene = await openDiscord()
    const { gateway } = scene.server
    await scene.server.shown(await scene.slash('next')).next()
    expect((await gateway.payloads.next()).op).toBe(2)
    gateway.faults.push(greet(answer))
    gateway.drop()
    // A new session begins with an identify.
    expect((await gateway.payloads.next()).op).toBe(2)
    await scene.seen('platform.recovered')
    expect(scene.platform.state()).toEqual({ status: 'running' })
    await scene.server.shown(await scene.slash('next')).next()
  },
)
