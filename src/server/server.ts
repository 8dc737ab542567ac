import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { atMost } from '../async/at-most.ts'
import { systemClock } from '../clock.ts'
import { PlatformError } from '../platform.ts'
import { readiness } from './health.ts'

export interface Server {
  /** Binds the port. Throws {@link PlatformError} if the port or the address is not available. */
  listen(): Promise<void>
  /**
   * Answers the requests that have arrived in the last {@link START_MS}, and all later ones. Until then the process answers
   * at `/healthz` that it is alive, and elsewhere, after that time, that it is not ready.
   */
  serve(listener: RequestListener): void
  /** Closes every connection. Idempotent, and allowed at any time. */
  stop(): Promise<void>
  /** Returns `http://127.0.0.1:8080`, for example, once the server listens; before that an empty text. */
  address(): string
}

/** Longest wait of a request while the process starts, in milliseconds: a change of the schema may take minutes. */
const START_MS = 5000

/** The report of `/readyz` while the process starts, which it sends for any path. */
const STARTING = readiness({
  start: { status: 'starting', reason: 'Sitrep is starting.', ready: false },
}).report

/** Matches the address of `/healthz`, to which a health check may add a query. */
const HEALTH = /^\/healthz(?:\?|$)/

const answerStarting: RequestListener = (_, response) => {
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '5' })
  response.end(JSON.stringify(STARTING))
}

/**
 * Creates a server that binds its port before there is a listener. If the operator starts the bot twice by mistake,
 * the second one fails before its first call to a platform. Port 0 picks a free port.
 */
export function createServer(host: string, port: number, clock = systemClock): Server {
  const { promise: served, resolve: serve } = Promise.withResolvers<RequestListener>()
  let current: RequestListener = async (request, response) => {
    if (HEALTH.test(request.url ?? '')) return void response.end('ok\n')
    const listener = (await atMost(START_MS, served, clock)) ?? answerStarting
    await listener(request, response)
  }
  const server = createHttpServer((request, response) => current(request, response))
  let address = ''
  let stopped = false

  async function close(): Promise<void> {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }

  return {
    serve(listener) {
      current = listener
      serve(listener)
    },
    address: () => address,
    async listen() {
      server.listen(port, host)
      try {
        await once(server, 'listening')
      } catch (error) {
        throw new PlatformError(explain(error as NodeJS.ErrnoException, host, port))
      }
      const bound = server.address() as AddressInfo
      const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
      address = `http://${name}:${bound.port}`
      // `stop` was called before the port was bound.
      if (stopped) await close()
    },
    async stop() {
      stopped = true
      await close()
    },
  }
}

function explain({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') {
    return `Port ${port} is already in use. Stop the other program or set PORT.`
  }
  if (code === 'EACCES') return `No permission to use port ${port}. Set PORT to 1024 or higher.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `${host} isn’t an address of this machine. Set HOST to one that is, or to 0.0.0.0.`
  }
  return `The HTTP server can’t listen on ${host}, port ${port} (${code ?? message}).`
}
