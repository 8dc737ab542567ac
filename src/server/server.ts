import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'
import { type HttpRoute, PlatformError } from '../platform.ts'
import { type Part, readiness } from './health.ts'

export interface ServerOptions {
  readonly host: string
  /** 0 picks one that is free. */
  readonly port: number
  /** What `/readyz` tells of, by name. */
  readonly parts: () => Readonly<Record<string, Part>>
  /** What platforms serve by themselves, behind the server's own paths. */
  readonly routes: readonly HttpRoute[]
}

export interface Server {
  /** Listens. Throws {@link PlatformError} where it cannot. */
  start(): Promise<void>
  /** Ends every connection. May be called at any time, and again. */
  stop(): Promise<void>
  /** `http://127.0.0.1:8080`, from the start on. */
  address(): string
}

/** Everything that is served over HTTP: health, and what platforms bring. */
export function createServer({ host, port, parts, routes }: ServerOptions): Server {
  const app = new Hono()
  // Alive is whoever answers; what it needs to be of use is asked at /readyz.
  app.get('/healthz', context => context.text('ok\n'))
  app.get('/readyz', context => {
    const { ready, report } = readiness(parts())
    return context.json(report, ready ? 200 : 503)
  })
  for (const { path, handle } of routes) app.all(path, context => handle(context.req.raw))

  let server: ServerType | undefined
  let address = ''
  let stopped = false

  async function close(): Promise<void> {
    if (!server?.listening) return
    const closed = once(server, 'close')
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await closed
  }

  return {
    address: () => address,
    async start() {
      server = createAdaptorServer({ fetch: app.fetch })
      server.listen(port, host)
      try {
        await once(server, 'listening')
      } catch (error) {
        throw new PlatformError(explain(error as NodeJS.ErrnoException, host, port))
      }
      const bound = server.address() as AddressInfo
      const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
      address = `http://${name}:${bound.port}`
      // Stopped on the way here.
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
    return `Port ${port} of this machine is taken: end what uses it, or set PORT to another.`
  }
  if (code === 'EACCES') return `Port ${port} needs more rights: set PORT to one above 1023.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `This machine has no address ${host}: set HOST to one of its own, or to 0.0.0.0 for all.`
  }
  return `The HTTP server cannot listen on ${host}, port ${port} (${code ?? message}).`
}
