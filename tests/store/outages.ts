import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'

/** Ways in which a database is away. One that drops is silent on the connections that are open, and accepts new ones. */
export type Outage = 'refuses' | 'drops' | 'swallows' | 'cuts a commit' | 'is locked'

/** A database whose outages a test controls. */
export interface Breakable {
  /** The address that the bot gets. */
  readonly url: string
  fail(how: Outage): Promise<void>
  restore(): Promise<void>
}

/** PostgreSQL behind a proxy. */
export async function openProxy(url: string): Promise<Breakable> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let how: Outage | undefined
  let cut = Promise.withResolvers<void>()

  const server = createServer(client => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.on('data', chunk => {
        if (how === 'swallows') return
        to.write(chunk)
        // A simple query of that text: the server commits, and its answer does not arrive.
        if (how !== 'cuts a commit' || from !== client || !chunk.includes('commit\0')) return
        upstream.removeAllListeners('data').once('data', () => {
          client.destroy()
          cut.resolve()
        })
      })
    }
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const refuse = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  onTestFinished(refuse)

  return {
    url: Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    async fail(given) {
      how = given
      if (given === 'cuts a commit') await cut.promise
      if (given === 'drops')
        for (const socket of sockets) socket.removeAllListeners('data').resume()
      else if (given !== 'swallows') refuse()
    },
    async restore() {
      // Swallowed data is never answered: the connections end.
      for (const socket of sockets) socket.destroy()
      how = undefined
      cut = Promise.withResolvers()
      if (!server.listening) await listen(port)
    },
  }
}

/** A SQLite file that another program locks. */
export function openLockable(url: string): Breakable {
  let other: DatabaseSync | undefined
  const restore = async () => {
    other?.close()
    other = undefined
  }
  onTestFinished(restore)
  return {
    url,
    async fail() {
      const database = new DatabaseSync(url.slice('file:'.length), { timeout: 0 })
      other = database
      while (!database.isTransaction) {
        try {
          database.exec('begin immediate')
        } catch {
          // The bot is writing at this moment.
          await new Promise(resolve => setImmediate(resolve))
        }
      }
    },
    restore,
  }
}
