import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type ServerType } from '@hono/node-server'
import { type Bot, type Platform, PlatformError } from '../../platform.ts'
import { createChats } from './chats.ts'
import { createServer } from './server.ts'

export interface WebOptions {
  readonly bot: Bot
  /** 0 picks a free one. */
  readonly port: number
}

export interface WebPlatform extends Platform {
  /** `http://127.0.0.1:8080`, from the start on. */
  address(): string
}

/**
 * The local chat: a page in a browser that shows what Discord and Telegram would. It holds whatever
 * powers the bot has, so it listens on this machine alone.
 */
export function createWebPlatform({ bot, port }: WebOptions): WebPlatform {
  const chats = createChats(bot)
  let server: ServerType | undefined
  let address = ''
  let stopped = false

  return {
    name: 'web',
    address: () => address,
    async start() {
      const app = createServer({ bot, chats, address: () => address })
      server = createAdaptorServer({ fetch: app.fetch })
      server.listen(port, '127.0.0.1')
      try {
        await once(server, 'listening')
      } catch (error) {
        throw new PlatformError(explain(error as NodeJS.ErrnoException, port))
      }
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      // Stopped on the way here.
      if (stopped) await close()
    },
    async stop() {
      stopped = true
      await close()
    },
  }

  async function close(): Promise<void> {
    chats.close()
    if (!server?.listening) return
    const closed = once(server, 'close')
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await closed
  }
}

function explain({ code, message }: NodeJS.ErrnoException, port: number): string {
  if (code === 'EADDRINUSE') {
    return `Port ${port} of this machine is taken: end what uses it, or set PORT to another.`
  }
  if (code === 'EACCES') return `Port ${port} needs more rights: set PORT to one above 1023.`
  return `The local chat cannot listen on port ${port} (${code ?? message}).`
}
