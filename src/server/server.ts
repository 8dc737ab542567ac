import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PlatformError } from '../platform.ts'

export interface Server {
  /** Binds the port. Throws {@link PlatformError} if the port or the address is not available. */
  listen(): Promise<void>
  /** Answers the requests that arrived since `listen`, and all later ones. */
  serve(listener: RequestListener): void
  /** Closes every connection. Idempotent, and allowed at any time. */
  stop(): Promise<void>
  /** Returns `http://127.0.0.1:8080`, for example, once the server listens; before that an empty text. */
  address(): string
}

/**
 * Creates a server that binds its port before there is a listener. If the operator starts the bot twice by mistake,
 * the second one fails before its first call to a platform. Port 0 picks a free port.
 */
export function createServer(host: string, port: number): Server {
  const { promise: served, resolve: serve } = Promise.withResolvers<RequestListener>()
  const server = createHttpServer(async (request, response) => {
    const listener = await served
    await listener(request, response)
  })
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
    serve,
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
