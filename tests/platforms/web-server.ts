import { sentences } from '../../src/log.ts'
import type { Bot, Platform } from '../../src/platform.ts'
import { createWebPlatform } from '../../src/platforms/web/web.ts'
import { createServer } from '../../src/server/server.ts'

export interface WebServer {
  readonly platform: Platform
  start(): Promise<void>
  stop(): Promise<void>
  address(): string
}

/** The local chat behind the server that serves it. */
export function createWebServer(bot: Bot, port = 0): WebServer {
  const platform = createWebPlatform({
    bot,
    log: sentences(() => {}),
    address: () => server.address(),
  })
  const parts = () => ({ web: { ...platform.state(), ready: true } })
  const server = createServer({ host: '127.0.0.1', port, parts, routes: [platform.http] })
  return {
    platform,
    start: server.start,
    address: server.address,
    async stop() {
      await platform.stop()
      await server.stop()
    },
  }
}
