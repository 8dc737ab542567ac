import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'

/** The kind of a database outage: it refuses connections, cuts them, or does not answer. */
type Absence = 'refuses' | 'is silent'

/** A database that can be taken away for a while. */
export interface Outage {
  /** The bot's DATABASE_URL. */
  readonly url: string
  away(how: Absence): Promise<void>
  back(): Promise<void>
}

/** A PostgreSQL behind a proxy on this machine. */
export async function postgresBehindProxy(url: string): Promise<Outage> {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  let absence: Absence | undefined
  const server = createServer(near => {
    near.on('error', () => {})
    if (absence === 'refuses') {
      near.destroy()
      return
    }
    const far = dial(Number(port), hostname)
    far.on('error', () => near.destroy())
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
    }
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    near.on('data', data => absence === undefined && far.write(data))
    far.on('data', data => absence === undefined && near.write(data))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  const address = server.address()
  const proxied = new URL(url)
  proxied.port = String(typeof address === 'object' ? address?.port : 0)
  return {
    url: proxied.href,
    async away(how) {
      absence = how
      if (how === 'refuses') for (const socket of open) socket.destroy()
    },
    async back() {
      absence = undefined
      // Swallowed data is never answered.
      for (const socket of open) socket.destroy()
    },
  }
}

/** A SQLite file that another connection keeps locked; `refuses` and `is silent` are the same there. */
export function lockableSqlite(url: string): Outage {
  let locking: DatabaseSync | undefined
  return {
    url,
    async away() {
      locking = new DatabaseSync(url.slice('file:'.length))
      locking.exec('pragma busy_timeout = 5000')
      locking.exec('begin exclusive')
    },
    async back() {
      locking?.exec('rollback')
      locking?.close()
      locking = undefined
    },
  }
}
