import { sentences } from '../../src/log.ts'
import type { Bot, Platform } from '../../src/platform.ts'
import { createWebPlatform } from '../../src/platforms/web/web.ts'
import { createRoutes } from '../../src/server/routes.ts'
import { createServer } from '../../src/server/server.ts'

export interface WebServer {
  readonly platform: Platform
  start(): Promise<void>
  stop(): Promise<void>
  address(): string
}

/** The local chat behind the server that serves it. */
export function createWebServer(bot: Bot, port = 0): WebServer {
  const log = sentences(() => {})
  const platform = createWebPlatform({
    bot,
    log,
    address: () => server.address(),
  })
  const parts = () => ({ web: { ...platform.state(), ready: true } })
  const server = createServer('127.0.0.1', port)
  return {
    platform,
    async start() {
      await server.listen()
      server.serve(createRoutes({ parts, routes: [platform.http], log }))
    },
    address: server.address,
    async stop() {
      await platform.stop()
      await server.stop()
    },
  }
}
